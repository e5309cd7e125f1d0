// An exchange without an outcome, as the store keeps it.
import StationProtocol
import Time

/// The exchange that boot must know of, as the store keeps it: written with the record that says so.
package struct OpenExchange: Equatable, Sendable {
  package var exchange: Exchange
  package var phase: Phase

  package enum Phase: Equatable, Sendable {
    /// No motor was told, nor will be.
    case intended
    /// The motor was told by this serial number, or was about to be. The instant is there while
    /// the clock of that life still runs: the board had power ever since.
    case dispensing(serial: UInt8, at: Instant?)
  }

  package init(exchange: Exchange, phase: Phase) {
    self.exchange = exchange
    self.phase = phase
  }
}
