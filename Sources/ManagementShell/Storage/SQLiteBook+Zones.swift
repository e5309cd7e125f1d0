// By which zone a station's days go, in SQLite.
import Linux
import ManagementCore
import SQL
import StationProtocol
import Time

/// The rules of zones by their names, each read once. A new tz database counts from the next start.
final class ZoneShelf {
  private var known: [ZoneName: Zone?] = [:]

  func zone(_ name: ZoneName) -> Zone? {
    if let zone = known[name] { return zone }
    let zone = ZoneFiles.zone(name)
    known[name] = zone
    return zone
  }
}

extension SQLiteBook {
  func zone(of station: StationID) throws(DatabaseError) -> Zone? {
    var name: ZoneName?
    try database.prepare("SELECT COALESCE(zone_set, zone) FROM station WHERE id = ?1")
      .rows([.text(station.text)]) { name = $0.textOrNil(0).flatMap { ZoneName($0) } }
    return name.flatMap { shelf.zone($0) }
  }

  /// What the station says.
  /// - Returns: what counts now.
  func move(_ station: StationID, into zone: ZoneName) throws(DatabaseError) -> Zone? {
    try database.prepare("UPDATE station SET zone = ?2 WHERE id = ?1 AND zone IS DISTINCT FROM ?2")
      .run([.text(station.text), .text(zone.text)])
    return try self.zone(of: station)
  }
}

extension SQLiteStore {
  package func setZone(
    _ zone: ZoneName?, of station: StationID, by actor: String, at now: Now
  ) throws(StoreFailure) {
    try change(.zone(zone, of: station, by: actor, at: now)) { () throws(DatabaseError) in
      try database.run(RecordIntake.register, .text(station.text))
      try database.run(
        "UPDATE station SET zone_set = ?2 WHERE id = ?1", .text(station.text), .text(zone?.text))
      forgetZone(of: station)
    }
  }
}
