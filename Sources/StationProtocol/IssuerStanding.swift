// Which issuers' keys a station has, as it says in its birth.
import JSON
import Text
import Time

/// The key of one issuer, as a station has it at this moment.
package struct IssuerStanding: Hashable, Sendable {
  /// The most that a station names.
  package static let most = 64
  /// Of an issuer's name, in bytes.
  package static let longestName = 48

  /// Of its section in the configuration.
  package var name: String
  /// The first 8 bytes of the SHA-256 of the key; nil where the station has no usable key.
  package var key: UInt64?
  /// From when on its codes are not accepted. The station's own affair: a birth does not say it.
  package var ends: WallTime?

  package init(name: String, key: UInt64?, ends: WallTime? = nil) {
    self.name = name
    self.key = key
    self.ends = ends
  }

  /// The key's id in 16 hexadecimal digits.
  package var keyText: String? { key.map { Hex.text($0, digits: 16) } }

  package func write(to writer: inout JSONWriter) {
    writer.object {
      $0.field("name", name)
      if let keyText { $0.field("key", keyText) }
    }
  }

  init(_ reader: inout JSONReader) throws(JSONError) {
    var name: String?
    var key: UInt64?
    try reader.object { (reader, member) throws(JSONError) in
      switch member {
      case "name":
        try reader.read(&name, member, text: { StationID($0)?.text })
      case "key":
        try reader.read(&key, member, text: { Hex.number($0, digits: 16) })
      default: throw reader.unknown(member)
      }
    }
    self.init(name: try reader.require(name, "name"), key: key)
  }
}
