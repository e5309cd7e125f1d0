// All that boot reads from the store.
import StationProtocol
import Time

/// The memory of the store across a restart.
package struct Recovered: Equatable, Sendable {
  package var stream: StreamID
  /// The number of this boot on this store, from 1.
  package var boot: Int64
  package var ending: Ending
  /// The first sequence number that the service has not acknowledged.
  package var floor: UInt64
  /// The sequence number that the next record gets.
  package var next: UInt64
  package var marks: [ReplayMark]
  package var totals: OccupancyTotals
  /// The local day under way.
  package var day: DayBook
  /// The earliest time that it can be.
  package var lastTrusted: WallTime?
  /// The latest time at which a clock was vouched for.
  package var clockMark: WallTime?
  /// The latches that are set.
  package var latches: [Latch]
  /// The members that went in and were not seen to leave.
  package var whereabouts: [Stay]
  /// The wrong PINs and cards that still count.
  package var guesses: [GuessChange]
  /// The exchange that had not ended.
  package var exchange: OpenExchange?
  /// The last serial number that a motor was told by; 0 where none was.
  package var serial: UInt8
  package var slots: [SlotMemory]
  /// How exchanges ended that the service has not acknowledged, in the order of their numbers.
  package var settlements: [Settlement]
  /// The service's store that has every end that is kept.
  package var serviceStore: StoreEpoch?
  /// The commands that were begun and have no end.
  package var commands: [OpenCommand]
  /// The readers by which the service lets nobody in.
  package var heldReaders: [AccessPointID]
  package var typedCodes: [PooledCode]
  /// The configuration that the service wanted last.
  package var desired: DesiredConfiguration?
  package var settings: KeptSettings?
  /// Drawn at this start.
  package var start: StartNonce
  /// The store of before was damaged or could not be opened, and was set aside.
  package var hasLostStore: Bool
  /// Written records last; not so where no file could be had.
  package var isDurable: Bool
  /// A store that a later version of this program has written lies beside this one.
  package var hasNewerStore: Bool

  package init(
    stream: StreamID, boot: Int64 = 1, ending: Ending = .newStore, floor: UInt64 = 1,
    next: UInt64 = 1, marks: [ReplayMark] = [], totals: OccupancyTotals = OccupancyTotals(),
    day: DayBook = DayBook(), lastTrusted: WallTime? = nil,
    clockMark: WallTime? = nil, latches: [Latch] = [],
    whereabouts: [Stay] = [], guesses: [GuessChange] = [],
    exchange: OpenExchange? = nil, serial: UInt8 = 0,
    slots: [SlotMemory] = [], settlements: [Settlement] = [],
    serviceStore: StoreEpoch? = nil, commands: [OpenCommand] = [],
    heldReaders: [AccessPointID] = [], typedCodes: [PooledCode] = [],
    desired: DesiredConfiguration? = nil, settings: KeptSettings? = nil,
    start: StartNonce = StartNonce(high: 0, low: 0), hasLostStore: Bool = false,
    isDurable: Bool = true,
    hasNewerStore: Bool = false
  ) {
    self.stream = stream
    self.boot = boot
    self.ending = ending
    self.floor = floor
    self.next = next
    self.marks = marks
    self.totals = totals
    self.day = day
    self.lastTrusted = lastTrusted
    self.clockMark = clockMark
    self.latches = latches
    self.whereabouts = whereabouts
    self.guesses = guesses
    self.exchange = exchange
    self.serial = serial
    self.slots = slots
    self.settlements = settlements
    self.serviceStore = serviceStore
    self.commands = commands
    self.heldReaders = heldReaders
    self.typedCodes = typedCodes
    self.desired = desired
    self.settings = settings
    self.start = start
    self.hasLostStore = hasLostStore
    self.isDurable = isDurable
    self.hasNewerStore = hasNewerStore
  }
}
