// What every output is driven to when nobody decides about it, as the configuration says it.
import Configuration
import GPIO
import StationCore
import StationProtocol

/// The safe states of a station's outputs. The daemon's orderly stop, the moment before it has
/// decided anything, and `--make-safe` all go by this.
///
/// It is read from the bare lines of the file and not from the finished settings, so that a file
/// with a mistake elsewhere still says where the strikes are: it may have been spoilt while the
/// daemon ran, and a relay left energised would stay so until somebody comes.
package struct SafeStates: Equatable, Sendable {
  /// In the order of the file.
  package private(set) var outputs: [SafeOutput] = []
  /// Why outputs of this file may be missing from `outputs`.
  package private(set) var problems: [ConfigurationProblem] = []

  package init(_ bytes: [UInt8]) {
    let file = INI(bytes)
    let isSimulated = file.sections.contains { section in
      section.name == "board"
        && section.entries.contains { $0.key == "kind" && $0.value == "simulated" }
    }
    let claims = file.sections.flatMap(\.entries).filter { $0.key.contains("line") }
      .compactMap { LineWiring(text: $0.value)?.address }
    for section in file.sections {
      guard let (line, key) = Self.output(of: section) else { continue }
      let level = line.kind != .strike && Self.isOn(section)
      if isSimulated {
        outputs.append(SafeOutput(line, level: level))
      } else {
        wire(line, level, section.entries.filter { $0.key == key }, claims, section)
      }
    }
  }

  /// What each output is driven to.
  package var levels: [BoardLine: Bool] {
    Dictionary(outputs.map { ($0.line, $0.level) }) { first, _ in first }
  }

  /// - Returns: the output of a section that has one, and the key that names its wire.
  private static func output(of section: INI.Section) -> (BoardLine, key: String)? {
    guard let argument = section.argument else { return nil }
    switch section.name {
    case "access-point":
      guard let id = Int(argument).flatMap({ AccessPointID($0) }) else { return nil }
      return (BoardLine(.strike, id.number), "strike-line")
    case "relay":
      guard Relay(rawValue: argument) != nil else { return nil }
      return BoardLine(argument).map { ($0, "line") }
    default: return nil
    }
  }

  /// A strike is safe without current, whatever the lock: what holds by current lets go, and what
  /// opens by current is shut from outside while its handle opens from inside.
  private static func isOn(_ section: INI.Section) -> Bool {
    section.entries.first { $0.key == "safe-state" }?.value == "on"
  }

  private mutating func wire(
    _ line: BoardLine, _ level: Bool, _ entries: [INI.Entry], _ claims: [LineAddress],
    _ section: INI.Section
  ) {
    guard !entries.isEmpty else {
      return fail(section.line, "\(section.title) does not say where \(line) is")
    }
    for entry in entries {
      guard let wiring = LineWiring(text: entry.value) else {
        fail(entry.line, "\"\(entry.value)\" does not say where \(line) is")
        continue
      }
      // Driven against what feeds an input, a pin may burn; which of the keys is wrong is not known.
      guard claims.count(where: { $0 == wiring.address }) == 1 else {
        fail(entry.line, "\(wiring.address) stands in the file twice, so it is not driven")
        continue
      }
      outputs.append(SafeOutput(line, level: level, wiring: wiring))
    }
  }

  private mutating func fail(_ line: Int, _ message: String) {
    problems.append(ConfigurationProblem(line: line, message))
  }
}
