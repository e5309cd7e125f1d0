// What the key of one issuer may sign, and the section of a configuration that says so.
import Configuration
import Time

/// The bounds of a key: whose codes it may sign, which traits it may give, until when. Without
/// them the key of one employer would open every door to the members of all, as maintainers.
package struct IssuerTerms: Hashable, Sendable {
  /// How the ids of its members begin; empty for any.
  package var members: String
  /// The traits that it may give. A code that gives another one is refused as a whole.
  package var traits: MemberTraits
  /// From when on its codes are not accepted.
  package var ends: WallTime?
  /// The issuer's word for the places that its codes are for.
  package var audience: String?
  /// Whether its codes may tell a station without a clock what time it is. A key that signs for
  /// some members alone does not, beside one that signs for any: its clock is not theirs.
  package var tellsTime: Bool

  package init(
    members: String = "", traits: MemberTraits = .all, ends: WallTime? = nil,
    audience: String? = nil, tellsTime: Bool = true
  ) {
    self.members = members
    self.traits = traits
    self.ends = ends
    self.audience = audience
    self.tellsTime = tellsTime
  }

  package static let unlimited = IssuerTerms()

  /// Whether the key may say this of this member.
  package func allow(_ member: MemberID, _ given: MemberTraits) -> Bool {
    member.text.utf8.starts(with: members.utf8) && traits.isSuperset(of: given)
  }
}

/// One `[issuer NAME]` section, as stations and the service have it.
package struct IssuerSettings: Hashable, Sendable {
  package var name: String
  /// The file of its public key or certificate.
  package var path: String
  package var terms: IssuerTerms

  package init(name: String, path: String, terms: IssuerTerms) {
    self.name = name
    self.path = path
    self.terms = terms
  }

  package static let section = ConfigurationTable.Section(
    "issuer",
    "An issuer whose member codes are accepted, a section for each key. The key's file is "
      + "checked every minute.",
    .repeated(argument: "name of a-z, 0-9 and -", example: "union") { StationID($0) != nil },
    keys: [
      ConfigurationTable.Key(
        "key", .path, .required(example: "/etc/worker-station/issuer-keys/union.pem"),
        "The file of its public key or X.509 certificate (PEM), Ed25519 or P-256."),
      ConfigurationTable.Key(
        "members",
        .word("the beginning of a member id: letters, digits, and - _ . :") {
          MemberID($0) != nil
        },
        .optional(example: "m-"),
        "The beginning of the ids of the members for whom this key may sign; without this "
          + "setting, any member. Where another issuer may sign for any member, the codes of "
          + "a restricted one do not set the time of a station without a clock."),
      ConfigurationTable.Key(
        "traits",
        .word("none, or some of " + MemberTraits.words.map(\.word).joined(separator: ", ")) {
          traits($0) != nil
        },
        .standard("extended duress"),
        "The traits of a member that its codes may claim; a code that claims more is refused."),
      ConfigurationTable.Key(
        "ends",
        .word("a date, as 2027-12-31 is") { CalendarDate(text: $0) != nil },
        .optional(example: "2027-12-31"),
        "The last day, by UTC, on which its codes are accepted."),
      ConfigurationTable.Key(
        "audience", .text, .optional(example: "worker-stations"),
        "The audience (aud) that its codes may name, beside the station at which they are shown. A "
          + "code that names none is for every station."),
    ])

  /// The sections of a configuration, in their order.
  package static func read(_ configuration: Configuration) -> [IssuerSettings] {
    let sections = configuration.sections(section.name)
    let isBounded = sections.allSatisfy { $0.optionalText("members") != nil }
    return sections.map { section in
      let members = section.optionalText("members")
      let lastDay = section.optionalText("ends").flatMap { CalendarDate(text: $0) }
      return IssuerSettings(
        name: section.argument ?? "", path: section.text("key"),
        terms: IssuerTerms(
          members: members ?? "",
          traits: traits(section.text("traits")) ?? [],
          ends: lastDay.map { WallTime(seconds: Int64($0.daysSince1970 + 1) * 86_400) },
          audience: section.optionalText("audience"), tellsTime: isBounded || members == nil))
    }
  }

  /// - Returns: nil where a word is none of the traits.
  private static func traits(_ text: String) -> MemberTraits? {
    let words = text.split(separator: " ")
    if words == ["none"] { return [] }
    var traits: MemberTraits = []
    for word in words {
      guard let trait = MemberTraits(word: String(word)) else { return nil }
      traits.insert(trait)
    }
    return words.isEmpty ? nil : traits
  }
}
