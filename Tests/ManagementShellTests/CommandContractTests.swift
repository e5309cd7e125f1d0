// What every engine of the store has to do with commands and wishes, run on each of them.
import Foundation
import ManagementCore
import ManagementShell
import StationProtocol
import TestBed
import Testing
import Time

@Suite("Store contract: commands")
struct CommandContractTests {
  private typealias Contract = StoreContractTests
  private static let epoch = StoreEpoch(bits: 0xE)
  private static let open = Order.door(.open(AccessPointID(1)!))

  private static func later(_ seconds: Int) -> Now {
    var now = StoreContractTests.now
    now.wall = now.wall + .seconds(seconds)
    return now
  }

  @discardableResult
  private static func order(
    _ store: any ManagementStore, _ order: Order = open, key: String = "k",
    station: StationID = StoreContractTests.gate, isSent: Bool = false, at now: Now
  ) throws -> CommandReceipt {
    try store.order(
      CommandRequest(station, order, life: .seconds(30), key: OrderKey(key)!), epoch: epoch,
      isSent: isSent, by: "li", at: now)
  }

  private static func given(_ receipt: CommandReceipt) throws -> OrderedCommand {
    guard case .ordered(let command, _) = receipt else { throw TestBedError("\(receipt)") }
    return command
  }

  @Test(
    "a key is one command, and another order under it is a conflict", arguments: Engine.allCases)
  func keys(_ engine: Engine) throws {
    let opened = try engine.open()
    let first = try Self.order(opened.store, at: Self.later(0))
    let command = try Self.given(first)
    #expect(
      command
        == OrderedCommand(
          id: CommandID(epoch: Self.epoch, number: 1), station: Contract.gate, order: Self.open,
          actor: "li", orderedAt: Self.later(0).wall, expires: Self.later(30).wall))
    #expect(try Self.order(opened.store, at: Self.later(5)) == .ordered(command, isNew: false))
    #expect(try Self.order(opened.store, .station(.identify), at: Self.later(6)) == .conflict)
    #expect(try Self.order(opened.store, station: Contract.hall, at: Self.later(6)) == .conflict)
    let again = try opened.reopened()
    #expect(try again.command(command.id) == command)
    #expect(try again.openCommands() == [command])
    let audit = try again.audit(of: nil, before: nil, limit: 10)
    #expect(audit.map(\.action) == [.command] && audit.first?.actor == "li")
    #expect(audit.first?.contents.contains(#""op":"open","ap":1"#) == true)
  }

  @Test("every operation comes back from the store as it was given", arguments: Engine.allCases)
  func operations(_ engine: Engine) throws {
    let opened = try engine.open()
    let orders: [Order] = [
      Self.open, .door(.beginFreeAccess(AccessPointID(2)!, seconds: 60)),
      .entry(.holdReader(AccessPointID(1)!)), .occupancy(.correct(inside: 4)),
      .climate(.setRelay(.lights, .stayOn)), .exchange(.withdrawSlot(SlotID(80)!)),
      .alarm(.reset(.duress, AccessPointID(1))), .alarm(.reset(.nameShared, nil)),
      .station(.setLogLevel(.error)),
    ]
    for (number, order) in orders.enumerated() {
      try Self.order(opened.store, order, key: "k-\(number)", at: Self.later(number))
    }
    let listed = try opened.reopened().commands(of: Contract.gate, before: nil, limit: 100)
    #expect(listed.map(\.order) == orders.reversed())
  }

  @Test(
    "a command only goes on, and what comes late or twice changes nothing",
    arguments: Engine.allCases)
  func progress(_ engine: Engine) throws {
    let opened = try engine.open()
    let store = opened.store
    let id = try Self.given(try Self.order(store, at: Self.later(0))).id
    func advance(_ news: CommandNews, _ second: Int) throws -> OrderedCommand? {
      try store.advance(id, of: Contract.gate, news, at: Self.later(second))
    }
    #expect(try advance(CommandNews(.sent), 1)?.sentAt == Self.later(1).wall)
    #expect(try advance(CommandNews(.sent), 2) == nil)
    #expect(try advance(CommandNews(.queued), 2) == nil)
    #expect(try advance(CommandNews(.running), 3)?.receivedAt == Self.later(3).wall)
    #expect(try advance(CommandNews(.received), 4) == nil)
    let unknown = try advance(CommandNews(.unknown, .noAnswer), 5)
    #expect(unknown?.fault == .noAnswer && unknown?.endedAt == Self.later(5).wall)
    // A record, however late, is better than none, and than a message.
    let parts = [
      TestResult(.clock, isWell: false), TestResult(.lock, at: AccessPointID(1), isWell: true),
    ]
    #expect(try advance(CommandNews(.failed, .busy, from: .message), 6) == nil)
    #expect(try advance(CommandNews(.received, from: .record), 6) == nil)
    let done = try advance(CommandNews(.done, parts: parts, from: .record), 6)
    #expect(done?.progress == .done && done?.fault == nil && done?.parts == parts)
    #expect(try advance(CommandNews(.failed, .busy), 7) == nil)
    #expect(try advance(CommandNews(.unknown, from: .record), 7) == nil)
    #expect(try advance(CommandNews(.failed, .busy, from: .record), 7) == nil)
    #expect(try opened.reopened().command(id) == done)
    #expect(try opened.reopened().openCommands().isEmpty)
    #expect(
      try store.advance(id, of: Contract.hall, CommandNews(.done), at: Self.later(8)) == nil)
    #expect(
      try store.advance(
        CommandID("nobody")!, of: Contract.gate, CommandNews(.done), at: Self.later(8)) == nil)
  }

  @Test(
    "the end that a message told is corrected by the record, and nobody ends what was not sent",
    arguments: Engine.allCases)
  func corrected(_ engine: Engine) throws {
    let opened = try engine.open()
    let store = opened.store
    let id = try Self.given(try Self.order(store, at: Self.later(0))).id
    func advance(_ news: CommandNews, _ second: Int) throws -> OrderedCommand? {
      try store.advance(id, of: Contract.gate, news, at: Self.later(second))
    }
    #expect(try advance(CommandNews(.done, from: .message), 1) == nil)
    #expect(try advance(CommandNews(.done, from: .record), 1) == nil)
    #expect(try advance(CommandNews(.sent), 1) != nil)
    #expect(try advance(CommandNews(.expired, from: .message), 2)?.isSettled == false)
    #expect(try advance(CommandNews(.received, from: .record), 3) == nil)
    let corrected = try advance(CommandNews(.done, from: .record), 4)
    #expect(corrected?.progress == .done && corrected?.isSettled == true)
    #expect(try opened.reopened().command(id) == corrected)
  }

  @Test(
    "commands are listed newest first, a page at a time, each station's own",
    arguments: Engine.allCases)
  func pages(_ engine: Engine) throws {
    let opened = try engine.open()
    for number in 1...5 {
      try Self.order(
        opened.store, key: "k-\(number)", station: number == 3 ? Contract.hall : Contract.gate,
        at: Self.later(number))
    }
    func ids(_ before: Int64?, _ limit: Int) throws -> [String] {
      try opened.store.commands(
        of: Contract.gate, before: before.map { CommandID(epoch: Self.epoch, number: $0) },
        limit: limit
      ).map(\.id.text)
    }
    #expect(try ids(nil, 10) == [5, 4, 2, 1].map { "\(Self.epoch)-\($0)" })
    #expect(try ids(nil, 2) == [5, 4].map { "\(Self.epoch)-\($0)" })
    #expect(try ids(4, 10) == [2, 1].map { "\(Self.epoch)-\($0)" })
  }

  @Test(
    "a record of the station moves its command, and no other station's does",
    arguments: Engine.allCases)
  func records(_ engine: Engine) throws {
    let opened = try engine.open()
    let id = try Self.given(try Self.order(opened.store, isSent: true, at: Self.later(0))).id
    func deliver(_ seq: UInt64, _ record: CommandRecord, from station: StationID) throws
      -> [OrderedCommand]
    {
      let stored = Contract.record(.command(record))
      let stream = station == Contract.gate ? Contract.stream : Contract.other
      let batch = InboundBatch(
        station: station, stream: stream, first: seq,
        contents: [.record(stored, json: stored.json)], digest: PayloadDigest(high: 0, low: 0))
      return try opened.store.store([.batch(batch)], at: Self.later(1)).flatMap(\.commands)
    }
    let end = CommandRecord.ended(id, .door(.open), CommandEnd(.done))
    #expect(try deliver(1, end, from: Contract.hall).isEmpty)
    let accepted = try deliver(1, .accepted(id, .door(.open), by: "li"), from: Contract.gate)
    #expect(accepted.map(\.progress) == [.received])
    #expect(try deliver(2, end, from: Contract.gate).map(\.progress) == [.done])
    #expect(try deliver(2, end, from: Contract.gate).isEmpty)
    #expect(try opened.reopened().command(id)?.progress == .done)
  }

  @Test(
    "each wish has a revision above all before, also above what the station says",
    arguments: Engine.allCases)
  func wishes(_ engine: Engine) throws {
    let opened = try engine.open()
    func wish(_ isOn: Bool, above reported: Int64) throws -> Wish {
      try opened.store.wish(
        lockDown: isOn, of: Contract.gate, above: reported, reason: "r", by: "li",
        at: Self.later(0))
    }
    #expect(
      try wish(true, above: 0).desired == DesiredConfiguration(revision: 1, isLockedDown: true))
    #expect(try wish(false, above: 0).desired.revision == 2)
    let last = try wish(true, above: 40)
    #expect(last.desired.revision == 41)
    #expect(try opened.reopened().wishes() == [Contract.gate: last])
    let audit = try opened.store.audit(of: nil, before: nil, limit: 10)
    #expect(audit.map(\.action) == [.lockDown, .lockDown, .lockDown])
  }
}
