// An energy meter against a server that others wrote, with everything that a line does to it.
import Foundation
import Modbus
import StationCore
import StationProtocol
import TestBed
import Testing
import Time

@testable import StationShell

@Suite("Meter registers")
struct MeterRegisterTests {
  @Test("a register is written as table, address, type, order and scale")
  func texts() {
    #expect(MeterRegister("input 0x000C f32") == MeterRegister(.input, 12, .f32))
    #expect(MeterRegister("holding 30 u16 0.1") == MeterRegister(.holding, 30, .u16, scale: 0.1))
    #expect(
      MeterRegister("input 7 s32 low-first 10")
        == MeterRegister(.input, 7, .s32, isLowFirst: true, scale: 10))
    #expect(MeterRegister("input 7 s32 high-first") == MeterRegister(.input, 7, .s32))
  }

  static let wrong = [
    "", "input", "input 1", "coil 1 u16", "input -1 u16", "input 65536 u16", "input 65535 u32",
    "input 0xG u16", "input 1 u48", "input 65533 u64", "input 1 u16 0", "input 1 u16 -1",
    "input 1 u16 1e3",
    "input 1 u16 nan", "input 1 u16 1 1", "input 1 u16 middle-first", "INPUT 1 u16",
    "input 1 u16 0.00000000000000000001",
  ]

  @Test("anything else is no register", arguments: wrong)
  func refused(text: String) { #expect(MeterRegister(text) == nil) }

  @Test("bits are read by type and order, scaled and rounded")
  func values() {
    #expect(MeterRegister(.input, 0, .u16).value([0xFFFF]) == 65_535)
    #expect(MeterRegister(.input, 0, .s16).value([0xFFFF]) == -1)
    #expect(MeterRegister(.input, 0, .u32).value([0x0001, 0x0002]) == 65_538)
    #expect(MeterRegister(.input, 0, .u32, isLowFirst: true).value([2, 1]) == 65_538)
    #expect(MeterRegister(.input, 0, .s32).value([0xFFFF, 0xFFFE]) == -2)
    // 230.2 V in tenths; 1.2345 kWh.
    #expect(MeterRegister(.input, 0, .f32, scale: 10).value([0x4366, 0x3333]) == 2302)
    #expect(MeterRegister(.input, 0, .u16, scale: 0.1).value([2305]) == 231)
  }

  @Test(
    "64 bits are read by type and order as 32 are, and what is beyond exact numbers has no value")
  func wideValues() throws {
    let words: [UInt16] = [0, 1, 0x0002, 0x0003]
    #expect(MeterRegister(.input, 0, .u64).count == 4)
    #expect(MeterRegister(.input, 0, .u64).value(words) == 0x1_0002_0003)
    #expect(
      MeterRegister(.input, 0, .u64, isLowFirst: true).value(words.reversed()) == 0x1_0002_0003)
    #expect(MeterRegister(.input, 0, .s64).value([0xFFFF, 0xFFFF, 0xFFFF, 0xFFFE]) == -2)
    // 12345.678 kWh as a double, in watt hours.
    let double = (12_345.678).bitPattern
    let parts = (0..<4).map { UInt16(truncatingIfNeeded: double >> (48 - 16 * $0)) }
    #expect(MeterRegister(.input, 0, .f64, scale: 1000).value(parts) == 12_345_678)
    #expect(MeterRegister(.input, 0, .f64).value([0x7FF8, 0, 0, 0]) == nil)
    #expect(MeterRegister(.input, 0, .u64).value([0xFFFF, 0, 0, 0]) == nil)
    #expect(MeterRegister(.input, 0, .u64).value([0, 1]) == nil)
    #expect(MeterRegister("input 65532 u64 low-first 0.1")?.type == .u64)
  }

  @Test("what is no number has no value")
  func noNumbers() {
    let float = MeterRegister(.input, 0, .f32)
    #expect(float.value([0x7FC0, 0]) == nil)
    #expect(float.value([0x7F80, 0]) == nil)
    #expect(float.value([0x7F7F, 0xFFFF]) == nil)
    #expect(float.value([0]) == nil)
    #expect(float.value([0, 0, 0]) == nil)
  }
}

@Suite("Energy meter")
struct EnergyMeterTests {
  private let folder: WorkFolder
  private let meter: MeterStandIn

  init() throws {
    folder = try WorkFolder()
    meter = try MeterStandIn(folder)
    try meter.show(watts: 1234.4, wattHours: 5_678_000, volts: 230.5, amperes: 5.36)
  }

  private func setting(
    unit: Int = 1, registers: [Quantity: MeterRegister] = MeterModel.eastronSDM230.registers
  ) -> MeterSettings {
    MeterSettings(
      id: SensorID("mains")!,
      line: ModbusLine.Options(path: meter.device, patience: .milliseconds(700)), unit: unit,
      registers: registers.keys.sorted().compactMap { quantity in
        registers[quantity].map { .init(quantity: quantity, register: $0) }
      }, interval: .seconds(10))
  }

  /// What went wrong; nil where nothing did.
  private func failure(_ reader: EnergyMeter) -> ModbusError? {
    do throws(ModbusError) {
      _ = try reader.read()
      return nil
    } catch {
      return error
    }
  }

  private static let good = [
    SensorReading(.current, 5360), SensorReading(.energy, 5_678_000), SensorReading(.power, 1234),
    SensorReading(.voltage, 2305),
  ]

  @Test("every quantity of a known model is read in its unit")
  func read() throws {
    let reader = EnergyMeter(setting(), on: MeterLines())
    #expect(try reader.read() == Self.good)
    try meter.show(watts: -20, wattHours: 5_678_001, volts: 229.96, amperes: 0.08)
    #expect(
      try reader.read() == [
        SensorReading(.current, 80), SensorReading(.energy, 5_678_001),
        SensorReading(.power, -20), SensorReading(.voltage, 2300),
      ])
  }

  @Test("registers of any table, type and order are read as they are configured")
  func registers() throws {
    for command in [
      "holding 30 u16 65535", "holding 31 s16 -5", "holding 32 u32 4294967295", "input 40 s32 -7",
    ] { try meter.order("set \(command)") }
    let reader = EnergyMeter(
      setting(registers: [
        .current: MeterRegister(.holding, 30, .u16), .power: MeterRegister(.holding, 31, .s16),
        .energy: MeterRegister(.holding, 32, .u32, scale: 10),
        .voltage: MeterRegister(.input, 40, .s32, isLowFirst: true),
      ]), on: MeterLines())
    let values = try reader.read().map(\.value)
    #expect(values == [65_535, 42_949_672_950, -5, Int64(Int32(bitPattern: 0xFFF9_FFFF))])
  }

  @Test("registers of 64 bits are read over a line")
  func wideRegisters() throws {
    for command in ["holding 30 u64 123456789012", "holding 34 s64 -5", "input 40 f64 230.5"] {
      try meter.order("set \(command)")
    }
    let reader = EnergyMeter(
      setting(registers: [
        .energy: MeterRegister(.holding, 30, .u64), .power: MeterRegister(.holding, 34, .s64),
        .voltage: MeterRegister(.input, 40, .f64, scale: 10),
      ]), on: MeterLines())
    #expect(
      try reader.read() == [
        SensorReading(.energy, 123_456_789_012), SensorReading(.power, -5),
        SensorReading(.voltage, 2305),
      ])
  }

  @Test(
    "an adapter that hands back the question, or adds bytes of its own, is read like any other",
    arguments: ["echo", "zero", "cheap", "noise"])
  func cheapAdapter(mode: String) throws {
    try meter.order("mode \(mode)")
    let lines = MeterLines()
    for _ in 0..<3 { #expect(try EnergyMeter(setting(), on: lines).read() == Self.good) }
    // The echo of a question alone is nobody's answer.
    #expect(failure(EnergyMeter(setting(unit: 9), on: lines))?.kind == .silence)
    let exception = EnergyMeter(
      setting(registers: [.power: MeterRegister(.input, 0x200, .f32)]), on: lines)
    #expect(failure(exception)?.kind == .exception)
  }

  @Test("a register that the meter does not have is an exception, which says so")
  func exception() throws {
    let reader = EnergyMeter(
      setting(registers: [.power: MeterRegister(.input, 0x200, .f32)]), on: MeterLines())
    let error = try #require(failure(reader))
    #expect(error.kind == .exception)
    #expect(error.description.contains("Illegal data address"))
    #expect(error.description.contains("input register 512 of unit 1"))
  }

  @Test("what is no number comes as one that no quantity can have")
  func notANumber() throws {
    try meter.order("set input 0x0C f32 nan")
    let reader = EnergyMeter(setting(), on: MeterLines())
    let power = try reader.read().first { $0.quantity == .power }
    #expect(power?.value == .max)
  }

  @Test("two meters share a line, and one that is not there is silence")
  func units() throws {
    let lines = MeterLines()
    #expect(try EnergyMeter(setting(unit: 2), on: lines).read() == Self.good)
    #expect(failure(EnergyMeter(setting(unit: 9), on: lines))?.kind == .silence)
    #expect(try EnergyMeter(setting(unit: 1), on: lines).read() == Self.good)
  }

  /// What a line may do to answers, and what that is called.
  static let faults: [String: ModbusError.Kind] = [
    "silent": .silence, "damaged": .noise, "stranger": .noise,
    "slow 1200": .silence, "dribble": .silence,
  ]

  @Test(
    "a fault of the line is told for what it is, within bounds, and passes when it does",
    arguments: faults.keys.sorted())
  func fault(mode: String) throws {
    let reader = EnergyMeter(setting(), on: MeterLines())
    #expect(try reader.read() == Self.good)
    try meter.order("mode \(mode)")
    let start = ContinuousClock.now
    let kinds = (0..<3).compactMap { _ in failure(reader)?.kind }
    let expected = try #require(Self.faults[mode])
    #expect(kinds.count == 3)
    // Noise may look like the start of something longer, for which one then waits.
    #expect(kinds.allSatisfy { $0 == expected || (expected == .noise && $0 == .silence) })
    // Of three rounds the first question alone costs its patience, and not one for each byte.
    #expect(ContinuousClock.now - start < .seconds(10))
    try meter.order("mode good")
    // What comes late is not taken for the answer to the next question.
    try Deadline.wait(until: "the meter to be read again") {
      guard let readings = try? reader.read() else { return false }
      #expect(readings == Self.good)
      return true
    }
  }

  @Test("an adapter that is pulled out is told, and opened again when it is back")
  func unplugged() throws {
    let reader = EnergyMeter(setting(), on: MeterLines())
    #expect(try reader.read() == Self.good)
    try meter.order("unplug")
    var kinds = (0..<3).compactMap { _ in failure(reader)?.kind }
    #expect(kinds.count == 3)
    kinds.removeFirst()
    #expect(kinds == [.line, .line])
    #expect(failure(reader)?.description.contains("No such file") == true)
    try meter.order("plug")
    try Deadline.wait(until: "the meter to be read again") {
      (try? reader.read()) == Self.good
    }
  }

  @Test("a path that is no serial line is an error of the line")
  func noLine() throws {
    var wrong = setting()
    wrong.line.path = try folder.write("", to: "plain")
    let error = try #require(failure(EnergyMeter(wrong, on: MeterLines())))
    #expect(error.kind == .line)
    #expect(error.description.contains("cannot open"))
  }
}
