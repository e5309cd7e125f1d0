// A thermometer and an energy meter of the simulated room, where a daemon finds those of a real one.

import Glibc
import Linux

/// Below a folder: `sys`, laid out as the kernel's own, with one IIO device, and `meter`, a serial
/// line with a Modbus meter. Owns the folder's files and the line.
final class RoomDevices {
  static let sensorName = "simulated-air"

  private static let pace: Duration = .seconds(2)

  private let loop: EventLoop
  private let folder: String
  private let line: ReaderLine
  private let relays: () -> (hasLights: Bool, hasClimate: Bool)
  private var air = RoomAir()
  private var meter = SimulatedMeter()
  private var received: [UInt8] = []
  private var timer: Timer?

  /// - Parameter relays: what takes power now.
  init(
    loop: EventLoop, folder: String,
    relays: @escaping () -> (hasLights: Bool, hasClimate: Bool)
  ) throws(SystemError) {
    self.loop = loop
    self.relays = relays
    var path = folder
    for name in ["", "sys", "bus", "iio", "devices", "iio:device0"] {
      path += name.isEmpty ? "" : "/\(name)"
      try Files.makeFolder(path)
    }
    self.folder = path
    line = try ReaderLine(path: "\(folder)/meter", accessPoint: 1)
    try Files.write(Array("\(Self.sensorName)\n".utf8), to: "\(path)/name")
    try loop.watch(line.descriptor, for: .read) { [weak self] _ in self?.answer() }
    turn()
  }

  func close() {
    timer?.cancel()
    loop.unwatch(line.descriptor)
  }

  private func turn() {
    let (hasLights, hasClimate) = relays()
    air.pass(
      seconds: Double(Self.pace.components.seconds), hasLights: hasLights, hasClimate: hasClimate)
    meter.show(air)
    do throws(SystemError) {
      let channels = [
        ("temp", "\(Int(air.temperature))"), ("humidityrelative", "\(Int(air.humidity))"),
        // The kernel's unit of a gas is percent.
        ("concentration_co2", "\(air.carbonDioxide.rounded() / 10_000)"),
        ("massconcentration_pm2p5", "\(Int(air.fineDust.rounded()))"),
      ]
      for (name, text) in channels {
        try Files.write(Array("\(text)\n".utf8), to: "\(folder)/in_\(name)_input")
      }
    } catch {
      Log.error("\(error)")
    }
    timer = loop.schedule(after: Self.pace) { [weak self] in self?.turn() }
  }

  /// A question has eight bytes. What is none is dropped, as a meter does after a pause.
  private func answer() {
    received += line.read()
    guard received.count >= 8 else { return }
    let request = received.count == 8 ? received : []
    received = []
    if let answer = meter.answer(to: request) { _ = line.send(answer) }
  }
}
