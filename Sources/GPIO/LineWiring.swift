// How one wire is connected to a board.

package struct LineWiring: Equatable, Sendable {
  package var address: LineAddress
  package var isActiveLow: Bool
  package var bias: Bias

  package enum Bias: String, CaseIterable, Sendable {
    case asIs = "as-is"
    case pullUp = "pull-up"
    case pullDown = "pull-down"
  }

  package init(_ address: LineAddress, isActiveLow: Bool = false, bias: Bias = .asIs) {
    self.address = address
    self.isActiveLow = isActiveLow
    self.bias = bias
  }

  /// A line by its number on a chip's device, such as `/dev/gpiochip0`.
  package init(chip: String, offset: UInt32, isActiveLow: Bool = false, bias: Bias = .asIs) {
    self.init(
      LineAddress(chip: .device(chip), line: .offset(offset)), isActiveLow: isActiveLow, bias: bias)
  }

  /// The address, then `active-low` and a bias, where they apply.
  package init?(text: String) {
    let words = text.split(separator: " ").map(String.init)
    guard let address = words.first.flatMap({ LineAddress(text: $0) }),
      words.count == Set(words).count,
      words.filter({ Bias(rawValue: $0) != nil }).count <= 1
    else { return nil }
    self.init(address)
    for word in words.dropFirst() {
      if word == "active-low" {
        isActiveLow = true
      } else if let bias = Bias(rawValue: word) {
        self.bias = bias
      } else {
        return nil
      }
    }
  }
}
