// Ledgers that somebody has laid hands on: the proof finds each of them.
import ManagementCore
import SQL
import SQLite
import StationProtocol
import TestBed
import Testing

@testable import ManagementShell

@Suite("Broken ledgers")
struct BrokenLedgerTests {
  /// A ledger with one posted exchange, one given back, one open, and one without a hold that a person
  /// has decided to take.
  private static func make(_ folder: WorkFolder) throws -> SQLiteStore {
    let store = try SQLiteStore(path: folder.file("m.sqlite"))
    try LedgerSample.fill(store, points: 200)
    for (seq, outcome) in [(1, .dispensed), (11, .cancelled)] as [(UInt64, ExchangeOutcome)] {
      _ = try LedgerSample.ask(LedgerSample.exchange(seq), store)
      _ = try LedgerSample.end(LedgerSample.exchange(seq), outcome, store)
    }
    _ = try LedgerSample.ask(LedgerSample.exchange(21), store)
    let unproven = LedgerSample.exchange(31)
    _ = try LedgerSample.end(unproven, .dispensed, store)
    try LedgerSample.rule(
      .resolve(unproven.id, .post(nil), reason: "the slot is empty"), store, key: "taken")
    #expect(try store.proof(at: StoreContractTests.now).isClean)
    return store
  }

  private static func findings(after sql: String) throws -> [String] {
    let folder = try WorkFolder()
    let store = try make(folder)
    let hand = try Database(path: folder.file("m.sqlite"))
    try hand.execute("PRAGMA foreign_keys = OFF")
    try hand.execute(sql)
    #expect(hand.changes > 0, "\(sql) changed nothing")
    return try store.proof(at: StoreContractTests.now).findings.map(\.description)
  }

  @Test("a balance that somebody changed is named, and so is the sum")
  func balance() throws {
    let found = try Self.findings(
      after: "UPDATE account SET balance = balance + 5 WHERE kind = 'member'")
    #expect(
      found == [
        "all accounts together hold 5, not 0",
        "the account member m-1 holds 115, its movements make 110",
      ])
  }

  @Test("a movement that is gone is missed, by both accounts and by its exchange")
  func movement() throws {
    let found = try Self.findings(after: "DELETE FROM movement WHERE kind = 'post'")
    #expect(found.count == 3 && found[0].contains("held gate-1"), "\(found)")
    #expect(found[2].contains("posted 0"), "\(found)")
  }

  @Test("whatever else somebody changes is found as well")
  func others() throws {
    let changes = [
      "UPDATE movement SET amount = amount + 1 WHERE kind = 'hold'",
      "UPDATE movement SET credit = debit - 1 WHERE kind = 'charge'",
      "UPDATE exchange SET state = 'void', posted = NULL WHERE state = 'posted'",
      "UPDATE exchange SET state = 'void' WHERE state = 'held'",
      "UPDATE exchange SET price = price + 1 WHERE state = 'held'",
      "UPDATE exchange SET outcome = 'failed', outcome_reason = 'failed' WHERE state = 'void'",
      "DELETE FROM exchange WHERE state = 'void'",
      "UPDATE ledger_order SET movement = 1 WHERE key = 'welcome'",
      "DELETE FROM account WHERE kind = 'station'",
      "INSERT INTO account (kind, owner, balance) VALUES ('member', 'm-9', 10)",
    ]
    for change in changes {
      #expect(try !Self.findings(after: change).isEmpty, "\(change) was not found")
    }
  }

  @Test("what the tables themselves refuse")
  func constraints() throws {
    let folder = try WorkFolder()
    _ = try Self.make(folder)
    let hand = try Database(path: folder.file("m.sqlite"))
    let changes = [
      "UPDATE account SET balance = -1 WHERE kind = 'member'",
      "INSERT INTO movement SELECT NULL, kind, debit, credit, amount, member_account, exchange, order_key, "
        + "reason, reverses, actor, at FROM movement WHERE kind = 'post'",
      "UPDATE movement SET amount = 0 WHERE kind = 'post'",
      "DELETE FROM account WHERE kind = 'held'",
      "INSERT INTO exchange (stream, seq, member, slot, article, price, state, day, at) "
        + "SELECT stream, seq, member, slot, article, price, 'held', day, at FROM exchange",
    ]
    for change in changes {
      #expect(throws: DatabaseError.self, "\(change)") { try hand.execute(change) }
    }
  }

  @Test("of many faults of one kind some are named and the rest is counted")
  func many() throws {
    let found = try Self.findings(
      after: """
        WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50)
        INSERT INTO account (kind, owner, balance) SELECT 'member', 'x-' || i, 1 FROM n
        """)
    #expect(found.count == 22 && found.last == "and 30 more of this kind")
  }
}
