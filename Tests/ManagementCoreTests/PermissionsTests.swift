// Who may do what.
import ManagementCore
import Testing

@Suite("Permissions")
struct PermissionsTests {
  @Test("a manager may do everything, a viewer may look at stations")
  func roles() {
    for operation in Operation.allCases {
      #expect(Role.manager.may(operation))
      #expect(Role.viewer.may(operation) == (operation == .viewStations))
    }
  }
}
