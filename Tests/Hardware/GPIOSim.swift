// A chip of the kernel's own GPIO simulator, whose lines a test pulls and looks at.
import Foundation
import TestBed

/// A simulated GPIO chip (Documentation/admin-guide/gpio/gpio-sim.rst of the kernel). What its
/// inputs read is what the test pulls them to; of an output the test reads what was driven.
final class GPIOSim {
  private static let root = "/sys/kernel/config/gpio-sim"

  /// As in `/dev`, such as `gpiochip0`; it changes when the chip comes back.
  private(set) var chip = ""
  let label: String
  private let folder: String
  private var lines = ""

  /// Makes a chip that is there at once.
  /// - Parameter names: of lines, by offset.
  init(lines count: Int = 16, label: String = "station-sim", names: [Int: String] = [:]) throws {
    guard FileManager.default.fileExists(atPath: Self.root) else {
      throw TestBedError("this kernel simulates no GPIO chips: run make test-hardware")
    }
    folder = "\(Self.root)/\(UUID().uuidString.prefix(8).lowercased())"
    self.label = label
    let bank = "\(folder)/bank0"
    try FileManager.default.createDirectory(atPath: bank, withIntermediateDirectories: true)
    try Self.write("\(count)", to: "\(bank)/num_lines")
    try Self.write(label, to: "\(bank)/label")
    for (offset, name) in names {
      try FileManager.default.createDirectory(
        atPath: "\(bank)/line\(offset)", withIntermediateDirectories: false)
      try Self.write(name, to: "\(bank)/line\(offset)/name")
    }
    try plug()
  }

  deinit {
    try? unplug()
    // Folders of this file system go one by one, the inner ones first.
    let bank = "\(folder)/bank0"
    for line in (try? FileManager.default.contentsOfDirectory(atPath: bank)) ?? [] {
      rmdir("\(bank)/\(line)")
    }
    rmdir(bank)
    rmdir(folder)
  }

  var device: String { "/dev/\(chip)" }

  /// Makes the chip appear, as a driver that finds its device does.
  func plug() throws {
    try Self.write("1", to: "\(folder)/live")
    chip = try Self.read("\(folder)/bank0/chip_name")
    lines = "/sys/devices/platform/\(try Self.read("\(folder)/dev_name"))/\(chip)"
    // The group that may open it comes from the udev rules, a moment later.
    try Deadline.wait(until: "\(device) to belong to its group") {
      let owner = try? FileManager.default.attributesOfItem(atPath: device)
      return owner?[.groupOwnerAccountName] as? String == "gpio"
    }
  }

  /// Makes it vanish, whoever has its lines.
  func unplug() throws { try Self.write("0", to: "\(folder)/live") }

  /// Pulls a line, as what is wired to it does.
  func pull(_ line: Int, up isUp: Bool) throws {
    try Self.write(isUp ? "pull-up" : "pull-down", to: "\(lines)/sim_gpio\(line)/pull")
  }

  /// What the line reads: high or low, whatever that means to who uses it.
  func isHigh(_ line: Int) throws -> Bool {
    try Self.read("\(lines)/sim_gpio\(line)/value") == "1"
  }

  private static func read(_ path: String) throws -> String {
    try String(contentsOfFile: path, encoding: .utf8)
      .trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// In one write, as these files want it.
  private static func write(_ text: String, to path: String) throws {
    guard let file = FileHandle(forWritingAtPath: path) else {
      throw TestBedError("cannot open \(path)")
    }
    defer { try? file.close() }
    try file.write(contentsOf: Data(text.utf8))
  }
}
