// An energy meter on a Modbus line, read on a thread beside the loop's.
import Modbus
import StationCore

/// Several meters may share a line, as they do on RS-485: then they share this object's line too.
final class EnergyMeter {
  private let setting: MeterSettings
  private let lines: MeterLines

  init(_ setting: MeterSettings, on lines: MeterLines) {
    self.setting = setting
    self.lines = lines
  }

  /// Asks for each quantity; the first that is not answered ends the round, so that a meter that
  /// is gone costs one patience and not one for each.
  func read() throws(ModbusError) -> [SensorReading] {
    let line = try lines.open(setting.line)
    var readings: [SensorReading] = []
    do throws(ModbusError) {
      for one in setting.registers {
        let register = one.register
        let words = try line.read(
          register.table, register.address, count: register.count, unit: setting.unit)
        // What is no number lies outside of every range: the core refuses and counts it.
        readings.append(SensorReading(one.quantity, register.value(words) ?? .max))
      }
    } catch {
      if error.kind == .line { lines.close(setting.line) }
      throw error
    }
    return readings
  }
}

/// The open lines of a thread, by their paths.
final class MeterLines {
  private var lines: [String: ModbusLine] = [:]

  func open(_ options: ModbusLine.Options) throws(ModbusError) -> ModbusLine {
    if let line = lines[options.path] { return line }
    let line = try ModbusLine(options)
    lines[options.path] = line
    return line
  }

  func close(_ options: ModbusLine.Options) { lines[options.path] = nil }
}
