// Which issuers' keys a station has, as it says in its birth.
import Text
import Time

/// The key of one issuer, as a station has it at this moment.
package struct IssuerStanding: Hashable, Sendable {
  /// The most that a station names.
  package static let most = 64
  /// The longest name of an issuer, in bytes.
  package static let longestName = 48

  /// The name of its section in the configuration.
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
}

extension IssuerStanding: DescribedObject {
  package static func described<Coder: MemberCoder>(
    _ issuer: IssuerStanding?, by coder: inout Coder
  ) throws(Coder.Failure) -> IssuerStanding {
    IssuerStanding(
      name: try coder.member("name", issuer.map { Name($0.name) }).text,
      key: try coder.optional("key", issuer?.key.map { KeyID($0) })?.bits)
  }

  /// A name as it may be read: that of a station would be one.
  private struct Name: MemberText {
    var text: String

    init(_ text: String) { self.text = text }
    init?(member text: String) {
      guard StationID(text) != nil else { return nil }
      self.text = text
    }
    var memberText: String { text }
  }

  /// The id of a key, in 16 hexadecimal digits.
  private struct KeyID: MemberText {
    var bits: UInt64

    init(_ bits: UInt64) { self.bits = bits }
    init?(member text: String) {
      guard let bits = Hex.number(text, digits: 16) else { return nil }
      self.bits = bits
    }
    var memberText: String { Hex.text(bits, digits: 16) }
  }
}
