// Tests of one thermometer or energy meter: what is believed, counted and lost.
import StationProtocol
import Testing
import Time

@testable import StationCore

@Suite("Sensors")
struct SensorTests {
  private static func now(_ seconds: Int64) -> Now {
    Now(
      instant: Instant(nanoseconds: seconds * 1_000_000_000),
      wall: WallTime(seconds: 1_795_227_000 + seconds))
  }

  private static func thermometer(
    limits: [ReadingLimits] = [], oneWire: Bool = false
  ) -> Sensor {
    Sensor(
      SensorConfiguration(
        SensorID("room")!, .thermometer, quantities: [.temperature], patience: .seconds(60),
        limits: limits, hasPowerOnValue: oneWire), at: now(0).instant)
  }

  private static func meter(modulus: Int64? = nil) -> Sensor {
    Sensor(
      SensorConfiguration(
        SensorID("mains")!, .meter, quantities: [.power, .energy], modulus: modulus),
      at: now(0).instant)
  }

  @Test("a sensor is awaited, there with its first reading, lost after its patience, and back")
  func presence() {
    var sensor = Self.thermometer()
    #expect(!sensor.isThere && !sensor.isLost)
    #expect(sensor.state.readings.isEmpty)
    #expect(sensor.deadline == Self.now(60).instant)
    #expect(sensor.read([SensorReading(.temperature, 21_000)], at: Self.now(5)).count == 1)
    #expect(sensor.isThere)
    sensor.wake(at: Self.now(64).instant)
    #expect(sensor.isThere)
    sensor.wake(at: Self.now(65).instant)
    #expect(sensor.isLost)
    #expect(sensor.deadline == nil)
    // What it said last is kept, with its time, as history.
    let reading = SensorsPayload.Reading(
      quantity: .temperature, value: 21_000, at: Self.now(5).wall)
    #expect(sensor.state.readings == [reading])
    #expect(!sensor.state.isThere)
    _ = sensor.read([SensorReading(.temperature, 20_000)], at: Self.now(100))
    #expect(sensor.isThere)
  }

  @Test("one that never says anything is lost after its patience too")
  func neverThere() {
    var sensor = Self.thermometer()
    sensor.fail()
    sensor.wake(at: Self.now(60).instant)
    #expect(sensor.isLost)
    #expect(sensor.refused == 1)
  }

  @Test("what cannot be so is refused, counted, and keeps no sensor alive")
  func absurd() {
    var sensor = Self.thermometer(oneWire: true)
    _ = sensor.read([SensorReading(.temperature, 21_000)], at: Self.now(1))
    for value: Int64 in [-127_000, 127_937, 125_001, -55_001, 85_000] {
      #expect(sensor.read([SensorReading(.temperature, value)], at: Self.now(30)).isEmpty)
    }
    #expect(sensor.refused == 5)
    #expect(sensor.readings[0].value == 21_000)
    sensor.wake(at: Self.now(61).instant)
    #expect(sensor.isLost)
  }

  @Test("85 °C is believed where it was nearly as hot before, and of any other kind of sensor")
  func eightyFive() {
    var hot = Self.thermometer(oneWire: true)
    _ = hot.read([SensorReading(.temperature, 82_000)], at: Self.now(1))
    #expect(hot.read([SensorReading(.temperature, 85_000)], at: Self.now(2)).count == 1)
    var other = Self.thermometer()
    #expect(other.read([SensorReading(.temperature, 85_000)], at: Self.now(1)).count == 1)
  }

  @Test("a sensor of which one part is absurd is believed for the other, and lost in the end")
  func halfAbsurd() {
    var sensor = Sensor(
      SensorConfiguration(
        SensorID("air")!, .thermometer, quantities: [.temperature, .humidity]),
      at: Self.now(0).instant)
    let samples = sensor.read(
      [SensorReading(.temperature, 21_000), SensorReading(.humidity, 100_001)], at: Self.now(1))
    #expect(samples.map(\.place.quantity) == [.temperature])
    #expect(!sensor.isThere)
    sensor.wake(at: Self.now(60).instant)
    #expect(sensor.isLost)
  }

  @Test("a quantity that was not asked for is passed over")
  func unasked() {
    var sensor = Self.thermometer()
    #expect(sensor.read([SensorReading(.power, 5)], at: Self.now(1)).isEmpty)
    #expect(sensor.refused == 0 && !sensor.isThere)
  }

  /// What a meter that shows these totals 10 s apart has used, as `used/last` of each reading that
  /// counts, with `!` for another counter; nil stands for a reading that failed.
  private func counted(_ values: [Int64?], modulus: Int64? = nil) -> String {
    var meter = Self.meter(modulus: modulus)
    var words: [String] = []
    for (index, value) in values.enumerated() {
      guard let value else {
        meter.fail()
        continue
      }
      let samples = meter.read(
        [SensorReading(.energy, value), SensorReading(.power, 0)],
        at: Self.now(Int64(index) * 10))
      for sample in samples {
        guard case .counter(let used, let last, let isReset) = sample.value else { continue }
        words.append("\(isReset ? "!" : "")\(used)/\(last)")
      }
    }
    return words.joined(separator: " ")
  }

  @Test("energy is what the counter has gone on by, from the second reading on")
  func energy() {
    #expect(counted([500]) == "0/500")
    #expect(counted([500, 507]) == "0/500 7/507")
    #expect(counted([500, 500]) == "0/500 0/500")
  }

  @Test("a total that falls for one poll and comes back uses nothing, however often")
  func glitch() {
    let once: [Int64?] = [20_292_800, 20_292_700, 20_292_800, 20_292_800]
    #expect(counted(once) == "0/20292800 0/20292800 0/20292800")
    let often: [Int64?] = [20_292_800, 20_292_800, 20_292_800] + once + once + once + once
    #expect(!counted(often).contains("!"))
    #expect(counted(often).split(separator: " ").allSatisfy { $0.hasPrefix("0/") })
    // What was used meanwhile is counted when it comes back.
    #expect(counted([500, 500, 500, 2, 520]).hasSuffix(" 20/520"))
    // So is a leap ahead, for one poll or two.
    let leap: [Int64?] = [500, 501, 502, 9_000_000, 9_000_000, 503]
    #expect(counted(leap) == "0/500 1/501 1/502 1/503")
  }

  @Test("a first reading that is the glitch is given up when the next two agree")
  func firstGlitch() {
    #expect(counted([0, 20_292_800, 20_292_801]) == "0/0 !1/20292801")
    #expect(counted([20_292_800, 5, 6, 7]) == "0/20292800 !1/6 1/7")
  }

  @Test("another meter counts from its fifth reading on, and what is not known is not used")
  func replaced() {
    let old: [Int64?] = [5000, 5001, 5002]
    #expect(counted(old + [nil, 300, 301, 302, 303, 304]).hasSuffix("1/5002 !4/304"))
    #expect(counted(old + [nil, 4000, 4001, 4002, 4003, 4004, 4006]).hasSuffix("!4/4004 2/4006"))
    // Set back to zero at the meter itself: nothing was away.
    #expect(counted(old + [0, 0, 0, 0, 0]).hasSuffix("1/5002 !0/0"))
    // Readings that do not agree with each other are no counter.
    #expect(counted(old + [nil, 300, 200, 100, 50, 20]).hasSuffix("1/5002"))
  }

  @Test("without a sign that the meter began anew, a lower total must stand for an hour")
  func withoutRestart() {
    let old: [Int64?] = [5000, 5001, 5002]
    let lower = [Int64?](repeating: 4000, count: 360)
    #expect(counted(old + lower).hasSuffix("1/5002"))
    #expect(counted(old + lower + [4001]).hasSuffix("1/5002 !1/4001"))
  }

  @Test("a counter that jumps further than any mains carries is another counter")
  func jump() {
    #expect(counted([500, 1638]) == "0/500 1138/1638")
    #expect(counted([500, 1639]) == "0/500")
    let most = Quantity.energy.range.upperBound
    #expect(counted([0, 0, 0, nil, most, most, most, most, most]).hasSuffix("!0/\(most)"))
  }

  @Test("a counter that begins anew at its modulus goes on")
  func wrap() {
    #expect(counted([999_998, 3], modulus: 1_000_000) == "0/999998 5/3")
    #expect(counted([500_000, 3], modulus: 1_000_000) == "0/500000")
    #expect(counted([999_998, 3]) == "0/999998")
  }

  @Test("energy is never negative, whatever a counter shows")
  func neverNegative() {
    var state: UInt64 = 1
    func random() -> Int64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int64(state >> 24) % Quantity.energy.range.upperBound
    }
    for _ in 0..<2000 {
      let words = counted((0..<12).map { _ in random() }, modulus: 1 << 32)
      #expect(!words.contains("-"))
    }
  }
}

@Suite("Limit watch")
struct LimitWatchTests {
  private func at(_ seconds: Int64) -> Instant { Instant(nanoseconds: seconds * 1_000_000_000) }

  private var watch: LimitWatch {
    LimitWatch(ReadingLimits(.temperature, low: 5000, high: 35_000))
  }

  @Test("too cold is said after the delay, and ends within the limit by the hysteresis")
  func cold() {
    var watch = watch
    watch.sense(4999, at: at(0))
    watch.wake(at: at(599))
    #expect(!watch.raises(.tooCold))
    #expect(watch.deadline == at(600))
    watch.wake(at: at(600))
    #expect(watch.raises(.tooCold) && !watch.raises(.tooHot))
    watch.sense(5999, at: at(700))
    #expect(watch.raises(.tooCold))
    watch.sense(6000, at: at(701))
    #expect(!watch.raises(.tooCold))
    #expect(watch.deadline == nil)
  }

  @Test("a moment of cold, while the door stands open, is no alarm")
  func moment() {
    var watch = watch
    watch.sense(4000, at: at(0))
    watch.sense(5000, at: at(300))
    watch.wake(at: at(600))
    #expect(!watch.raises(.tooCold))
    watch.sense(4000, at: at(601))
    watch.wake(at: at(1200))
    #expect(!watch.raises(.tooCold))
    watch.wake(at: at(1201))
    #expect(watch.raises(.tooCold))
  }

  @Test("too hot is the same on the other side")
  func hot() {
    var watch = watch
    watch.sense(35_001, at: at(0))
    watch.wake(at: at(600))
    #expect(watch.raises(.tooHot) && !watch.raises(.tooCold))
    watch.sense(34_001, at: at(601))
    #expect(watch.raises(.tooHot))
    watch.sense(34_000, at: at(602))
    #expect(!watch.raises(.tooHot))
  }

  @Test("a lost sensor begins no alarm, and ends none")
  func lost() {
    var watch = watch
    watch.sense(4000, at: at(0))
    watch.lose()
    watch.wake(at: at(600))
    #expect(!watch.raises(.tooCold))
    watch.sense(4000, at: at(700))
    watch.wake(at: at(1300))
    watch.lose()
    #expect(watch.raises(.tooCold))
  }
}
