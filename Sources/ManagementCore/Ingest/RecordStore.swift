// The records in the service's store.
import StationProtocol
import Time

/// The side of a `ManagementStore` that stations fill. Each method is one transaction.
package protocol RecordStore: RecordQueries {
  /// Stores what stations sent, in order. An item that is there already changes nothing.
  /// - Returns: an outcome for each item, in order.
  func store(_ items: [InboundItem], at now: Now) throws(StoreFailure) -> [StoreOutcome]
}

/// The questions that stored records answer.
package protocol RecordQueries: AnyObject {
  /// Stored events with ids above `id`, oldest first.
  func events(after id: Int64, limit: Int) throws(StoreFailure) -> [StoredEvent]
  /// Stored events, newest first, with ids below `before` where it is given.
  func events(matching filter: EventFilter, limit: Int) throws(StoreFailure) -> [StoredEvent]
  /// The events that tell of a member, newest first, with ids below `before` where it is given.
  func events(of member: MemberID, before: Int64?, limit: Int) throws(StoreFailure) -> [StoredEvent]
  /// The id of the newest event; 0 where there is none.
  func lastEventID() throws(StoreFailure) -> Int64

  /// Items that could not be read, newest first, with ids below `before` where it is given.
  func quarantine(before: Int64?, limit: Int) throws(StoreFailure) -> [Quarantined]
  /// The same, oldest first, with ids above `after`.
  func quarantine(after id: Int64, limit: Int) throws(StoreFailure) -> [Quarantined]
}
