// Members, by pseudonym, and the codes that open doors to them.
import HTTP
import JSON
import Linux
import ManagementCore
import MemberCode
import QRCode
import StationProtocol
import Text

extension API {
  func enrolMember(
    _ request: HTTPRequest, _ parameters: [String], _ actor: Actor
  ) throws -> HTTPResponse {
    let asked = try MemberEnrolment(json: request.body)
    guard let id = asked.id ?? MemberID("m-" + Hex.text(Randomness.bits, digits: 16)) else {
      throw Problem.internal
    }
    let member = Member(id: id, label: asked.label, enrolled: now().wall)
    return ordering {
      try $0.enrol(member, by: actor.name)
    } _: { isNew in
      guard isNew else { throw Problem.conflict("The member \(id) is enrolled already.") }
      return Self.answer(member, status: 201).adding("Location", "/api/v1/members/\(id)")
    }
  }

  func listMembers(_ request: HTTPRequest, _ parameters: [String]) throws -> HTTPResponse {
    var after: MemberID?
    if let text = request.query("after") {
      guard let id = MemberID(text) else {
        throw Problem.badRequest("\"after\" is a member's id: \(MemberID.syntax).")
      }
      after = id
    }
    let limit = try Self.limit(request)
    return asking { [after] store in
      let members = try store.members(after: after, limit: limit)
      return JSONWriter.object { writer in
        writer.key("members")
        writer.array(members) { $1.write(to: &$0) }
      }
    }
  }

  func showMember(_ request: HTTPRequest, _ parameters: [String]) throws -> HTTPResponse {
    let name = parameters[0]
    return asking {
      try $0.enrolled(name)
    } _: {
      Self.answer($0)
    }
  }

  func changeMember(
    _ request: HTTPRequest, _ parameters: [String], _ actor: Actor
  ) throws -> HTTPResponse {
    let name = parameters[0]
    let now = now()
    let status = try StatusChange(json: request.body).status
    return ordering { store in
      let known = try store.enrolled(name)
      _ = try store.setStatus(status, of: known.id, by: actor.name, at: now)
      return try store.enrolled(name)
    } _: {
      Self.answer($0)
    }
  }

  /// A code as JSON, or as a QR symbol where the client accepts an image.
  func issueCode(
    _ request: HTTPRequest, _ parameters: [String], _ actor: Actor
  ) throws -> HTTPResponse {
    guard let desk else {
      throw Problem.unavailable("This service has no issuer key.")
    }
    _ = try CodeRequest(json: request.body)
    let name = parameters[0]
    return asking {
      try $0.enrolled(name)
    } _: { [self] member in
      guard member.status == .active else {
        throw Problem.conflict("The member \(member.id) is suspended and gets no codes.")
      }
      let now = now()
      let code = try desk.issue(for: member.id, at: now)
      let answer = try Self.answer(code, to: request)
      let entry = AuditEntry.code(for: member.id, expires: code.expires, by: actor.name, at: now)
      let later = HTTPLaterAnswer()
      store.order {
        try $0.note(entry)
      } _: { result in
        if case .failure(let error) = result {
          // A worker is not left in the cold for a disk that is full; the journal says who did it.
          Log.error(
            "\(actor.name) issued a code for \(member.id), and the audit has no line: \(error)")
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
  func listIssuerKeys(_ request: HTTPRequest, _ parameters: [String]) throws -> HTTPResponse {
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

  private static func answer(_ member: Member, status: Int = 200) -> HTTPResponse {
    var writer = JSONWriter()
    member.write(to: &writer)
    return HTTPResponse(status, type: "application/json", writer.bytes)
  }
}

extension MemberQueries {
  /// - Throws: `notFound` where no member of that name is enrolled.
  fileprivate func enrolled(_ name: String) throws -> Member {
    guard let id = MemberID(name), let member = try member(id) else {
      throw Problem.notFound("No member \"\(Excerpt(name))\" is enrolled.")
    }
    return member
  }
}
