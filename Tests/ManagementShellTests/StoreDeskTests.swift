// The store beside the loop: who is answered while others wait, and what is said of a store that fails.
import Foundation
import Linux
import ManagementCore
import StationProtocol
import TestBed
import Testing
import Time

@testable import ManagementShell

@Suite("Store beside the loop")
struct StoreDeskTests {
  private let folder: WorkFolder
  private let loop: EventLoop
  private let writer: StoreWriter
  private let desk: StoreDesk

  init() throws {
    folder = try WorkFolder()
    loop = try EventLoop()
    let path = folder.file("m.sqlite")
    try SQLiteStore(path: path).close()
    writer = try StoreWriter(path: path)
    desk = try StoreDesk(loop: loop, path: path, writer: writer)
  }

  private func end() {
    writer.finish()
    desk.stop()
  }

  /// Runs the loop until `stop` is called.
  private func run(_ body: (_ stop: @escaping () -> Void) -> Void) throws {
    body { [loop] in loop.stop() }
    let limit = loop.schedule(after: .seconds(20)) { [loop] in
      Issue.record("no answer came")
      loop.stop()
    }
    try loop.run()
    limit.cancel()
  }

  private static func member(_ text: String) throws -> Member {
    Member(id: try #require(MemberID(text)), label: nil, enrolled: WallTime(seconds: 1000))
  }

  @Test("a question knows all that was ordered and answered before it")
  func order() throws {
    defer { end() }
    let member = try Self.member("m-1")
    var found: Member?
    try run { [desk] stop in
      desk.order {
        try $0.enrol(member, by: "li")
      } _: { result in
        #expect((try? result.get()) == true)
        desk.ask {
          try $0.member(member.id)
        } _: {
          found = try? $0.get()
          stop()
        }
      }
    }
    #expect(found == member)
  }

  @Test(
    "questions that take long hold the readers they have, one fewer than there are, and no more")
  func slow() throws {
    defer { end() }
    let gate = DispatchSemaphore(value: 0)
    var slow = 0
    var quick = 0
    try run { [desk] stop in
      for _ in 1..<StoreDesk.readerCount {
        desk.ask { _ in
          gate.wait()
          return true
        } _: { _ in
          slow += 1
          if slow == StoreDesk.readerCount - 1 { stop() }
        }
      }
      for _ in 0..<100 {
        desk.ask {
          try $0.members(matching: nil, after: nil, limit: 1).count
        } _: { _ in
          quick += 1
          guard quick == 100 else { return }
          #expect(slow == 0)
          for _ in 1..<StoreDesk.readerCount { gate.signal() }
        }
      }
    }
    #expect(quick == 100 && slow == StoreDesk.readerCount - 1)
  }

  @Test("orders are carried out one after the other, in the order in which they were given")
  func sequence() throws {
    defer { end() }
    let gate = StoreContractTests.gate
    var names: [String] = []
    try run { [desk] stop in
      for number in 1...50 {
        desk.order { store in
          try store.name(
            gate, StationNames(english: "\(number)", chinese: "\(number)"), by: "li",
            at: StoreContractTests.now)
          return try store.stations()[0].names.english
        } _: { result in
          names.append((try? result.get()) ?? "none")
          if number == 50 { stop() }
        }
      }
    }
    #expect(names == (1...50).map { "\($0)" })
  }

  @Test("what comes on top of too much is answered at once, and there is room again")
  func full() throws {
    defer { end() }
    let gate = DispatchSemaphore(value: 0)
    var answered = 0
    var refused = 0
    try run { [desk] stop in
      for _ in 0..<StoreDesk.readerCount {
        desk.ask { _ in
          gate.wait()
        } _: { _ in
          answered += 1
        }
      }
      for _ in StoreDesk.readerCount..<StoreDesk.mostWaiting + 10 {
        desk.ask { _ in
        } _: { result in
          if case .failure(let error) = result, error is StoreDesk.Full {
            refused += 1
          } else {
            answered += 1
            if answered == StoreDesk.mostWaiting { stop() }
          }
        }
      }
      #expect(refused == 10)
      for _ in 0..<StoreDesk.readerCount { gate.signal() }
    }
    #expect(answered == StoreDesk.mostWaiting)
    var isAnswered = false
    try run { [desk] stop in
      desk.ask { _ in
      } _: { result in
        if case .success = result { isAnswered = true }
        stop()
      }
    }
    #expect(isAnswered)
  }

  @Test("a store that cannot be opened is said to who asks and who orders, and used when it can be")
  func failing() throws {
    let path = folder.file("later/m.sqlite")
    let writer = try StoreWriter(path: path)
    let desk = try StoreDesk(loop: loop, path: path, writer: writer)
    defer {
      end()
      writer.finish()
      desk.stop()
    }
    let member = try Self.member("m-1")
    func ask(_ then: @escaping (Result<Int, any Error>) -> Void) {
      desk.ask({ try $0.members(matching: nil, after: nil, limit: 10).count }, then)
    }
    func order(_ then: @escaping (Result<Bool, any Error>) -> Void) {
      desk.order({ try $0.enrol(member, by: "li") }, then)
    }
    func isFailure(_ result: Result<some Any, any Error>) -> Bool {
      if case .failure(let error) = result { error is StoreFailure } else { false }
    }
    try run { stop in
      ask { result in
        #expect(isFailure(result))
        order {
          #expect(isFailure($0))
          stop()
        }
      }
    }
    try folder.write("", to: "later/here")
    var count: Int?
    try run { stop in
      order { result in
        #expect((try? result.get()) == true)
        ask {
          count = try? $0.get()
          stop()
        }
      }
    }
    #expect(count == 1)
  }

  @Test("what a question throws of its own is its answer, and the connection stays")
  func refusal() throws {
    defer { end() }
    struct Refusal: Error {}
    var isRefused = false
    try run { [desk] stop in
      desk.ask { _ in
        throw Refusal()
      } _: { (result: Result<Void, any Error>) in
        if case .failure(let error) = result { isRefused = error is Refusal }
        stop()
      }
    }
    #expect(isRefused)
  }

  @Test("an order among batches is carried out between two transactions, and all are stored")
  func between() throws {
    defer { end() }
    try loop.receive(from: writer.reports) { [writer] in writer.settle($0) }
    let records = [Record](repeating: Sample.passage(1), count: 64)
    for number in 0..<100 as Range<UInt64> {
      #expect(writer.store(StoreContractTests.batch(number * 64 + 1, records)))
    }
    let member = try Self.member("m-1")
    var stored: Int64?
    try run { [desk, loop] stop in
      desk.order {
        try $0.enrol(member, by: "li")
      } _: { result in
        #expect((try? result.get()) == true)
      }
      func look() {
        desk.ask {
          try $0.lastEventID()
        } _: { result in
          stored = try? result.get()
          if stored == 6400 { stop() } else { loop.schedule(after: .milliseconds(1)) { look() } }
        }
      }
      look()
    }
    #expect(stored == 6400)
  }
}
