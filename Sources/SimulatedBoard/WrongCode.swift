// Every kind of wrong code that somebody may hold to a reader, made so that a person can try it.

import Linux
import MemberCode
import StationProtocol
import Text
import Time

/// A thing that is no good member code, in the order in which a station finds out. No two makings
/// of one kind are the same bytes, or a reader would take the second for the first still there.
package enum WrongCode: String, CaseIterable, Sendable {
  /// Bytes that are no text, as a loose wire or a wrong speed delivers them.
  case noise
  /// A symbol by which scanners are set up; most of them begin with a character codes lack.
  case setup = "set-up"
  /// A web address, as most QR symbols hold one.
  case garbage
  /// More characters than a code may have.
  case oversized
  /// Text in the right alphabet that is no base45.
  case ticket
  /// A good code of which the reader saw the first half.
  case truncated
  /// CBOR arrays inside each other, far beyond what is followed.
  case nested
  /// A good code with more behind it.
  case trailing
  /// CBOR, but no signed message.
  case bare
  /// Asks in its header for what no station understands.
  case demanding
  /// Well signed claims with one of them twice.
  case duplicate
  /// Well signed, but what is signed is no set of claims.
  case claimless
  /// Signed in a way that stations do not check.
  case unsupported
  /// Good in every way but for the key, which no station knows.
  case foreign
  /// A good code with one bit of its signature turned.
  case tampered
  /// Well signed, but it begins in an hour.
  case early
  /// Well signed, but its time is long over.
  case expired
  /// Well signed and valid for a day.
  case longLived = "long-lived"
  /// Well signed, but it names no member.
  case nameless
}

/// Makes wrong codes with a key that stations trust, which is what makes most of them interesting.
package struct WrongCodeMaker: Sendable {
  private static let life: Int64 = 60
  private static let hour: Int64 = 3600
  private static let nesting = 320
  private static let tooManyCharacters = 600

  private let key: SigningKey
  private let stranger = SigningKey.generate()

  package init(_ key: SigningKey) { self.key = key }

  /// - Returns: what the reader delivers, without the framing at its end.
  package func code(_ kind: WrongCode, for member: MemberID, at now: WallTime) -> [UInt8] {
    let second = now.milliseconds / 1000
    let claims = Claims(subject: member.text, issued: second, expires: second + Self.life)
    switch kind {
    case .noise: return (0..<48).map { _ in 0x80 | Randomness.bytes(1)[0] }
    case .setup: return Array("@FACDEF\(Self.word)".utf8)
    case .garbage: return Array("https://example.org/\(Self.word)".utf8)
    case .ticket: return Array("TICKET-\(Self.word.uppercased()):::".utf8)
    case .oversized:
      return (0..<Self.tooManyCharacters).map { _ in UInt8(ascii: "A") + Randomness.bytes(1)[0] % 26
      }
    case .truncated:
      // Three characters are two bytes: half of them is base45 still, and half a message.
      return Array(Self.text(signed(claims)).prefix(90))
    case .nested:
      return Self.text([UInt8](repeating: 0x81, count: Self.nesting) + [0x1B] + Randomness.bytes(8))
    case .trailing: return Self.text(signed(claims) + [0])
    case .bare: return Self.text(claims.encoded)
    case .demanding: return Self.text(signed(claims, critical: 99))
    case .duplicate: return Self.text(signed(claims.repeating(.subject)))
    case .claimless:
      var payload = CBORWriter()
      payload.text(Self.word)
      return Self.text(signed(payload.bytes))
    case .unsupported: return Self.text(signed(claims, algorithm: -35))
    case .foreign: return Self.text(signed(claims, by: stranger))
    case .tampered:
      var message = signed(claims)
      message[message.count - 1] ^= 1
      return Self.text(message)
    // Issued now: a time of issue in the future would be believed by a station without a clock.
    case .early: return Self.text(signed(claims.beginning(after: Self.hour)))
    case .expired: return Self.text(signed(claims.moved(by: -Self.hour)))
    case .longLived:
      return Self.text(
        signed(Claims(subject: member.text, issued: second, expires: second + 24 * Self.hour)))
    case .nameless:
      return Self.text(signed(Claims(subject: nil, issued: second, expires: second + Self.life)))
    }
  }

  private static var word: String { Hex.text(Randomness.bits, digits: 16) }

  private static func text(_ message: [UInt8]) -> [UInt8] { Array(Base45.encode(message).utf8) }

  private func signed(
    _ claims: Claims, by signer: SigningKey? = nil, algorithm: Int64 = -8, critical: Int64? = nil
  ) -> [UInt8] {
    signed(claims.encoded, by: signer, algorithm: algorithm, critical: critical)
  }

  /// A COSE_Sign1 (RFC 9052 section 4.2) whose signature is good for what it says.
  private func signed(
    _ payload: [UInt8], by signer: SigningKey? = nil, algorithm: Int64 = -8, critical: Int64? = nil
  ) -> [UInt8] {
    let signer = signer ?? key
    var header = CBORWriter()
    header.map(count: critical == nil ? 2 : 3)
    header.integer(1)
    header.integer(algorithm)
    if let critical {
      header.integer(2)
      header.array(count: 1)
      header.integer(critical)
    }
    header.integer(4)
    header.bytes(signer.id.bytes)
    var content = CBORWriter()
    content.array(count: 4)
    content.text("Signature1")
    content.bytes(header.bytes)
    content.bytes([])
    content.bytes(payload)
    var message = CBORWriter()
    message.tag(18)
    message.array(count: 4)
    message.bytes(header.bytes)
    message.map(count: 0)
    message.bytes(payload)
    message.bytes(signer.sign(content.bytes))
    return message.bytes
  }

  /// What a code says (RFC 8392), also where no honest issuer would.
  private struct Claims {
    enum Key: Int64 {
      case subject = 2
      case expires = 4
      case notBefore = 5
      case issued = 6
      case tokenID = 7
    }

    var subject: String?
    var issued: Int64
    var expires: Int64
    private var notBefore: Int64?
    private var repeated: Key?

    init(subject: String?, issued: Int64, expires: Int64) {
      self.subject = subject
      self.issued = issued
      self.expires = expires
    }

    func moved(by seconds: Int64) -> Claims {
      Claims(subject: subject, issued: issued + seconds, expires: expires + seconds)
    }

    func beginning(after seconds: Int64) -> Claims {
      var claims = self
      claims.notBefore = issued + seconds
      claims.expires += seconds
      return claims
    }

    func repeating(_ key: Key) -> Claims {
      var claims = self
      claims.repeated = key
      return claims
    }

    var encoded: [UInt8] {
      var keys: [Key] = subject == nil ? [] : [.subject]
      keys += [.expires] + (notBefore == nil ? [] : [.notBefore]) + [.issued, .tokenID]
      if let repeated { keys.append(repeated) }
      var writer = CBORWriter()
      writer.map(count: keys.count)
      for key in keys {
        writer.integer(key.rawValue)
        switch key {
        case .subject: writer.text(subject ?? "")
        case .expires: writer.integer(expires)
        case .notBefore: writer.integer(notBefore ?? 0)
        case .issued: writer.integer(issued)
        case .tokenID: writer.bytes(Randomness.bytes(8))
        }
      }
      return writer.bytes
    }
  }
}
