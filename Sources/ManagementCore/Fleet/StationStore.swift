// The stations in the service's store.
import StationProtocol
import Time

/// The side of a `ManagementStore` that lists stations. Each method is one transaction.
package protocol StationStore: StationQueries {
  /// Names a station, known or not.
  func name(
    _ station: StationID, _ names: StationNames, by actor: String, at now: Now
  ) throws(StoreFailure)
  /// Takes a station out of use, or back into it; nothing of what was stored of it changes.
  /// - Returns: false where no such station is known.
  func retire(
    _ station: StationID, _ isRetired: Bool, reason: String, by actor: String, at now: Now
  ) throws(StoreFailure) -> Bool
  /// The zone in which a station's days are counted from now on, whatever it says of itself.
  /// - Parameter zone: nil takes what the station says.
  func setZone(
    _ zone: ZoneName?, of station: StationID, by actor: String, at now: Now
  ) throws(StoreFailure)
}

/// The questions that a list of stations answers.
package protocol StationQueries: AnyObject {
  /// The registration of every station that ever spoke or was named, sorted by id.
  func stations() throws(StoreFailure) -> [StationRegistration]
}
