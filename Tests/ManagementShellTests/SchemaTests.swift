// Stores of earlier versions: what was in them is there after the step to this one.
import ManagementCore
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
    #expect(try ids(EventFilter(kind: .passage)) == [301, 300])
    #expect(try ids(EventFilter(station: hall, kind: .gap)) == [302])
    #expect(try store.stations().map(\.names.chinese) == ["门", "y"])
    let one = [StoreContractTests.record(.doorClosed(StoreContractTests.door()))]
    let outcomes = try store.store(
      [
        StoreContractTests.batch(3, one, of: gate, in: StreamID(bits: 10)),
        .floor(hall, StreamID(bits: 11), floor: 5),
      ], at: StoreContractTests.now)
    #expect(outcomes.map(\.upto) == [3, 5])
    #expect(try ids(EventFilter(station: gate, kind: .doorClosed)) == [303, 3])
  }

  @Test("pages of events are read along an index, whatever they are filtered by, and never sorted")
  func plans() throws {
    let folder = try WorkFolder()
    let path = folder.file("m.sqlite")
    let store = try SQLiteStore(path: path)
    let passages = (0..<3000).map { _ in
      StoreContractTests.record(.passage(StoreContractTests.door(), .inward, inside: 1))
    }
    for start in stride(from: 0, to: passages.count, by: 50) {
      _ = try store.store(
        [StoreContractTests.batch(UInt64(start) + 1, Array(passages[start..<start + 50]))],
        at: StoreContractTests.now)
    }
    let plan = try Program.run(
      "sqlite3", [path, "EXPLAIN QUERY PLAN " + SQLiteStore.filteredEvents]
    ).output
    #expect(!plan.contains("TEMP B-TREE") && !plan.contains("SCAN"), "\(plan)")
    #expect(plan.contains("SEARCH record_block USING PRIMARY KEY"), "\(plan)")
  }
}
