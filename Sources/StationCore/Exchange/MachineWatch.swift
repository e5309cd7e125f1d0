// Whether the exchange machine is there and able to sell, by asking it now and then.
import StationProtocol
import Time

/// Polls the state of one slot after the other while nobody buys, and keeps the state of the machine
/// as a whole.
package struct MachineWatch: Equatable, Sendable {
  /// So many questions in a row without an answer, and the machine is lost.
  static let silences = 3

  /// nil before its first answer or silence.
  package private(set) var isThere: Bool?
  package private(set) var isDropSensorFaulty = false
  /// The machine says that it is busy although no order is under way.
  package private(set) var isBusy = false
  package private(set) var door = Door.notFitted
  private var silent = 0
  private var checkAt: Instant?
  /// The slot that was asked about last.
  private var asked: SlotID?
  /// So many slots are looked at one after the other, without the usual pause.
  private var hurried = 0
  /// The machine was asked how a slot stands, and has not answered.
  private(set) var isWaiting = false
  private let interval: Duration
  /// Between two questions while slots are looked at without the usual pause: 80 of them take 40 s.
  private static let hurriedInterval: Duration = .milliseconds(500)

  /// The machine's own door.
  package enum Door: Equatable, Sendable {
    /// Nothing was ever heard of one.
    case notFitted
    case closed
    case open
    /// There is one, and its wire tells nothing.
    case unknown
  }

  mutating func sense(isOpen: Bool?) {
    door =
      switch isOpen {
      case true?: .open
      case false?: .closed
      case nil: .unknown
      }
  }

  init(interval: Duration) { self.interval = interval }

  mutating func begin(at now: Instant) { checkAt = now }

  /// - Returns: the slot that the machine told about; nil where it was not asked.
  mutating func answered(_ report: MachineReport, at now: Instant) -> SlotID? {
    hear(report)
    guard isWaiting else { return nil }
    isWaiting = false
    isBusy = report == .busy
    hurried = max(0, hurried - 1)
    checkAt = now + (hurried > 0 ? Self.hurriedInterval : interval)
    return asked
  }

  /// Whatever the machine answers, it is there.
  mutating func hear(_ report: MachineReport) {
    silent = 0
    isThere = true
    isDropSensorFaulty = report.isDropSensorFaulty ?? isDropSensorFaulty
  }

  mutating func fellSilent(at now: Instant) {
    silent = min(silent + 1, Self.silences)
    if silent == Self.silences { isThere = false }
    guard isWaiting else { return }
    isWaiting = false
    // Until it is known to be lost it is asked again soon.
    checkAt = now + (silent < Self.silences ? .milliseconds(500) : interval)
  }

  /// - Parameter slots: in the order of their numbers.
  /// - Returns: the slot to ask about now, if it is time to.
  mutating func takeCheck(of slots: some Sequence<SlotID>, at now: Instant) -> SlotID? {
    guard !isWaiting, let due = checkAt, due <= now else { return nil }
    checkAt = nil
    isWaiting = true
    let next = asked.flatMap { last in slots.first { $0 > last } }
    asked = next ?? slots.first { _ in true }
    return asked
  }

  /// Other slots are in use from now on: each of them is looked at soon.
  mutating func inspect(_ count: Int, at now: Instant) {
    hurried = count
    asked = nil
    if !isWaiting, checkAt != nil { checkAt = now }
  }

  /// After a turn: what it said of the machine is checked at once.
  mutating func checkSoon(at now: Instant) {
    if !isWaiting { checkAt = now }
  }

  var deadline: Instant? { isWaiting ? nil : checkAt }
}
