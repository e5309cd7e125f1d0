// A command without an end, as the store keeps it.
import StationProtocol

/// A command that was begun and has no end yet, as the store keeps it.
package struct OpenCommand: Equatable, Sendable {
  package var id: CommandID
  package var operation: Order.Kind

  package init(id: CommandID, operation: Order.Kind) {
    self.id = id
    self.operation = operation
  }
}
