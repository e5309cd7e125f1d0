// The disk of a simulated station, with its store: rows of an outbox and what boot needs.
//
// Fault model.
// - A transaction is durable or it is not: the store's own log tells torn ones apart, so a torn
//   transaction counts as lost.
// - What was handed over and has not begun to commit is lost at a power cut. Of the transactions
//   that have begun, a random number survives, in their order: the first ones.
// - A transaction that was reported as durable stays so.
// - A commit takes 0.2 to 8 ms; a slow disk now and then takes up to 20 s. Urgent entries begin to
//   commit within 25 ms, others within 2 s.
// - A store may be found damaged and be set aside whole. Nothing of it is ever read again.
import StationCore
import StationProtocol
import Time

/// What a store holds durably.
struct StoreImage {
  var stream: StreamID
  var boot: Int64 = 0
  /// The daemon had stopped in order.
  var isClean = false
  var next: UInt64 = 1
  var rows = Rows()
  var marks: [CodeDigest: WallTime] = [:]
  var totals = OccupancyTotals()
  var day = DayBook()
  var lastTrusted: WallTime?
  var clockMark: WallTime?
  var latches: [Latch] = []
  var whereabouts: [MemberID: WallTime] = [:]
  var paid: [CodeDigest: WallTime] = [:]
  /// In their order; the last one about a key counts.
  var guesses: [GuessChange] = []
  var exchange: OpenExchange?
  var serial: UInt8 = 0
  var slots: [SlotID: SlotMemory] = [:]
  /// Rows that say how exchanges ended.
  var settlements: [Settlement] = []
  /// How exchanges ended, kept beyond the acknowledgement, and the service's store that has them
  /// all.
  var kept: [KeptEnds.Row] = []
  var serviceStore: StoreEpoch?
  /// The commands that were begun and have no end.
  var commands: [OpenCommand] = []
  var heldReaders: [AccessPointID] = []
  var typedCodes: [PooledCode] = []
  var desired: DesiredConfiguration?
  var settings: KeptSettings?

  /// Rows with consecutive numbers, taken away at the front.
  struct Rows {
    private(set) var floor: UInt64 = 1
    private var bytes: [[UInt8]] = []
    private var head = 0

    var count: Int { bytes.count - head }

    subscript(seq: UInt64) -> [UInt8]? {
      guard seq >= floor, seq < floor + UInt64(count) else { return nil }
      return bytes[head + Int(seq - floor)]
    }

    mutating func append(_ row: [UInt8], seq: UInt64) {
      if count == 0 { floor = seq }
      bytes.append(row)
    }

    mutating func trim(through upto: UInt64) {
      guard upto >= floor else { return }
      let taken = min(count, Int(upto - floor) + 1)
      floor += UInt64(taken)
      head += taken
      if head > 512 {
        bytes.removeFirst(head)
        head = 0
      }
    }
  }
}

final class SimulatedDisk {
  enum Operation {
    /// A row of this stream: one that was meant for one that the store has left is in the core's
    /// hands again.
    case insert(StreamID, seq: UInt64, row: [UInt8], changes: [RecoveryChange])
    case remember([RecoveryChange])
    case trim(through: UInt64)
    case renew
    case start(boot: Int64)
    case stop
  }

  private(set) var image: StoreImage
  /// Told the last number after each commit.
  var onDurable: ((UInt64) -> Void)?
  /// The store has begun another stream, and this is the number of its last row.
  var onRenewed: ((StreamID, UInt64) -> Void)?
  /// A commit takes longer than it should, and when the last one that did was over.
  private(set) var isSlow = false
  private(set) var slowUntil = Instant(nanoseconds: 0)
  private let world: World
  private let station: Int
  private var dice: SeededGenerator
  /// Handed over; the commit has not begun.
  private var open: [Operation] = []
  private var beginAt: Instant?
  /// Begun, in order; the first one is on its way.
  private var begun: [[Operation]] = []
  private var isBusy = false
  private var life = 0
  /// The last number of the stream that the transaction of the moment has left.
  private var lastOfFormer: UInt64?

  init(_ world: World, station: Int) {
    self.world = world
    self.station = station
    dice = SeededGenerator(seed: world.seed, "disk", station)
    image = StoreImage(stream: StreamID(bits: dice.next()))
    world.referee.storeMade(station, image.stream)
  }

  /// Everything that the daemon has written, durable or not.
  func row(_ seq: UInt64) -> [UInt8]? {
    if let row = image.rows[seq] { return row }
    for operation in begun.joined() + open {
      if case .insert(image.stream, seq, let row, _) = operation { return row }
    }
    return nil
  }

  func write(_ operation: Operation, urgent: Bool) {
    open.append(operation)
    let due = world.now + (urgent ? dice.milliseconds(0...25) : dice.milliseconds(300...2000))
    if let beginAt, beginAt <= due { return }
    beginAt = due
    let life = life
    world.at(due) { [unowned self] in
      guard life == self.life, beginAt == due else { return }
      begin()
    }
  }

  var isIdle: Bool { open.isEmpty && begun.isEmpty }

  /// Begins to commit everything at once, for an orderly stop.
  func begin() {
    beginAt = nil
    guard !open.isEmpty else { return }
    if begun.count > 1 {
      begun[begun.count - 1] += open
    } else {
      begun.append(open)
    }
    open = []
    commitNext()
  }

  private func commitNext() {
    guard !isBusy, !begun.isEmpty else { return }
    isBusy = true
    var delay = dice.milliseconds(0...8) + .microseconds(200)
    if world.strikes(.slowDisk, onceIn: 300) {
      delay = world.delay(100...20_000)
      isSlow = true
      world.note("the disk is slow", station: station)
    }
    let life = life
    world.after(delay) { [unowned self] in
      guard life == self.life else { return }
      isBusy = false
      if isSlow { slowUntil = world.now }
      isSlow = false
      lastOfFormer = nil
      apply(begun.removeFirst())
      onDurable?(lastOfFormer ?? image.next - 1)
      if lastOfFormer != nil, life == self.life { onRenewed?(image.stream, image.next - 1) }
      commitNext()
    }
  }

  /// The power fails, or the daemon is killed: what has not begun is lost, of what has begun a part
  /// survives.
  /// - Parameter isPowerLost: or else what is remembered of this time of the computer still counts.
  func cut(isPowerLost: Bool = true) {
    life += 1
    let survivors = dice.below(begun.count + 1)
    for transaction in begun.prefix(survivors) { apply(transaction) }
    if isSlow { slowUntil = world.now }
    world.note("transactions survived", UInt64(survivors), station: station)
    (open, begun, beginAt, isBusy, isSlow) = ([], [], nil, false, false)
    if isPowerLost, let open = image.exchange, case .dispensing(let serial, _) = open.phase {
      image.exchange?.phase = .dispensing(serial: serial, at: nil)
    }
  }

  /// The store is set aside and a new one begins.
  /// - Parameter number: the first order of an exchange machine is to get this number by chance.
  func replace(drawing number: UInt8? = nil) {
    life += 1
    (open, begun, beginAt, isBusy, isSlow) = ([], [], nil, false, false)
    world.referee.storeLost(station, image.stream)
    let isReused = world.mutation == .streamReused
    var bits = dice.next()
    if let number { bits = bits / 256 * 255 + UInt64(number) - 1 }
    image = StoreImage(stream: isReused ? image.stream : StreamID(bits: bits), boot: 1)
    world.referee.storeMade(station, image.stream)
    world.note("the store is lost", image.stream.bits, station: station)
  }

  /// For a planted bug: the next number is taken from the rows that are left.
  func forgetNumbers() {
    image.next = image.rows.count == 0 ? 1 : image.rows.floor + UInt64(image.rows.count)
  }

  private func apply(_ transaction: [Operation]) {
    for operation in transaction {
      switch operation {
      case .insert(let stream, let seq, let row, let changes):
        guard stream == image.stream else { continue }
        image.rows.append(row, seq: seq)
        image.next = seq + 1
        if Referee.isOfMachine(row), let record = try? Record(json: row),
          record.kind == .exchange(.ended)
        {
          image.settlements.append(Settlement(seq: seq, record: record))
        }
        changes.forEach(apply)
        world.referee.durable(station, image.stream, seq, row)
        world.trace.add(.message("durable", row), at: world.now, station: station)
      case .remember(let changes): changes.forEach(apply)
      case .trim(let upto):
        image.rows.trim(through: upto)
        image.settlements.removeAll { $0.seq <= upto }
        if world.mutation == .recoveryTrimmed {
          (image.marks, image.paid, image.exchange) = ([:], [:], nil)
        }
      case .renew: renew()
      case .start(let boot):
        image.boot = boot
        image.isClean = false
      case .stop: image.isClean = true
      }
    }
  }

  /// Another stream begins with the rows that are left.
  private func renew() {
    let old = image.rows
    lastOfFormer = image.next - 1
    world.referee.storeLost(station, image.stream, isRenewed: true)
    image.stream = StreamID(bits: dice.next())
    world.referee.storeMade(station, image.stream)
    image.rows = StoreImage.Rows()
    image.boot = 1
    let shift = old.count == 0 ? image.next - 1 : old.floor - 1
    for index in image.settlements.indices { image.settlements[index].seq -= shift }
    image.next = 1
    for seq in old.floor..<old.floor + UInt64(old.count) {
      guard let row = old[seq] else { continue }
      image.rows.append(row, seq: image.next)
      world.referee.durable(station, image.stream, image.next, row)
      image.next += 1
    }
    world.note("the store begins a new stream", image.stream.bits, station: station)
  }

  private func apply(_ change: RecoveryChange) {
    switch change {
    case .mark(let mark, let time) where mark.purpose == .machine:
      image.paid = image.paid.filter { $0.value >= time }
      image.paid[mark.code] = mark.until
    case .mark(let mark, let time):
      if !image.marks.values.allSatisfy({ $0 >= time }) {
        image.marks = image.marks.filter { $0.value >= time }
      }
      image.marks[mark.code] = mark.until
    case .totals(let totals): image.totals = totals
    case .day(let book): image.day = book
    case .lastTrusted(let time): (image.lastTrusted, image.clockMark) = (time, time)
    case .clockMark(let time): image.clockMark = time
    case .latch(let latch, let isSet):
      image.latches.removeAll { $0 == latch }
      if isSet { image.latches.append(latch) }
    case .whereabouts(.entered(let stay)): image.whereabouts[stay.member] = stay.since
    case .whereabouts(.left(let member)): image.whereabouts[member] = nil
    case .whereabouts(.cleared): image.whereabouts = [:]
    case .guess(let change): image.guesses.append(change)
    case .exchange(let open): image.exchange = open
    case .serial(let serial): image.serial = serial
    case .slot(let memory): image.slots[memory.slot] = memory
    case .endKept(let end, _, _):
      image.kept.append(KeptEnds.Row(id: (image.kept.last?.id ?? 0) + 1, end: end))
    case .serviceStore(let epoch): image.serviceStore = epoch
    case .command(let id, let operation):
      image.commands.removeAll { $0.id == id }
      if let operation { image.commands.append(OpenCommand(id: id, operation: operation)) }
    case .readerHold(let point, let isHeld):
      image.heldReaders.removeAll { $0 == point }
      if isHeld { image.heldReaders.append(point) }
    case .typedCode(let point, .kept(let kept)):
      image.typedCodes.removeAll { $0.accessPoint == point && $0.kept.code.id == kept.code.id }
      image.typedCodes.append(PooledCode(point, kept))
    case .typedCode(let point, .removed(let id)):
      image.typedCodes.removeAll { $0.accessPoint == point && $0.kept.code.id == id }
    case .typedCode(let point, .cleared):
      image.typedCodes.removeAll { $0.accessPoint == point }
    case .desired(let desired): image.desired = desired
    case .settings(let kept): image.settings = kept
    }
  }
}
