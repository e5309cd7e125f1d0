// Members, by pseudonym.
import HTTP
import JSON
import Linux
import ManagementCore
import StationProtocol
import Text

extension Endpoint {
  static var members: [Endpoint] {
    [
      Endpoint(
        .post, "/members", .manageMembers, body: MemberEnrolment.init(json:)
      ) { try $0.enrolMember($1, $2) },
      Endpoint(.get, "/members", .manageMembers, query: [.search, .after, .limit]) {
        try $0.listMembers($1)
      },
      Endpoint(.get, "/members/*", .manageMembers) { try $0.showMember($1) },
      Endpoint(.get, "/members/*/events", .manageMembers, query: [.before, .limit]) {
        try $0.listEventsOfMember($1)
      },
      Endpoint(
        .patch, "/members/*", .manageMembers, body: StatusChange.init(json:)
      ) { try $0.changeMember($1, $2) },
    ]
  }
}

extension API {
  fileprivate func enrolMember(_ call: Call, _ asked: MemberEnrolment) throws -> HTTPResponse {
    guard let id = asked.id ?? MemberID("m-" + Hex.text(Randomness.bits, digits: 16)) else {
      throw Problem.internal
    }
    let member = Member(id: id, label: asked.label, enrolled: now().wall)
    return ordering {
      try $0.enrol(member, by: call.actor.name)
    } _: { isNew in
      guard isNew else { throw Problem.conflict("The member \(id) is enrolled already.") }
      return Self.answer(member, status: 201).adding("Location", "/api/v1/members/\(id)")
    }
  }

  fileprivate func listMembers(_ call: Call) throws -> HTTPResponse {
    var after: MemberID?
    if let text = call.text(.after) {
      guard let id = MemberID(text) else {
        throw Problem.badRequest("\"after\" is a member's id: \(MemberID.syntax).")
      }
      after = id
    }
    let search = try call.text(.search).map { text throws(Problem) in
      guard let search = MemberSearch(text) else {
        throw .badRequest(
          "\"search\" is a part of an id or a label: 1 to \(MemberSearch.longest) characters.")
      }
      return search
    }
    let limit = try call.limit()
    return asking { [after] store in
      let members = try store.members(matching: search, after: after, limit: limit)
      return API.list("members", members) { $1.write(to: &$0) }
    }
  }

  fileprivate func showMember(_ call: Call) throws -> HTTPResponse {
    let name = call.parameters[0]
    return asking {
      try $0.enrolled(name)
    } _: {
      Self.answer($0)
    }
  }

  /// The member need not be enrolled here: a station lets in whom its issuers vouch for.
  fileprivate func listEventsOfMember(_ call: Call) throws -> HTTPResponse {
    guard let member = MemberID(call.parameters[0]) else {
      throw Problem.notFound(
        "\"\(Excerpt(call.parameters[0]))\" is no member's id: \(MemberID.syntax).")
    }
    let before = try call.number(.before)
    let limit = try call.limit()
    return asking { store in
      API.list("events", try store.events(of: member, before: before, limit: limit)) {
        $1.write(to: &$0)
      }
    }
  }

  fileprivate func changeMember(_ call: Call, _ body: StatusChange) throws -> HTTPResponse {
    let name = call.parameters[0]
    let now = now()
    return ordering { store in
      let known = try store.enrolled(name)
      _ = try store.setStatus(
        body.status, of: known.id, reason: body.reason, by: call.actor.name, at: now)
      return try store.enrolled(name)
    } _: {
      Self.answer($0)
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
  func enrolled(_ name: String) throws -> Member {
    guard let id = MemberID(name), let member = try member(id) else {
      throw Problem.notFound("No member \"\(Excerpt(name))\" is enrolled.")
    }
    return member
  }
}

/// `POST /members`.
package struct MemberEnrolment: Equatable, Sendable {
  static let longestLabel = 64

  /// nil where the service shall make a pseudonym that says nothing.
  package var id: MemberID?
  package var label: String?

  package init(json: [UInt8]) throws(JSONError) {
    var id: MemberID?
    var label: String?
    try JSONReader.read(json) { (reader) throws(JSONError) in
      try reader.object { (reader, key) throws(JSONError) in
        switch key {
        case "id":
          try reader.read(&id, key, text: { MemberID($0) }, expecting: MemberID.syntax)
        case "label": try reader.read(&label, key, plain: Self.longestLabel)
        default: throw reader.unknown(key)
        }
      }
    }
    self.id = id
    self.label = label
  }
}

/// `PATCH /members/{id}`.
package struct StatusChange: Equatable, Sendable {
  package var status: Member.Status
  /// For the audit trail.
  package var reason: String?

  package init(json: [UInt8]) throws(JSONError) {
    (status, reason) = try JSONReader.read(json) { (reader) throws(JSONError) in
      var status: Member.Status?
      var reason: String?
      try reader.object { (reader, key) throws(JSONError) in
        switch key {
        case "status":
          try reader.read(
            &status, key, text: Member.Status.init(rawValue:),
            expecting: Member.Status.allCases.map(\.rawValue).joined(separator: " or "))
        case "reason": try reader.read(&reason, key, plain: Member.longestReason)
        default: throw reader.unknown(key)
        }
      }
      return (try reader.require(status, "status"), reason)
    }
  }
}
