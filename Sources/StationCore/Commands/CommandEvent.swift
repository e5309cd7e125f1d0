// The events of commands and of the configuration that the service wants.
import StationProtocol
import Time

/// An input of the room of commands. What has no good signature never comes here.
package enum CommandEvent: Equatable, Sendable {
  /// The service orders something, and a pinned key has signed it.
  case received(Command)
  /// The board has done what a command asked of it, or could not.
  case finished(CommandID, OrderFault?)
  /// The service wants this, and a pinned key has signed it.
  case desired(DesiredConfiguration)
  /// A configuration that nobody obeys; its revision where that can be believed.
  case desiredRefused(ConfigurationFault)
}

/// The bounds that a facility sets to the orders of the service.
package struct CommandPolicy: Equatable, Sendable {
  /// A key of the service is pinned: without one nothing is ordered at all.
  package var isPinned: Bool
  /// How long one command may open a door to everyone; zero for never.
  package var longestFreeAccess: Duration

  package init(isPinned: Bool = false, longestFreeAccess: Duration = .seconds(43_200)) {
    self.isPinned = isPinned
    self.longestFreeAccess = longestFreeAccess
  }
}
