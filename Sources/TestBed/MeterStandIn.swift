// An energy meter that somebody else wrote, on a line that can fail; see `.ci/meter`.
import Foundation

/// pymodbus's server behind a pseudo-terminal. It ends with its owner.
package final class MeterStandIn {
  /// The path of a serial line with the meter.
  package let device: String
  private let process = Process()
  private let orders = Pipe()
  private let answers = Pipe()
  private var rest = ""

  /// The first one ever may take a while: it installs what it needs.
  package init(_ folder: WorkFolder) throws {
    device = folder.file("meter")
    process.executableURL = URL(fileURLWithPath: Checkout.file(".ci/meter"))
    process.arguments = [device]
    process.standardInput = orders
    process.standardOutput = answers
    try process.run()
    try expect("ready")
  }

  deinit {
    try? orders.fileHandleForWriting.close()
    process.waitUntilExit()
  }

  /// What a meter of the kind SDM230 shows. Watt hours are given whole.
  package func show(watts: Double, wattHours: Double, volts: Double = 230, amperes: Double = 1)
    throws
  {
    for (address, value) in [
      ("0x00", volts), ("0x06", amperes), ("0x0C", watts), ("0x48", wattHours / 1000),
    ] { try order("set input \(address) f32 \(value)") }
  }

  /// One of the commands of `meter.py`.
  package func order(_ text: String) throws {
    orders.fileHandleForWriting.write(Data("\(text)\n".utf8))
    try expect("ok")
  }

  private func expect(_ word: String) throws {
    while !rest.contains("\n") {
      let data = answers.fileHandleForReading.availableData
      guard !data.isEmpty else { throw TestBedError("the meter has ended") }
      rest += String(decoding: data, as: UTF8.self)
    }
    let line = rest.prefix { $0 != "\n" }
    rest.removeFirst(line.count + 1)
    guard line == word else { throw TestBedError("the meter says \(line) and not \(word)") }
  }
}
