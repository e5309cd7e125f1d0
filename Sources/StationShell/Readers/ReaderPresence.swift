// Which readers are there, and so which access points have all of theirs.
import StationCore

/// An access point may have several readers; its alarm stands while any of them is missing.
struct ReaderPresence {
  private let readers: [ReaderSettings]
  private var lost: Set<String> = []

  init(_ readers: [ReaderSettings]) { self.readers = readers }

  /// Takes note of what became of a reader.
  /// - Returns: how its access point stands now; nil for a reader of the machine.
  mutating func changed(_ reader: ReaderSettings, isConnected: Bool) -> Event? {
    if isConnected { lost.remove(reader.name) } else { lost.insert(reader.name) }
    guard let point = reader.accessPoint else { return nil }
    let misses = readers.contains {
      $0.accessPoint == point && lost.contains($0.name)
    }
    return .entry(.readerChanged(point, isConnected: !misses))
  }
}
