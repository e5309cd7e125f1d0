// What exactly is wrong with what a reader delivered, where it is no member code at all.

/// The fault of a malformed code: one closed list, for managers and maintainers. The worker at
/// the door is told `malformed` and no more; nobody mends a fault of this kind on a telephone.
package enum CodeFault: String, CaseIterable, Error, Sendable {
  /// Bytes that no code has: a loose wire, another symbology, a scanner's set-up code.
  case noise
  /// More characters, or more bytes inside, than a code may have.
  case tooLong = "too-long"
  case notBase45 = "not-base45"
  /// Cut short, or not CBOR within this product's limits.
  case notCBOR = "not-cbor"
  /// Arrays, maps or tags inside each other beyond the limit.
  case tooDeep = "too-deep"
  /// A map holds one key twice.
  case duplicateKey = "duplicate-key"
  /// Bytes follow what was a whole item.
  case trailingBytes = "trailing-bytes"
  /// CBOR, but no COSE_Sign1.
  case notCOSE = "not-cose"
  /// A header that is no map, holds the wrong types, or asks for what is not understood.
  case badHeader = "bad-header"
  /// A payload that is no claim set.
  case badClaims = "bad-claims"
}
