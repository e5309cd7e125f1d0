// Tests whose answers a station takes: the configuration decides, not what can be read of it.
import Linux
import MemberCode
import StationProtocol
import TestBed
import Testing

@testable import StationShell

@Suite("Whose answers a station takes")
struct GenuineAnswerTests {
  private let folder: WorkFolder
  private let loop: EventLoop
  private let station = StationID("one")!
  private let service = SigningKey.generate()
  private let next = SigningKey.generate()
  private let thief = SigningKey.generate()

  init() throws {
    folder = try WorkFolder()
    loop = try EventLoop()
  }

  private func room(
    _ keys: [String: String], isClaimed: Bool = false
  ) throws -> CommandRoom {
    let settings = try keys.sorted { $0.key < $1.key }.map { name, pem in
      ServiceKeySettings(name: name, path: try folder.write(pem, to: "\(name).pem"))
    }
    let support = try SupportFile(
      path: folder.file("support.json"), store: folder.file("station.sqlite"))
    return try CommandRoom(
      loop, keys: settings, isClaimed: isClaimed, support: support
    ) { _, _ in }
  }

  private func pem(_ key: SigningKey) -> String { String(decoding: key.publicPEM, as: UTF8.self) }

  private func isTaken(_ key: SigningKey, by room: CommandRoom) -> Bool {
    room.isGenuine(key.seal(Array("{}".utf8), for: .ack(station)), on: .ack(station))
  }

  @Test("with keys, those of a rotation among them, what another key has signed is refused")
  func pinned() throws {
    let room = try room(["current": pem(service), "next": pem(next)])
    defer { room.stop() }
    #expect(isTaken(service, by: room) && isTaken(next, by: room))
    #expect(!isTaken(thief, by: room))
    // Of another purpose, and of another station.
    let sealed = service.seal(Array("{}".utf8), for: .reply(station))
    #expect(room.isGenuine(sealed, on: .reply(station)))
    #expect(!room.isGenuine(sealed, on: .ack(station)))
    #expect(!room.isGenuine(sealed, on: .reply(StationID("two")!)))
  }

  @Test("with a section whose file holds no key, nothing is taken")
  func unreadable() throws {
    let room = try room(["current": "nothing of that kind\n"])
    defer { room.stop() }
    #expect(!isTaken(service, by: room) && !isTaken(thief, by: room))
  }

  @Test("without any section whatever is signed is taken")
  func unpinned() throws {
    let room = try room([:])
    defer { room.stop() }
    #expect(isTaken(service, by: room) && isTaken(thief, by: room))
  }

  @Test("a board that is claimed and has no key of the service takes nothing")
  func claimed() throws {
    let room = try room([:], isClaimed: true)
    defer { room.stop() }
    #expect(!isTaken(service, by: room) && !isTaken(thief, by: room))
  }
}
