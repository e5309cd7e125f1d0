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
    /// A station was ordered to do something.
    case command
    /// Lock-down of a station is wanted, or is not any more.
    case lockDown = "lock-down"
    /// The settings of a station were changed.
    case settings
    /// A change of settings for many stations was drafted, sent, stopped or cancelled.
    case rollout
    /// A board was claimed for a station.
    case claim
    /// The certificate of a station's board was renewed.
    case renewal
    /// A station's board was locked out.
    case lockOut = "lock-out"
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
