// Stores of earlier versions: what was in them is there after the step to this one.
import ManagementCore
import SQL
import SQLite
import StationProtocol
import TestBed
import Testing

@testable import ManagementShell

@Suite("Schema")
struct SchemaTests {
  private static let first = """
    INSERT INTO station (id, name_en, name_zh) VALUES ('gate-1', 'Gate', '门'), ('hall-2', 'x', 'y');
    INSERT INTO stream (station, stream, upto) VALUES ('gate-1', '000000000000000a', 2);
    INSERT INTO stream (station, stream, upto) VALUES ('hall-2', '000000000000000b', 0);
    INSERT INTO island (station, stream, first, last) VALUES ('hall-2', '000000000000000b', 5, 5);
    INSERT INTO record (id, station, stream, seq, received, kind, body) VALUES
      (3, 'gate-1', '000000000000000a', 1, 7, 'door-closed', '1'),
      (300, 'hall-2', '000000000000000b', 5, 7, 'passage', '2'),
      (301, 'gate-1', '000000000000000a', 2, 7, 'passage', '3'),
      (302, 'hall-2', '000000000000000b', NULL, 7, 'gap', '4');
    """

  @Test("a store of the first version keeps its events, their places and what is found by what")
  func fromTheFirst() throws {
    let folder = try WorkFolder()
    let path = folder.file("m.sqlite")
    let old = try Database(path: path)
    try old.migrate([Schema.migrations[0]])
    try old.execute(Self.first)
    old.close()
    let store = try SQLiteStore(path: path)
    let all = try store.events(after: 0, limit: 10)
    #expect(all.map(\.id) == [3, 300, 301, 302])
    #expect(all.map(\.seq) == [1, 5, 2, nil])
    #expect(all.map(\.station.text) == ["gate-1", "hall-2", "gate-1", "hall-2"])
    #expect(all.map { String(decoding: $0.json, as: UTF8.self) } == ["1", "2", "3", "4"])
    func ids(_ filter: EventFilter) throws -> [Int64] {
      try store.events(matching: filter, limit: 10).map(\.id)
    }
    let gate = StoreContractTests.gate
    let hall = StoreContractTests.hall
    #expect(try ids(EventFilter(station: gate)) == [301, 3])
    #expect(try ids(EventFilter(kind: .occupancy(.passage))) == [301, 300])
    #expect(try ids(EventFilter(station: hall, kind: .stream(.gap))) == [302])
    #expect(try store.stations().map(\.names.chinese) == ["门", "y"])
    let one = [StoreContractTests.record(.door(.closed(StoreContractTests.door())))]
    let outcomes = try store.store(
      [
        StoreContractTests.batch(3, one, of: gate, in: StreamID(bits: 10)),
        .floor(hall, StreamID(bits: 11), floor: 5),
      ], at: StoreContractTests.now)
    #expect(outcomes.map(\.upto) == [3, 5])
    #expect(try ids(EventFilter(station: gate, kind: .door(.closed))) == [303, 3])
  }

  @Test("visits of each hour that an earlier store counted are counted on")
  func hoursOfVisits() throws {
    let folder = try WorkFolder()
    let path = folder.file("m.sqlite")
    let old = try Database(path: path)
    try old.migrate(Array(Schema.migrations.prefix { $0.name != Schema.hourCounts.name }))
    let hour = StoreContractTests.now.wall.hour
    try old.execute(
      """
      INSERT INTO station (id, name_en, name_zh, number) VALUES
        ('gate-1', 'Gate', '门', 7), ('hall-2', 'x', 'y', 8);
      INSERT INTO visit_hour (station, hour, entries, exits, granted, refused) VALUES
        ('gate-1', \(hour), 4, 0, 5, 6), ('hall-2', \(hour - 1), 0, 9, 0, 0);
      """)
    old.close()
    let store = try SQLiteStore(path: path)
    let records = [
      StoreContractTests.record(
        .occupancy(.passage(StoreContractTests.door(), .inward, inside: 1)))
    ]
    _ = try store.store([StoreContractTests.batch(1, records)], at: StoreContractTests.now)
    #expect(
      try store.tallies(of: StoreContractTests.gate, hours: hour - 1..<hour + 1) == [
        HourTally(hour: hour, count: .entries, amount: 5),
        HourTally(hour: hour, count: .granted, amount: 5),
        HourTally(hour: hour, count: .refused, amount: 6),
      ])
    #expect(
      try store.tallies(of: StoreContractTests.hall, hours: 0..<hour + 1)
        == [HourTally(hour: hour - 1, count: .exits, amount: 9)])
  }

  @Test("grants that waited in an earlier store wait as orders, and what was granted alone counts")
  func pendingGrants() throws {
    let folder = try WorkFolder()
    let path = folder.file("m.sqlite")
    let old = try Database(path: path)
    try old.migrate(Array(Schema.migrations.prefix(4)))
    let time = StoreContractTests.now.wall.milliseconds
    try old.execute(
      """
      INSERT INTO member (id, label, status, enrolled) VALUES ('m-1', NULL, 'active', 1);
      INSERT INTO account (id, kind, owner, balance) VALUES
        (1, 'issuance', '', -900), (2, 'grants', '', 500), (3, 'member', 'm-1', 400);
      INSERT INTO movement (id, kind, debit, credit, amount, member_account, order_key, reason, actor,
          at)
        VALUES (1, 'issue', 1, 2, 900, NULL, 'i', 'r', 'person:zhao', 1),
          (2, 'grant', 2, 3, 400, 3, 'g', 'r', 'person:li', \(time));
      INSERT INTO grant_request (id, member, amount, reason, actor, at)
        VALUES (5, 'm-1', 700, 'a "flood" 水', 'li', 7);
      INSERT INTO ledger_order (key, actor, contents, movement, grant_request, at) VALUES
        ('i', 'zhao', '{}', 1, NULL, 1), ('g', 'li', '{}', 2, NULL, \(time)),
        ('w', 'li', '{}', NULL, 5, 7);
      """)
    old.close()
    let store = try SQLiteStore(path: path)
    let waits = try #require(try store.pendingOrders(after: 0, limit: 9).first)
    let (m1, points) = (StoreContractTests.member("m-1"), try #require(Points(700)))
    #expect(waits.id == 5 && waits.order == .grant(m1, points, reason: "a \"flood\" 水"))
    let hundred = try #require(Points(101))
    let more = try LedgerSample.order(.grant(m1, hundred, reason: "r"), store, key: "x")
    #expect(more.receipt?.pending == 6)
    let approval = try #require(OrderKey("yes"))
    let done = try store.carryOut(
      .approve(pending: 6), key: approval, by: "wang", aloneUpTo: 500, at: StoreContractTests.now)
    #expect(done.receipt?.movement == 3)
    #expect(try store.proof(at: StoreContractTests.now).isClean)
  }

  @Test("the events that an earlier version stored are found by their members")
  func memberEvents() throws {
    let folder = try WorkFolder()
    let path = folder.file("m.sqlite")
    let member = StoreContractTests.member("m-1")
    let store = try SQLiteStore(path: path)
    let door = StoreContractTests.door()
    // Over several blocks, one of which has no event of any member.
    let bodies = (0..<5000).map { number -> Record.Body in
      number % 7 == 0 && !(1100..<2200).contains(number)
        ? .entry(.granted(door, member: member, .code(CodeDigest(high: 1, low: UInt64(number)))))
        : .door(.closed(door))
    }
    for start in stride(from: 0, to: bodies.count, by: 50) {
      let records = bodies[start..<start + 50].map { StoreContractTests.record($0) }
      _ = try store.store(
        [StoreContractTests.batch(UInt64(start) + 1, records)], at: StoreContractTests.now)
    }
    let all = try store.events(of: member, before: nil, limit: 9999).map(\.id)
    let expected = bodies.indices.filter {
      if case .entry = bodies[$0] { true } else { false }
    }.map { Int64($0) + 1 }
    #expect(all == expected.reversed())
    #expect(try store.events(of: member, before: 2500, limit: 2).map(\.id) == [2493, 2486])
    store.close()
    // As it is when the table has just been made.
    let raw = try Database(path: path)
    try raw.execute("DELETE FROM member_block")
    raw.close()
    let upgraded = try SQLiteStore(path: path)
    #expect(try upgraded.events(of: member, before: nil, limit: 9999).map(\.id) == all)
    let more = [StoreContractTests.record(bodies[0])]
    _ = try upgraded.store([StoreContractTests.batch(5001, more)], at: StoreContractTests.now)
    let reopened = try SQLiteStore(path: path)
    #expect(try reopened.events(of: member, before: nil, limit: 2).map(\.id) == [5001, all[0]])
  }

  @Test("pages of events are read along an index, whatever they are filtered by, and never sorted")
  func plans() throws {
    let folder = try WorkFolder()
    let path = folder.file("m.sqlite")
    let store = try SQLiteStore(path: path)
    let passages = (0..<3000).map { _ in
      StoreContractTests.record(.occupancy(.passage(StoreContractTests.door(), .inward, inside: 1)))
    }
    for start in stride(from: 0, to: passages.count, by: 50) {
      _ = try store.store(
        [StoreContractTests.batch(UInt64(start) + 1, Array(passages[start..<start + 50]))],
        at: StoreContractTests.now)
    }
    for (question, index) in [
      (SQLiteStore.filteredEvents, "SEARCH record_block USING PRIMARY KEY"),
      (MemberEventSearch.blocks, "SEARCH member_block USING INTEGER PRIMARY KEY"),
    ] {
      let plan = try Program.run("sqlite3", [path, "EXPLAIN QUERY PLAN \(question)"]).output
      #expect(!plan.contains("TEMP B-TREE") && !plan.contains("SCAN"), "\(plan)")
      #expect(plan.contains(index), "\(plan)")
    }
  }
}
