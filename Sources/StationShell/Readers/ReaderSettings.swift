// The readers as the configuration file says them: each found in one way, and serving one door.
import Configuration
import GPIO
import Linux
import StationCore
import StationProtocol

/// A reader, what it hangs on and what it opens.
package struct ReaderSettings: Equatable, Sendable {
  package var name: String
  /// The access point that the reader opens; nil for the reader of the exchange machine.
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

  /// The connection of the reader.
  package enum Source: Equatable, Sendable {
    case serial(device: String, speed: Int)
    case keyboard(InputDeviceSearch)
    case wiegand(data0: LineWiring, data1: LineWiring)
  }

  /// - Returns: nil where the text is not two numbers of four hexadecimal digits.
  static func usb(_ text: String) -> (vendor: UInt16, product: UInt16)? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 4 && $0.first != "+" }),
      let vendor = UInt16(parts[0], radix: 16), let product = UInt16(parts[1], radix: 16)
    else { return nil }
    return (vendor, product)
  }
}

/// How a reader is connected, in the words of its key `kind`.
enum ReaderKind: String, CaseIterable {
  case serial
  case keyboard = "hid"
  case wiegand

  /// The keys that mean something for no other kind.
  var ownKeys: [String] {
    switch self {
    case .serial: []
    case .keyboard: ["usb", "device-name", "port"]
    case .wiegand: ["data0-line", "data1-line"]
    }
  }
}

extension SettingsReader {
  mutating func readers(_ points: [AccessPointID]) -> [ReaderSettings] {
    var readers: [ReaderSettings] = []
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
      claim(source, section)
      var gap = section.duration("idle-gap")
      if case .wiegand = source { gap = section.duration("frame-gap") }
      readers.append(
        ReaderSettings(
          name: section.argument ?? "", accessPoint: id,
          direction: ReaderSettings.Direction(rawValue: section.text("direction")) ?? .inward,
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
    if section.text("kind") == ReaderKind.wiegand.rawValue {
      fail(
        section.line(of: "kind"),
        "a card or a PIN buys nothing: a reader of the machine is serial or hid")
    }
  }

  private mutating func source(
    _ section: Configuration.Section
  ) -> ReaderSettings.Source? {
    let kind = ReaderKind(rawValue: section.text("kind")) ?? .serial
    for other in ReaderKind.allCases where other != kind {
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
    let usb = section.optionalText("usb").flatMap(ReaderSettings.usb)
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
  ) -> ReaderSettings.Source? {
    if section.isSet("device") {
      fail(
        section.line(of: "device"), "kind = wiegand takes data0-line and data1-line, not device")
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

  private mutating func claim(_ source: ReaderSettings.Source, _ section: Configuration.Section) {
    let name = "[reader \(section.argument ?? "")]"
    switch source {
    case .serial(let device, _): claim(.serial(device), for: name, at: section.line(of: "device"))
    case .keyboard(let search): claim(.scanner(search), for: name, at: section.line(of: "device"))
    case .wiegand(let data0, let data1):
      for (key, wiring) in [("data0-line", data0), ("data1-line", data1)] {
        claim(.pin(wiring.address), for: "\(key) of \(name)", at: section.line(of: key))
      }
    }
  }
}
