// The air of a simulated room and the power it takes: what devices of a real room would measure.

/// Warms and cools with the relays, slowly enough to be watched.
struct RoomAir: Equatable, Sendable {
  /// In thousandths of a degree Celsius.
  private(set) var temperature = 19_000.0
  /// In watt hours, as a meter that has run for years.
  private(set) var energy = 4_321_000.0
  private(set) var watts = 0.0
  /// Carbon dioxide in parts per million.
  private(set) var carbonDioxide = 430.0
  /// Fine dust (PM2.5) in micrograms per cubic metre.
  private(set) var fineDust = 42.0

  /// What a fridge and the electronics take.
  private static let base = 85.0
  private static let lights = 60.0
  private static let heating = 1500.0
  /// The slowness of the walls: in five minutes the air has gone most of the way.
  private static let slowness = 120.0
  /// The ppm outside, and those that people add whom the ventilation serves: four at 20 litres
  /// an hour each, 100 cubic metres of fresh air.
  private static let outside = 430.0
  private static let breath = 800.0

  /// The dust of the street, and what the filter of the ventilation leaves of it.
  private static let street = 42.0
  private static let filtered = 12.0

  mutating func pass(seconds: Double, hasLights: Bool, hasClimate: Bool) {
    watts = Self.base + (hasLights ? Self.lights : 0) + (hasClimate ? Self.heating : 0)
    energy += watts * seconds / 3600
    let goal = hasClimate ? 23_000.0 : 17_000.0
    let share = min(1, seconds / Self.slowness)
    temperature += (goal - temperature) * share
    // Light is on while people are inside.
    let air = Self.outside + (hasLights ? Self.breath : 0)
    carbonDioxide += (air - carbonDioxide) * share
    fineDust += ((hasClimate ? Self.filtered : Self.street) - fineDust) * share
  }

  /// In thousandths of a percent: warm air of the same water is drier.
  var humidity: Double { 60_000 - (temperature - 17_000) * 2.5 }
}

/// An energy meter of the kind SDM230 on a Modbus RTU line, as unit 1: current, voltage, power and
/// imported energy as 32-bit floats in input registers. Anything else is silence or an exception.
struct SimulatedMeter: Equatable, Sendable {
  private var floats: [Int: Float] = [:]

  mutating func show(_ air: RoomAir) {
    floats = [
      0x00: 230, 0x06: Float(air.watts / 230), 0x0C: Float(air.watts),
      0x48: Float(air.energy / 1000),
    ]
  }

  /// - Parameter request: one whole frame.
  /// - Returns: the frame that answers it; nil where a meter would say nothing.
  func answer(to request: [UInt8]) -> [UInt8]? {
    guard request.count == 8, Self.isWhole(request), request[0] == 1 else { return nil }
    guard request[1] == 4 else { return Self.frame([1, request[1] | 0x80, 1]) }
    let address = Int(request[2]) << 8 | Int(request[3])
    guard request[4] == 0, request[5] == 2, let value = floats[address] else {
      return Self.frame([1, 0x84, 2])
    }
    return Self.frame([1, 4, 4] + withUnsafeBytes(of: value.bitPattern.bigEndian, Array.init))
  }

  static func isWhole(_ frame: [UInt8]) -> Bool {
    frame.count > 2 && Self.frame(Array(frame.dropLast(2))) == frame
  }

  /// With its check sum (Modbus over serial line, 6.2.2).
  static func frame(_ bytes: [UInt8]) -> [UInt8] {
    var sum: UInt16 = 0xFFFF
    for byte in bytes {
      sum ^= UInt16(byte)
      for _ in 0..<8 { sum = sum & 1 == 0 ? sum >> 1 : sum >> 1 ^ 0xA001 }
    }
    return bytes + [UInt8(sum & 0xFF), UInt8(sum >> 8)]
  }
}
