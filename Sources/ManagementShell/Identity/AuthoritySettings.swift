// The keys of the service's small authority.
import Configuration
import HTTP

/// The place of the authority's files, and what it says in the certificates that it makes.
package struct AuthoritySettings: Equatable, Sendable {
  package var directory: String
  /// The name or the numeric address by which stations reach the broker.
  package var broker: String
  package var port: Int
  /// How long a station's certificate is good.
  package var stationLife: Duration

  private typealias Key = ConfigurationTable.Key

  /// A host's name (RFC 1123 section 2.1) that a certificate's subject has room for (RFC 5280,
  /// ub-common-name), or a numeric address.
  private static func isHost(_ text: String) -> Bool {
    if HTTPOptions.isNumeric(text) { return true }
    return (1...64).contains(text.utf8.count)
      && text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
        (1...63).contains(label.utf8.count)
          && label.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
              UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
              true
            default: false
            }
          }
      }
  }

  static let section = ConfigurationTable.Section(
    "authority",
    "The authority that certifies stations and the broker. It is made, with the broker's "
      + "certificate, when the service starts with a broker's name for the first time.",
    keys: [
      Key(
        "broker",
        .word("a host's name of at most 64 characters, or a numeric address", accepts: isHost),
        .optional(example: "broker.example.org"),
        "The name or address by which stations reach the broker; without it no board can be claimed."
      ),
      Key(
        "broker-port", .integer(1...65_535, unit: ""), .standard("8883"),
        "The broker's port for connections by TLS."),
      Key(
        "directory", .path, .standard("/var/lib/worker-station-management/authority"),
        "The folder of the authority's files. Back it up with the store: without its key every "
          + "board has to be claimed anew."),
      Key(
        "station-life", .duration(.seconds(60)...(.seconds(315_360_000))), .standard("8760 h"),
        "The time for which a station's certificate is good."),
    ])

  /// - Returns: nil where no broker is named.
  init?(_ section: Configuration.Section) {
    guard let broker = section.optionalText("broker") else { return nil }
    self.broker = broker
    port = section.integer("broker-port")
    directory = section.text("directory")
    stationLife = section.duration("station-life")
  }
}
