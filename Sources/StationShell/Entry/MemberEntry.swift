// One member's entry in a member list, as its keys stand there.
import Configuration
import MemberCode
import StationCore
import StationProtocol

/// The texts of an entry's keys, and which of them cannot be relied on.
struct MemberEntry: Equatable {
  /// In the file the entry begins here.
  var line: Int
  var texts: [String: String] = [:]
  /// Keys of which the file says something that cannot be taken as it stands.
  var doubtful: Set<String> = []

  init(_ section: Configuration.Section) {
    line = section.line ?? 0
    for key in MemberList.keyNames {
      if section.isDoubtful(key) {
        doubtful.insert(key)
      } else if section.isSet(key) || key == "status" {
        texts[key] = section.optionalText(key)
      }
    }
    if !doubtful.isDisjoint(with: MemberList.pinKeys) { doubtful.formUnion(MemberList.pinKeys) }
  }

  var profile: MemberProfile {
    MemberProfile(
      status: texts["status"].flatMap { MemberProfile.Status(rawValue: $0) } ?? .suspended,
      needsTime: texts["access"] == "extended", isMaintainer: texts["role"] == "maintainer",
      card: texts["card"].flatMap { Card(text: $0) },
      reservation: texts["reservation"].flatMap { try? Schedule(text: $0) })
  }

  func pin(of member: MemberID) -> (number: String, entry: PINBook.Entry)? {
    guard let number = texts["number"], let pin = texts["pin"].flatMap({ PINHash(text: $0) })
    else { return nil }
    let duress = texts["duress-pin"].flatMap { PINHash(text: $0) }
    return (number, PINBook.Entry(member: member, pin: pin, duress: duress))
  }

  func text(of member: MemberID) -> [UInt8] {
    var text = "[member \(member)]\n"
    for key in MemberList.keyNames {
      if let value = texts[key] { text += "\(key) = \(value)\n" }
    }
    return Array(text.utf8)
  }

  mutating func doubt(_ keys: some Sequence<String>) { doubtful.formUnion(keys) }

  /// The same member stands in the file a second time: what both say alike is sure.
  mutating func join(_ twin: MemberEntry) {
    doubtful.formUnion(twin.doubtful)
    doubtful.formUnion(MemberList.keyNames.filter { texts[$0] != twin.texts[$0] })
    if !doubtful.isDisjoint(with: MemberList.pinKeys) { doubtful.formUnion(MemberList.pinKeys) }
  }

  /// Takes from the list in force what the file leaves in doubt. A member of whom that list knows
  /// nothing, and whose status is in doubt, stays out until somebody has looked at the file.
  mutating func complete(with known: MemberEntry?) {
    for key in doubtful { texts[key] = known?.texts[key] }
    if texts["status"] == nil { texts["status"] = MemberProfile.Status.suspended.rawValue }
    doubtful = []
  }
}
