// Tests of a station's thermometers and energy meters: records, states, alarms, scarce room.
import StationProtocol
import Testing
import Time

@testable import StationCore

@Suite("A station's sensors")
struct StationSensorTests {
  private static let room = SensorID("room")!
  private static let mains = SensorID("mains")!

  private static func configuration(outbox: OutboxLimits = OutboxLimits()) -> StationConfiguration {
    StationConfiguration(
      version: "test", accessPoints: [AccessPointConfiguration(id: 1)], outbox: outbox,
      sensors: SensorPolicy([
        SensorConfiguration(
          room, .thermometer, quantities: [.temperature],
          limits: [ReadingLimits(.temperature, low: 5000, high: 35_000)]),
        SensorConfiguration(mains, .meter, quantities: [.power, .energy]),
      ]))
  }

  private static let now = Now(instant: Instant(nanoseconds: 0), wall: Scenario.noon)

  /// A station that has booted, and the time it did.
  private static func booted(_ outbox: OutboxLimits = OutboxLimits()) -> Station {
    var station = Station(configuration(outbox: outbox))
    _ = station.handle(.booted(Recovered(stream: Scenario.stream)), at: now)
    return station
  }

  private static func at(_ seconds: Int64) -> Now {
    Now(
      instant: Instant(nanoseconds: seconds * 1_000_000_000),
      wall: WallTime(milliseconds: Scenario.noon.milliseconds + seconds * 1000))
  }

  private static func records(_ effects: [Effect]) -> [JournalEntry] {
    effects.compactMap { if case .store(.journal(let entry)) = $0 { entry } else { nil } }
  }

  private static func states(_ effects: [Effect]) -> [StateReport] {
    effects.compactMap { if case .link(.publishState(let report)) = $0 { report } else { nil } }
  }

  /// Both sensors speak every 10 s until a time, and what the station does about it.
  private static func speak(_ station: inout Station, until end: Int64, from start: Int64 = 0)
    -> [Effect]
  {
    var effects: [Effect] = []
    for second in stride(from: start, through: end, by: 10) {
      effects += station.handle(
        .climate(.sensorRead(room, [SensorReading(.temperature, 21_000)])), at: at(second))
      effects += station.handle(
        .climate(
          .sensorRead(mains, [SensorReading(.power, 300), SensorReading(.energy, 1000 + second)])),
        at: at(second))
      if let sent = records(effects).last {
        effects += station.handle(.link(.journaled(through: sent.seq)), at: at(second))
      }
    }
    return effects
  }

  @Test("all sensors together make one record a minute, of the lane that may wait")
  func oneRecord() throws {
    var station = Self.booted()
    let entries = Self.records(Self.speak(&station, until: 180))
      .filter { $0.record.kind == .climate(.measured) }
    #expect(entries.count == 3)
    #expect(entries.allSatisfy { $0.lane == .late })
    guard case .climate(.measured(let first)) = entries[0].record.body,
      case .climate(.measured(let second)) = entries[1].record.body
    else { return }
    #expect(first.seconds == 60)
    #expect(first.values.map(\.quantity) == [.energy, .power, .temperature])
    // From the first reading after a minute's end to the first one at the next.
    #expect(second.values[0].amount == .counter(used: 60, last: 1110, isReset: false))
    #expect(second.values[2].count == 6)
  }

  @Test("the state says what each sensor said last, with every record and each coming and going")
  func states() throws {
    var station = Self.booted()
    _ = station.handle(.link(.uplinkOpened(connection: 1)), at: Self.at(0))
    let first = Self.states(
      station.handle(
        .climate(.sensorRead(Self.room, [SensorReading(.temperature, 21_000)])), at: Self.at(1)))
    guard case .climate(let climate)? = first.first else {
      Issue.record("no climate")
      return
    }
    #expect(first.count == 1)
    #expect(climate.sensors.map(\.isThere) == [true])
    #expect(climate.sensors[0].readings[0].at == Self.at(1).wall)
    let again = Self.states(
      station.handle(
        .climate(.sensorRead(Self.room, [SensorReading(.temperature, 21_100)])), at: Self.at(2)))
    #expect(again.isEmpty)
    let minute = Self.states(station.handle(.wake, at: Self.at(60)))
    #expect(minute.map(\.part) == [.alarms, .climate, .energy])
    let lost = Self.states(station.handle(.wake, at: Self.at(62)))
    #expect(lost.map(\.part) == [.alarms, .climate])
    guard case .climate(let gone)? = lost.last else { return }
    #expect(gone.sensors[0].isThere == false)
    #expect(gone.sensors[0].readings[0].value == 21_100)
  }

  @Test("a lost thermometer and a lost meter are alarms, which end when they speak again")
  func lost() {
    var station = Self.booted()
    var bodies = Self.records(station.handle(.wake, at: Self.at(60))).map(\.record.body)
    #expect(bodies == [.alarm(.raised(.sensorLost, nil)), .alarm(.raised(.meterLost, nil))])
    #expect(
      Self.records(station.handle(.climate(.sensorFailed(Self.room)), at: Self.at(61))).isEmpty)
    bodies = Self.records(
      station.handle(
        .climate(.sensorRead(Self.room, [SensorReading(.temperature, 9000)])), at: Self.at(62))
    ).map(\.record.body)
    #expect(bodies == [.alarm(.cleared(.sensorLost, nil))])
    #expect(station.alarms.stands(.meterLost, nil))
  }

  @Test("a room that is too cold for ten minutes is an alarm")
  func cold() {
    var station = Self.booted()
    for second in stride(from: Int64(0), to: 600, by: 30) {
      _ = station.handle(
        .climate(.sensorRead(Self.room, [SensorReading(.temperature, 4000)])), at: Self.at(second))
      #expect(!station.alarms.stands(.tooCold, nil))
    }
    _ = station.handle(
      .climate(.sensorRead(Self.room, [SensorReading(.temperature, 4000)])), at: Self.at(600))
    #expect(station.alarms.stands(.tooCold, nil))
    _ = station.handle(
      .climate(.sensorRead(Self.room, [SensorReading(.temperature, 6000)])), at: Self.at(601))
    #expect(!station.alarms.stands(.tooCold, nil))
  }

  @Test("stale air is an alarm of its own, and each reading tells its limits")
  func staleAir() throws {
    var station = Station(
      StationConfiguration(
        version: "test", accessPoints: [AccessPointConfiguration(id: 1)],
        sensors: SensorPolicy([
          SensorConfiguration(
            Self.room, .thermometer, quantities: [.temperature, .carbonDioxide],
            limits: [
              ReadingLimits(.temperature, low: 5000),
              ReadingLimits(.carbonDioxide, high: 1500, delay: .seconds(60)),
            ])
        ])))
    _ = station.handle(.booted(Recovered(stream: Scenario.stream)), at: Self.now)
    func sense(_ parts: Int64, _ second: Int64) -> [Effect] {
      station.handle(
        .climate(
          .sensorRead(
            Self.room, [SensorReading(.temperature, 21_000), SensorReading(.carbonDioxide, parts)])),
        at: Self.at(second))
    }
    _ = station.handle(.link(.uplinkOpened(connection: 1)), at: Self.at(0))
    guard case .climate(let told)? = Self.states(sense(1501, 1)).first else {
      Issue.record("no climate")
      return
    }
    let limits = told.sensors[0].readings.map { [$0.low, $0.high] }
    #expect(limits == [[nil, 1500], [5000, nil]])
    _ = sense(1501, 60)
    #expect(!station.alarms.stands(.staleAir, nil))
    _ = sense(1501, 61)
    #expect(station.alarms.stands(.staleAir, nil) && !station.alarms.stands(.tooHot, nil))
    _ = sense(1401, 62)
    #expect(station.alarms.stands(.staleAir, nil))
    _ = sense(1400, 63)
    #expect(!station.alarms.stands(.staleAir, nil))
  }

  @Test("a deadline that has come and gone does not stand still")
  func deadlines() throws {
    var station = Self.booted()
    var now = Self.at(0)
    for _ in 0..<50 {
      // `#require` takes no look at a value that cannot be copied.
      let next = station.nextDeadline
      let deadline = try #require(next)
      now = Now(instant: max(deadline, now.instant), wall: now.wall)
      _ = station.handle(.wake, at: now)
      let following = station.nextDeadline
      #expect(try #require(following) > deadline)
    }
  }

  @Test("a sensor that nobody configured, and a station without any, change nothing")
  func unknown() {
    var station = Self.booted()
    let other = Event.climate(.sensorRead(SensorID("other")!, [SensorReading(.temperature, 1)]))
    #expect(station.handle(other, at: Self.at(1)).isEmpty)
    let bare = Station(
      StationConfiguration(version: "test", accessPoints: [AccessPointConfiguration(id: 1)]))
    #expect(bare.climate.deadline(.plenty) == nil)
  }

  @Test("measurements give way before what doors say: by the hour from half on, then none")
  func scarce() {
    var station = Self.booted(OutboxLimits(mostRecords: 20, foldedAtOnce: 2))
    var written = Self.records(Self.speak(&station, until: 7200)).filter {
      $0.record.kind == .climate(.measured)
    }
    // Of the ten that fill half, the start of the station is one; two hours follow.
    #expect(written.count <= 12)
    #expect(station.outbox.room == .scarce)
    for second in Int64(7300)..<7308 {
      _ = station.handle(.door(.exitRequested(1)), at: Self.at(second))
    }
    #expect(station.outbox.room == .none)
    written = Self.records(Self.speak(&station, until: 20_000, from: 7310)).filter {
      $0.record.kind == .climate(.measured)
    }
    #expect(written.isEmpty)
  }
}
