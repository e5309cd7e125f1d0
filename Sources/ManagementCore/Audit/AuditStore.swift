// The audit trail of the service's store.
import StationProtocol

/// The side of a `ManagementStore` that keeps the audit trail.
package protocol AuditStore: AuditQueries {
  /// Writes down what was done elsewhere, such as a code that was issued.
  func note(_ entry: AuditEntry) throws(StoreFailure)
}

/// The questions that an audit trail answers.
package protocol AuditQueries: AnyObject {
  /// The entries of the audit trail, newest first, with ids below `before` where it is given.
  /// - Parameter member: of this member alone; of everything where it is nil.
  func audit(
    of member: MemberID?, before: Int64?, limit: Int
  ) throws(StoreFailure) -> [AuditEntry]
}
