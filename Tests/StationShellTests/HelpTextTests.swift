// Each help text of stationd's configuration can be read alone.
import Configuration
import StationShell
import TestBed
import Testing

@Suite("Help texts of stationd")
struct HelpTextTests {
  @Test("each names its subject")
  func subjects() { #expect(HelpTexts.faults(of: StationSettings.table) == []) }

  @Test("a text that leaves its subject out would be found")
  func finding() {
    let table = ConfigurationTable([
      ConfigurationTable.Section(
        "door", "The door.",
        keys: [
          ConfigurationTable.Key("a", .text, .standard(""), "How long it stands open."),
          ConfigurationTable.Key("b", .text, .standard(""), "The same for others."),
          ConfigurationTable.Key("c", .text, .standard(""), "no sentence"),
          ConfigurationTable.Key("d", .text, .standard(""), "The time for which it stands open."),
        ])
    ])
    #expect(HelpTexts.faults(of: table).map { $0.prefix(7) } == ["door: a", "door: b", "door: c"])
  }
}
