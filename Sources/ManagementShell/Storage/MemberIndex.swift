// The index of members' events: for each block of records, whom it tells of and where.
import Linux
import MemberCode
import SQL
import StationProtocol

/// The writer's side of `member_block`. The block of the newest records is written anew with each
/// transaction that adds to it, an older one never again, so that an event costs a few bytes at
/// the end of one row rather than a row of its own in the middle of a tree.
final class MemberIndex {
  private let database: any SQLConnection
  private let write: any SQLStatement
  private var newest: MemberBlock
  /// Blocks that ended within this transaction.
  private var ended: [MemberBlock] = []
  private var isChanged = false

  init(_ database: any SQLConnection) throws(DatabaseError) {
    self.database = database
    write = try database.prepare(
      """
      INSERT INTO member_block (block, mentions) VALUES (?1, ?2)
      ON CONFLICT (block) DO UPDATE SET mentions = excluded.mentions
      """)
    var newest = MemberBlock(number: -1)
    try database.prepare("SELECT block, mentions FROM member_block ORDER BY block DESC LIMIT 1")
      .rows { newest = MemberBlock(number: $0.int64(0), bytes: $0.bytes(1)) }
    self.newest = newest
  }

  /// - Parameter id: greater than of every event before.
  func note(event id: Int64, of member: MemberID) {
    let number = MemberBlock.number(of: id)
    if number != newest.number {
      if isChanged {
        newest.sort()
        ended.append(newest)
      }
      newest = MemberBlock(number: number)
    }
    newest.add(MemberMention(event: id, of: member))
    isChanged = true
  }

  /// Writes the blocks that have changed; called last in a transaction.
  func save() throws(DatabaseError) {
    guard isChanged else { return }
    for block in ended { try save(block) }
    ended.removeAll(keepingCapacity: true)
    newest.sort()
    try save(newest)
    isChanged = false
  }

  private func save(_ block: MemberBlock) throws(DatabaseError) {
    try write.run([.integer(block.number), .blob(block.bytes)])
  }

  // MARK: - Stores of before

  /// How many blocks are entered in one transaction.
  private static let blocksAtOnce: Int64 = 64

  /// Enters the events that an earlier version stored, once: the last block has a row then, empty
  /// where it has no mention, and all that comes later is entered with its records.
  static func complete(_ database: any SQLConnection) throws(DatabaseError) {
    var block = try number("SELECT MAX(block) + 1 FROM member_block", database) ?? 0
    let end =
      try number(
        """
        SELECT MAX(block) * 256 / 1024 FROM record_block WHERE station = 0 AND kind IN
          ('entry-granted', 'entry-refused', 'exchange-intended', 'exchange-ended',
            'exchange-refused')
        """, database) ?? -1
    guard block <= end else { return }
    Log.notice("\(database.path): the members of stored events are being entered into an index")
    while block <= end {
      let next = min(block + blocksAtOnce, end + 1)
      try database.transaction { () throws(DatabaseError) in
        let index = try MemberIndex(database)
        for (id, member) in try events(in: block..<next, database) {
          index.note(event: id, of: member)
        }
        try index.save()
        try database.run(
          "INSERT INTO member_block (block, mentions) VALUES (?1, ?2) ON CONFLICT (block) DO NOTHING",
          .integer(next - 1), .blob([]))
      }
      block = next
    }
  }

  private static func number(
    _ sql: StaticString, _ database: any SQLConnection
  ) throws(DatabaseError) -> Int64? {
    var number: Int64?
    try database.prepare(sql).rows { number = $0.int64OrNil(0) }
    return number
  }

  private static func events(
    in blocks: Range<Int64>, _ database: any SQLConnection
  ) throws(DatabaseError) -> [(Int64, MemberID)] {
    var events: [(Int64, MemberID)] = []
    try database.prepare(
      """
      SELECT id, body FROM record WHERE id >= ?1 AND id < ?2 AND kind IN
        ('entry-granted', 'entry-refused', 'exchange-intended', 'exchange-ended',
          'exchange-refused')
      ORDER BY id
      """
    ).rows([
      .integer(blocks.lowerBound * MemberBlock.size),
      .integer(blocks.upperBound * MemberBlock.size),
    ]) { row in
      guard let member = MemberMention.member(of: row.bytes(1)) else { return }
      events.append((row.int64(0), member))
    }
    return events
  }
}

/// A search for a member's events through the blocks, from the newest down.
struct MemberEventSearch {
  /// How many blocks are read at once.
  private static let blocksAtOnce: Int64 = 64
  static let blocks: StaticString =
    "SELECT block, mentions FROM member_block WHERE block <= ?1 ORDER BY block DESC LIMIT ?2"

  private let name: MemberMention.Name
  private let end: Int64
  /// The block to go on with; nil where there is none any more.
  private var block: Int64?

  /// - Parameter end: greater than the id of every event that is looked for.
  init(_ member: MemberID, before end: Int64) {
    name = MemberMention.name(of: member)
    self.end = end
    block = MemberBlock.number(of: end)
  }

  /// - Returns: ids of the next blocks' events, the newest first; nil after the last block.
  mutating func next(in database: any SQLConnection) throws(DatabaseError) -> [Int64]? {
    guard let first = block else { return nil }
    var ids: [Int64] = []
    block = nil
    var count: Int64 = 0
    try database.prepare(Self.blocks).rows([.integer(first), .integer(Self.blocksAtOnce)]) { row in
      let read = MemberBlock(number: row.int64(0), bytes: row.bytes(1))
      ids += read.events(of: name).filter { $0 < end }
      count += 1
      block = count == Self.blocksAtOnce ? read.number - 1 : nil
    }
    return ids
  }
}

/// The mentions of members in `size` records with consecutive ids.
struct MemberBlock: Equatable, Sendable {
  static let size: Int64 = 1024

  let number: Int64
  private var mentions: [MemberMention] = []

  static func number(of id: Int64) -> Int64 { id / size }

  init(number: Int64) { self.number = number }

  /// - Parameter bytes: as `bytes` gives them.
  init(number: Int64, bytes: [UInt8]) {
    self.number = number
    mentions = bytes.withUnsafeBytes { bytes in
      (0..<bytes.count / 8).map { index in
        MemberMention(
          bits: UInt64(
            littleEndian: bytes.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self)))
      }
    }
  }

  /// Eight bytes for each mention, in little-endian order, ascending once sorted.
  var bytes: [UInt8] {
    mentions.map(\.bits.littleEndian).withUnsafeBytes { Array($0) }
  }

  mutating func add(_ mention: MemberMention) { mentions.append(mention) }

  mutating func sort() { mentions.sort { $0.bits < $1.bits } }

  /// The ids of events that mention a member, the newest first. One in 2^54 is another member's.
  /// - Parameter name: of the member.
  func events(of name: MemberMention.Name) -> [Int64] {
    // The mentions are sorted by name, then by place.
    var (low, high) = (0, mentions.count)
    while low < high {
      let middle = (low + high) / 2
      if mentions[middle].name < name { low = middle + 1 } else { high = middle }
    }
    return mentions[low...].prefix { $0.name == name }.reversed().map {
      number * Self.size + $0.place
    }
  }
}

/// A member in an event of a block: 54 bits of the SHA-256 of the member's id, and ten for the
/// event's place in the block.
struct MemberMention: Equatable, Sendable {
  typealias Name = UInt64

  let bits: UInt64

  init(bits: UInt64) { self.bits = bits }

  init(event id: Int64, of member: MemberID) {
    bits = Self.name(of: member) << 10 | UInt64(id % MemberBlock.size)
  }

  var name: Name { bits >> 10 }
  /// The event's id less that of the block's first.
  var place: Int64 { Int64(bits & 1023) }

  static func name(of member: MemberID) -> Name {
    SHA256.digest(Array(member.text.utf8)).withUnsafeBytes {
      UInt64(bigEndian: $0.loadUnaligned(as: UInt64.self)) >> 10
    }
  }

  /// The member of whom a stored record tells.
  static func member(of json: [UInt8]) -> MemberID? { try? Record(json: json).member }
}
