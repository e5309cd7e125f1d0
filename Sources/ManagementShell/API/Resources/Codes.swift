// Member codes for the union's app, and the keys by which stations believe them.
import HTTP
import JSON
import Linux
import ManagementCore
import QRCode

extension Endpoint {
  static var codes: [Endpoint] {
    [
      Endpoint(
        .post, "/members/*/codes", .issueCodes, body: CodeRequest.init(json:)
      ) { try $0.issueCode($1, $2) },
      Endpoint(.get, "/issuer-keys", .viewStations) { try $0.listIssuerKeys($1) },
    ]
  }
}

extension API {
  /// A code as JSON, or as a QR symbol where the client accepts an image.
  fileprivate func issueCode(_ call: Call, _ asked: CodeRequest) throws -> HTTPResponse {
    guard let desk else {
      throw Problem.unavailable("This service has no issuer key.")
    }
    let name = call.parameters[0]
    return asking {
      try $0.enrolled(name)
    } _: { [self] member in
      guard member.status == .active else {
        throw Problem.conflict("The member \(member.id) is suspended and gets no codes.")
      }
      let now = now()
      let code = try desk.issue(for: member.id, at: now)
      let answer = try Self.answer(code, to: call.request)
      let entry = AuditEntry.code(
        for: member.id, expires: code.expires, by: call.actor.name, at: now)
      let later = HTTPLaterAnswer()
      store.order {
        try $0.note(entry)
      } _: { result in
        if case .failure(let error) = result {
          // A worker is not left in the cold for a disk that is full; the journal says who did it.
          Log.error(
            "\(call.actor.name) issued a code for \(member.id), and the audit has no line: \(error)"
          )
        }
        later.give(answer)
      }
      return HTTPResponse(200, content: .later(later))
    }
  }

  private static func answer(
    _ code: CodeDesk.Code, to request: HTTPRequest
  ) throws -> HTTPResponse {
    let accepted = request.header("accept") ?? ""
    if accepted.contains("image/png") {
      return HTTPResponse(
        200, type: "image/png", try QRSymbol(text: code.payload).png(scale: 6))
    }
    if accepted.contains("image/svg+xml") {
      return HTTPResponse(
        200, type: "image/svg+xml", Array(try QRSymbol(text: code.payload).svg().utf8))
    }
    return json {
      $0.field("payload", code.payload)
      $0.field("issuedAt", code.issued.milliseconds)
      $0.field("expiresAt", code.expires.milliseconds)
    }
  }

  /// The public keys that stations need to believe this service's codes.
  fileprivate func listIssuerKeys(_ call: Call) throws -> HTTPResponse {
    Self.json { writer in
      writer.key("keys")
      writer.array(desk.map { [$0.key] } ?? []) { writer, key in
        writer.object {
          $0.field("id", key.id)
          $0.field("pem", String(decoding: key.publicPEM, as: UTF8.self))
        }
      }
    }
  }
}

/// `POST /members/{id}/codes`, which asks for nothing: no body, or an object without members.
package struct CodeRequest: Equatable, Sendable {
  package init(json: [UInt8]) throws(JSONError) {
    guard !json.isEmpty else { return }
    try JSONReader.read(json) { (reader) throws(JSONError) in
      try reader.object { (reader, key) throws(JSONError) in throw reader.unknown(key) }
    }
  }
}
