// The claims of a CWT (RFC 8392) as CBOR: read into MemberClaims, written for a new code.

import StationProtocol
import Time

enum ClaimSet {
  /// Claim keys of RFC 8392 section 4.
  private enum Key {
    static let issuer: Int64 = 1
    static let subject: Int64 = 2
    static let audience: Int64 = 3
    static let expires: Int64 = 4
    static let notBefore: Int64 = 5
    static let issued: Int64 = 6
    static let tokenID: Int64 = 7
    /// An array of the words of `MemberTraits`. RFC 8392 section 9.1.1 leaves keys below -65536
    /// to private use.
    static let traits: Int64 = -65_537
  }

  /// More traits than any code has a use for.
  private static let mostTraits = 16

  /// The seconds a NumericDate may have: 1970 to the end of the year 9999.
  static let seconds: ClosedRange<Int64> = 0...253_402_300_799

  /// Claims that are not known are passed over.
  /// - Throws: `badClaims` where the payload is no map of claims or a known claim has the wrong
  ///   type, otherwise what is wrong with it as CBOR.
  static func decode(
    _ payload: [UInt8], within bounds: CodeBounds = .station
  ) throws(CodeFault) -> MemberClaims {
    do throws(CodeFault) {
      return try CBORItem.read(payload, within: bounds) { (item) throws(CodeFault) in
        try claims(item)
      }
    } catch {
      throw error == .notCBOR ? .badClaims : error
    }
  }

  private static func claims(_ item: CBORItem) throws(CodeFault) -> MemberClaims {
    guard let pairs = item.pairs else { throw .badClaims }
    var claims = MemberClaims()
    for (key, value) in pairs {
      guard let number = key.integer else {
        if key.text != nil { continue }
        throw .badClaims
      }
      guard read(number, value, into: &claims) else { throw .badClaims }
    }
    return claims
  }

  private static func read(
    _ key: Int64, _ value: CBORItem, into claims: inout MemberClaims
  ) -> Bool {
    func keep<Content>(_ content: Content?, in field: inout Content?) -> Bool {
      field = content
      return content != nil
    }
    switch key {
    case Key.issuer: return keep(value.text, in: &claims.issuer)
    case Key.subject: return keep(value.text, in: &claims.subject)
    case Key.audience: return keep(value.text, in: &claims.audience)
    case Key.expires: return keep(time(value), in: &claims.expires)
    case Key.notBefore: return keep(time(value), in: &claims.notBefore)
    case Key.issued: return keep(time(value), in: &claims.issued)
    case Key.tokenID: return keep(value.bytes, in: &claims.tokenID)
    case Key.traits:
      guard let traits = traits(value) else { return false }
      claims.traits = traits
      return true
    default: return true
    }
  }

  /// A word that is not known asks for what this station does not have, and is passed over.
  /// - Returns: nil where this is no array of words.
  private static func traits(_ value: CBORItem) -> MemberTraits? {
    guard let elements = value.elements, elements.count <= mostTraits else { return nil }
    var traits: MemberTraits = []
    for element in elements {
      guard let word = element.text else { return nil }
      if let trait = MemberTraits(word: word) { traits.insert(trait) }
    }
    return traits
  }

  /// A NumericDate: seconds, whole or with a fraction (RFC 8392 section 2). Not-a-number and
  /// infinities fall out of the range.
  private static func time(_ value: CBORItem) -> WallTime? {
    if let whole = value.integer {
      return seconds.contains(whole) ? WallTime(seconds: whole) : nil
    }
    guard let number = value.number,
      number >= Double(seconds.lowerBound), number <= Double(seconds.upperBound)
    else { return nil }
    // To the nearest millisecond; `rounded()` would need libm, which nothing else here links.
    return WallTime(milliseconds: Int64(number * 1000 + 0.5))
  }

  /// Writes what a member code carries; times in whole seconds.
  static func encode(
    issuer: String?, member: MemberID, audience: String? = nil, issuedSeconds: Int64,
    expiresSeconds: Int64, tokenID: [UInt8], traits: MemberTraits = []
  ) -> [UInt8] {
    var claims = CBORWriter(capacity: 128)
    let optional = (issuer == nil ? 0 : 1) + (audience == nil ? 0 : 1) + (traits.isEmpty ? 0 : 1)
    claims.map(count: 4 + optional)
    if let issuer {
      claims.integer(Key.issuer)
      claims.text(issuer)
    }
    claims.integer(Key.subject)
    claims.text(member.text)
    if let audience {
      claims.integer(Key.audience)
      claims.text(audience)
    }
    claims.integer(Key.expires)
    claims.integer(expiresSeconds)
    claims.integer(Key.issued)
    claims.integer(issuedSeconds)
    claims.integer(Key.tokenID)
    claims.bytes(tokenID)
    if !traits.isEmpty {
      claims.integer(Key.traits)
      claims.array(count: traits.words.count)
      for word in traits.words { claims.text(word) }
    }
    return claims.bytes
  }
}
