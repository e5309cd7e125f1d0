// The wires of the station as its configuration file says them, each on a pin of its own.
import Configuration
import GPIO
import StationCore
import StationProtocol

extension SettingsReader {
  /// A key of the file that names a wire.
  private struct WireKey {
    var section: Configuration.Section
    var key: String
    var line: BoardLine
  }

  mutating func board() -> StationSettings.Board? {
    let section = configuration.section("board")
    if section.text("kind") == "simulated" {
      guard let socket = section.optionalText("socket") else {
        fail(section.line, "a simulated board needs \"socket\": where stationboard listens")
        return nil
      }
      if socket.utf8.count > 107 {
        fail(section.line(of: "socket"), "a socket's path has at most 107 bytes")
      }
      return .simulated(socket: socket)
    }
    var wires: [StationSettings.Wire] = []
    for key in keysOfAccessPoints + keysOfStation {
      guard let wire = wire(key, besides: wires) else { continue }
      wires.append(wire)
    }
    checkFireLines()
    return .chip(
      wires,
      settling: ChipLines.Settling(
        section.duration("settling-time"), isByKernel: section.text("debounce") == "kernel"))
  }

  private var keysOfAccessPoints: [WireKey] {
    configuration.sections("access-point").flatMap { section -> [WireKey] in
      guard let number = Int(section.argument ?? "") else { return [] }
      return BoardLine.Kind.ofAccessPoint.map {
        WireKey(section: section, key: "\($0.rawValue)-line", line: BoardLine($0, number))
      }
    }
  }

  private var keysOfStation: [WireKey] {
    let fire: [BoardLine.Kind] = [.fire, .secondFire, .fireReset]
    let inputs: [BoardLine.Kind] = [
      .lockDown, .maintenance, .emergency, .motion, .machineDoor,
    ]
    return fire.map {
      WireKey(
        section: configuration.section("fire"), key: "\($0.rawValue)-line", line: BoardLine($0))
    }
      + inputs.map {
        WireKey(
          section: configuration.section("inputs"), key: "\($0.rawValue)-line",
          line: BoardLine($0))
      }
      + configuration.sections("relay").flatMap { section -> [WireKey] in
        guard let name = section.argument, let output = BoardLine(name),
          let override = BoardLine("\(name)-override")
        else { return [] }
        return [
          WireKey(section: section, key: "line", line: output),
          WireKey(section: section, key: "override-line", line: override),
        ]
      }
  }

  private mutating func wire(
    _ key: WireKey, besides others: [StationSettings.Wire]
  ) -> StationSettings.Wire? {
    guard let wiring = key.section.optionalText(key.key).flatMap(LineWiring.init(text:)) else {
      if key.line.kind == .strike || key.line.kind == .contact {
        fail(
          key.section.line,
          "\"\(key.key)\" is missing: a door needs its strike and its contact")
      }
      if !key.line.kind.isInput, key.line.kind != .strike {
        fail(key.section.line, "\"line\" is missing: a relay needs the pin that it hangs on")
      }
      return nil
    }
    if let twin = others.first(where: { $0.wiring.address == wiring.address }) {
      fail(key.section.line(of: key.key), "\(wiring.address) serves \(twin.line) already")
    }
    return StationSettings.Wire(line: key.line, wiring: wiring)
  }

  /// A fire alarm that is announced and not wired, or wired and not listened to, helps nobody.
  private mutating func checkFireLines() {
    let section = configuration.section("fire")
    let wiring = FirePolicy.Wiring(rawValue: section.text("wiring")) ?? .none
    let (first, second) = (section.optionalText("fire-line"), section.optionalText("fire-b-line"))
    if wiring != .none, first == nil {
      fail(section.line(of: "wiring"), "\"fire-line\" is missing: say where the alarm's wire ends")
    }
    if wiring == .twoLines, second == nil {
      fail(
        section.line(of: "wiring"),
        "\"fire-b-line\" is missing: two lines tell a cut wire from a fire; with one wire say "
          + "one-line")
    }
    if wiring == .none, first != nil {
      fail(
        section.line(of: "fire-line"),
        "nothing listens to this line: say with \"wiring\" how the fire alarm is wired")
    }
    if wiring != .twoLines, second != nil {
      fail(
        section.line(of: "fire-b-line"),
        "nothing listens to this line: \"wiring = two-lines\" does")
    }
    if wiring != .none, section.optionalText("fire-reset-line") == nil {
      fail(
        section.line(of: "wiring"),
        "\"fire-reset-line\" is missing: without its key doors that fire has released stay open")
    }
  }
}
