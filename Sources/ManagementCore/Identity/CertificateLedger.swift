// Every certificate that the authority has issued to a station, as its own folder keeps it.
import StationProtocol
import Time

/// The authority's own memory, beside the store: a store that comes back from a backup may not let a
/// board in again that was locked out since, nor lose sight of a certificate that was issued since.
/// A text of lines, `SERIAL STATION REVOKED`, with 0 for a certificate that counts and otherwise the
/// milliseconds since when it does not; the first line has the number of the list that was written
/// last.
package struct CertificateLedger: Equatable, Sendable {
  /// One certificate.
  package struct Entry: Equatable, Sendable {
    package var serial: String
    package var station: StationID
    package var revokedAt: WallTime?

    package init(serial: String, station: StationID, revokedAt: WallTime? = nil) {
      self.serial = serial
      self.station = station
      self.revokedAt = revokedAt
    }
  }

  /// A file of more bytes than this is not of this product.
  package static let mostBytes = 1 << 26

  private(set) package var entries: [Entry] = []
  /// Grows with each list of revoked certificates.
  private(set) package var lists: Int64 = 0

  package init() {}

  /// Reads the text of a file.
  /// - Returns: nil where a line is none.
  package init?(_ text: some StringProtocol) {
    var lines = text.split(separator: "\n")[...]
    guard let head = lines.popFirst(), head.hasPrefix(Self.head),
      let lists = Int64(head.dropFirst(Self.head.count)), lists >= 0
    else { return nil }
    self.lists = lists
    for line in lines {
      let words = line.split(separator: " ")
      guard words.count == 3, words[0].utf8.count == 32, let station = StationID(words[1]),
        let time = Int64(words[2])
      else { return nil }
      entries.append(
        Entry(
          serial: String(words[0]), station: station,
          revokedAt: time == 0 ? nil : WallTime(milliseconds: time)))
    }
  }

  private static let head = "lists "

  package var text: String {
    entries.reduce(into: "\(Self.head)\(lists)\n") { text, entry in
      text += "\(entry.serial) \(entry.station) \(entry.revokedAt?.milliseconds ?? 0)\n"
    }
  }

  package var revoked: [Entry] { entries.filter { $0.revokedAt != nil } }

  /// A board was claimed: of its station's certificates this one alone counts.
  package mutating func claim(_ serial: String, for station: StationID, at now: WallTime) {
    revoke(station, at: now)
    entries.append(Entry(serial: serial, station: station))
  }

  /// Whether a certificate was issued to this station, and counts.
  package func counts(_ serial: String, of station: StationID) -> Bool {
    entries.contains { $0.serial == serial && $0.station == station && $0.revokedAt == nil }
  }

  package func knows(_ serial: String) -> Bool { entries.contains { $0.serial == serial } }

  /// A certificate of this authority that the ledger has lost was shown, and its station's board is
  /// locked out: that one counts no more either.
  package mutating func revokeLost(_ serial: String, of station: StationID, at now: WallTime) {
    guard !knows(serial) else { return }
    entries.append(
      Entry(
        serial: serial, station: station, revokedAt: max(now, WallTime(milliseconds: 1))))
  }

  /// A certificate was renewed: it counts, and the new one.
  package mutating func renew(
    _ serial: String, of shown: String, for station: StationID, at now: WallTime
  ) {
    revoke(station, at: now) { $0.serial != shown }
    entries.append(Entry(serial: serial, station: station))
  }

  /// A board has shown this certificate, which counts: those before count no more.
  /// - Returns: whether there was any.
  package mutating func supersede(
    by serial: String, of station: StationID, at now: WallTime
  ) -> Bool {
    guard let place = entries.lastIndex(where: { $0.serial == serial }) else { return false }
    let older = entries[..<place].contains { $0.station == station && $0.revokedAt == nil }
    guard older else { return false }
    let later = Set(entries[place...].map(\.serial))
    revoke(station, at: now) { !later.contains($0.serial) }
    return true
  }

  package mutating func revoke(
    _ station: StationID, at now: WallTime, where isMeant: (Entry) -> Bool = { _ in true }
  ) {
    for index in entries.indices
    where entries[index].station == station && entries[index].revokedAt == nil
      && isMeant(entries[index])
    {
      // A clock of 1970 would write 0, which is that it counts.
      entries[index].revokedAt = max(now, WallTime(milliseconds: 1))
    }
  }

  /// Takes over what a store knows and this ledger does not, where the folder was lost and is new.
  package mutating func merge(_ known: [Entry]) {
    var places: [String: Int] = [:]
    for (index, entry) in entries.enumerated() { places[entry.serial] = index }
    for entry in known {
      if let place = places[entry.serial] {
        entries[place].revokedAt = entries[place].revokedAt ?? entry.revokedAt
      } else {
        entries.append(entry)
      }
    }
  }

  /// Another list is about to be written.
  /// - Returns: its number.
  package mutating func nextList() -> Int64 {
    lists += 1
    return lists
  }
}
