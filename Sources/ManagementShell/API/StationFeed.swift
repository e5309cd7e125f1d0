// The changes of stations in one line, from which every watcher reads at its own pace.
import StationProtocol
import Time

/// Each change of a station has a place; the station's older places count no more. A watcher keeps
/// the place up to which it has read, so that a change costs the same whether one watches or 500
/// do. What is sent of a station is kept with its latest change, and shared.
struct StationFeed {
  private struct Entry {
    var place: Int
    var message: Message?
  }

  private struct Message {
    var bytes: [UInt8]
    /// A place says how long ago something was, which is true within these bounds of the wall
    /// clock.
    var from: WallTime
    var until: WallTime?
  }

  private var latest: [StationID: Entry] = [:]
  /// The station whose change each place is, from place 0.
  private var line: [StationID] = []
  /// Changes below this place are there to be read. Those beyond are still of this turn: a station
  /// that changes again before its end has one place.
  private(set) var offered = 0

  /// A watcher that begins here reads every station.
  static let start = 0

  /// Whether changes wait to be offered.
  var hasNews: Bool { offered < line.count }

  /// A station has changed.
  mutating func note(_ station: StationID) {
    if let entry = latest[station], entry.place >= offered {
      latest[station]?.message = nil
      return
    }
    latest[station] = Entry(place: line.count, message: nil)
    line.append(station)
  }

  /// Lets everything that was noted so far be read.
  mutating func offer() { offered = line.count }

  /// Moves a place on to the next change that counts.
  /// - Returns: whose it is; nil at the end.
  func next(from place: inout Int) -> StationID? {
    while place < offered {
      let station = line[place]
      if latest[station]?.place == place { return station }
      place += 1
    }
    return nil
  }

  /// The message kept of a station, where it is still true.
  func message(of station: StationID, at time: WallTime) -> [UInt8]? {
    guard let message = latest[station]?.message, time >= message.from,
      message.until.map({ time < $0 }) ?? true
    else { return nil }
    return message.bytes
  }

  mutating func keep(
    _ bytes: [UInt8], of station: StationID, from: WallTime, until: WallTime?
  ) {
    latest[station]?.message = Message(bytes: bytes, from: from, until: until)
  }

  /// Whether so many places count no more that the line should be closed up.
  var isSpread: Bool { line.count > 2 * latest.count + 1024 }

  /// Takes out what counts no more.
  /// - Returns: the new place for each old one, up to the end.
  mutating func closeUp() -> [Int] {
    var places: [Int] = []
    places.reserveCapacity(line.count + 1)
    var kept: [StationID] = []
    for (place, station) in line.enumerated() {
      places.append(kept.count)
      guard latest[station]?.place == place else { continue }
      latest[station]?.place = kept.count
      kept.append(station)
    }
    places.append(kept.count)
    line = kept
    offered = places[offered]
    return places
  }
}
