// How one wire is connected to a board.

package struct LineWiring: Equatable, Sendable {
  /// The chip's device, such as `/dev/gpiochip0`.
  package var chip: String
  package var offset: UInt32
  package var isActiveLow: Bool
  package var bias: Bias

  package enum Bias: String, CaseIterable, Sendable {
    case asIs = "as-is"
    case pullUp = "pull-up"
    case pullDown = "pull-down"
  }

  package init(chip: String, offset: UInt32, isActiveLow: Bool = false, bias: Bias = .asIs) {
    self.chip = chip
    self.offset = offset
    self.isActiveLow = isActiveLow
    self.bias = bias
  }
}
