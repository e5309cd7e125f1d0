// Looks into a station's store from outside, to learn what it ever made durable.
import SQL
import SQLite

package enum StoreInspection {
  /// The stream and the last sequence number that was ever durable there; nil while there is no
  /// readable store.
  package static func lastRecord(ofStore path: String) -> (stream: String, seq: Int)? {
    do {
      let store = try Database(path: path, mode: .readOnly)
      defer { store.close() }
      var found: (String, Int)?
      try store.prepare(
        """
        SELECT stream, MAX(floor - 1, (SELECT COALESCE(MAX(seq), 0) FROM outbox)) FROM identity
        """
      ).rows { found = ($0.text(0), Int($0.int64(1))) }
      return found
    } catch {
      return nil
    }
  }

  /// Makes an order that was given to the machine one of an earlier life of the computer, as it is
  /// after a power cut. The daemon must not be running.
  package static func forgetSystemBoot(ofStore path: String) throws {
    let store = try Database(path: path)
    defer { store.close() }
    try store.execute("UPDATE exchange SET system_boot = 'another' WHERE serial IS NOT NULL")
  }

  /// The numbers under which a service's store keeps measurements of a stream, which are no events.
  package static func measured(inStore path: String, station: String, stream: String) -> [Int] {
    do {
      let store = try Database(path: path, mode: .readOnly)
      defer { store.close() }
      var numbers: [Int] = []
      try store.prepare(
        """
        SELECT seq FROM minute JOIN stream ON stream.number = minute.stream
        WHERE stream.station = ?1 AND stream.stream = ?2
        """
      ).rows([.text(station), .text(stream)]) { numbers.append(Int($0.int64(0))) }
      return numbers
    } catch {
      return []
    }
  }
}
