// The decisions of a facility about its station: the part of a configuration that may change while the
// station works.
import StationProtocol
import Time

/// The values of `ServiceKeys`, right by themselves and beside the board.
package struct Facility: Equatable, Sendable {
  package var entry: EntryPolicy
  /// For each access point.
  package var heldOpen: [AccessPointID: HeldOpenTimes]
  package var goods: Goods
  /// For each sensor of the room's air.
  package var limits: [SensorID: [ReadingLimits]]
  /// The time that one record of measurements speaks of.
  package var recordInterval: Duration

  /// How long a leaf may stand open.
  package struct HeldOpenTimes: Equatable, Sendable {
    package var usual: Duration
    package var extended: Duration
    package var warning: Duration
  }

  /// The contents of the exchange machine, and the words on its screen.
  package struct Goods: Equatable, Sendable {
    /// In the order of their numbers, each once.
    package var slots: [SlotConfiguration]
    package var session: Duration
    package var labels: ScreenLabels
  }
}
