// A register of an energy meter: where it is, how its bits are read, what one count of it is.
import JSON
import Modbus
import StationCore
import StationProtocol

/// As it stands in the configuration: `input 0x000C f32`, `holding 30 u32 low-first 0.1`.
package struct MeterRegister: Equatable, Sendable {
  package var table: ModbusLine.Table
  package var address: Int
  package var type: Kind
  /// Whether the lowest word comes first; most meters send the highest one first.
  package var isLowFirst: Bool
  /// How many of the quantity's own units one count is.
  package var scale: Double

  package enum Kind: String, CaseIterable, Sendable {
    case u16
    case s16
    case u32
    case s32
    case f32
    case u64
    case s64
    case f64
  }

  package init(
    _ table: ModbusLine.Table, _ address: Int, _ type: Kind, isLowFirst: Bool = false,
    scale: Double = 1
  ) {
    self.table = table
    self.address = address
    self.type = type
    self.isLowFirst = isLowFirst
    self.scale = scale
  }

  /// - Returns: nil where the text is none.
  package init?(_ text: String) {
    var words = text.split(separator: " ").map(String.init)
    guard words.count >= 3, let table = ModbusLine.Table(rawValue: words[0]),
      let address = Self.address(words[1]), let type = Kind(rawValue: words[2])
    else { return nil }
    self.init(table, address, type)
    words.removeFirst(3)
    guard address + count <= 0x1_0000 else { return nil }
    if let order = words.first, ["high-first", "low-first"].contains(order) {
      isLowFirst = order == "low-first"
      words.removeFirst()
    }
    if let factor = words.first {
      guard let scale = Self.scale(factor) else { return nil }
      self.scale = scale
      words.removeFirst()
    }
    guard words.isEmpty else { return nil }
  }

  /// The number of registers of 16 bits.
  package var count: Int {
    switch type {
    case .u16, .s16: 1
    case .u32, .s32, .f32: 2
    case .u64, .s64, .f64: 4
    }
  }

  /// - Parameter words: `count` of them.
  /// - Returns: nil where they are no number, or one beyond all bounds.
  package func value(_ words: [UInt16]) -> Int64? {
    guard words.count == count else { return nil }
    let ordered = isLowFirst ? words.reversed() : words
    let bits: UInt64 = ordered.reduce(0) { $0 << 16 | UInt64($1) }
    let half = UInt32(truncatingIfNeeded: bits)
    let number: Double =
      switch type {
      case .u16: Double(bits)
      case .s16: Double(Int16(truncatingIfNeeded: bits))
      case .u32: Double(half)
      case .s32: Double(Int32(bitPattern: half))
      case .f32: Double(Float(bitPattern: half))
      case .u64: Double(bits)
      case .s64: Double(Int64(bitPattern: bits))
      case .f64: Double(bitPattern: bits)
      }
    let scaled = (number * scale).rounded()
    return scaled.magnitude <= Double(JSONReader.largest) ? Int64(scaled) : nil
  }

  private static func address(_ text: String) -> Int? {
    let number = text.hasPrefix("0x") ? Int(text.dropFirst(2), radix: 16) : Int(text)
    return number.flatMap { (0...0xFFFF).contains($0) ? $0 : nil }
  }

  /// Digits with a point at most, more than nothing.
  private static func scale(_ text: String) -> Double? {
    guard text.utf8.count <= 16, text.utf8.allSatisfy({ (48...57).contains($0) || $0 == 46 }),
      let scale = Double(text), scale > 0
    else { return nil }
    return scale
  }
}

/// A meter whose registers are known.
package enum MeterModel: String, CaseIterable, Sendable {
  /// One phase; by its Modbus protocol V1.2, the same as of the next.
  case eastronSDM120 = "eastron-sdm120"
  case eastronSDM230 = "eastron-sdm230"
  /// Three phases; voltage is that of the first, current the sum of all.
  case eastronSDM630 = "eastron-sdm630"
  /// Any other one: its registers stand in the configuration.
  case other

  /// Volts, amperes, watts and kilowatt hours as they are imported, of 32-bit floats.
  package var registers: [Quantity: MeterRegister] {
    switch self {
    case .eastronSDM120, .eastronSDM230: Self.eastron(power: 0x0C, current: 0x06)
    case .eastronSDM630: Self.eastron(power: 0x34, current: 0x30)
    case .other: [:]
    }
  }

  private static func eastron(power: Int, current: Int) -> [Quantity: MeterRegister] {
    [
      .voltage: MeterRegister(.input, 0x00, .f32, scale: 10),
      .current: MeterRegister(.input, current, .f32, scale: 1000),
      .power: MeterRegister(.input, power, .f32),
      .energy: MeterRegister(.input, 0x48, .f32, scale: 1000),
    ]
  }
}
