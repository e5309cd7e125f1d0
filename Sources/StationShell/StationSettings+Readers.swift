// The readers as the configuration file says them: each found in one way, and serving one door.
import Configuration
import GPIO
import Linux
import StationCore
import StationProtocol

extension StationSettings {
  package struct Reader: Equatable, Sendable {
    package var name: String
    /// What it opens; nil for the reader of the exchange machine.
    package var accessPoint: AccessPointID?
    package var direction = Direction.inward
    package var source: Source
    /// How long it is silent after what it has read.
    package var idleGap: Duration

    /// Which way those go who show something there.
    package enum Direction: String, CaseIterable, Sendable {
      case inward = "in"
      case outward = "out"
    }

    /// What it hangs on.
    package enum Source: Equatable, Sendable {
      case serial(device: String, speed: Int)
      case keyboard(InputDeviceSearch)
      case wiegand(data0: LineWiring, data1: LineWiring)
    }

    /// The serial device; nil where it hangs on none.
    var serialDevice: String? {
      if case .serial(let device, _) = source { device } else { nil }
    }
  }
}

extension SettingsReader {
  mutating func readers(_ points: [AccessPointID]) -> [StationSettings.Reader] {
    var readers: [StationSettings.Reader] = []
    for section in configuration.sections("reader") {
      let isOfMachine = section.text("serves") == "machine"
      let number = section.integer("access-point")
      let id = isOfMachine ? nil : points.first { $0.number == number }
      if isOfMachine { checkMachineReader(section) }
      if id == nil, !isOfMachine {
        fail(section.line(of: "access-point"), "there is no [access-point \(number)]")
        continue
      }
      guard let source = source(section) else { continue }
      if let twin = readers.first(where: { $0.source.isMeantToo(by: source) }) {
        fail(section.line(of: "device"), "the device serves [reader \(twin.name)] already")
      }
      var gap = section.duration("idle-gap")
      if case .wiegand = source { gap = section.duration("frame-gap") }
      readers.append(
        StationSettings.Reader(
          name: section.argument ?? "", accessPoint: id,
          direction: StationSettings.Reader.Direction(rawValue: section.text("direction"))
            ?? .inward,
          source: source, idleGap: gap))
    }
    if configuration.sections("reader").isEmpty {
      fail(nil, "a station needs at least one [reader front], or nobody comes in")
    }
    return readers
  }

  private mutating func checkMachineReader(_ section: Configuration.Section) {
    for key in ["access-point", "direction"] where section.isSet(key) {
      fail(section.line(of: key), "\"\(key)\" means nothing for a reader of the machine")
    }
    if section.text("kind") == StationSettings.ReaderKind.wiegand.rawValue {
      fail(
        section.line(of: "kind"),
        "a card or a PIN buys nothing: a reader of the machine is serial or hid")
    }
  }

  private mutating func source(
    _ section: Configuration.Section
  ) -> StationSettings.Reader.Source? {
    let kind = StationSettings.ReaderKind(rawValue: section.text("kind")) ?? .serial
    for other in StationSettings.ReaderKind.allCases where other != kind {
      for key in other.ownKeys where section.optionalText(key) != nil {
        fail(
          section.line(of: key),
          "\"\(key)\" means something for kind = \(other.rawValue) alone, and this reader's is "
            + kind.rawValue)
      }
    }
    switch kind {
    case .serial:
      return .serial(device: section.text("device"), speed: Int(section.text("speed")) ?? 9600)
    case .keyboard: return search(section).map { .keyboard($0) }
    case .wiegand: return wiegand(section)
    }
  }

  private mutating func search(_ section: Configuration.Section) -> InputDeviceSearch? {
    let port = section.optionalText("port")
    let usb = section.optionalText("usb").flatMap(StationSettings.usb)
    let path = section.isSet("device") ? section.text("device") : nil
    switch (path, usb, section.optionalText("device-name")) {
    case (let path?, nil, nil):
      if port != nil {
        fail(section.line(of: "port"), "a device by its path is one already: leave \"port\" out")
      }
      return .path(path)
    case (nil, let usb?, nil):
      return .usb(vendor: usb.vendor, product: usb.product, port: port)
    case (nil, nil, let name?): return .name(name, port: port)
    default:
      fail(
        section.line,
        "a hid scanner is found in one way: by \"usb\", by \"device-name\" or by \"device\"")
      return nil
    }
  }

  private mutating func wiegand(
    _ section: Configuration.Section
  ) -> StationSettings.Reader.Source? {
    if section.isSet("device") {
      fail(
        section.line(of: "device"), "a wiegand reader is no device: say data0-line and data1-line")
    }
    let keys = ["data0-line", "data1-line"]
    let wires = keys.map { section.optionalText($0).flatMap { LineWiring(text: $0) } }
    guard let data0 = wires[0], let data1 = wires[1] else {
      let missing = wires[0] == nil ? keys[0] : keys[1]
      fail(section.line, "\"\(missing)\" is missing: a wiegand reader has two wires")
      return nil
    }
    return .wiegand(data0: data0, data1: data1)
  }

  /// A pin serves one thing: neither two wires of a reader, nor a reader and a wire of the board.
  mutating func checkReaderLines(
    _ readers: [StationSettings.Reader], _ board: StationSettings.Board
  ) {
    var taken: [(wiring: LineWiring, what: String)] = []
    if case .chip(let wires, _) = board {
      taken = wires.map { ($0.wiring, $0.line.description) }
    }
    for reader in readers {
      guard case .wiegand(let data0, let data1) = reader.source else { continue }
      let section = configuration.sections("reader").first { $0.argument == reader.name }
      for (key, wiring) in [("data0-line", data0), ("data1-line", data1)] {
        if let twin = taken.first(where: { $0.wiring.address == wiring.address }) {
          fail(section?.line(of: key), "\(wiring.address) serves \(twin.what) already")
        }
        taken.append((wiring, "\(key) of [reader \(reader.name)]"))
      }
    }
  }
}

extension StationSettings.Reader.Source {
  /// Whether another reader's settings mean the same scanner.
  fileprivate func isMeantToo(by other: Self) -> Bool {
    switch (self, other) {
    case (.serial(let one, _), .serial(let two, _)): one == two
    case (.keyboard(let one), .keyboard(let two)): one.mayMean(two)
    default: false
    }
  }
}

extension InputDeviceSearch {
  /// Without a port the first scanner of a kind that is plugged in would be taken, and be another
  /// one after the next start.
  fileprivate func mayMean(_ other: InputDeviceSearch) -> Bool {
    switch (self, other) {
    case (.path(let one), .path(let two)): one == two
    case (.usb(let vendor, let product, let port), .usb(let maker, let thing, let place)):
      (vendor, product) == (maker, thing) && (port == nil || place == nil || port == place)
    case (.name(let one, let port), .name(let two, let place)):
      one == two && (port == nil || place == nil || port == place)
    default: false
    }
  }
}
