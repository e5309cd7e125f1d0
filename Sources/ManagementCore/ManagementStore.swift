// What the management service keeps, whichever engine keeps it.
import StationProtocol
import Time

/// The durable side of the service: the sum of what its rooms keep. What a person changes is written
/// down with the name of the actor in the same transaction. Each method is one transaction: it
/// happens whole or not at all. Engines: `MemoryStore` here, SQLite in the shell; one contract suite
/// runs on every one.
package protocol ManagementStore:
  ManagementQueries, RecordStore, StationStore, MemberStore, AuditStore, LedgerStore,
  CommandStore, CodeStore, CertificateStore, SettingsStore
{}

/// The questions alone: a connection that cannot write answers them all.
package protocol ManagementQueries:
  RecordQueries, StationQueries, MeasurementQueries, CountQueries, MemberQueries, AuditQueries,
  LedgerQueries, CommandQueries, CodeQueries, CertificateQueries,
  SettingsQueries
{}

extension ManagementQueries {
  /// The counts of the day that it is now at each station's place.
  package func countsOfToday(at now: Now) throws(StoreFailure) -> [StationID: VisitCounts] {
    var counts: [StationID: VisitCounts] = [:]
    var days: [Int: [StationID: VisitCounts]] = [:]
    for station in try stations() {
      let day = (station.zone ?? now.rules).localDay(of: now.wall)
      if days[day] == nil { days[day] = try self.counts(onDay: day) }
      counts[station.id] = days[day]?[station.id]
    }
    return counts
  }
}
