// stationctl code verify: judges a member code as a station would, and says why.

import JSON
import MemberCode
import StationProtocol
import Text
import Time

enum CodeVerifyCommand {
  static let command = Command(
    words: ["code", "verify"],
    purpose: "judges the code on standard input: one JSON object, exit status 0 if valid, else 1",
    options: [
      .init(
        name: "--key", value: "FILE", count: .repeated,
        meaning: "a public key or X.509 certificate (PEM), Ed25519 or P-256"),
      .init(
        name: "--at", value: "UNIXTIME",
        meaning: "the time to judge by, in seconds; now if not given"),
      .init(
        name: "--max-life", value: "SECONDS",
        meaning: "the longest time from issue to expiry; 120 if not given"),
      .init(
        name: "--any-length",
        meaning: "reads up to 4 KiB of COSE, where a station takes 512 characters; whose signature "
          + "it is, is told apart"),
      .init(
        name: "--audience", value: "WORD", count: .several,
        meaning: "whom the code may name as its audience, as a station's id; anybody if not given"),
    ],
    run: run)

  @Sendable private static func run(_ values: CommandValues) throws(CommandFailure) -> Int32 {
    let time = try values.number("--at", in: 0...253_402_300_799).map(WallTime.init(seconds:))
    var policy = CodePolicy()
    if let life = try values.number("--max-life", in: 1...253_402_300_799) {
      policy.longestLife = .seconds(life)
    }
    let audiences = values.all("--audience")
    policy.audiences = audiences.isEmpty ? nil : audiences
    let isAnyLength = values.has("--any-length")
    let bounds: CodeBounds = isAnyLength ? .anyLength : .station
    let verifier = CodeVerifier(try KeyFiles.keySet(values.all("--key")), within: bounds)
    // Longer input is no code, whatever ends its line; reading on would not change the answer.
    let text = withoutLineEnd(try Files.readInput(most: bounds.characters + 3))
    let answer = judge(verifier.authenticate(text), policy, at: time ?? WallClock.now())
    let signature = isAnyLength ? signature(of: text, verifier) : nil
    StandardStream.output.write(Self.answer(answer.refusal, signature, answer.claims))
    return answer.refusal == nil ? 0 : 1
  }

  /// Removes one line feed at the end, with a carriage return before it where there is one, as files
  /// and scanners end lines.
  private static func withoutLineEnd(_ text: [UInt8]) -> [UInt8] {
    var text = text
    if text.last == UInt8(ascii: "\n") { text.removeLast() }
    if text.last == UInt8(ascii: "\r") { text.removeLast() }
    return text
  }

  private static func judge(
    _ presentation: Presentation, _ policy: CodePolicy, at time: WallTime
  ) -> (refusal: CodeRefusal?, claims: MemberClaims) {
    switch presentation {
    case .refused(let refusal, _):
      // Nothing that is not signed is repeated as if it were a claim.
      (refusal, MemberClaims())
    case .genuine(let code):
      switch policy.judge(code.claims, at: time) {
      case .success: (nil, code.claims)
      case .failure(let refusal): (refusal, code.claims)
      }
    }
  }

  /// Whether one of the keys has signed the message, whatever key it names and whatever it says.
  /// - Returns: nil where the text is no message.
  private static func signature(of text: [UInt8], _ verifier: CodeVerifier) -> String? {
    guard let message = text.withUnsafeBytes({ try? verifier.message($0) }) else { return nil }
    if message.isUnsupported { return "unsupported" }
    let content = message.signedContent()
    return verifier.keys.issuers.contains { $0.key.signed(message, content: content) }
      ? "good" : "bad"
  }

  private static func answer(
    _ refusal: CodeRefusal?, _ signature: String?, _ claims: MemberClaims
  ) -> [UInt8] {
    JSONWriter.object { json in
      json.field("valid", refusal == nil)
      json.key("reason")
      if let refusal { json.value(Denial(refusal).rawValue) } else { json.null() }
      if let fault = refusal?.fault { json.field("fault", fault.rawValue) }
      if let signature { json.field("signature", signature) }
      json.key("claims")
      json.object { write(claims, to: &$0) }
    } + [UInt8(ascii: "\n")]
  }

  /// The names of RFC 8392; times in seconds, the CWT id in hex.
  private static func write(_ claims: MemberClaims, to json: inout JSONWriter) {
    if let issuer = claims.issuer { json.field("iss", issuer) }
    if let subject = claims.subject { json.field("sub", subject) }
    if let audience = claims.audience { json.field("aud", audience) }
    for (name, time) in [
      ("exp", claims.expires), ("nbf", claims.notBefore), ("iat", claims.issued),
    ] as [(StaticString, WallTime?)] {
      guard let time else { continue }
      json.key(name)
      json.raw(seconds(time).utf8)
    }
    if let tokenID = claims.tokenID {
      json.field("cti", tokenID.map { Hex.text(UInt64($0), digits: 2) }.joined())
    }
    if !claims.traits.isEmpty {
      json.key("traits")
      json.array(claims.traits.words) { json, word in json.value(word) }
    }
  }

  private static func seconds(_ time: WallTime) -> String {
    let (whole, rest) = time.milliseconds.quotientAndRemainder(dividingBy: 1000)
    guard rest != 0 else { return "\(whole)" }
    let digits = "\(rest + 1000)".dropFirst()
    return "\(whole).\(digits)"
  }
}
