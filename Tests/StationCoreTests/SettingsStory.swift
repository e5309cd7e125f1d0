// A station in tests of which the service wants settings, and a board that settings must fit.
import Configuration
import StationProtocol
import Testing
import Time

@testable import StationCore

/// A file and a board with every part on which settings depend.
enum SettingsStory {
  static let file = """
    [entry]
    capacity = 20
    opening-hours = 06:00-22:00
    [access-point 1]
    lock = fail-secure
    [access-point 2]
    program = codes
    [machine]
    driver = channel-board
    [article water]
    chinese = 矿泉水
    english = Water
    [slot 1]
    article = water
    price = 5
    capacity = 10
    [thermometer room]
    device = t
    too-cold = 5
    """

  static let board = BoardFacts(
    points: [
      BoardFacts.Point(1, hasExitReader: true),
      BoardFacts.Point(2, canStayReleased: false, hasExitReader: true),
    ], audiences: ["lobby-01"], hasMemberList: true, hasMachine: true,
    sensors: [BoardFacts.Sensor(SensorID("room")!, [.temperature, .carbonDioxide, .fineDust])])

  static func book(_ text: String = file, on board: BoardFacts = board) -> SettingsBook {
    SettingsBook(INI(Array(text.utf8)).sections, on: board)
  }

  static func configuration(_ text: String = file) -> StationConfiguration {
    var configuration = CommandStory.configuration
    configuration.sensors = SensorPolicy([
      SensorConfiguration(
        SensorID("room")!, .thermometer, quantities: [.temperature, .carbonDioxide, .fineDust])
    ])
    configuration.book = book(text)
    guard case .facility(let facility) = configuration.book.facility() else {
      Issue.record("the file of the story is not right")
      return configuration
    }
    return configuration.adopting(facility)
  }

  /// Sections as the service sends them, written as in a file.
  static func sections(_ text: String) -> [SettingsSection] {
    INI(Array(text.utf8)).sections.map { section in
      SettingsSection(
        SettingsWord(section.name)!, section.argument.map { SettingsWord($0)! },
        section.entries.map { SettingsSection.Value(SettingsWord($0.key)!, $0.value) })
    }
  }

  static func wanted(_ revision: Int64, _ text: String) -> WantedSettings {
    WantedSettings(
      revision: revision, digest: PayloadDigest(high: 7, low: UInt64(revision)),
      sections: sections(text))
  }

  static func event(
    _ revision: Int64, _ text: String, message: Int64? = nil, isLockedDown: Bool = false
  ) -> Event {
    .command(
      .desired(
        DesiredConfiguration(
          revision: message ?? revision, isLockedDown: isLockedDown,
          settings: wanted(revision, text))))
  }
}

extension CommandStory {
  func stands(_ alarm: Alarm) -> Bool { station.alarms.stands(alarm, nil) }

  /// Lets time pass at a station whose sensor speaks.
  func live(_ seconds: Int) {
    for _ in 0..<seconds {
      let readings = [
        SensorReading(.temperature, 21_000), SensorReading(.carbonDioxide, 600),
        SensorReading(.fineDust, 20),
      ]
      tell(.climate(.sensorRead(SensorID("room")!, readings)))
      wait(.seconds(1))
    }
  }

  /// The last word on what is in force.
  var reported: ReportedConfiguration? {
    effects.reversed().lazy.compactMap {
      if case .command(.publishReported(let reported)) = $0 { reported } else { nil }
    }.first
  }

  var configurationRecords: [ConfigurationRecord] {
    records.compactMap { if case .configuration(let record) = $0 { record } else { nil } }
  }

  /// What the store was last told of settings.
  var keptSettings: KeptSettings? {
    var kept: KeptSettings?
    for effect in effects {
      let changes: [RecoveryChange]
      switch effect {
      case .store(.journal(let entry)): changes = entry.changes
      case .store(.remember(let told, _)): changes = told
      default: continue
      }
      for case .settings(let told) in changes { kept = told }
    }
    return kept
  }
}
