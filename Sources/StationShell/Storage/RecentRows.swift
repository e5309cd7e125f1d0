// The records that were handed to the journal last, for the broker.
import StationProtocol

/// A committed row goes from here to the broker; the store is read for what waits longer than this
/// remembers, as after a time without a broker. It holds as many records as may be under way.
struct RecentRows {
  /// As many as the core sends before the service has acknowledged any.
  static let most = 256

  private var stream: StreamID?
  /// Consecutive, the first under the number `first`, in a ring that begins at `start`.
  private var records: [Record] = []
  private var start = 0
  private var first: UInt64 = 1
  /// The last row that the store was asked for and has not told yet.
  private var asked: (stream: StreamID, last: UInt64)?

  /// Another stream, or a number that does not follow, begins anew.
  mutating func note(_ record: Record, _ seq: UInt64, of stream: StreamID) {
    if self.stream != stream || seq != first + UInt64(records.count) {
      self.stream = stream
      records.removeAll(keepingCapacity: true)
      (start, first) = (0, seq)
    }
    if records.count < Self.most {
      records.append(record)
    } else {
      records[start] = record
      start = (start + 1) % Self.most
      first += 1
    }
  }

  /// - Returns: nil where the store has to be asked: not all of these are remembered, or it is being
  ///   asked for earlier ones, which these must not overtake on their way to the broker.
  mutating func rows(_ range: ClosedRange<UInt64>, of stream: StreamID) -> [[UInt8]]? {
    guard self.stream == stream, asked?.stream != stream, range.lowerBound >= first,
      range.upperBound < first + UInt64(records.count)
    else {
      asked = (stream, range.upperBound)
      return nil
    }
    return range.map { records[(start + Int($0 - first)) % records.count].json }
  }

  /// The store has told rows up to this one.
  mutating func told(through last: UInt64, of stream: StreamID) {
    if let asked, asked.stream == stream, asked.last <= last { self.asked = nil }
  }
}
