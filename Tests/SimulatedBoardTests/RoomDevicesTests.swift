// Tests of the simulated room's thermometer and meter, as a daemon finds them.
import Foundation
import Linux
import Modbus
import Testing

@testable import SimulatedBoard

@Suite("Devices of the simulated room")
struct RoomDevicesTests {
  @Test("the air goes to where the heating wants it, and the meter counts what that takes")
  func air() {
    var air = RoomAir()
    let before = air
    for _ in 0..<600 { air.pass(seconds: 2, hasLights: true, hasClimate: true) }
    #expect(abs(air.temperature - 23_000) < 50)
    #expect(air.watts == 1645)
    #expect(abs(air.carbonDioxide - 1230) < 5)
    #expect(abs(air.fineDust - 12) < 1)
    #expect(abs(air.energy - before.energy - 1645.0 * 1200 / 3600) < 0.001)
    for _ in 0..<600 { air.pass(seconds: 2, hasLights: false, hasClimate: false) }
    #expect(abs(air.temperature - 17_000) < 50 && air.watts == 85)
    #expect((0...100_000).contains(air.humidity))
    #expect(abs(air.carbonDioxide - 430) < 5)
    #expect(abs(air.fineDust - 42) < 1)
  }

  @Test("the meter answers a whole question of its own, refuses others, and is silent else")
  func frames() {
    var meter = SimulatedMeter()
    var air = RoomAir()
    air.pass(seconds: 0, hasLights: false, hasClimate: false)
    meter.show(air)
    // Power of unit 1: 85 W is 0x42AA0000.
    let question: [UInt8] = [1, 4, 0, 0x0C, 0, 2, 0xB1, 0xC8]
    #expect(SimulatedMeter.isWhole(question))
    #expect(meter.answer(to: question) == SimulatedMeter.frame([1, 4, 4, 0x42, 0xAA, 0, 0]))
    #expect(
      meter.answer(to: SimulatedMeter.frame([1, 4, 1, 0, 0, 2]))
        == SimulatedMeter.frame([1, 0x84, 2]))
    #expect(
      meter.answer(to: SimulatedMeter.frame([1, 3, 0, 0, 0, 2]))
        == SimulatedMeter.frame([1, 0x83, 1]))
    #expect(meter.answer(to: SimulatedMeter.frame([2, 4, 0, 0x0C, 0, 2])) == nil)
    #expect(meter.answer(to: question.dropLast() + [0]) == nil)
    #expect(meter.answer(to: []) == nil)
  }

  @Test("libmodbus reads the meter of a board that runs, and the thermometer is a file")
  func board() throws {
    let board = try BoardProcess(hasDevices: true)
    let line = try ModbusLine(ModbusLine.Options(path: "\(board.folder)/devices/meter"))
    for _ in 0..<3 {
      let words = try line.read(.input, 0x0C, count: 2, unit: 1)
      #expect(Float(bitPattern: UInt32(words[0]) << 16 | UInt32(words[1])) == 85)
    }
    let device = "\(board.folder)/devices/sys/bus/iio/devices/iio:device0"
    #expect(try Files.read("\(device)/name") == Array("simulated-air\n".utf8))
    let text = String(decoding: try Files.read("\(device)/in_temp_input"), as: UTF8.self)
    let temperature = try #require(Int(text.trimmingCharacters(in: .newlines)))
    #expect((15_000...20_000).contains(temperature))
  }
}
