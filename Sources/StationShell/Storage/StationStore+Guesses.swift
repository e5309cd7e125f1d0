// What the store knows of those who guess at PINs and cards.
import SQL
import SQLite
import StationCore
import StationProtocol
import Time

extension StationStore {
  static let guessMigration = Migration(
    "wrong PINs and cards",
    """
    CREATE TABLE guess_bucket (
      kind TEXT NOT NULL CHECK (kind IN ('reader', 'number')),
      id INTEGER NOT NULL,
      debt INTEGER NOT NULL,
      pauses INTEGER NOT NULL,
      held INTEGER NOT NULL,
      PRIMARY KEY (kind, id)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE guess_time (
      place INTEGER PRIMARY KEY CHECK (place BETWEEN 0 AND 99),
      age INTEGER NOT NULL
    ) STRICT;
    """)

  func remember(guess change: GuessChange) throws(DatabaseError) {
    switch change {
    case .bucket(let key, let memory?):
      try database.run(
        """
        INSERT INTO guess_bucket (kind, id, debt, pauses, held) VALUES (?1, ?2, ?3, ?4, ?5)
        ON CONFLICT (kind, id) DO UPDATE SET
          debt = excluded.debt, pauses = excluded.pauses, held = excluded.held
        """, .text(key.kind), .integer(key.id), .integer(Self.milliseconds(memory.debt)),
        .integer(Int64(memory.pauses)), .integer(Self.milliseconds(memory.held)))
    case .bucket(let key, nil):
      try database.run(
        "DELETE FROM guess_bucket WHERE kind = ?1 AND id = ?2", .text(key.kind), .integer(key.id))
    case .times(let ages):
      try database.execute("DELETE FROM guess_time")
      for (place, age) in ages.enumerated() {
        try database.run(
          "INSERT INTO guess_time (place, age) VALUES (?1, ?2)", .integer(Int64(place)),
          .integer(Self.milliseconds(age)))
      }
    }
  }

  /// A spoilt row counts for nothing and condemns nothing: these are brakes, not accounts.
  static func guesses(_ database: Database) throws(DatabaseError) -> [GuessChange] {
    var changes: [GuessChange] = []
    let select: StaticString =
      "SELECT kind, id, debt, pauses, held FROM guess_bucket ORDER BY kind, id"
    try database.prepare(select).rows { row in
      guard let key = GuessKey(kind: row.text(0), id: row.int64(1)) else { return }
      changes.append(
        .bucket(
          key,
          GuessMemory(
            debt: duration(row.int64(2)), pauses: Int(min(max(row.int64(3), 0), 99)),
            held: duration(row.int64(4)))))
    }
    var ages: [Duration] = []
    try database.prepare("SELECT age FROM guess_time ORDER BY place").rows { row in
      ages.append(duration(row.int64(0)))
    }
    return ages.isEmpty ? changes : changes + [.times(ages)]
  }

  private static func milliseconds(_ duration: Duration) -> Int64 {
    duration.wholeNanoseconds / 1_000_000
  }

  /// A year at most: nothing here is older.
  private static func duration(_ milliseconds: Int64) -> Duration {
    .milliseconds(min(max(milliseconds, 0), 366 * 86_400_000))
  }
}

extension GuessKey {
  fileprivate var kind: String {
    switch self {
    case .reader: "reader"
    case .number: "number"
    }
  }

  fileprivate var id: Int64 {
    switch self {
    case .reader(let point): Int64(point.number)
    case .number(let number): Int64(bitPattern: number.bits)
    }
  }

  fileprivate init?(kind: String, id: Int64) {
    switch kind {
    case "reader":
      guard let number = Int(exactly: id), let point = AccessPointID(number) else { return nil }
      self = .reader(point)
    case "number": self = .number(TypedNumber(bits: UInt64(bitPattern: id)))
    default: return nil
    }
  }
}
