// The events of the exchange machine.
import StationProtocol

/// An input of the exchange.
package enum ExchangeEvent: Equatable, Sendable {
  /// A code was read at the machine, and its signature was examined.
  case codeShown(Presentation)
  /// Somebody chose an article at the screen.
  case selected(SlotID)
  /// Somebody called it off at the screen.
  case cancelled
  /// A question has left with a payload of this digest.
  case asked(RequestID, PayloadDigest)
  /// The service answered a question. Where its keys are pinned, one of them has signed this.
  case replied(StationReply)
  /// The machine answered an order.
  case reported(MachineReport, of: MachineRequest)
  /// The machine did not answer an order while its driver waited.
  case silent(MachineRequest)
  /// The machine's own door was sensed; nil where it cannot be.
  case doorChanged(isOpen: Bool?)
  /// A maintainer counted or filled a slot, or has looked at one.
  case slotCounted(SlotID, stock: Int64, bestBefore: Int?)
  case slotReleased(SlotID)
}
