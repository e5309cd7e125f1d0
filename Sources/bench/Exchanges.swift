// Points held and posted: the product's ledger beside plain C on SQLite, and beside PostgreSQL.
import Linux
import ManagementCore
import ManagementShell
import MemberCode
import StationProtocol
import TestBed
import Text
import Time

/// An exchange is a hold in one transaction and its end in the next, both durable. The product and
/// the plain C program work on copies of one store and take turns, since a disk has its moods;
/// afterwards the proof of the ledger has to find both copies in order.
enum Exchanges {
  static let part = Part(
    name: "exchanges", what: "points held and posted: beside plain C on SQLite, and PostgreSQL"
  ) { report in
    let folder = try WorkFolder()
    let bed = try ExchangeBed(folder)
    let cluster = try PostgresCluster()
    var of16 = 0.0
    for batch in [1, 16] {
      let name = batch == 1 ? "exchanges.single" : "exchanges.of-16"
      let pace = try bed.race(batch: batch)
      of16 = 1e6 / pace.own
      try report.add(
        Figure(
          name: name, value: pace.own, unit: "exchanges/s",
          reference: .init(name: "plain C on SQLite", value: pace.plain), bound: .atLeast(0.7)))
      let peer = try cluster.run(clients: batch, seconds: 10)
      try report.add(
        Figure(
          name: "\(name).peer", value: pace.own, unit: "exchanges/s",
          reference: .init(name: "PostgreSQL, \(batch) at a time", value: peer.pace),
          bound: .atLeast(1)))
      try report.add(
        Figure(
          name: "\(name).p99", value: pace.p99 / 1000, unit: "ms",
          reference: .init(name: "PostgreSQL, \(batch) at a time", value: peer.p99 / 1000),
          bound: .atMost(1)))
    }
    try bed.prove()
    try report.add(
      Figure(
        name: "exchanges.check", value: try bed.check(), unit: "us",
        reference: .init(name: "an exchange of 16 at a time", value: of16), bound: .atMost(1)))
  }
}

/// Two copies of a store with members, points and stations.
private final class ExchangeBed {
  static let members = 2000
  static let stations = 100
  private static let rounds = 5

  private let folder: WorkFolder
  private let own: SQLiteStore
  private var done = 0
  private let timekeeper = Timekeeper()

  private var paths: [String] { ["own", "plain"].map { folder.file("\($0).sqlite") } }

  init(_ folder: WorkFolder) throws {
    self.folder = folder
    let path = folder.file("own.sqlite")
    try Self.fill(path)
    try Files.write(
      Files.read(path, limit: 1 << 30), to: folder.file("plain.sqlite"))
    own = try SQLiteStore(path: path)
  }

  private static func fill(_ path: String) throws {
    let store = try SQLiteStore(path: path)
    let now = Timekeeper().now()
    _ = try store.store(
      (0..<stations).map { .floor(station($0), stream($0), floor: 1) }, at: now)
    let share: Int64 = 400_000
    guard let points = Points(share), let first = OrderKey("issue") else {
      preconditionFailure("no points")
    }
    _ = try store.carryOut(
      .issue(share * Int64(members), reason: "bench"), key: first, by: "bench", aloneUpTo: .max,
      at: now)
    for number in 0..<members {
      let id = member(number)
      _ = try store.enrol(Member(id: id, label: nil, enrolled: now.wall), by: "bench")
      guard let key = OrderKey("grant-\(number)") else { preconditionFailure("no key") }
      _ = try store.carryOut(
        .grant(id, points, reason: "bench"), key: key, by: "bench", aloneUpTo: .max, at: now)
    }
    store.close()
  }

  static func station(_ number: Int) -> StationID {
    guard let id = StationID("b-\(number)") else { preconditionFailure("no station") }
    return id
  }

  static func stream(_ number: Int) -> StreamID { StreamID(bits: UInt64(number) + 1) }

  static func member(_ number: Int) -> MemberID {
    guard let id = MemberID("m-" + Hex.text(UInt64(number), digits: 16)) else {
      preconditionFailure("no member")
    }
    return id
  }

  private static func exchange(_ number: Int) -> Exchange {
    guard let slot = SlotID(7), let article = ArticleID("water"), let price = Points(1) else {
      preconditionFailure("no exchange")
    }
    return Exchange(
      id: ExchangeID(
        stream: stream(number % stations), seq: UInt64(number / stations + 1)),
      member: member(number * 7919 % members), slot: slot, article: article, price: price)
  }

  /// - Returns: exchanges a second of the product and of the plain program, and the product's
  ///   99th percentile of both transactions of a batch together, in microseconds.
  func race(batch: Int) throws -> (own: Double, plain: Double, p99: Double) {
    let count = batch * 400
    var took = (own: 0.0, plain: 0.0)
    var times: [Int64] = []
    for _ in 0..<Self.rounds {
      let start = Clock.now
      for first in stride(from: done, to: done + count, by: batch) {
        let round = Clock.now
        try exchange(first..<first + batch)
        times.append((Clock.now - round).wholeNanoseconds)
      }
      took.own += (Clock.now - start).seconds
      took.plain += try plain(batch: batch, count: count)
      done += count
    }
    let all = Double(count * Self.rounds)
    return (all / took.own, all / took.plain, Quantiles(times).p99)
  }

  private func exchange(_ numbers: Range<Int>) throws {
    let now = timekeeper.now()
    let exchanges = numbers.map { Self.exchange($0) }
    let held = try own.store(
      zip(numbers, exchanges).map { number, exchange -> InboundItem in
        let code = CodeDigest(high: 0, low: UInt64(number))
        guard let text = CodeText("\(number)") else { preconditionFailure("no code") }
        return .request(
          InboundRequest(
            station: Self.station(number % Self.stations), .hold(exchange, code: text),
            digest: PayloadDigest(high: 0, low: UInt64(number))),
          .genuine(exchange.member, code))
      }, at: now)
    guard
      held.allSatisfy({ if case .held? = $0.answer?.reply.answer { true } else { false } })
    else { throw SystemError("hold", detail: "an exchange was not held") }
    let ended = try own.store(
      zip(numbers, exchanges).map { number, exchange in
        let record = Record(
          at: now.wall, isTrusted: true, body: .exchange(.ended(exchange, .dispensed)))
        return .batch(
          InboundBatch(
            station: Self.station(number % Self.stations), stream: exchange.id.stream,
            first: exchange.id.seq, contents: [.record(record, json: record.json)],
            digest: PayloadDigest(high: 1, low: UInt64(number))))
      }, at: now)
    guard ended.allSatisfy({ $0.events.count == 1 && $0.discrepancies.isEmpty }) else {
      throw SystemError("post", detail: "an exchange was not posted")
    }
  }

  /// - Returns: the seconds that the plain program took.
  private func plain(batch: Int, count: Int) throws -> Double {
    let words = [Self.members, Self.stations, batch, done, count].map(String.init)
    let told = try Program.run(
      Checkout.file(".build/reference/ledger"), [folder.file("plain.sqlite")] + words)
    guard told.status == 0, let seconds = Double(told.output.prefix { $0 != " " }) else {
      throw SystemError("run the reference ledger", detail: told.output)
    }
    return seconds
  }

  /// The work beside each hold: the check of its code by the service's own key.
  /// - Returns: the median of one, in microseconds.
  func check() throws -> Double {
    let key = SigningKey.generate()
    let prover = CodeProver(try KeySet([key.verificationKey]))
    let now = timekeeper.now().wall
    let codes = try (0..<1000).map { number in
      let text = try CodeIssuer(key).issue(Self.member(number), life: .seconds(60), at: now)
      guard let code = CodeText(text) else { throw SystemError("issue", detail: "no code") }
      return code
    }
    let times = try codes.enumerated().map { number, code in
      let start = Clock.now
      let proof = prover.prove(code, at: Self.station(0), now)
      guard proof.refusal(for: Self.member(number)) == nil else {
        throw SystemError("check", detail: "a good code was refused")
      }
      return (Clock.now - start).wholeNanoseconds
    }
    return Quantiles(times).microseconds(0.5)
  }

  /// Both ledgers have to be in order, and alike.
  func prove() throws {
    own.close()
    let proofs = try paths.map { try SQLiteStore(path: $0).proof(at: timekeeper.now()) }
    guard proofs.allSatisfy(\.isClean), proofs[0].sums == proofs[1].sums,
      proofs[0].movements == proofs[1].movements, proofs[0].exchanges == done
    else {
      throw SystemError("prove the ledgers", detail: "\(proofs.map(\.lines))")
    }
  }
}
