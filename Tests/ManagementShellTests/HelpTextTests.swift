// Each help text of managementd's configuration can be read alone.
import ManagementShell
import TestBed
import Testing

@Suite("Help texts of managementd")
struct ManagementHelpTextTests {
  @Test("each names its subject")
  func subjects() { #expect(HelpTexts.faults(of: ManagementSettings.table) == []) }
}
