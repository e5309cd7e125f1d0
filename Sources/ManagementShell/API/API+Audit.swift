// Who did what, as managers may ask.
import HTTP
import JSON
import ManagementCore
import StationProtocol

extension API {
  func listAudit(_ request: HTTPRequest, _ parameters: [String]) throws -> HTTPResponse {
    var member: MemberID?
    if let text = request.query("member") {
      guard let id = MemberID(text) else {
        throw Problem.badRequest("\"member\" is a member's id: \(MemberID.syntax).")
      }
      member = id
    }
    let before = try Self.number("before", in: request, 1...(1 << 53))
    let limit = try Self.limit(request)
    return asking { [member] store in
      let entries = try store.audit(of: member, before: before, limit: limit)
      return JSONWriter.object { writer in
        writer.key("audit")
        writer.array(entries) { $1.write(to: &$0) }
      }
    }
  }
}
