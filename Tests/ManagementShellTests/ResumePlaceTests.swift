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
    hub = EventHub(
      loop: loop, newest: store.lastEventID(), read: store.sendEvents, now: { now },
      view: { _ in nil })
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

  @Test("more streams than are allowed are refused, those of one owner first")
  func tooMany() throws {
    for client in 0..<EventHub.mostClients {
      let owner = client / EventHub.mostClientsOfActor
      _ = try hub.open(lastEventID: nil, for: "owner-\(owner)")
    }
    func status(of owner: String) -> Int {
      do throws(Problem) {
        _ = try hub.open(lastEventID: nil, for: owner)
        return 200
      } catch {
        return error.status
      }
    }
    #expect(status(of: "owner-0") == 429)
    #expect(status(of: "late") == 503)
  }

  @Test("a watcher that comes back is sent what it missed, page after page")
  func missed() throws {
    let store = MemoryStore()
    let now = Now(instant: Clock.now, wall: Clock.wall)
    let records = (1...64).map { Sample.passage(Int64($0)) }
    for first in [1, 65, 129, 193] as [UInt64] {
      _ = store.store([StoreContractTests.batch(first, records)], at: now)
    }
    var pages: [Int64] = []
    let hub = EventHub(
      loop: loop, newest: 256,
      read: { id, limit, then in
        pages.append(id)
        store.sendEvents(id, limit, then)
      }, now: { now }, view: { _ in nil })
    let streams = try ["one", "two"].map { try hub.open(lastEventID: 10, for: $0) }
    loop.afterTurn = { [loop] in if !hub.isBusy { loop.stop() } }
    loop.schedule(after: .zero) {}
    try loop.run()
    for stream in streams {
      let ids = Self.text(stream).split(separator: "\n").compactMap {
        $0.hasPrefix("id: ") ? Int($0.dropFirst(4)) : nil
      }
      #expect(ids == Array(11...256))
    }
    // Each whole page is read once for both.
    #expect(pages.filter { $0 < 200 } == [10, 110])
  }

  private static func text(_ stream: HTTPEventStream) -> String {
    var buffer = [CChar](repeating: 0, count: 262_144)
    let count = stream.read(into: &buffer, buffer.count)
    return String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}

extension MemoryStore {
  /// Reads events for a hub, at once.
  func sendEvents(
    _ id: Int64, _ limit: Int, _ then: (Result<[EventHub.Sent], any Error>) -> Void
  ) {
    then(.success(events(after: id, limit: limit).map { EventHub.Sent($0) }))
  }
}
