// The station's store: the outbox and what boot needs, in one SQLite file.
import SQL
import SQLite
import StationCore
import StationProtocol
import Time

/// The only place of the station that knows SQL. Each method is one transaction. It belongs to
/// the journal's thread.
final class StationStore {
  let database: Database
  /// nil for a store in memory.
  let place: StorePlace?
  private(set) var stream: StreamID
  /// The first number that was not trimmed.
  private(set) var floor: UInt64
  /// What the key of a row has beyond its number in the stream: a row stays where it is when a new
  /// stream begins.
  private var base: Int64
  /// Up to when marks that have ended were dropped.
  private var forgotten: WallTime?

  static let migrations = [
    Migration(
      "outbox and recovery",
      """
      CREATE TABLE identity (
        only INTEGER PRIMARY KEY CHECK (only = 1),
        stream TEXT NOT NULL CHECK (length(stream) = 16),
        boot INTEGER NOT NULL CHECK (boot >= 0),
        ended_cleanly INTEGER NOT NULL CHECK (ended_cleanly IN (0, 1)),
        floor INTEGER NOT NULL CHECK (floor >= 1),
        last_trusted INTEGER
      ) STRICT;
      CREATE TABLE outbox (
        seq INTEGER PRIMARY KEY CHECK (seq >= 1),
        record BLOB NOT NULL CHECK (length(record) BETWEEN 2 AND 4096)
      ) STRICT;
      CREATE TABLE replay_mark (
        code TEXT PRIMARY KEY CHECK (length(code) = 32),
        until INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE occupancy (
        only INTEGER PRIMARY KEY CHECK (only = 1),
        entered INTEGER NOT NULL CHECK (entered >= 0),
        departed INTEGER NOT NULL CHECK (departed >= 0),
        inside INTEGER NOT NULL CHECK (inside >= 0)
      ) STRICT;
      """),
    Migration(
      "occupancy ledger",
      """
      CREATE TABLE occupancy_ledger (
        only INTEGER PRIMARY KEY CHECK (only = 1),
        entered INTEGER NOT NULL CHECK (entered >= 0),
        departed INTEGER NOT NULL CHECK (departed >= 0),
        corrections INTEGER NOT NULL,
        refused INTEGER NOT NULL CHECK (refused >= 0),
        CHECK (entered - departed + corrections >= 0)
      ) STRICT;
      INSERT INTO occupancy_ledger
        SELECT only, entered, departed, inside - entered + departed, 0 FROM occupancy;
      DROP TABLE occupancy;
      CREATE TABLE occupancy_day (
        only INTEGER PRIMARY KEY CHECK (only = 1),
        day INTEGER,
        closed INTEGER,
        entered INTEGER NOT NULL,
        departed INTEGER NOT NULL,
        turn_backs INTEGER NOT NULL,
        ambiguous INTEGER NOT NULL,
        tailgates INTEGER NOT NULL,
        refused INTEGER NOT NULL,
        underflows INTEGER NOT NULL,
        residual INTEGER NOT NULL,
        exit_resets INTEGER NOT NULL,
        cycle_resets INTEGER NOT NULL
      ) STRICT;
      INSERT INTO occupancy_day VALUES (1, NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
      """),
    Migration(
      "latches of fire and emergency",
      """
      CREATE TABLE latch (
        name TEXT PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 32)
      ) STRICT, WITHOUT ROWID;
      """),
    Migration(
      "whereabouts of members",
      """
      CREATE TABLE stay (
        member TEXT PRIMARY KEY CHECK (length(member) BETWEEN 1 AND 64),
        since INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
      """),
    vendingMigration,
    clockMigration, renewalMigration, keptEndMigration, guessMigration, commandMigration,
    typedCodeMigration, settingsMigration,
  ]

  /// A small journal costs less flash per commit; see the write lanes in architecture.md.
  static let options = Database.Options(autocheckpointPages: 256)

  static let renewalMigration = Migration(
    "streams that begin in a store that is there",
    """
    ALTER TABLE identity ADD COLUMN base INTEGER NOT NULL DEFAULT 0 CHECK (base >= 0);
    """)

  /// Opens or makes the store, counts the boot, and reads what is remembered.
  /// - Parameter fresh: the stream of a store that has to be made.
  /// - Throws: where the file is damaged or cannot be written.
  static func open(
    path: String, fresh: StreamID
  ) throws(DatabaseError) -> (store: StationStore, recovered: Recovered) {
    let database = try Database(path: path, options: options)
    try database.migrate(migrations)
    var ending = Ending.newStore
    try database.prepare("SELECT ended_cleanly FROM identity").rows {
      ending = $0.int64(0) == 1 ? .clean : .unclean
    }
    if ending == .unclean, let finding = try database.structureFaults().first {
      throw DatabaseError(
        operation: .open, extendedCode: 11, sql: nil, message: finding, path: path)
    }
    try database.transaction { () throws(DatabaseError) in
      if ending == .newStore {
        try database.run("INSERT INTO occupancy_ledger VALUES (1, 0, 0, 0, 0)")
        try database.run(
          """
          INSERT INTO identity (only, stream, boot, ended_cleanly, floor)
          VALUES (1, ?1, 0, 0, 1)
          """, .text(fresh.description))
      }
      try database.execute("UPDATE identity SET boot = boot + 1, ended_cleanly = 0")
    }
    let (recovered, base) = try read(database, ending)
    return (StationStore(database, recovered, base), recovered)
  }

  init(_ database: Database, _ recovered: Recovered, _ base: Int64) {
    self.database = database
    self.base = base
    place = StorePlace(database)
    stream = recovered.stream
    floor = recovered.floor
  }

  /// The numbers that can be right. Beyond them a damaged file would make a later sum overflow.
  static let counts: ClosedRange<Int64> = 0...1 << 53
  /// Up to the year 10000, in milliseconds.
  static let times: ClosedRange<Int64> = 0...253_402_300_800_000

  static func read(
    _ database: Database, _ ending: Ending
  ) throws(DatabaseError) -> (recovered: Recovered, base: Int64) {
    var base: Int64 = 0
    var recovered = Recovered(stream: StreamID(bits: 0), ending: ending)
    var stream: StreamID?
    var isSound = true
    func sound(_ number: Int64, _ range: ClosedRange<Int64>) -> Int64 {
      if !range.contains(number) { isSound = false }
      return min(max(number, range.lowerBound), range.upperBound)
    }
    let identity: StaticString = """
      SELECT stream, boot, floor, last_trusted, clock_mark, base, service_store FROM identity
      """
    try database.prepare(identity).rows { row in
      stream = StreamID(row.text(0))
      recovered.boot = sound(row.int64(1), counts)
      recovered.floor = UInt64(sound(row.int64(2), 1...counts.upperBound))
      recovered.lastTrusted = row.int64OrNil(3).map { WallTime(milliseconds: sound($0, times)) }
      recovered.clockMark = row.int64OrNil(4).map { WallTime(milliseconds: sound($0, times)) }
      base = sound(row.int64(5), counts)
      recovered.serviceStore = row.textOrNil(6).flatMap { StoreEpoch($0) }
    }
    recovered.stream = stream ?? recovered.stream
    var last: UInt64 = 0
    try database.prepare("SELECT COALESCE(MAX(seq), 0) FROM outbox").rows {
      last = UInt64(max(0, sound($0.int64(0), counts) - base))
    }
    recovered.next = max(recovered.floor, last + 1)
    try database.prepare("SELECT code, until, purpose FROM used_code ORDER BY code").rows { row in
      // A mark that was spoilt is worth less than the others: it does not condemn the store.
      guard let code = CodeDigest(row.text(0)),
        let purpose = ReplayMark.Purpose(rawValue: row.text(2))
      else { return }
      let until = min(max(row.int64(1), times.lowerBound), times.upperBound)
      recovered.marks.append(
        ReplayMark(code: code, until: WallTime(milliseconds: until), purpose: purpose))
    }
    try database.prepare("SELECT member, since FROM stay ORDER BY member").rows { row in
      // Like a mark: one that was spoilt lets a member in once more, and condemns nothing.
      guard let member = MemberID(row.text(0)) else { return }
      let since = min(max(row.int64(1), times.lowerBound), times.upperBound)
      recovered.whereabouts.append(
        Stay(member: member, since: WallTime(milliseconds: since)))
    }
    let (totals, areTotalsSound) = try Self.totals(database)
    recovered.totals = totals ?? recovered.totals
    recovered.day = try Self.day(database)
    recovered.guesses = try guesses(database)
    recovered.typedCodes = try typedCodes(database)
    try readVending(database, base: base, &recovered)
    try readStates(database, &recovered)
    guard isSound, areTotalsSound, stream != nil, totals != nil else {
      throw DatabaseError(
        operation: .open, extendedCode: 11, sql: nil,
        message: "what the store remembers of itself cannot be true", path: database.path)
    }
    return (recovered, base)
  }

  /// The records and changes that one commit makes durable.
  struct Batch {
    /// In the order in which they were decided: a later one may undo an earlier.
    enum Operation {
      case append(JournalEntry)
      case remember([RecoveryChange])
    }

    var operations: [Operation] = []
    var trim: UInt64?

    var isEmpty: Bool { operations.isEmpty && trim == nil }

    /// The number of the last record; nil where there is none.
    var last: UInt64? {
      for case .append(let entry) in operations.reversed() { return entry.seq }
      return nil
    }
  }

  func commit(_ batch: Batch) throws(DatabaseError) {
    try database.transaction { () throws(DatabaseError) in
      let insert = try database.prepare("INSERT INTO outbox (seq, record) VALUES (?1, ?2)")
      for operation in batch.operations {
        switch operation {
        case .append(let entry):
          try insert.run([.integer(key(entry.seq)), .blob(entry.record.json)])
          if entry.record.kind == .exchange(.ended) {
            try database.run("INSERT INTO settlement VALUES (?1)", .integer(key(entry.seq)))
          }
          for change in entry.changes { try remember(change) }
        case .remember(let changes): for change in changes { try remember(change) }
        }
      }
      if let upto = batch.trim {
        try database.run("DELETE FROM outbox WHERE seq <= ?1", .integer(key(upto)))
        try database.run("DELETE FROM settlement WHERE seq <= ?1", .integer(key(upto)))
        try database.run(
          "UPDATE identity SET floor = MAX(floor, ?1)", .integer(Int64(upto) + 1))
      }
    }
    floor = max(floor, (batch.trim ?? 0) + 1)
  }

  private func key(_ seq: UInt64) -> Int64 { Int64(seq) + base }

  /// Begins another stream, in which the rows that are left have the numbers from 1 on. One row
  /// is written, however many are left.
  /// - Returns: the number of the last row; 0 where none is left.
  func renew(as fresh: StreamID) throws(DatabaseError) -> UInt64 {
    let shifted = base + Int64(floor) - 1
    var last = shifted
    try database.transaction { () throws(DatabaseError) in
      try database.prepare("SELECT MAX(seq) FROM outbox").rows { last = $0.int64OrNil(0) ?? last }
      try database.run(
        "UPDATE identity SET stream = ?1, boot = 1, floor = 1, base = ?2",
        .text(fresh.description), .integer(shifted))
    }
    (stream, floor, base) = (fresh, 1, shifted)
    return UInt64(max(0, last - shifted))
  }

  private func remember(_ change: RecoveryChange) throws(DatabaseError) {
    switch change {
    case .mark(let mark, let forgetting):
      try forget(before: forgetting)
      try database.run(
        """
        INSERT INTO used_code (code, purpose, until) VALUES (?1, ?2, ?3)
        ON CONFLICT (code, purpose) DO UPDATE SET until = excluded.until
        """, .text(mark.code.description), .text(mark.purpose.rawValue),
        .integer(mark.until.milliseconds))
    case .totals(let totals): try remember(totals)
    case .day(let book): try remember(book)
    case .latch(let latch, isSet: true):
      try database.run(
        "INSERT INTO latch VALUES (?1) ON CONFLICT (name) DO NOTHING", .text(latch.rawValue))
    case .latch(let latch, isSet: false):
      try database.run("DELETE FROM latch WHERE name = ?1", .text(latch.rawValue))
    case .lastTrusted, .clockMark: try remember(clock: change)
    case .whereabouts(.entered(let stay)):
      try database.run(
        """
        INSERT INTO stay (member, since) VALUES (?1, ?2)
        ON CONFLICT (member) DO UPDATE SET since = excluded.since
        """, .text(stay.member.text), .integer(stay.since.milliseconds))
    case .whereabouts(.left(let member)):
      try database.run("DELETE FROM stay WHERE member = ?1", .text(member.text))
    case .whereabouts(.cleared): try database.execute("DELETE FROM stay")
    case .guess(let change): try remember(guess: change)
    case .exchange(let open): try remember(open)
    case .serial(let serial): try remember(serial: serial)
    case .slot(let memory): try remember(memory)
    case .endKept(let end, let time, let forgetting):
      try keep(end, at: time, forgetting: forgetting)
    case .command, .readerHold, .desired, .settings: try remember(order: change)
    case .typedCode(let point, let change): try remember(change, at: point)
    case .serviceStore(let epoch):
      try database.run("UPDATE identity SET service_store = ?1", .text(epoch.description))
    }
  }

  /// Drops marks that have ended, now and then: each time reads the whole table.
  private func forget(before time: WallTime) throws(DatabaseError) {
    if let forgotten, time - forgotten < .seconds(60), time >= forgotten { return }
    try database.run("DELETE FROM used_code WHERE until < ?1", .integer(time.milliseconds))
    forgotten = time
  }

  /// Rows of the outbox from the first number on that was not trimmed; nil for one that the
  /// file has lost.
  func records(
    in range: ClosedRange<UInt64>
  ) throws(DatabaseError) -> (first: UInt64, rows: [[UInt8]?]) {
    let first = max(range.lowerBound, floor)
    var rows: [[UInt8]?] = []
    guard first <= range.upperBound else { return (first, rows) }
    let select = try database.prepare(
      "SELECT seq, record FROM outbox WHERE seq BETWEEN ?1 AND ?2 ORDER BY seq")
    try select.rows([.integer(key(first)), .integer(key(range.upperBound))]) { row in
      while key(first) + Int64(rows.count) < row.int64(0) { rows.append(nil) }
      rows.append(row.bytes(1))
    }
    while first + UInt64(rows.count) <= range.upperBound { rows.append(nil) }
    return (first, rows)
  }

  /// Closes without a word, before the file is set aside: SQLite brings the log into the file,
  /// as far as that is possible, while both still have their names.
  func abandon() { database.close() }

  /// Notes that the daemon ends in an orderly way, and closes.
  func close() throws(DatabaseError) {
    try database.execute("UPDATE identity SET ended_cleanly = 1")
    database.close()
  }
}
