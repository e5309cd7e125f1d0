// Who did what, as managers may ask.
import HTTP
import JSON
import ManagementCore
import StationProtocol

extension Endpoint {
  static var audit: [Endpoint] {
    [
      Endpoint(.get, "/audit", .viewAudit, query: [.member, .before, .limit]) {
        try $0.listAudit($1)
      }
    ]
  }
}

extension API {
  fileprivate func listAudit(_ call: Call) throws -> HTTPResponse {
    var member: MemberID?
    if let text = call.text(.member) {
      guard let id = MemberID(text) else {
        throw Problem.badRequest("\"member\" is a member's id: \(MemberID.syntax).")
      }
      member = id
    }
    let before = try call.number(.before)
    let limit = try call.limit()
    return asking { [member] store in
      API.list("audit", try store.audit(of: member, before: before, limit: limit)) {
        $1.write(to: &$0)
      }
    }
  }
}
