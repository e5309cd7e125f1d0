// Codes signed with P-256 by openssl, as an issuer other than this product would.

import MemberCode

/// A P-256 key in a workspace, and what it signs.
struct P256Issuer {
  private let files: Workspace

  init(_ files: Workspace) throws {
    self.files = files
    try files.makeP256Key("p256")
  }

  var key: VerificationKey {
    get throws { try VerificationKey(pem: files.read("p256.pub")) }
  }

  var certifiedKey: VerificationKey {
    get throws { try VerificationKey(pem: files.read("p256.crt")) }
  }

  /// A code with the given protected header.
  func code(protected: [UInt8]) throws -> (code: TestCode, signature: [UInt8]) {
    var code = TestCode()
    code.protected = protected
    return (code, try sign(code.signedContent))
  }

  /// r and s, 32 bytes each.
  private func sign(_ content: [UInt8]) throws -> [UInt8] {
    try files.write("content", content)
    let der = try files.openssl("dgst", "-sha256", "-sign", "p256.pem", "content").output
    // SEQUENCE of two INTEGERs, each with a leading zero byte where its top bit is set.
    let first = 4..<4 + Int(der[3])
    let second = first.upperBound + 2..<der.count
    return [first, second].flatMap { range in
      let digits = der[range].drop { $0 == 0 }
      return [UInt8](repeating: 0, count: 32 - digits.count) + digits
    }
  }

  /// The other signature that the same key, content and r allow: (r, n − s).
  static func twin(of signature: [UInt8]) -> [UInt8] {
    let order = hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551")
    var borrow = 0
    var twin = [UInt8](repeating: 0, count: 32)
    for index in (0..<32).reversed() {
      let difference = Int(order[index]) - Int(signature[32 + index]) - borrow
      borrow = difference < 0 ? 1 : 0
      twin[index] = UInt8(truncatingIfNeeded: difference)
    }
    return signature.prefix(32) + twin
  }
}
