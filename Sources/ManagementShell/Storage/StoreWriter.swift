// The one thread that writes: what stations send, as much in one commit as has come, and orders.
import Linux
import ManagementCore
import StationProtocol
import Time

/// Owns a connection of its own on a thread of its own. What comes to a quiet service is committed
/// at once. Under load the thread rests between commits, so that they begin up to 20 ms apart, and
/// takes all that has come meanwhile into the next one: a commit writes whole pages, and a busy
/// service that committed without a pause would write each of them hundreds of times a second.
///
/// The thread is given two transactions' worth at a time; what else has come waits here, a turn
/// of each station after the other, so that no station waits behind the backlog of another. What a
/// person orders goes past what waits here, and is a commit of its own.
final class StoreWriter {
  enum Report: Sendable {
    case stored([StoreOutcome])
    /// Nothing of these items was stored; the stations will send the records again.
    case failed(StoreFailure, items: [InboundItem])
  }

  /// The work that is handed over to the thread.
  private enum Work: Sendable {
    case item(InboundItem)
    /// Its code is checked on the thread, so that no flood of codes holds up the loop.
    case question(InboundRequest, CodeProver)
    case errand(StoreErrand)

    var recordCount: Int {
      if case .item(let item) = self { item.recordCount } else { 1 }
    }

    /// - Returns: nil for what no station has sent.
    func item(at now: Now) -> InboundItem? {
      switch self {
      case .item(let item): item
      case .question(let request, let prover):
        .request(request, prover.prove(request.request.code, at: request.station, now.wall))
      case .errand: nil
      }
    }
  }

  /// The most records of one transaction.
  private static let mostRecords = 4096
  /// The thread has the next transaction when it has done one.
  private static let mostHanded = 2 * mostRecords
  /// The records of a station's turn: a station's rows lie side by side, and many of one in a
  /// transaction cost less than a few of each.
  private static let recordsOfTurn = 256
  /// How far apart commits begin, for each record of the last one, and at most.
  private static let pacePerRecord: Duration = .microseconds(100)
  private static let slowestPace: Duration = .milliseconds(20)
  /// The most items that wait, and the most bytes of them, of all stations and of one. What comes
  /// beyond that is dropped: it is not acknowledged, so it comes again when the store is less busy.
  /// Honest batches are a sixteenth of what the broker lets through; without the bytes one station
  /// could fill the service's memory, and without its own share the place of all others.
  static let mostWaiting = 16_384
  static let mostWaitingOfStation = 4096
  private static let most = Share(items: mostWaiting, bytes: 64 << 20)
  private static let mostOfStation = Share(items: mostWaitingOfStation, bytes: 16 << 20)

  let reports: Mailbox<Report>
  private let worker: WorkerThread<Work>
  private struct Load {
    var station: StationID
    var size: Int
    var records: Int
  }
  /// The items handed over and not yet reported on, in order.
  private var handedOver: [Load] = []
  private var handedRecords = 0
  private var waiting = FairQueue<StationID, (work: Work, load: Load)>(weightOfTurn: recordsOfTurn)
  private struct Share {
    var items = 0
    var bytes = 0

    func hasRoom(for size: Int, within most: Share) -> Bool {
      items < most.items && bytes + size <= most.bytes
    }

    mutating func take(_ size: Int) {
      items += 1
      bytes += size
    }

    mutating func give(_ size: Int) {
      items -= 1
      bytes -= size
    }
  }
  /// The items of each station that wait or are handed over.
  private var shares: [StationID: Share] = [:]
  private var total = Share()

  /// - Parameters:
  ///   - limits: how much of one station the ledger believes within an hour.
  ///   - epoch: the life of the store; nil where nobody asks how far it has come.
  /// - Throws: where no event descriptor can be had. A store that cannot be opened is reported.
  init(
    path: String, limits: StationLimits = .none, epoch: StoreEpoch? = nil
  ) throws(SystemError) {
    let reports = try Mailbox<Report>()
    self.reports = reports
    worker = WorkerThread(name: "writer") {
      let timekeeper = Timekeeper(zone: ZoneFiles.local())
      var store: SQLiteStore?
      let file = epoch.map { EpochFile(of: path, $0) }
      func open() throws(StoreFailure) -> SQLiteStore {
        try SQLiteStore(path: path, limits: limits)
      }
      // Before anything is acknowledged.
      func note(_ store: SQLiteStore) throws(StoreFailure) {
        if let file { file.note(try store.reached()) }
      }
      return { work in
        var rest = work[...]
        let start = Clock.now
        var written = 0
        while !rest.isEmpty {
          if case .errand(let errand) = rest.first {
            rest.removeFirst()
            errand.run(on: &store, opening: open, done: note)
            continue
          }
          let now = timekeeper.now()
          let some = Self.transaction(of: rest, at: now)
          rest = rest.dropFirst(some.count)
          do throws(StoreFailure) {
            let connection = if let store { store } else { try open() }
            store = connection
            let outcomes = try connection.store(some, at: now)
            try note(connection)
            reports.send(.stored(outcomes))
            written += some.reduce(0) { $0 + $1.recordCount }
          } catch {
            // A connection that failed may be broken for good; the next batch gets a new one.
            store = nil
            reports.send(.failed(error, items: some))
          }
        }
        Clock.rest(until: start + min(Self.pacePerRecord * written, Self.slowestPace))
        return nil
      }
    }
  }

  /// The next transaction of what stations have sent: up to the first errand, one item at least.
  private static func transaction(of rest: ArraySlice<Work>, at now: Now) -> [InboundItem] {
    var records = 0
    var items: [InboundItem] = []
    for work in rest {
      guard records < mostRecords, let item = work.item(at: now) else { break }
      records += work.recordCount
      items.append(item)
    }
    return items
  }

  /// - Returns: false where too much waits already; the item is dropped then.
  func store(_ item: InboundItem) -> Bool {
    submit(.item(item), of: item.station, size: item.size)
  }

  /// - Returns: false where too much waits already; the question is dropped then.
  func store(_ request: InboundRequest, proving prover: CodeProver) -> Bool {
    submit(
      .question(request, prover), of: request.station,
      size: request.request.code.text.utf8.count)
  }

  /// Does what a person has ordered, after what the thread has been given and before what waits.
  /// The answer is no report.
  func carryOut(_ errand: StoreErrand) { worker.submit(.errand(errand)) }

  private func submit(_ work: Work, of station: StationID, size: Int) -> Bool {
    func take(from share: inout Share) -> Bool {
      guard share.hasRoom(for: size, within: Self.mostOfStation) else { return false }
      share.take(size)
      return true
    }
    guard total.hasRoom(for: size, within: Self.most),
      take(from: &shares[station, default: Share()])
    else { return false }
    total.take(size)
    let load = Load(station: station, size: size, records: work.recordCount)
    if waiting.isEmpty, handedRecords < Self.mostHanded {
      handOver(work, load)
    } else {
      // An item without records is work too.
      waiting.append((work, load), weight: max(1, load.records), of: station)
    }
    return true
  }

  private func handOver(_ work: consuming Work, _ load: Load) {
    handedOver.append(load)
    handedRecords += load.records
    worker.submit(work)
  }

  private func handOver(upTo records: Int) {
    while handedRecords < records, let (work, load) = waiting.next() { handOver(work, load) }
  }

  /// To be called with each report, on the thread that calls `store`.
  func settle(_ report: Report) {
    let count =
      switch report {
      case .stored(let outcomes): outcomes.count
      case .failed(_, let items): items.count
      }
    for load in handedOver.prefix(count) {
      handedRecords -= load.records
      total.give(load.size)
      guard let index = shares.index(forKey: load.station) else { continue }
      shares.values[index].give(load.size)
      if shares.values[index].items == 0 { shares.remove(at: index) }
    }
    handedOver.removeFirst(count)
    handOver(upTo: Self.mostHanded)
  }

  /// Stores what has come and ends the thread.
  func finish() {
    handOver(upTo: .max)
    worker.finish()
  }
}
