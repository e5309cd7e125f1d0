// Entries of the audit trail about members.
import JSON
import StationProtocol
import Time

extension AuditEntry {
  package static func enrolment(_ member: Member, by actor: String) -> AuditEntry {
    let contents = JSONWriter.object { writer in
      writer.nullable("label", member.label)
      writer.field("status", member.status.rawValue)
    }
    return AuditEntry(
      at: member.enrolled, actor: actor, .enrol, member: member.id,
      contents: String(decoding: contents, as: UTF8.self))
  }

  package static func status(
    _ status: Member.Status, of member: MemberID, reason: String?, by actor: String, at now: Now
  ) -> AuditEntry {
    let contents = JSONWriter.object { writer in
      if let reason { writer.field("reason", reason) }
    }
    return AuditEntry(
      at: now.wall, actor: actor, status == .suspended ? .suspend : .activate, member: member,
      contents: String(decoding: contents, as: UTF8.self))
  }

  /// - Parameter expires: of the code, of which nothing else is kept.
  package static func code(
    for member: MemberID, expires: WallTime, by actor: String, at now: Now
  ) -> AuditEntry {
    let contents = JSONWriter.object { $0.field("expiresAt", expires.milliseconds) }
    return AuditEntry(
      at: now.wall, actor: actor, .code, member: member,
      contents: String(decoding: contents, as: UTF8.self))
  }
}
