// A member of the union, by pseudonym.
import JSON
import StationProtocol
import Time

/// A member of the union, by pseudonym.
package struct Member: Equatable, Sendable {
  package var id: MemberID
  /// For the people who manage members; never a name or a number that stations would see.
  package var label: String?
  package var status: Status
  package var enrolled: WallTime

  /// The most Unicode scalars of a reason for a change.
  package static let longestReason = 200

  package enum Status: String, CaseIterable, Sendable {
    case active
    /// Gets no codes.
    case suspended
  }

  package init(id: MemberID, label: String?, status: Status = .active, enrolled: WallTime) {
    self.id = id
    self.label = label
    self.status = status
    self.enrolled = enrolled
  }

  package func write(to writer: inout JSONWriter) {
    writer.object {
      $0.field("id", id)
      $0.key("label")
      if let label { $0.value(label) } else { $0.null() }
      $0.field("status", status.rawValue)
      $0.field("enrolled", enrolled.milliseconds)
    }
  }
}
