// Checks that every durable record reaches the service exactly once, and nothing else does.
import StationProtocol

/// Accounts of every store that ever was: what became durable there, and what left it.
struct DeliveryChecker {
  private struct Account {
    var station: Int
    var stream: StreamID
    /// The store was damaged: what it held need not arrive.
    var isLost = false
    /// Hashes by number, from 1; 0 where there is none.
    var durable: [UInt64] = []
    var sent: [UInt64] = []
    /// Numbers that gave way, as a durable record of the station itself says.
    var gaps: [ClosedRange<UInt64>] = []
    /// Numbers that the service had and lost with its own store.
    var forgotten: Set<UInt64> = []
  }

  private var accounts: [Account] = []
  private var places: [Key: Int] = [:]
  /// The account that each station writes to.
  private var current: [Int]

  private struct Key: Hashable {
    var station: Int
    var stream: StreamID
  }

  init(stations: Int) { current = Array(repeating: -1, count: stations) }

  mutating func storeMade(_ station: Int, _ stream: StreamID) {
    current[station] = accounts.count
    places[Key(station: station, stream: stream)] = accounts.count
    accounts.append(Account(station: station, stream: stream))
  }

  mutating func storeLost(_ station: Int, _ stream: StreamID) {
    accounts[current[station]].isLost = true
  }

  mutating func forgotten(_ station: Int, _ stream: StreamID, _ seq: UInt64) {
    guard let place = places[Key(station: station, stream: stream)] else { return }
    accounts[place].forgotten.insert(seq)
  }

  mutating func durable(
    _ station: Int, _ stream: StreamID, _ seq: UInt64, _ row: [UInt8]
  ) -> String? {
    let index = Int(seq) - 1
    let known = accounts[current[station]].durable.count
    guard index >= known else { return wrong(station, seq, "is written a second time") }
    guard index == known else { return wrong(station, seq, "leaves a hole in its stream") }
    accounts[current[station]].durable.append(Self.hash(row))
    if row.count < 160, case .stream(.gap(let from, let to, _))? = (try? Record(json: row))?.body {
      accounts[current[station]].gaps.append(from...to)
    }
    return nil
  }

  mutating func sent(
    _ station: Int, _ stream: StreamID, _ seq: UInt64, _ row: [UInt8]
  ) -> String? {
    let (place, index, hash) = (current[station], Int(seq) - 1, Self.hash(row))
    while accounts[place].sent.count <= index { accounts[place].sent.append(0) }
    let before = accounts[place].sent[index]
    accounts[place].sent[index] = hash
    return before == 0 || before == hash
      ? nil : wrong(station, seq, "left the station with two contents")
  }

  // MARK: - The end

  /// Holds the service's store against what the disks held.
  func compare(_ store: [StoredRecord]) -> String? {
    var arrived = accounts.map { Array(repeating: false, count: $0.durable.count) }
    for record in store {
      let key = Key(station: record.station, stream: record.stream)
      guard let place = places[key], record.seq >= 1,
        Int(record.seq) <= accounts[place].durable.count
      else { return wrong(record.station, record.seq, "is in the service but was never durable") }
      let index = Int(record.seq) - 1
      guard !arrived[place][index] else {
        return wrong(record.station, record.seq, "is in the service twice")
      }
      guard accounts[place].durable[index] == Self.hash(record.bytes) else {
        return wrong(record.station, record.seq, "has other bytes in the service")
      }
      arrived[place][index] = true
    }
    for (place, account) in accounts.enumerated() where !account.isLost {
      for seq in account.gaps.joined() where Int(seq) <= arrived[place].count {
        arrived[place][Int(seq) - 1] = true
      }
      let missing = arrived[place].indices.first { index in
        !arrived[place][index] && !account.forgotten.contains(UInt64(index) + 1)
      }
      if let index = missing {
        return wrong(account.station, UInt64(index) + 1, "was durable and is not in the service")
      }
    }
    return nil
  }

  /// Looks for a record that is told twice, or an order that is not kept.
  func compare(_ feed: [FeedEntry]) -> String? {
    var told = accounts.map { Array(repeating: false, count: $0.durable.count) }
    var last = Int64.min
    for entry in feed {
      guard entry.id > last else { return "the event stream does not count up at \(entry.id)" }
      last = entry.id
      guard let place = places[Key(station: entry.station, stream: entry.stream)], entry.seq >= 1,
        Int(entry.seq) <= told[place].count
      else { return wrong(entry.station, entry.seq, "is an event but was never durable") }
      guard !told[place][Int(entry.seq) - 1] else {
        return wrong(entry.station, entry.seq, "is in the event stream twice")
      }
      told[place][Int(entry.seq) - 1] = true
    }
    return nil
  }

  /// How many records ever became durable.
  var records: Int { accounts.reduce(0) { $0 + $1.durable.count } }

  /// FNV-1a over the bytes; never 0.
  private static func hash(_ row: [UInt8]) -> UInt64 {
    max(1, row.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 })
  }

  private func wrong(_ station: Int, _ seq: UInt64, _ text: String) -> String {
    "station \(station + 1): record \(seq) \(text)"
  }
}
