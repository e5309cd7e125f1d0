// The members in the service's store.
import StationProtocol
import Time

/// The side of a `ManagementStore` that lists members. Each method is one transaction.
package protocol MemberStore: MemberQueries {
  /// - Returns: false where the member is enrolled already.
  func enrol(_ member: Member, by actor: String) throws(StoreFailure) -> Bool
  /// - Returns: false where there is no such member.
  func setStatus(
    _ status: Member.Status, of id: MemberID, reason: String?, by actor: String, at now: Now
  ) throws(StoreFailure) -> Bool
}

/// The questions that a list of members answers.
package protocol MemberQueries: AnyObject {
  func member(_ id: MemberID) throws(StoreFailure) -> Member?
  /// Members with ids above `id`, sorted; where a search is given, those that it matches.
  func members(
    matching search: MemberSearch?, after id: MemberID?, limit: Int
  ) throws(StoreFailure) -> [Member]
}
