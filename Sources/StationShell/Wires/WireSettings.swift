// The wires of the station as its configuration file says them, each on a pin of its own.
import Configuration
import GPIO
import StationCore
import StationProtocol

/// The board on which the lines of the station end.
package enum BoardSettings: Equatable, Sendable {
  case simulated(socket: String)
  case chip([WireSettings], settling: ChipLines.Settling)
}

/// A line of the board, and where its wire ends.
package struct WireSettings: Equatable, Sendable {
  package var line: BoardLine
  package var wiring: LineWiring
}

extension SettingsReader {
  /// A key of the file that names a wire.
  private struct WireKey {
    var section: Configuration.Section
    var key: String
    var line: BoardLine
  }

  mutating func board() -> BoardSettings? {
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
    var wires: [WireSettings] = []
    for key in keysOfAccessPoints + keysOfStation {
      guard let wire = wire(key) else { continue }
      wires.append(wire)
    }
    return .chip(
      wires,
      settling: ChipLines.Settling(
        section.duration("settling-time"), isByKernel: section.text("debounce") == "kernel"))
  }

  private var keysOfAccessPoints: [WireKey] {
    configuration.sections("access-point").flatMap { section -> [WireKey] in
      guard let number = Int(section.argument ?? "") else { return [] }
      return BoardLine.Kind.wired(.accessPoint).map {
        WireKey(section: section, key: $0.key, line: BoardLine($0, number))
      }
    }
  }

  private var keysOfStation: [WireKey] {
    [(BoardLine.Kind.Traits.Place.fire, "fire"), (.station, "inputs")].flatMap { place, name in
      BoardLine.Kind.wired(place).map {
        WireKey(section: configuration.section(name), key: $0.key, line: BoardLine($0))
      }
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

  private mutating func wire(_ key: WireKey) -> WireSettings? {
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
    claim(.pin(wiring.address), for: key.line.description, at: key.section.line(of: key.key))
    return WireSettings(line: key.line, wiring: wiring)
  }
}
