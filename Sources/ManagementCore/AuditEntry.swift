// Who did what: one line for everything that a person changed, written in the same transaction.
import JSON
import StationProtocol
import Time

/// Written once and never changed. The actor is the one that the token names.
package struct AuditEntry: Equatable, Sendable {
  /// Grows with each; 0 before it is written.
  package var id: Int64
  package var at: WallTime
  package var actor: String
  package var action: Action
  /// Whom it concerns; nil where it is no single member's matter.
  package var member: MemberID?
  /// What exactly, as JSON without anything secret.
  package var contents: String
  /// The pending order that it made or decided; without a decision nothing is changed yet.
  package var pending: Int64?

  package enum Action: String, CaseIterable, Sendable {
    case issue
    case grant
    case approve
    case decline
    case reverse
    case resolve
    case dismiss
    case price
    case limits
    case enrol
    case suspend
    case activate
    /// A member code was issued.
    case code
    /// A station was named.
    case name
    /// A station's days go by another zone.
    case zone
    /// A station was taken out of use, or back into it.
    case retire
  }

  package init(
    id: Int64 = 0, at: WallTime, actor: String, _ action: Action, member: MemberID? = nil,
    contents: String = "{}", pending: Int64? = nil
  ) {
    self.id = id
    self.at = at
    self.actor = actor
    self.action = action
    self.member = member
    self.contents = contents
    self.pending = pending
  }

  /// An order that was given, and is done or waits.
  package init(_ placed: PlacedOrder, _ order: LedgerOrder, member: MemberID?) {
    self.init(
      at: placed.at, actor: placed.actor, Action(order.kind), member: member,
      contents: placed.contents, pending: placed.receipt.pending)
  }

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
    _ status: Member.Status, of member: MemberID, by actor: String, at now: Now
  ) -> AuditEntry {
    AuditEntry(
      at: now.wall, actor: actor, status == .suspended ? .suspend : .activate, member: member)
  }

  package static func naming(
    _ station: StationID, _ names: StationNames, by actor: String, at now: Now
  ) -> AuditEntry {
    let contents = JSONWriter.object {
      $0.field("station", station)
      $0.field("en", names.english)
      $0.field("zh", names.chinese)
    }
    return AuditEntry(
      at: now.wall, actor: actor, .name, contents: String(decoding: contents, as: UTF8.self))
  }

  package static func zone(
    _ zone: ZoneName?, of station: StationID, by actor: String, at now: Now
  ) -> AuditEntry {
    let contents = JSONWriter.object {
      $0.field("station", station)
      $0.nullable("zone", zone?.text)
    }
    return AuditEntry(
      at: now.wall, actor: actor, .zone, contents: String(decoding: contents, as: UTF8.self))
  }

  package static func retirement(
    _ station: StationID, _ isRetired: Bool, reason: String, by actor: String, at now: Now
  ) -> AuditEntry {
    let contents = JSONWriter.object {
      $0.field("station", station)
      $0.field("retired", isRetired)
      $0.field("reason", reason)
    }
    return AuditEntry(
      at: now.wall, actor: actor, .retire, contents: String(decoding: contents, as: UTF8.self))
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

  package func write(to writer: inout JSONWriter) {
    writer.object {
      $0.field("id", id)
      $0.field("at", at.milliseconds)
      $0.field("actor", actor)
      $0.field("action", action.rawValue)
      $0.nullable("member", member?.text)
      $0.key("contents")
      $0.raw(contents.utf8)
      $0.nullable("pending", pending)
    }
  }
}

extension AuditEntry.Action {
  init(_ kind: LedgerOrder.Kind) {
    self =
      switch kind {
      case .issue: .issue
      case .grant: .grant
      case .approve: .approve
      case .decline: .decline
      case .reverse: .reverse
      case .resolve: .resolve
      case .dismiss: .dismiss
      case .price: .price
      case .limits: .limits
      }
  }
}
