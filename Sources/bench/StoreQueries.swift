// What the dashboard asks of a store in which years of records lie.
import Linux
import ManagementCore
import ManagementShell
import StationProtocol
import TestBed
import Time

/// Ten million records of 100 stations, stored by the product's own writer; then every question
/// that a page or an event stream asks, at places all over the store. Each question is asked by
/// a connection that has asked nothing before, so that the page cache is the kernel's alone.
enum StoreQueries {
  static let part = Part(
    name: "queries", what: "the dashboard's questions to a store of 10 million records"
  ) { report in
    let folder = try WorkFolder()
    let path = folder.file("management.sqlite")
    let start = Clock.now
    try fill(path, records: 10_000_000)
    try report.add(
      Figure(
        name: "queries.filling", value: 1e7 / (Clock.now - start).seconds, unit: "records/s"))
    for question in Question.all {
      let times = try (0..<20).map { round in
        let store = try SQLiteStore(path: path)
        let start = Clock.now
        let rows = try question.ask(store, round)
        guard rows > 0 || question.mayBeEmpty else {
          throw SystemError("ask the store", detail: "\(question.name) has no answer")
        }
        return (Clock.now - start).wholeNanoseconds
      }
      let sorted = times.sorted()
      try report.add(
        Figure(
          name: "queries.\(question.name).median", value: Double(sorted[sorted.count / 2]) / 1e6,
          unit: "ms"))
      try report.add(
        Figure(
          name: "queries.\(question.name).slowest", value: Double(sorted[sorted.count - 1]) / 1e6,
          unit: "ms", bound: .atMost(50)))
    }
  }

  static let stations = 100
  /// The only station with an alarm, and only once, long ago: the hardest thing to find.
  static let rareStation = station(57)

  static let rareMember = member("m-rare")

  private static func member(_ text: String) -> MemberID {
    guard let id = MemberID(text) else { preconditionFailure("no member \(text)") }
    return id
  }

  static func station(_ number: Int) -> StationID {
    guard let id = StationID("b-\(number)") else { preconditionFailure("no station \(number)") }
    return id
  }

  private static func fill(_ path: String, records: Int) throws {
    guard let point = AccessPointID(1), let member = MemberID("m-0123456789abcdef") else {
      preconditionFailure("no names")
    }
    let store = try SQLiteStore(path: path)
    let timekeeper = Timekeeper()
    let wall = Clock.wall
    let bodies: [Record.Body] = [
      .entry(.granted(point, member: member, .code(CodeDigest(high: 1, low: 2)))),
      .door(.opened(point, cause: .granted)), .occupancy(.passage(point, .inward, inside: 3)),
      .door(.closed(point)), .door(.locked(point, cause: .closed)),
    ]
    let usual = (0..<64).map { Record(at: wall, isTrusted: true, body: bodies[$0 % 5]) }
    let contents = usual.map { InboundBatch.Content.record($0, json: $0.json) }
    let alarm = Record(at: wall, isTrusted: true, body: .alarm(.raised(.forcedOpen, point)))
    var rare = contents
    rare[7] = .record(alarm, json: alarm.json)
    let entry = Record(
      at: wall, isTrusted: true,
      body: .entry(.granted(point, member: rareMember, .code(CodeDigest(high: 1, low: 3)))))
    rare[10] = .record(entry, json: entry.json)
    var next = [UInt64](repeating: 1, count: stations)
    var stored = 0
    while stored < records {
      let items = (0..<64).map { index -> InboundItem in
        let number = (stored / 64 + index) % stations
        let isRare = stored == 0 && index == 57
        defer { next[number] += 64 }
        return .batch(
          InboundBatch(
            station: station(number), stream: StreamID(bits: UInt64(number)),
            first: next[number], contents: isRare ? rare : contents,
            digest: PayloadDigest(high: UInt64(number), low: next[number])))
      }
      _ = try store.store(items, at: timekeeper.now())
      stored += 64 * 64
    }
    store.close()
  }
}

/// One of the questions, asked at a different place each time.
private struct Question: Sendable {
  let name: String
  var mayBeEmpty = false
  /// - Returns: how many rows came.
  let ask: @Sendable (SQLiteStore, Int) throws -> Int

  private static func page(
    _ name: String, _ filter: @escaping @Sendable (Int) -> EventFilter, mayBeEmpty: Bool = false
  ) -> Question {
    Question(name: name, mayBeEmpty: mayBeEmpty) { store, round in
      try store.events(matching: filter(round), limit: 100).count
    }
  }

  /// A place in the store, another one for each round.
  private static func place(_ round: Int) -> Int64 { Int64(round) * 499_979 + 400_000 }

  static let all: [Question] = [
    page("newest", { _ in EventFilter() }),
    page("older", { EventFilter(before: place($0)) }),
    page("of-a-station", { EventFilter(station: StoreQueries.station($0), before: place($0)) }),
    page("of-a-kind", { EventFilter(kind: .occupancy(.passage), before: place($0)) }),
    page(
      "both",
      {
        EventFilter(station: StoreQueries.station($0), kind: .door(.closed), before: place($0))
      }),
    page("rare-kind", { _ in EventFilter(kind: .alarm(.raised)) }),
    page(
      "rare-both",
      { _ in
        EventFilter(station: StoreQueries.rareStation, kind: .alarm(.raised))
      }),
    page(
      "never", { EventFilter(station: StoreQueries.station($0), kind: .stream(.gap)) },
      mayBeEmpty: true),
    // Seen once, in the oldest records: every block is looked at.
    Question(name: "rare-member") { store, _ in
      try store.events(of: StoreQueries.rareMember, before: nil, limit: 100).count
    },
    Question(name: "resumed-stream") { store, round in
      try store.events(after: place(round), limit: 100).count
    },
    Question(name: "last-event") { store, _ in Int(try store.lastEventID()) },
    Question(name: "stations") { store, _ in try store.stations().count },
    Question(name: "counts-of-a-day") { store, _ in
      try store.counts(onDay: Timekeeper().now().localDay).count
    },
    Question(name: "quarantine", mayBeEmpty: true) { store, _ in
      try store.quarantine(before: nil, limit: 100).count
    },
  ]
}
