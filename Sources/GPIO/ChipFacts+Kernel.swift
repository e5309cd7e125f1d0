// What the kernel says of the chips there are and of who uses a line.
import CGPIO
import Glibc
import Linux

extension ChipFacts {
  /// Every chip of this machine, in the order of their devices' names. Those that this process
  /// may not open are left out.
  package static func all() -> [ChipFacts] {
    let names = (try? Files.names(in: "/dev")) ?? []
    return names.filter { $0.hasPrefix("gpiochip") }.map { "/dev/\($0)" }
      // A link to a chip is no second chip: a Raspberry Pi 5 has one for old programs.
      .filter { !isLink($0) }.compactMap(ChipFacts.init(device:))
  }

  private static func isLink(_ path: String) -> Bool {
    var byte: CChar = 0
    return readlink(path, &byte, 1) >= 0
  }

  /// - Returns: nil where it is no chip, or cannot be opened.
  package init?(device: String) {
    guard let chip = gpio_chip_open(device) else { return nil }
    defer { gpio_chip_close(chip) }
    var label = KernelName()
    let count = gpio_chip_label(chip, &label.bytes)
    guard count >= 0 else { return nil }
    var names: [String] = []
    for offset in 0..<UInt32(count) {
      var name = KernelName()
      var consumer = KernelName()
      guard gpio_chip_line(chip, offset, &name.bytes, &consumer.bytes) >= 0 else { return nil }
      names.append(name.text)
    }
    self.init(device: device, label: label.text, names: names)
  }
}

extension LinePlace {
  /// The user of the line now; nil where nobody has, or where that cannot be told. A user may be
  /// without a name.
  package var consumer: String? {
    guard let chip = gpio_chip_open(device) else { return nil }
    defer { gpio_chip_close(chip) }
    var name = KernelName()
    var consumer = KernelName()
    guard gpio_chip_line(chip, offset, &name.bytes, &consumer.bytes) == 1 else { return nil }
    return consumer.text
  }
}

/// A text that a call fills in. Any program may have chosen it.
private struct KernelName {
  var bytes = [CChar](repeating: 0, count: Int(GPIO_NAME_SIZE))

  var text: String {
    String(decoding: bytes.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
