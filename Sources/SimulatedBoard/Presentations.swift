// What was held to the readers of a board, and what the station said to each.

import GPIO
import StationProtocol
import Time

/// The last presentations, as a value. The daemon does not say which code it answers, so an answer
/// is taken for the oldest presentation of that access point that still waits for one.
package struct Presentations: Equatable, Sendable {
  /// How many are kept.
  package static let most = 50
  /// An answer that takes longer than this belongs to nothing that is known.
  package static let patience: Duration = .seconds(5)
  /// The same bytes within this time are one presentation, which has its one answer.
  package static let repetition: Duration = .seconds(3)

  package enum Answer: Equatable, Sendable {
    /// Can become `said` or `none`.
    case awaited
    case said(ReaderAnswer)
    /// The code before it is still there, as far as a reader can tell.
    case repeated
    /// No daemon was there to answer, or it said nothing in time.
    case none
  }

  package struct Entry: Equatable, Sendable {
    /// Grows with every presentation.
    package var number: Int
    package var accessPoint: Int
    /// The word of a code that the board made itself.
    package var kind: String?
    /// How the bytes begin, with `.` for what is no printable ASCII.
    package var start: String
    package var byteCount: Int
    package var at: Instant
    package var wall: WallTime
    package var answer: Answer
  }

  /// The oldest first.
  package private(set) var entries: [Entry] = []
  private var count = 0
  private var lastBytes: [Int: (bytes: [UInt8], at: Instant)] = [:]

  package init() {}

  package static func == (one: Presentations, other: Presentations) -> Bool {
    one.entries == other.entries
  }

  /// - Returns: the new entry.
  @discardableResult
  package mutating func presented(
    _ code: [UInt8], kind: String?, accessPoint: Int, hasDaemon: Bool, at now: Instant,
    wall: WallTime
  ) -> Entry {
    let isRepeated =
      lastBytes[accessPoint].map { $0.bytes == code && now - $0.at < Self.repetition } ?? false
    lastBytes[accessPoint] = (code, now)
    count += 1
    let entry = Entry(
      number: count, accessPoint: accessPoint, kind: kind, start: Self.start(of: code),
      byteCount: code.count, at: now, wall: wall,
      answer: !hasDaemon ? .none : isRepeated ? .repeated : .awaited)
    entries.append(entry)
    if entries.count > Self.most { entries.removeFirst() }
    return entry
  }

  /// - Returns: the entry that has its answer now; nil where none waited for it.
  package mutating func answered(
    _ outcome: ReaderAnswer, accessPoint: Int, at now: Instant
  ) -> Entry? {
    func waits(_ entry: Entry) -> Bool {
      entry.accessPoint == accessPoint && now - entry.at < Self.patience
    }
    // A repetition can be answered too: the station looks again once what stood in the way is gone.
    let index =
      entries.firstIndex { waits($0) && $0.answer == .awaited }
      ?? entries.lastIndex { waits($0) && $0.answer == .repeated }
    guard let index else { return nil }
    entries[index].answer = .said(outcome)
    return entries[index]
  }

  /// Ends the waiting for what will not be answered any more.
  /// - Parameter isGone: the daemon has left.
  /// - Returns: the entries that are without an answer now.
  package mutating func expire(isGone: Bool = false, at now: Instant) -> [Entry] {
    var changed: [Entry] = []
    for index in entries.indices where entries[index].answer == .awaited {
      guard isGone || now - entries[index].at >= Self.patience else { continue }
      entries[index].answer = .none
      changed.append(entries[index])
    }
    return changed
  }

  /// When `expire` has something to do; nil where nothing is awaited.
  package var nextWake: Instant? {
    entries.first { $0.answer == .awaited }.map { $0.at + Self.patience }
  }

  private static func start(of code: [UInt8]) -> String {
    let printable: [UInt8] = code.prefix(32).map {
      (0x20...0x7E).contains($0) ? $0 : UInt8(ascii: ".")
    }
    return String(decoding: printable, as: UTF8.self)
  }
}
