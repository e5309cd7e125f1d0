// The certificates of stations in SQLite.
import ManagementCore
import SQL
import StationProtocol
import Time

extension SQLiteStore {
  package func claim(
    _ certificate: StationCertificate, at now: Now
  ) throws(StoreFailure) -> Int {
    try guarded { () throws(DatabaseError) in
      try database.transaction { () throws(DatabaseError) in
        try database.run(RecordIntake.register, .text(certificate.station.text))
        let count = try revoke(certificate.station, at: now)
        try insert(certificate)
        try SQLiteBook.note(.claim(certificate), in: database)
        return count
      }
    }
  }

  package func renew(
    _ certificate: StationCertificate, of serial: String, at now: Now
  ) throws(StoreFailure) -> Bool {
    let station = SQLValue.text(certificate.station.text)
    return try guarded { () throws(DatabaseError) in
      try database.transaction { () throws(DatabaseError) in
        var isShown = false
        try database.prepare(
          """
          SELECT count(*) FROM certificate
          WHERE station = ?1 AND serial = ?2 AND revoked IS NULL
          """
        ).rows([station, .text(serial)]) { isShown = $0.int64(0) == 1 }
        guard isShown else { return false }
        try database.run(
          """
          UPDATE certificate SET revoked = ?3
          WHERE station = ?1 AND serial <> ?2 AND revoked IS NULL
          """, station, .text(serial), .integer(now.wall.milliseconds))
        try insert(certificate)
        try SQLiteBook.note(.renewal(certificate), in: database)
        return true
      }
    }
  }

  package func recall(_ certificate: StationCertificate) throws(StoreFailure) {
    try guarded { () throws(DatabaseError) in
      try database.transaction { () throws(DatabaseError) in
        try database.run(RecordIntake.register, .text(certificate.station.text))
        try insert(certificate)
      }
    }
  }

  package func revoke(_ serials: [String], at now: Now) throws(StoreFailure) {
    try guarded { () throws(DatabaseError) in
      try database.transaction { () throws(DatabaseError) in
        for serial in serials {
          try database.run(
            "UPDATE certificate SET revoked = ?2 WHERE serial = ?1 AND revoked IS NULL",
            .text(serial), .integer(now.wall.milliseconds))
        }
      }
    }
  }

  package func supersede(
    by serial: String, of station: StationID, at now: Now
  ) throws(StoreFailure) -> Int {
    try guarded { () throws(DatabaseError) in
      try database.transaction { () throws(DatabaseError) in
        var count = 0
        try database.prepare(
          """
          SELECT count(*) FROM certificate WHERE station = ?1 AND revoked IS NULL
            AND number < (SELECT number FROM certificate WHERE station = ?1 AND serial = ?2)
          """
        ).rows([.text(station.text), .text(serial)]) { count = Int($0.int64(0)) }
        try database.run(
          """
          UPDATE certificate SET revoked = ?3 WHERE station = ?1 AND revoked IS NULL
            AND number < (SELECT number FROM certificate WHERE station = ?1 AND serial = ?2)
          """, .text(station.text), .text(serial), .integer(now.wall.milliseconds))
        return count
      }
    }
  }

  private func insert(_ certificate: StationCertificate) throws(DatabaseError) {
    try database.run(
      """
      INSERT INTO certificate (serial, station, issued, ends, actor)
      VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (serial) DO NOTHING
      """, .text(certificate.serial), .text(certificate.station.text),
      .integer(certificate.issuedAt.milliseconds), .integer(certificate.ends.milliseconds),
      .text(certificate.actor))
  }

  package func lockOut(
    _ station: StationID, reason: String, by actor: String, at now: Now
  ) throws(StoreFailure) -> Int {
    try guarded { () throws(DatabaseError) in
      try database.transaction { () throws(DatabaseError) in
        let count = try revoke(station, at: now)
        try SQLiteBook.note(
          .lockOut(station, revoked: count, reason: reason, by: actor, at: now), in: database)
        return count
      }
    }
  }

  private func revoke(_ station: StationID, at now: Now) throws(DatabaseError) -> Int {
    var count = 0
    try database.prepare(
      "SELECT count(*) FROM certificate WHERE station = ?1 AND revoked IS NULL"
    ).rows([.text(station.text)]) { count = Int($0.int64(0)) }
    try database.run(
      "UPDATE certificate SET revoked = ?2 WHERE station = ?1 AND revoked IS NULL",
      .text(station.text), .integer(now.wall.milliseconds))
    return count
  }

  package func certificates(
    of station: StationID, limit: Int
  ) throws(StoreFailure) -> [StationCertificate] {
    try certificates(
      """
      SELECT serial, station, issued, ends, actor, revoked, number FROM certificate
      WHERE station = ?1 ORDER BY number DESC LIMIT ?2
      """, [.text(station.text), .integer(Int64(limit))])
  }

  package func allCertificates() throws(StoreFailure) -> [StationCertificate] {
    try certificates(
      """
      SELECT serial, station, issued, ends, actor, revoked, number FROM certificate ORDER BY number
      """, [])
  }

  private func certificates(
    _ sql: StaticString, _ values: [SQLValue]
  ) throws(StoreFailure) -> [StationCertificate] {
    try guarded { () throws(DatabaseError) in
      var all: [StationCertificate] = []
      try database.prepare(sql).rows(values) { row throws(DatabaseError) in
        guard let station = StationID(row.text(1)) else {
          throw SQLiteBook.damaged("certificate", row.int64(6))
        }
        all.append(
          StationCertificate(
            serial: row.text(0), station: station,
            issuedAt: WallTime(milliseconds: row.int64(2)),
            ends: WallTime(milliseconds: row.int64(3)), actor: row.text(4),
            revokedAt: row.int64OrNil(5).map { WallTime(milliseconds: $0) }))
      }
      return all
    }
  }
}
