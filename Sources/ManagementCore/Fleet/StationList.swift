// Every station as one JSON text, of which only what has changed is written anew.
import JSON
import StationProtocol
import Time

/// The answer to "which stations are there?". Many people ask at the same time and again and
/// again; between two changes they are given the same bytes, and after one, all stations but
/// those that changed keep theirs. What it holds always equals what `Management.views` writes.
package struct StationList: Sendable {
  /// One station's text, and what it was written from.
  private struct Part {
    var key: Key
    var json: [UInt8]
  }

  /// Two views of a station with the same key are written alike.
  private struct Key: Equatable {
    let revision: Int64
    /// The service's own link decides whether a station is known to be online.
    let isOnline: Bool?
    let ageSeconds: Int64?
    let dayEnds: WallTime
  }

  /// Until when, on the wall clock, the text stands as it is, where nothing happens.
  private struct Validity {
    let revision: Int64
    let from: WallTime
    let until: WallTime?

    func covers(_ revision: Int64, _ now: Now) -> Bool {
      revision == self.revision && now.wall >= from
        && (until.map { now.wall < $0 } ?? true)
    }
  }

  private var ids: [StationID] = []
  private var parts: [StationID: Part] = [:]
  private var validity: Validity?
  private var text: [UInt8] = []

  package init() {}

  /// `{"stations":[...]}`, sorted by id.
  package mutating func json(of management: Management, at now: Now) -> [UInt8] {
    if let validity, validity.covers(management.revision, now) { return text }
    // Stations only ever come.
    if ids.count != management.stations.count { ids = management.stations.keys.sorted() }
    var until: WallTime?
    var writer = JSONWriter(capacity: text.count + 1024)
    writer.object { writer in
      writer.key("stations")
      writer.array(ids) { writer, id in
        guard let view = management.view(of: id, at: now) else { return }
        let change = min(view.ageChanges ?? view.dayEnds, view.dayEnds)
        until = min(until ?? change, change)
        writer.raw(part(view, now))
      }
    }
    text = writer.bytes
    validity = Validity(revision: management.revision, from: now.wall, until: until)
    return text
  }

  private mutating func part(_ view: StationView, _ now: Now) -> [UInt8] {
    let key = Key(
      revision: view.life.revision, isOnline: view.isOnline, ageSeconds: view.ageSeconds,
      dayEnds: view.dayEnds)
    if let part = parts[view.id], part.key == key { return part.json }
    var writer = JSONWriter(capacity: 1024)
    view.write(to: &writer)
    parts[view.id] = Part(key: key, json: writer.bytes)
    return writer.bytes
  }
}
