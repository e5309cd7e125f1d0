// Which line of which chip a wire ends on, as a configuration says it.
import Linux

/// A line by its number or its name, on a chip by its device or its label, or on whichever chip
/// has the name. The numbers of chips change between boards and kernels, so an address is only
/// made a `LinePlace` when the line is requested.
package struct LineAddress: Hashable, Sendable, CustomStringConvertible {
  package enum Chip: Hashable, Sendable {
    /// A device's path, such as `/dev/gpiochip0`.
    case device(String)
    /// What the chip's driver calls it, such as `pinctrl-bcm2711`.
    case label(String)
    /// The one that has a line of the name.
    case any
  }

  package enum Line: Hashable, Sendable {
    case offset(UInt32)
    case name(String)
  }

  package let chip: Chip
  package let line: Line

  package init(chip: Chip, line: Line) {
    self.chip = chip
    self.line = line
  }

  /// Names and labels are at most so long, in bytes: the kernel keeps 32 with the zero.
  static let longestName = 31

  /// `CHIP:NUMBER`, `CHIP:NAME` or `NAME`, where a chip is `gpiochipN`, a path, or a label. A label
  /// may hold colons, a line's name here may not.
  package init?(text: String) {
    guard let colon = text.lastIndex(of: ":") else {
      guard Self.isName(text), !text.hasPrefix("gpiochip") else { return nil }
      self.init(chip: .any, line: .name(text))
      return
    }
    let rest = String(text[text.index(after: colon)...])
    guard let chip = Self.chip(String(text[..<colon])) else { return nil }
    if let offset = decimal(rest, in: 0...1023) {
      self.init(chip: chip, line: .offset(UInt32(offset)))
    } else {
      guard Self.isName(rest) else { return nil }
      self.init(chip: chip, line: .name(rest))
    }
  }

  private static func chip(_ text: String) -> Chip? {
    guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
    if text.hasPrefix("/") { return text.utf8.count > 1 ? .device(text) : nil }
    if text.hasPrefix("gpiochip") {
      return decimal(text.dropFirst(8), in: 0...9999).map { _ in .device("/dev/\(text)") }
    }
    return (1...longestName).contains(text.utf8.count) ? .label(text) : nil
  }

  /// A number in any spelling is no name, so that a slip in a number is refused at once.
  private static func isName(_ text: String) -> Bool {
    (1...longestName).contains(text.utf8.count)
      && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
      && text.first.map { $0.isLetter || "_[".contains($0) } == true
  }

  package var description: String {
    let line =
      switch line {
      case .offset(let offset): "line \(offset)"
      case .name(let name): "line \(name)"
      }
    return switch chip {
    case .device(let path): "\(line) of \(path)"
    case .label(let label): "\(line) of the chip \"\(label)\""
    case .any: line
    }
  }
}

/// One chip as the kernel describes it now.
package struct ChipFacts: Equatable, Sendable {
  package var device: String
  package var label: String
  /// By number; empty where a line has no name.
  package var names: [String]

  package init(device: String, label: String, names: [String]) {
    self.device = device
    self.label = label
    self.names = names
  }
}

/// The present place of a line.
package struct LinePlace: Equatable, Sendable {
  package var device: String
  package var offset: UInt32

  package init(device: String, offset: UInt32) {
    self.device = device
    self.offset = offset
  }
}

extension LineAddress {
  /// Finds the line among the chips there are.
  /// - Throws: where there is none, or more than one: a door's wire is never guessed.
  package func place(among chips: [ChipFacts]) throws(SystemError) -> LinePlace {
    let candidates =
      switch chip {
      case .device(let path): chips.filter { $0.device == path }
      case .label(let label): chips.filter { $0.label == label }
      case .any: chips
      }
    if case .label(let label) = chip, candidates.count != 1 {
      throw refusal(
        candidates.isEmpty
          ? "no chip has the label \"\(label)\", only \(Self.list(chips.map(\.label)))"
          : "\(Self.list(candidates.map(\.device))) have that label: name one of them")
    }
    switch line {
    case .offset(let offset):
      guard let chip = candidates.first else {
        throw refusal("there is no GPIO chip of that name or number")
      }
      return LinePlace(device: chip.device, offset: offset)
    case .name(let name):
      let places = candidates.flatMap { chip in
        chip.names.indices.filter { chip.names[$0] == name }.map {
          LinePlace(device: chip.device, offset: UInt32($0))
        }
      }
      guard let place = places.first else { throw refusal("no line has that name") }
      guard places.count == 1 else {
        let all = places.map { "line \($0.offset) of \($0.device)" }
        throw refusal("\(Self.list(all)) have that name: say chip and number")
      }
      return place
    }
  }

  private func refusal(_ detail: String) -> SystemError {
    SystemError("find \(self)", detail: detail)
  }

  private static func list(_ words: [String]) -> String {
    words.isEmpty ? "none" : words.sorted().joined(separator: " and ")
  }
}
