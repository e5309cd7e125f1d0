// The configuration in force as `stationd --print-config` shows it: sources, settings, stores.
import Configuration
import Foundation
import StationCore
import StationProtocol
import TestBed
import Testing

@testable import StationShell

@Suite("Printed configuration")
struct PrintedConfigurationTests {
  private let folder: WorkFolder
  private let store: String

  init() throws {
    folder = try WorkFolder()
    store = folder.file("station.sqlite")
  }

  // MARK: - Sources

  @Test("each value has its source: the file with its line, the service, or the default")
  func sources() throws {
    try keep(
      KeptSettings(
        inForce: wanted(
          7, "[entry]\ncapacity = 40\nleeway = 9 s\n[access-point 1]\nheld-open-time = 40 s")))
    let text = try printed().text
    #expect(
      try block("[entry]", of: text) == """
        [entry]
        #longest-code-life = 2 min   # the default; the service may set it
        # the service, revision 7
        leeway = 9 s
        # the file, line 12; the service may set it
        opening-hours = 06:00-22:00
        #free-hours = never          # the default; the service may set it
        # the file, line 13; the service may set it
        holidays = 2027-01-01
        # the service, revision 7, in place of line 11 of the file
        capacity = 40
        #capacity-rule = hard        # the default; the service may set it
        #capacity-first = 80         # the default; the service may set it
        #capacity-second = 95        # the default; the service may set it
        #reservation = off           # the default; the service may set it
        #reservation-grace = 10 min  # the default; the service may set it
        #anti-passback = off         # the default; the service may set it
        #anti-passback-time = 5 min  # the default; the service may set it
        #uplink-lost = codes         # the default; the service may set it
        #uplink-lost-after = 10 min  # the default; the service may set it
        # not set: interlock
        """)
    let door = try block("[access-point 1]", of: text)
    #expect(door.contains("\n# the file, line 4\naccess-time = 6 s\n"))
    #expect(door.contains("\n# the service, revision 7\nheld-open-time = 40 s\n"))
    #expect(door.contains("\n# not set: exit-time,"))
    #expect(text.contains("\n# There is no [relay] section.\n"))
  }

  @Test("every section and every key of the table stands in the text of the file alone")
  func completeness() throws {
    let text = try printed().text
    for section in StationSettings.table.sections {
      guard let start = text.range(of: "\n[\(section.name)") else {
        #expect(text.contains("\n# There is no [\(section.name)] section.\n"))
        continue
      }
      let block = text[start.lowerBound...].components(separatedBy: "\n\n")[0]
      let words = Set(block.split { " ,\n#".contains($0) }.map(String.init))
      #expect(section.keys.map(\.name).filter { !words.contains($0) } == [], "[\(section.name)]")
    }
  }

  @Test("a list of the service stands in place of the file's, and the text says of which lines")
  func lists() throws {
    try keep(
      KeptSettings(inForce: wanted(3, "[slot 2]\narticle = water\nprice = 9\ncapacity = 8")))
    let text = try printed(Self.file + Self.machine).text
    #expect(
      text.contains(
        """

        # The service's list of revision 3 stands in place of the file's: [slot 1] in line 31, [slot 12]
        # in line 34.

        [slot 2]
        # the service, revision 3
        article = water
        # the service, revision 3
        price = 9
        # the service, revision 3
        capacity = 8

        """))
    #expect(!text.contains("\n[slot 1]\n") && !text.contains("\n[slot 12]\n"))
    // The other list stays the file's.
    #expect(
      try block("[article water]", of: text) == """
        [article water]
        # the file, line 29; the service may set it
        chinese = 矿泉水
        # the file, line 30; the service may set it
        english = Water
        """)
  }

  @Test("an empty value of the service takes a key of the file out, and the text says so")
  func keysTakenOut() throws {
    try keep(
      KeptSettings(inForce: wanted(4, "[entry]\ncapacity =\nopening-hours =\nfree-hours =")))
    let entry = try block("[entry]", of: try printed().text)
    for line in [
      "#capacity =                  # not set; the service, revision 4, takes line 11 of the file out",
      "#opening-hours = always      # the default; the service, revision 4, takes line 12 of the "
        + "file out",
      // The file does not have it.
      "#free-hours = never          # the default; the service may set it",
    ] {
      #expect(entry.contains("\n\(line)\n"), "\(line)")
    }
  }

  @Test(
    "settings with an invisible character fit no file: it is named, and the file alone is shown")
  func hiddenCharacters() throws {
    var settings = wanted(5, "[article water]\nchinese = 水\n[slot 1]\narticle = water\nprice = 1")
    settings.sections[0].values.append(
      SettingsSection.Value(SettingsWord("english")!, "A\u{2028}B\u{200B}"))
    try keep(KeptSettings(inForce: settings))
    let text = try printed(Self.file + Self.machine).text
    #expect(try notes(of: text).contains("does not fit this file"))
    #expect(text.contains("which nobody would see"))
    #expect(!text.unicodeScalars.contains { ["\u{2028}", "\u{200B}"].contains($0) })
    _ = try read(text)
  }

  // MARK: - The state of the settings

  @Test("the first lines say the file, the revision in force and its trial")
  func trial() throws {
    let before = wanted(5, "[entry]\ncapacity = 30")
    let after = wanted(7, "[entry]\ncapacity = 40")
    try keep(
      KeptSettings(
        inForce: after, trial: KeptSettings.Trial(before: before, known: [], wasConnected: true)))
    #expect(
      try notes(of: printed().text) == """
        The configuration of the file \(path) and of the service's settings. stationd reads the file \
        when it starts. Revision 7 of the service's settings is in force, on trial: where the \
        station fails with it, revision 5 is in force again. \(Self.legend)
        """)
    try keep(
      KeptSettings(
        inForce: after, trial: KeptSettings.Trial(before: nil, known: [], wasConnected: true)))
    #expect(
      try notes(of: printed().text).contains(
        "on trial: where the station fails with it, the file alone is in force again."))
    try keep(KeptSettings(inForce: after))
    #expect(
      try notes(of: printed().text).contains("Revision 7 of the service's settings is in force. "))
  }

  static let setbacks: [(SettingsSetback, String)] = [
    (.refused, "was refused, and nothing of it was taken. The reasons: - [slot 1] price: no - all"),
    (
      .unwell, "was given up, because the station failed with it. The reasons: - [slot 1] price: no"
    ),
    (.restarts, "was given up, because stationd ended twice while it was on trial. The reasons:"),
  ]

  @Test("a setback is told with its revision, its cause and its reasons", arguments: setbacks)
  func setback(cause: SettingsSetback, words: String) throws {
    let reasons = [
      SettingsReason(place: "[slot 1]", key: "price", "no"), SettingsReason("all\nof it"),
    ]
    try keep(KeptSettings(setback: SettingsReport.Setback(revision: 8, cause, reasons)))
    let text = try printed().text
    let notes = try notes(of: text)
    #expect(
      notes.contains("No settings of the service are in force: the file alone is. Revision 8 "))
    #expect(notes.contains("Revision 8 of the service's settings \(words)"))
    #expect(notes.contains("- all<U+000A>of it"))
    try keep(KeptSettings(setback: SettingsReport.Setback(revision: 8, .restarts)))
    #expect(try self.notes(of: printed().text).contains("twice while it was on trial. A key"))
  }

  @Test("settings that no longer fit the file are told with reasons, and the file alone is shown")
  func misfits() throws {
    try keep(
      KeptSettings(
        inForce: wanted(9, "[entry]\ncapacity = 40\n[access-point 2]\nprogram = free")))
    let shown = try printed()
    #expect(shown.fault == nil)
    #expect(
      try notes(of: shown.text).contains(
        """
        Revision 9 of the service's settings is in the store and does not fit this file. This text \
        shows the file alone. The reasons: - [access-point 2]: the board has no [access-point 2] A key
        """))
    #expect(shown.text.contains("\ncapacity = 20\n") && !shown.text.contains("the service, rev"))
  }

  // MARK: - Stores

  @Test("without a store, and with one of an earlier version, nothing is set by the service")
  func missingStore() throws {
    let shown = try printed()
    #expect(shown.fault == nil)
    #expect(
      try notes(of: shown.text).contains("No settings of the service are in force: the file alone"))
    #expect(!FileManager.default.fileExists(atPath: store))
    let made = try Program.run("sqlite3", [store, "CREATE TABLE identity (only INTEGER)"])
    try #require(made.status == 0)
    #expect(try printed() == shown)
  }

  static let damages: [(String, String)] = [
    ("UPDATE settings SET state = '{\"inForce\":'", "its table of settings is damaged: "),
    ("", "has been emptied: what it held is lost"),
    ("no database at all", "(SQLite 26); the file is damaged"),
  ]

  @Test("a store that cannot be read is a fault in words, and the file alone is shown")
  func damagedStore() throws {
    let alone = try printed().text
    for (damage, words) in Self.damages {
      try? FileManager.default.removeItem(atPath: store)
      try keep(KeptSettings(inForce: wanted(9, "[entry]\ncapacity = 40")))
      if damage.hasPrefix("UPDATE") {
        #expect(try Program.run("sqlite3", [store, damage]).status == 0)
      } else {
        try folder.write(damage, to: "station.sqlite")
      }
      let shown = try printed()
      let fault = try #require(shown.fault, "\(words)")
      #expect(fault.hasPrefix(store))
      #expect(fault.contains(words), "\(fault)")
      #expect(try notes(of: shown.text).contains("The service's settings are not known: \(store)"))
      #expect(try notes(of: shown.text).contains(words))
      #expect(try notes(of: shown.text).contains("This text shows the file alone. A key"))
      #expect(bare(shown.text) == bare(alone))
    }
  }

  // MARK: - The text as a file

  @Test("the text of each good file reads back as the same settings")
  func roundTrip() throws {
    let fixtures = Checkout.file("Tests/StationShellTests/Fixtures/valid")
    for name in try FileManager.default.contentsOfDirectory(atPath: fixtures) {
      let file = try String(contentsOfFile: "\(fixtures)/\(name)", encoding: .utf8)
      var settings = try read(file)
      let bytes = Array(file.utf8)
      // What this machine's own station keeps is not asked.
      settings.storePath = store
      var again = try read(PrintedConfiguration(name, bytes, settings).text)
      again.storePath = store
      #expect(leavingBook(again) == leavingBook(settings), "\(name)")
    }
  }

  @Test("with settings of the service the text reads back as what the station holds")
  func roundTripWithSettings() throws {
    let wanted = wanted(
      6,
      """
      [entry]
      capacity =
      opening-hours = mon-fri 06:00-12:00
      [screen]
      notice-chinese = 停水
      notice-english = No water
      [access-point 1]
      held-open-time = 40 s
      [machine]
      session = 30 s
      [article tea]
      chinese = 茶
      english = Tea
      [slot 7]
      article = tea
      price = 3
      """)
    try keep(KeptSettings(inForce: wanted))
    let file = Self.file + Self.machine
    var settings = try read(file)
    guard case .facility(let facility) = settings.core.book.facility(with: wanted.sections) else {
      Issue.record("the settings of the test do not fit its file")
      return
    }
    settings.core = settings.core.adopting(facility)
    let text = try printed(file).text
    #expect(leavingBook(try read(text)) == leavingBook(settings))
    // The text as a file, without settings of the service, says the same again.
    try FileManager.default.removeItem(atPath: store)
    #expect(bare(try printed(text).text) == bare(text))
  }

  // MARK: - The file of these tests

  private var path: String { folder.file("stationd.conf") }

  private static let legend = """
    A key behind # is not set and has its default. The notes name each key that the service may set \
    as well; every other key belongs to the file alone.
    """

  private static let file = """
    [station]
    id = one
    [access-point 1]
    access-time = 6 s
    [reader front]
    device = /dev/front
    [board]
    kind = simulated
    socket = /run/board
    [entry]
    capacity = 20
    opening-hours = 06:00-22:00
    holidays = 2027-01-01

    """

  private static let machine = """
    [reader machine]
    serves = machine
    device = /dev/machine
    [inputs]
    machine-door-line = gpiochip0:7
    [machine]
    driver = channel-board
    device = /dev/channels
    speed = 115200
    [article gloves]
    chinese = 手套
    english = Gloves
    [screen]
    port = 0
    [article water]
    chinese = 矿泉水
    english = Water
    [slot 1]
    article = water
    price = 5
    [slot 12]
    article = gloves
    price = 6

    """

  /// The text for a file, with the store of the test.
  private func printed(_ file: String = file) throws -> PrintedConfiguration {
    var settings = try read(file)
    settings.storePath = store
    return PrintedConfiguration(path, Array(file.utf8), settings)
  }

  private func read(_ file: String) throws -> StationSettings {
    try StationSettings.read(Array(file.utf8), version: "test")
  }

  private func wanted(_ revision: Int64, _ text: String) -> WantedSettings {
    WantedSettings(
      revision: revision, digest: PayloadDigest(high: 7, low: UInt64(revision)),
      sections: INI(Array(text.utf8)).sections.map { section in
        SettingsSection(
          SettingsWord(section.name)!, section.argument.map { SettingsWord($0)! },
          section.entries.map { SettingsSection.Value(SettingsWord($0.key)!, $0.value) })
      })
  }

  private func keep(_ kept: KeptSettings) throws {
    let (store, _) = try StationStore.open(path: store, fresh: StreamID(bits: 7))
    try store.take([.settings(kept)])
    try store.close()
  }

  /// The lines of a section.
  private func block(_ head: String, of text: String) throws -> String {
    try #require(
      text.components(separatedBy: "\n\n").first { $0.hasPrefix("\(head)\n") }, "\(head)")
  }

  /// The words of the comment at the top, on one line.
  private func notes(of text: String) throws -> String {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
      .prefix { $0.hasPrefix("# ") }
    return lines.map { $0.dropFirst(2) }.joined(separator: " ")
  }

  /// The lines that a reader of configurations does not pass over.
  private func bare(_ text: String) -> [Substring] {
    text.split(separator: "\n").filter { !$0.hasPrefix("#") }
  }

  /// The settings without the lines of their file.
  private func leavingBook(_ settings: StationSettings) -> StationSettings {
    var settings = settings
    settings.core.book = SettingsBook([], on: settings.core.book.board)
    return settings
  }
}
