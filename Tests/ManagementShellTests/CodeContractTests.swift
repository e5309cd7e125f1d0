// What every engine of the store has to do with typed codes, run on each of them.
import Foundation
import ManagementCore
import StationProtocol
import TestBed
import Testing
import Time

@testable import ManagementShell

@Suite("Store contract: typed codes")
struct CodeContractTests {
  private typealias Contract = StoreContractTests
  private static let epoch = StoreEpoch(bits: 0xE)
  private static let point = AccessPointID(2)!

  private static func later(_ seconds: Int) -> Now {
    var now = StoreContractTests.now
    now.wall = now.wall + .seconds(seconds)
    return now
  }

  private static func request(
    _ name: String = "c-1", key: String = "k", hash: UInt8 = 1, uses: Int64 = 1,
    station: StationID = StoreContractTests.gate
  ) -> TypedCodeRequest {
    let from = StoreContractTests.now.wall
    let code = TypedCode(
      TypedCodeID(name)!, TypedCodeHash(Array(repeating: hash, count: 32))!, from: from,
      until: from + .seconds(3600), uses: uses)
    return TypedCodeRequest(station, point, code, life: .seconds(600), key: OrderKey(key)!)
  }

  private static func set(
    _ store: any ManagementStore, _ request: TypedCodeRequest = request(), isSent: Bool = false,
    at now: Now = later(0)
  ) throws -> CodeReceipt {
    try store.setCode(request, epoch: epoch, isSent: isSent, by: "li", at: now)
  }

  private static func remove(
    _ store: any ManagementStore, _ name: String = "c-1", key: String,
    station: StationID = StoreContractTests.gate
  ) throws -> CodeReceipt? {
    try store.removeCode(
      TypedCodeID(name)!, of: station, life: .seconds(600), key: OrderKey(key)!, epoch: epoch,
      isSent: true, by: "wu", at: later(60))
  }

  private static func code(_ receipt: CodeReceipt?) throws -> StationCode {
    guard case .ordered(let code, _) = receipt else {
      throw TestBedError(String(describing: receipt))
    }
    return code
  }

  @Test("a code is its command, with who gave it, in one transaction", arguments: Engine.allCases)
  func set(_ engine: Engine) throws {
    let opened = try engine.open()
    let request = Self.request()
    let receipt = try Self.set(opened.store, request, isSent: true)
    let code = try Self.code(receipt)
    #expect(receipt == .ordered(code, isNew: true))
    #expect(code.code == request.code && code.accessPoint == Self.point && code.removal == nil)
    #expect(code.setting.progress == .sent && code.setting.actor == "li")
    #expect(code.setting.expires == Self.later(600).wall)
    let again = try opened.reopened()
    #expect(try again.codes(of: Contract.gate, limit: 9) == [code])
    #expect(try again.code(request.code.id, of: Contract.gate) == code)
    #expect(try again.command(code.setting.id) == code.setting)
    #expect(try again.openCommands() == [code.setting])
    let audit = try again.audit(of: nil, before: nil, limit: 10)
    #expect(audit.map(\.action) == [.command] && audit.first?.actor == "li")
    #expect(audit.first?.contents.contains(#""credential":"c-1""#) == true)
    #expect(audit.first?.contents.contains(request.code.hash.memberText) == false)
    #expect(try again.codes(of: Contract.hall, limit: 9).isEmpty)
    #expect(try again.code(request.code.id, of: Contract.hall) == nil)
  }

  @Test(
    "the same key is the same code with its first digits, and anything else under it is a conflict",
    arguments: Engine.allCases)
  func keys(_ engine: Engine) throws {
    let opened = try engine.open()
    let store = opened.store
    let first = try Self.code(try Self.set(store))
    // The second request has drawn other digits and another name.
    #expect(
      try Self.set(store, Self.request("c-2", hash: 2), at: Self.later(9))
        == .ordered(first, isNew: false))
    for other in [Self.request("c-3", uses: 2), Self.request("c-3", station: Contract.hall)] {
      #expect(try Self.set(store, other) == .conflict)
    }
    _ = try store.order(
      CommandRequest(
        Contract.gate, .station(.identify), life: .seconds(9), key: OrderKey("command")!),
      epoch: Self.epoch, isSent: false, by: "li", at: Self.later(0))
    #expect(try Self.set(store, Self.request("c-4", key: "command")) == .conflict)
    // A name that is taken is not taken over.
    #expect(try Self.set(store, Self.request(key: "k-2")) == .conflict)
    #expect(try store.codes(of: Contract.gate, limit: 9) == [first])
    #expect(try store.commands(of: Contract.gate, before: nil, limit: 9).count == 2)
  }

  @Test(
    "a removal is ordered once while it is under way and once it is done, and again where it failed",
    arguments: Engine.allCases)
  func removal(_ engine: Engine) throws {
    let opened = try engine.open()
    let store = opened.store
    #expect(try Self.remove(store, key: "r-0") == nil)
    _ = try Self.set(store)
    #expect(try Self.remove(store, key: "r-0", station: Contract.hall) == nil)
    let ordered = try Self.code(try Self.remove(store, key: "r-1"))
    let first = try #require(ordered.removal)
    #expect(first.order == .entry(.removeCode(Self.point, ordered.code.id)))
    #expect(first.actor == "wu" && first.progress == .sent)
    #expect(try Self.remove(store, key: "r-2") == .ordered(ordered, isNew: false))
    _ = try store.advance(
      first.id, of: Contract.gate, CommandNews(.expired), at: Self.later(700))
    let again = try Self.code(try Self.remove(store, key: "r-3"))
    let second = try #require(again.removal)
    #expect(second.id != first.id)
    _ = try store.advance(second.id, of: Contract.gate, CommandNews(.done), at: Self.later(701))
    let done = try Self.code(try Self.remove(store, key: "r-4"))
    #expect(done.removal?.id == second.id && done.isRemoved)
    #expect(try opened.reopened().code(done.code.id, of: Contract.gate) == done)
  }

  @Test(
    "codes are listed newest first, and one that is reported is known however old it is",
    arguments: Engine.allCases)
  func list(_ engine: Engine) throws {
    let opened = try engine.open()
    for number in 1...4 {
      _ = try Self.set(opened.store, Self.request("c-\(number)", key: "k-\(number)"))
    }
    let store = try opened.reopened()
    #expect(
      try store.codes(of: Contract.gate, limit: 2).map(\.code.id.text) == ["c-4", "c-3"])
    let end = StoreContractTests.now.wall + .seconds(3600)
    let report = CodesPayload(
      seq: 1,
      codes: ["c-1", "x"].map { SetCode(Self.point, TypedCodeID($0)!, left: 1, until: end) },
      at: end)
    let codes = try store.codes(of: Contract.gate, limit: 2, beside: report)
    #expect(codes.rows.map(\.ours.code.id.text) == ["c-4", "c-3", "c-1"])
    #expect(codes.rows.map { $0.there != nil } == [false, false, true])
    #expect(codes.foreign.map(\.id.text) == ["x"])
  }

  @Test("digits are ten, leading zeros among them, and none is likelier than another")
  func digits() {
    #expect(TypedDigits.draw { 0 }.text == "0000000000")
    #expect(TypedDigits.draw { 9_999_999_999 }.text == "9999999999")
    #expect(TypedDigits.draw { 10_000_000_042 }.text == "0000000042")
    // Beyond the last whole round of numbers it is drawn again.
    var numbers: [UInt64] = [7, .max, 18_446_744_070_000_000_000]
    #expect(TypedDigits.draw { numbers.removeLast() }.text == "0000000007")
    numbers = [18_446_744_069_999_999_999]
    #expect(TypedDigits.draw { numbers.removeLast() }.text == "9999999999")
  }
}
