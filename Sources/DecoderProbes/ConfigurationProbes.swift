// Configuration files of both daemons, and the values in them.
import Configuration
import GPIO
import ManagementShell
import StationShell

extension Probe {
  static let configuration = [ini, value, stationSettings, managementSettings]

  private static let ini = Probe("ini", longest: 2048) { (bytes) throws(Violation) in
    let file = INI(bytes)
    let lines = bytes.count { $0 == UInt8(ascii: "\n") } + 1
    for problem in file.problems {
      try expect(
        problem.line.map { (1...lines).contains($0) } ?? false, "a problem has a line: \(problem)")
    }
    // What was understood, written out plainly, is understood again as the same.
    var text = ""
    for section in file.sections {
      // Not the title, which messages cut short.
      text += "[\(section.name)" + (section.argument.map { " \($0)" } ?? "") + "]\n"
      for entry in section.entries { text += "\(entry.key) = \(entry.value)\n" }
    }
    let again = INI(Array(text.utf8))
    try expect(again.problems.isEmpty, "what was understood is well written: \(again.problems)")
    try expectEqual(
      again.sections.map(Self.content), file.sections.map(Self.content),
      "what was understood is understood again")
  }

  private static func content(_ section: INI.Section) -> [String] {
    [section.name, section.argument ?? ""] + section.entries.flatMap { [$0.key, $0.value] }
  }

  private static let value = Probe("value", longest: 64, words: Words.values) {
    (bytes) throws(Violation) in
    guard let text = String(validating: bytes, as: UTF8.self) else { return }
    if let duration = Duration(configured: text) {
      try expectEqual(
        Duration(configured: duration.configured), duration, "a time that is written comes back")
    }
    if let wiring = LineWiring(text: text) {
      switch wiring.address.chip {
      case .device(let path): try expect(path.hasPrefix("/"), "a chip is a device: \(path)")
      case .label(let label): try expect(!label.isEmpty, "a label says something")
      case .any: break
      }
      switch wiring.address.line {
      case .offset(let offset): try expect(offset < 1024, "a line is one of a chip")
      case .name(let name):
        try expect(Int(name) == nil && (1...31).contains(name.utf8.count), "a name is a name")
      }
    }
  }

  private static let stationSettings = Probe(
    "stationd-config", longest: 2048, words: Words.configuration(StationSettings.table)
  ) {
    (bytes) throws(Violation) in
    try checkFile(bytes) { (file) throws(ConfigurationError) in
      try StationSettings.read(file, version: "probe")
    }
    try check(SafeStates(bytes), isAccepted: (try? StationSettings.read(bytes, version: "")) != nil)
  }

  /// The outputs read of a refused file are no guess, and of an accepted one they are all.
  private static func check(_ states: SafeStates, isAccepted: Bool) throws(Violation) {
    for output in states.outputs {
      try expect(!output.line.kind.isInput, "an input is not driven: \(output.line)")
      try expect(!output.level || output.line.kind != .strike, "a strike is left without current")
    }
    let addresses = states.outputs.compactMap(\.wiring?.address)
    try expect(Set(addresses).count == addresses.count, "a line has one level")
    try expect(!isAccepted || states.problems.isEmpty, "a good file says all: \(states.problems)")
  }

  private static let managementSettings = Probe(
    "managementd-config", longest: 2048, words: Words.configuration(ManagementSettings.table)
  ) {
    (bytes) throws(Violation) in
    try checkFile(bytes) { (file) throws(ConfigurationError) in try ManagementSettings(file) }
  }

  private static func checkFile<Settings: Equatable>(
    _ bytes: [UInt8], _ read: ([UInt8]) throws(ConfigurationError) -> Settings
  ) throws(Violation) {
    let lines = bytes.count { $0 == UInt8(ascii: "\n") } + 1
    let settings: Settings
    do throws(ConfigurationError) {
      settings = try read(bytes)
    } catch {
      try expect(!error.problems.isEmpty, "a file is refused for a reason")
      for problem in error.problems {
        try expect(
          problem.line.map { (1...lines).contains($0) } ?? true,
          "a problem is in the file: \(problem)")
      }
      return
    }
    let blank = Array("\n# The end\n".utf8)
    try expect((try? read(bytes + blank)) == settings, "a comment changes nothing")
    let windows = bytes.flatMap { $0 == UInt8(ascii: "\n") ? [0x0D, 0x0A] : [$0] }
    if !bytes.contains(0x0D) {
      try expect((try? read(windows)) == settings, "the kind of line end changes nothing")
    }
  }
}
