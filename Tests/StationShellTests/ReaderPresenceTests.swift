// Several readers at one access point, of which some are missing.
import StationCore
import StationProtocol
import Testing

@testable import StationShell

@Suite("Reader presence")
struct ReaderPresenceTests {
  @Test("an access point lacks a reader until every one of its readers is there")
  func several() throws {
    let first = try #require(AccessPointID(1))
    let second = try #require(AccessPointID(2))
    let street = Self.reader("street", first)
    let room = Self.reader("room", first)
    let back = Self.reader("back", second)
    var presence = ReaderPresence([street, room, back])
    #expect(
      presence.changed(street, isConnected: false)
        == .entry(.readerChanged(first, isConnected: false)))
    #expect(
      presence.changed(room, isConnected: true) == .entry(.readerChanged(first, isConnected: false))
    )
    #expect(
      presence.changed(back, isConnected: true) == .entry(.readerChanged(second, isConnected: true))
    )
    #expect(
      presence.changed(room, isConnected: false)
        == .entry(.readerChanged(first, isConnected: false)))
    #expect(
      presence.changed(street, isConnected: true)
        == .entry(.readerChanged(first, isConnected: false)))
    #expect(
      presence.changed(room, isConnected: true) == .entry(.readerChanged(first, isConnected: true)))
  }

  private static func reader(_ name: String, _ point: AccessPointID) -> ReaderSettings {
    ReaderSettings(
      name: name, accessPoint: point, source: .serial(device: "/dev/\(name)", speed: 9600),
      idleGap: .milliseconds(100))
  }
}
