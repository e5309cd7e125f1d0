// stationctl code issue: signs a member code, as text, as an image or drawn in the terminal.

import MemberCode
import QRCode
import StationProtocol

enum CodeIssueCommand {
  static let command = Command(
    words: ["code", "issue"],
    purpose: "signs a member code that is valid from now on and prints its text",
    options: [
      .init(
        name: "--key", value: "FILE", count: .required,
        meaning: "the private key, as 'stationctl key new' wrote it"),
      .init(
        name: "--member", value: "ID", count: .required,
        meaning: "the member's pseudonym: 1 to 64 of A-Z a-z 0-9 - _ . :"),
      .init(
        name: "--ttl", value: "SECONDS", meaning: "how long the code is valid; 60 if not given"),
      .init(
        name: "--trait", value: "WORD", count: .several,
        meaning: "what stations are to know: maintainer, extended or duress"),
      .init(
        name: "--audience", value: "WORD",
        meaning: "where alone it is good: a station's id, or the issuer's word; if not, anywhere"),
      .init(name: "--png", value: "OUT", meaning: "writes the QR code as an image instead"),
      .init(name: "--terminal", value: nil, meaning: "draws the QR code instead"),
    ],
    alternatives: ["--png", "--terminal"],
    run: run)

  private static func traits(_ values: CommandValues) throws(CommandFailure) -> MemberTraits {
    var traits: MemberTraits = []
    for word in values.all("--trait") {
      guard let trait = MemberTraits(word: word) else {
        throw values.failure("'\(word)' is no trait: maintainer, extended or duress")
      }
      traits.insert(trait)
    }
    return traits
  }

  @Sendable private static func run(_ values: CommandValues) throws(CommandFailure) -> Int32 {
    let name = try values.required("--member")
    guard let member = MemberID(name) else {
      throw values.failure("'\(name)' is no member: 1 to 64 of A-Z a-z 0-9 - _ . :")
    }
    let life = try values.number("--ttl", in: 1...31_536_000) ?? 60
    let traits = try Self.traits(values)
    let issuer = CodeIssuer(try KeyFiles.signingKey(try values.required("--key")))
    let code: String
    do throws(CodeIssueError) {
      code = try issuer.issue(
        member, life: .seconds(life), at: WallClock.now(),
        audience: values.text("--audience"), traits: traits)
    } catch {
      throw CommandFailure("\(error)")
    }
    guard values.has("--png") || values.has("--terminal") else {
      StandardStream.output.write(code + "\n")
      return 0
    }
    let image: [UInt8]
    do throws(QRError) {
      let symbol = try QRSymbol(text: code)
      image = values.has("--png") ? try symbol.png() : Array(symbol.terminal().utf8)
    } catch {
      throw CommandFailure("\(error)")
    }
    if let path = values.text("--png") {
      try Files.replace(path, image)
    } else {
      StandardStream.output.write(image)
    }
    return 0
  }
}
