// stationctl claim: makes this board a station, by a code that a manager had made.

import Glibc
import JSON
import Keys
import MemberCode
import StationProtocol
import Text

/// The board makes its key, which never leaves it, and asks for a certificate. The code is not sent:
/// by it the board proves that the request is its own, and the service that the answer is. So nothing
/// depends on who owns the connection, or on a certificate that a new board could not judge, and all
/// that goes over it may be read by anybody.
enum ClaimCommand {
  private static let usualFolder = "/var/lib/worker-station/identity"

  static let command = Command(
    words: ["claim"],
    purpose: "makes this board the station for which a claim code was made",
    options: [
      .init(
        name: "--service", value: "URL", count: .required,
        meaning: "the management service, as https://manage.example.org"),
      .init(
        name: "--identity", value: "FOLDER",
        meaning: "where key and certificate go; \(usualFolder) if not given"),
    ],
    operand: .init(
      name: "CODE",
      meaning: "the claim code; asked for on standard input if not given, where no other user of "
        + "this machine sees it"),
    run: run)

  @Sendable private static func run(_ values: CommandValues) throws(CommandFailure) -> Int32 {
    let service = try values.required("--service")
    guard service.hasPrefix("https://") || service.hasPrefix("http://") else {
      throw values.failure("--service is a URL that begins with https://")
    }
    let folder = values.text("--identity") ?? usualFolder
    let code = try code(values)
    let key = KeyHandle.generateP256()
    let identity = try IdentityFolder(folder, key: key)
    let grant: ClaimGrant
    let certificate: Certificate
    let keys: [KeyID]
    do throws(CommandFailure) {
      grant = try ask(service, code, key)
      (certificate, keys) = try judge(grant, key)
    } catch {
      identity.abandon()
      throw error
    }
    try identity.complete(grant)
    var report = "this board is \(grant.station) now\n"
    report += "broker: \(grant.broker):\(grant.port)\n"
    report += "identity: \(folder), certificate \(certificate.serial)\n"
    for key in keys { report += "obeys the service's key \(key)\n" }
    report += "next: set id = \(grant.station) in [station] of stationd.conf, then "
    report += "systemctl restart stationd\n"
    StandardStream.output.write(report)
    return 0
  }

  private static func code(_ values: CommandValues) throws(CommandFailure) -> ClaimCode {
    var typed = values.operand
    if typed == nil {
      if isatty(STDIN_FILENO) == 1 { StandardStream.error.write("claim code: ") }
      let line = readLine(strippingNewline: true)
      typed = line
    }
    guard let code = typed.flatMap({ ClaimCode($0) }) else {
      throw CommandFailure(
        "that is no claim code: it has four groups of five letters and digits, as the service "
          + "shows them")
    }
    return code
  }

  private static func ask(
    _ service: String, _ code: ClaimCode, _ key: KeyHandle
  ) throws(CommandFailure) -> ClaimGrant {
    let request = PEMText(CertificateRequest.make(for: key, name: "worker-station board"))
    let bytes = MessageProof.make(ClaimRequest.content(request), key: code.secret)
    guard let proof = ClaimProof(bytes) else { preconditionFailure("a proof has 32 bytes") }
    let base = service.hasSuffix("/") ? String(service.dropLast()) : service
    let url = "\(base)/api/v1/claims"
    let json = ClaimRequest(claim: code.name, request: request, proof: proof).json
    let answer: HTTPCall.Answer
    do throws(CommandFailure) {
      answer = try HTTPCall.post(json, to: url)
    } catch {
      // The answer may have been lost. The service gives it again to the same request.
      StandardStream.error.write("stationctl: \(error.reason); trying once more\n")
      answer = try HTTPCall.post(json, to: url)
    }
    guard answer.status == 200 else {
      let problem = try? ProblemDetail(json: answer.body)
      let said = problem?.detail.map { ": \(Excerpt($0))" } ?? ""
      throw CommandFailure("\(base) answers \(answer.status)\(said)")
    }
    let unreadable: (JSONError) -> CommandFailure = {
      CommandFailure("\(base) gives an answer that cannot be read: \($0)")
    }
    let granted = try read(answer.body, ClaimAnswer.init(json:), unreadable)
    let content = ClaimAnswer.content(granted.grant)
    guard MessageProof.isRight(granted.proof.bytes, of: content, key: code.secret) else {
      throw CommandFailure(
        "the answer was not made by the service that made the code: somebody stands between this "
          + "board and \(base), or the URL is another service's; nothing was changed")
    }
    return try read(granted.grant.json, ClaimGrant.init(json:), unreadable)
  }

  private static func read<Value>(
    _ json: [UInt8], _ parse: ([UInt8]) throws(JSONError) -> Value,
    _ unreadable: (JSONError) -> CommandFailure
  ) throws(CommandFailure) -> Value {
    do throws(JSONError) {
      return try parse(json)
    } catch {
      throw unreadable(error)
    }
  }

  /// Judges the grant as the station would: a mistake is told now, not at the door.
  /// - Returns: the certificate, and the ids of the service's keys.
  private static func judge(
    _ grant: ClaimGrant, _ key: KeyHandle
  ) throws(CommandFailure) -> (Certificate, [KeyID]) {
    do throws(KeyError) {
      let certificate = try Certificate(pem: grant.certificate.bytes)
      let authority = try Certificate(pem: grant.authority.bytes)
      guard certificate.publicKey.isSame(as: key), certificate.isIssued(by: authority),
        certificate.name == grant.station.text
      else {
        throw KeyError.damaged("CERTIFICATE")
      }
      let keys = try grant.serviceKeys.map { pem throws(KeyError) in
        try VerificationKey(pem: pem.bytes).id
      }
      return (certificate, keys)
    } catch {
      throw CommandFailure("the service's answer cannot be used: \(error)")
    }
  }
}

/// What a service says went wrong (RFC 9457).
private struct ProblemDetail: DescribedObject {
  var detail: String?

  static func described<Coder: MemberCoder>(
    _ problem: ProblemDetail?, by coder: inout Coder
  ) throws(Coder.Failure) -> ProblemDetail {
    ProblemDetail(detail: try coder.optional("detail", problem?.detail))
  }
}
