// Events of commands and wishes at the service.
import StationProtocol

/// An input of the service about commands.
package enum CommandsEvent: Equatable, Sendable {
  /// A new command is in the store.
  case ordered(OrderedCommand)
  /// The store has taken note of how far a command has come.
  case advanced(OrderedCommand)
  /// The store could not take note of it.
  case notAdvanced(CommandID, StationID)
  /// The store has taken note of what is wanted of a station.
  case wished(StationID, Wish)
  /// `nextCommand` has come.
  case due
}

/// The commands and wishes that a start has found in the store.
package struct FoundCommands: Equatable, Sendable {
  /// The commands that have not come to an end.
  package var open: [OrderedCommand] = []
  package var wishes: [StationID: Wish] = [:]
  /// The life of the store; nil where it has none.
  package var epoch: StoreEpoch?

  package init(
    open: [OrderedCommand] = [], wishes: [StationID: Wish] = [:], epoch: StoreEpoch? = nil
  ) {
    self.open = open
    self.wishes = wishes
    self.epoch = epoch
  }
}
