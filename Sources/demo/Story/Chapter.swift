// The chapters of the story, told side by side: each has a broker, a service and stations of its own.
import Foundation
import TestBed

/// One chapter: how long a story becomes does not lengthen another one.
struct Chapter: Sendable {
  /// The chapter's word for `STORY=`.
  let name: String
  let about: String
  /// How many stations it has.
  var stations = 1
  /// The settings of the stations beyond the defaults, so that nobody waits half a minute.
  var settings: [String: [String: String]] = [:]
  var hasMachine = false
  /// Tells it. Returns how many steps happened.
  private let tell: @Sendable (Chapter) throws -> Int

  static let all = [settings, door, outage, alarms, fire, exchange, commands, boards]

  /// A chapter on a broker, a service and stations that are there when it begins.
  init(
    name: String, about: String, stations: Int = 1, settings: [String: [String: String]] = [:],
    hasMachine: Bool = false, tell: @escaping @Sendable (Telling) throws -> Void
  ) {
    self.init(name: name, about: about) { chapter in
      let telling = try Telling(chapter)
      defer { try? telling.system.stop() }
      try tell(telling)
      return telling.steps
    }
    self.stations = stations
    self.settings = settings
    self.hasMachine = hasMachine
  }

  /// A chapter on boards that become stations in it.
  init(name: String, about: String, claiming tell: @escaping @Sendable (Claiming) throws -> Void) {
    self.init(name: name, about: about) { chapter in
      let claiming = try Claiming(chapter)
      try tell(claiming)
      return claiming.steps
    }
  }

  private init(
    name: String, about: String, telling tell: @escaping @Sendable (Chapter) throws -> Int
  ) {
    self.name = name
    self.about = about
    self.tell = tell
  }

  static var widest: Int { all.map(\.name.utf8.count).max() ?? 0 }

  /// Most of a chapter is waiting, so that more of them go on at once than there are processors.
  private static let atOnce = 3

  /// Tells chapters side by side.
  /// - Returns: whether every step of every one happened.
  static func tell(_ chapters: [Chapter]) -> Bool {
    let ledger = Ledger(chapters)
    let tellers = (0..<min(atOnce, chapters.count)).map { _ in
      // A thread of its own rather than one of a pool, whose signals are blocked in its children.
      let ended = DispatchSemaphore(value: 0)
      Thread.detachNewThread {
        while let chapter = ledger.next() { ledger.note(chapter.tellWhole()) }
        ended.signal()
      }
      return ended
    }
    for teller in tellers { teller.wait() }
    let told = ledger.result
    guard let steps = told else { return false }
    Demo.say(
      "demo: \(steps) steps in \(chapters.count == 1 ? "1 chapter" : "\(chapters.count) chapters"), "
        + "all of them happened")
    return true
  }

  /// - Returns: how many steps happened; nil where one did not.
  private func tellWhole() -> Int? {
    do {
      return try tell(self)
    } catch {
      Demo.say("demo: chapter \(name): \(error)")
      return nil
    }
  }
}

/// Which chapters are still to be told, and how those that were have ended.
private final class Ledger: @unchecked Sendable {
  private let lock = NSLock()
  private var waiting: [Chapter]
  private var steps: Int? = 0

  init(_ chapters: [Chapter]) { waiting = chapters }

  func next() -> Chapter? {
    lock.withLock { waiting.isEmpty ? nil : waiting.removeFirst() }
  }

  func note(_ told: Int?) {
    lock.withLock { steps = steps.flatMap { sum in told.map { sum + $0 } } }
  }

  /// How many steps happened; nil where one did not.
  var result: Int? { lock.withLock { steps } }
}
