// What the screen at the exchange machine shows: the goods, and what is going on.
import StationProtocol
import Time

/// The whole of it; the shell draws it and tells the seconds.
package struct VendingScreen: Equatable, Sendable {
  /// Why nothing is sold now; nil while it is.
  package var stop: ExchangeRefusal?
  /// The maintenance key is turned: slots may be counted and released.
  package var isInMaintenance: Bool
  package var phase: Phase
  /// In the order of their numbers.
  package var slots: [Slot]
  /// A notice of the facility.
  package var notice: ScreenLabels.Text?

  package struct Slot: Equatable, Sendable {
    package var slot: SlotID
    package var article: ArticleID
    /// The article's names; nil where nobody has given it any.
    package var label: ScreenLabels.Text?
    package var price: Points
    package var capacity: Int64
    /// nil where nobody has counted.
    package var stock: Int64?
    package var bestBefore: Int?
    package var quarantine: QuarantineCause?
    /// Why it cannot be chosen.
    package var refusal: ExchangeRefusal?
  }

  package enum Phase: Equatable, Sendable {
    case idle
    /// A code is awaited; the refusal tells why the last one did not do.
    case chosen(SlotID, until: Instant, refusal: ExchangeRefusal?)
    case askingBalance
    case balance(Int64)
    /// The service is asked; it can still be called off.
    case asking(SlotID)
    case turning(SlotID)
    /// The balance is what is left, where that is known.
    case ended(SlotID, ExchangeOutcome, price: Points, balance: Int64?)
    /// No exchange began; the slot is nil where none was chosen.
    case refused(SlotID?, ExchangeRefusal)
  }

  package init(
    stop: ExchangeRefusal?, isInMaintenance: Bool, phase: Phase, slots: [Slot],
    notice: ScreenLabels.Text? = nil
  ) {
    self.notice = notice
    self.stop = stop
    self.isInMaintenance = isInMaintenance
    self.phase = phase
    self.slots = slots
  }
}
