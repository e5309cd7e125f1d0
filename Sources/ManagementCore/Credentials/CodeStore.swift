// The typed codes in the service's store.
import StationProtocol
import Time

/// The side of a `ManagementStore` that keeps typed codes. Each method is one transaction, with the
/// command that it orders and the name of who gave it.
package protocol CodeStore: CodeQueries {
  /// Writes a code down and orders it to be set, once for its key.
  /// - Parameters:
  ///   - epoch: the life of this store, which is part of the command's id.
  ///   - isSent: the command is handed to the broker as soon as this is durable.
  func setCode(
    _ request: TypedCodeRequest, epoch: StoreEpoch, isSent: Bool, by actor: String, at now: Now
  ) throws(StoreFailure) -> CodeReceipt
  /// Orders a code to be removed. While that is under way, and once it was done, nothing new is
  /// ordered.
  /// - Parameter key: of the command, where one is ordered.
  /// - Returns: nil where the service has set no such code at this station.
  func removeCode(
    _ id: TypedCodeID, of station: StationID, life: Duration, key: OrderKey, epoch: StoreEpoch,
    isSent: Bool, by actor: String, at now: Now
  ) throws(StoreFailure) -> CodeReceipt?
}

/// The questions that the typed codes answer.
package protocol CodeQueries: AnyObject {
  /// The codes that were set at a station, newest first.
  func codes(of station: StationID, limit: Int) throws(StoreFailure) -> [StationCode]
  func code(_ id: TypedCodeID, of station: StationID) throws(StoreFailure) -> StationCode?
}

extension CodeQueries {
  /// The codes of a station beside its report. Of what it reports also those are looked up that are
  /// older than the list goes back.
  package func codes(
    of station: StationID, limit: Int, beside report: CodesPayload?
  ) throws(StoreFailure) -> StationCodes {
    var ours = try codes(of: station, limit: limit)
    var known = Set(ours.map(\.code.id))
    for set in report?.codes ?? [] where known.insert(set.id).inserted {
      if let code = try code(set.id, of: station) { ours.append(code) }
    }
    return StationCodes(ours, report)
  }
}
