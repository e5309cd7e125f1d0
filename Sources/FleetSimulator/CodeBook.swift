// The member codes that workers show: most good, some not, a share of them truly signed.
import ManagementCore
import MemberCode
import StationCore
import StationProtocol
import Time

/// Every code that was shown with a good signature, as the service's keys would find it.
struct ShownCodes {
  private var proofs: [CodeText: CodeProof] = [:]

  /// - Returns: the characters of a code of which only the claims are made up.
  mutating func add(_ member: MemberID, _ code: CodeDigest) -> CodeText? {
    let text = CodeText(code.description.uppercased())
    if let text { proofs[text] = .genuine(member, code) }
    return text
  }

  mutating func add(_ text: CodeText, of member: MemberID, _ code: CodeDigest) {
    proofs[text] = .genuine(member, code)
  }

  func proof(of text: CodeText) -> CodeProof { proofs[text] ?? .refused(.badSignature) }
}

/// Draws what a reader hands to the station. One in sixteen good codes is issued, signed, printed
/// as base45 and verified as a station does; of the others only the claims are made up.
final class CodeBook {
  private let world: World
  private let issuer: CodeIssuer
  private let verifier: CodeVerifier
  private var dice: SeededGenerator
  private var count: UInt64 = 0
  private var recent: [StationCore.Presentation] = []

  init(_ world: World, station: Int) {
    self.world = world
    dice = SeededGenerator(seed: world.seed, "codes", station)
    // A PKCS#8 Ed25519 private key (RFC 8410 section 7) is this prefix and 32 bytes.
    let prefix: [UInt8] = [0x30, 0x2E, 2, 1, 0, 0x30, 5, 6, 3, 0x2B, 0x65, 0x70, 4, 0x22, 4, 0x20]
    var bytes = prefix
    for _ in 0..<32 { bytes.append(UInt8(truncatingIfNeeded: dice.next())) }
    let pem = "-----BEGIN PRIVATE KEY-----\n\(Base64.encode(bytes))\n-----END PRIVATE KEY-----\n"
    guard let key = try? SigningKey(pem: Array(pem.utf8)),
      let keys = try? KeySet([key.verificationKey])
    else { preconditionFailure("a made-up key is no key") }
    issuer = CodeIssuer(key)
    verifier = CodeVerifier(keys)
  }

  /// The code that was shown last, or one of before; nil where none was.
  func drawAgain(_ dice: inout SeededGenerator) -> StationCore.Presentation? {
    recent.isEmpty || dice.once(in: 2) ? recent.last : dice.pick(recent)
  }

  /// A code of this member, issued now.
  func good(_ member: MemberID, _ dice: inout SeededGenerator) -> StationCore.Presentation {
    let code = digest(&dice)
    let claims = MemberClaims(
      subject: member.text, expires: world.wall + .seconds(60), issued: world.wall)
    return StationCore.Presentation(
      digest: code, verdict: .genuine(claims, code: code), text: world.codes.add(member, code))
  }

  func draw(_ dice: inout SeededGenerator) -> StationCore.Presentation {
    switch dice.below(100) {
    case 0..<80: return fresh(&dice, issued: world.wall)
    case 80..<90 where !recent.isEmpty: return dice.pick(recent)
    case 90..<93: return fresh(&dice, issued: world.wall + .seconds(-70 - dice.below(600)))
    case 93..<95: return fresh(&dice, issued: world.wall + .seconds(6 + dice.below(600)))
    default:
      return StationCore.Presentation(
        digest: digest(&dice), verdict: .refused(dice.pick(CodeRefusal.allCases)))
    }
  }

  private func fresh(_ dice: inout SeededGenerator, issued: WallTime) -> StationCore.Presentation {
    let member = dice.pick(Operators.members)
    let life = Duration.seconds(30 + dice.below(90))
    let presentation = dice.once(in: 16) ? signed(member, life, issued) : nil
    let code = digest(&dice)
    let claims = MemberClaims(subject: member.text, expires: issued + life, issued: issued)
    let drawn =
      presentation
      ?? StationCore.Presentation(
        digest: code, verdict: .genuine(claims, code: code), text: world.codes.add(member, code))
    if recent.count > 20 { recent.removeFirst() }
    recent.append(drawn)
    return drawn
  }

  private func digest(_ dice: inout SeededGenerator) -> CodeDigest {
    count += 1
    return CodeDigest(high: dice.next(), low: count)
  }

  private func signed(
    _ member: MemberID, _ life: Duration, _ issued: WallTime
  ) -> StationCore.Presentation? {
    let tokenID = (0..<8).map { _ in UInt8(truncatingIfNeeded: dice.next()) }
    guard let text = try? issuer.issue(member, life: life, at: issued, tokenID: tokenID) else {
      world.referee.complain("no code is issued for \(member)")
      return nil
    }
    switch verifier.authenticate(Array(text.utf8)) {
    case .genuine(let code):
      let shown = CodeText(text)
      if let shown { world.codes.add(shown, of: member, code.digest) }
      return StationCore.Presentation(
        digest: code.digest, verdict: .genuine(code.claims, code: code.digest), text: shown)
    case .refused(let refusal, _):
      world.referee.complain("an issued code is refused as \(refusal)")
      return nil
    }
  }
}
