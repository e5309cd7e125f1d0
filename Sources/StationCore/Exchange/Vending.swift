// The exchange machine of a station: its slots, its board, and whoever stands before it.
import StationProtocol
import Time

/// The state of the exchange machine; `Vending+Exchange` and `Vending+Machine` say what is done
/// with it.
package struct Vending: Equatable, Sendable {
  package private(set) var policy: VendingPolicy
  package internal(set) var planogram: Planogram
  package internal(set) var session = ExchangeSession.idle
  package internal(set) var machine: MachineWatch
  /// Codes that have paid.
  var marks = ReplayMarks()
  var refusals = RefusalWindow()
  /// The last serial number that a motor was told by.
  var serial: UInt8 = 0
  /// That number was drawn by a store that knows of no order before it.
  var isSerialDrawn = false
  /// Turns in a row of which nobody saw an article fall.
  var unseen = 0
  /// Questions about balances that this boot has asked.
  var balances: Int64 = 0
  /// The last question that has left.
  var asked: Asked?
  /// The bytes that were shown last, and when.
  private var shown: Shown?
  /// Until when somebody without the key may count slots; a restart ends that.
  var restockUntil: Instant?
  /// What the screen shows, and for what it was last looked at.
  var screen: VendingScreen?
  var shownFor: ScreenGround?

  /// All that what is shown, and the alarms of the machine, depend on.
  struct ScreenGround: Equatable, Sendable {
    var stop: ExchangeRefusal?
    var isInMaintenance: Bool
    var isThere: Bool?
    var door: MachineWatch.Door?
    var isDropInDoubt: Bool?
    var phase: VendingScreen.Phase?
    var revision: Int?
    /// Such as 20261121.
    var day: Int?
  }

  struct Asked: Equatable, Sendable {
    var id: RequestID
    var digest: PayloadDigest
  }

  private struct Shown: Equatable, Sendable {
    var bytes: CodeDigest
    var at: Instant
  }

  init(_ policy: VendingPolicy) {
    self.policy = policy
    planogram = Planogram(policy.slots)
    machine = MachineWatch(interval: policy.timing.check)
  }

  /// Other goods or prices hold from now on. An exchange that has begun ends at the price that was
  /// shown; a choice of what is another article or price now is forgotten.
  mutating func adopt(_ policy: VendingPolicy, _ step: inout Step) {
    guard policy != self.policy else { return }
    self.policy = policy
    if case .chosen(let choice) = session,
      planogram[choice.slot]?.configuration
        != policy.slots.first(where: { $0.slot == choice.slot })
    {
      session = .idle
    }
    let changed = planogram.adopt(policy.slots)
    if !changed.isEmpty { step.remember(changed.map { .slot($0) }, .urgent) }
    machine.inspect(policy.slots.count, at: step.now.instant)
  }

  /// So many such turns in a row are no bad luck: somebody hides the drop, or plays with the plug.
  static let mostUnseen = 3

  /// Somebody may count slots, and nothing is sold: the key is turned, or the service has said so.
  func isBeingServed(_ around: Surroundings) -> Bool {
    around.isInMaintenance || restockUntil != nil
  }

  /// The machine says that it cannot see a drop, or too often nobody saw one.
  var isDropInDoubt: Bool { machine.isDropSensorFaulty || unseen >= Self.mostUnseen }

  /// Whether an outcome, by itself or after others like it, casts doubt on the drop sensor.
  mutating func note(_ outcome: ExchangeOutcome) {
    switch outcome {
    case .dispensed: unseen = 0
    case .failed(.dropNotSeen), .failed(.dropSensorFaulty), .unknown: unseen += 1
    case .failed, .refused, .cancelled: break
    }
  }

  /// The same bytes held to the reader are one presentation, however often they are read.
  mutating func isShownAgain(_ bytes: CodeDigest, at now: Instant) -> Bool {
    let before = shown
    shown = Shown(bytes: bytes, at: now)
    guard let before, before.bytes == bytes else { return false }
    return now - before.at < Presentation.gap
  }

  /// The number of the next order. A new store does not know the last one, so the first is drawn
  /// from the stream's random name: a board that has it by chance answers too soon to be believed.
  mutating func takeSerial(_ stream: StreamID) -> UInt8 {
    isSerialDrawn = serial == 0
    serial = serial == 0 ? UInt8(stream.bits % 255) + 1 : serial == 255 ? 1 : serial + 1
    return serial
  }

  /// All that boot needs, for a store that knows nothing.
  /// - Parameter forgetting: marks that ended before need not be kept.
  func memory(forgetting: WallTime) -> [RecoveryChange] {
    marks.all(for: .machine).map { .mark($0, forgetting: forgetting) }
      + planogram.slots.map { .slot($0.memory) } + (serial == 0 ? [] : [.serial(serial)])
      + (open.map { [.exchange($0)] } ?? [])
  }

  /// The order that was given and has no outcome yet, as the store keeps it.
  private var open: OpenExchange? {
    guard case .dispensing(let exchange, let watch, _) = session else { return nil }
    return OpenExchange(
      exchange: exchange,
      phase: .dispensing(serial: watch.serial, at: watch.isDrawn ? nil : watch.began))
  }

  var deadline: Instant? {
    // While a motor is told, nothing else is asked of the machine, however long it has been due.
    [
      session.deadline, session.isDecided ? nil : machine.deadline, refusals.deadline,
      restockUntil,
    ]
    .compactMap { $0 }.min()
  }
}
