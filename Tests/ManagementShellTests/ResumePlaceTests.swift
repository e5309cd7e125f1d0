// From where a watcher can resume who lost the connection before any record had come.
import Linux
import ManagementCore
import Testing
import Time

@testable import HTTP
@testable import ManagementShell

@Suite("The place of a watcher")
struct ResumePlaceTests {
  private let loop: EventLoop
  private let hub: EventHub

  init() throws {
    loop = try EventLoop()
    let store = MemoryStore()
    let now = Now(instant: Clock.now, wall: Clock.wall)
    _ = store.store([StoreContractTests.batch(1, [Sample.passage(1), Sample.passage(2)])], at: now)
    hub = EventHub(loop: loop, store: store, now: { now }) { _ in nil }
  }

  @Test("who asks for what is new is told where that begins")
  func newcomer() throws {
    let stream = try hub.open(lastEventID: nil, for: "anybody")
    #expect(Self.text(stream) == ": here\nretry: 2000\nid: 2\n\n")
  }

  @Test("who asks for what a store before this one had is told where this one ends")
  func afterRestoration() throws {
    let stream = try hub.open(lastEventID: 1_000_000, for: "anybody")
    #expect(Self.text(stream) == ": here\nretry: 2000\nid: 2\n\n")
  }

  @Test("who knows the place is not told again")
  func returning() throws {
    let stream = try hub.open(lastEventID: 2, for: "anybody")
    #expect(Self.text(stream) == ": here\nretry: 2000\n\n")
  }

  private static func text(_ stream: HTTPEventStream) -> String {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = stream.read(into: &buffer, buffer.count)
    return String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
