// What a store holds before calls are made to it: points, a grant that waits, an open hold, a command.
import ManagementCore
import ManagementShell
import StationProtocol
import TestBed
import Time

/// Put there by the product's own store, beside the service that runs on it.
enum LedgerContents {
  static let station = "gate-1"
  static let stream = StreamID(bits: 0xA)
  private static let now = Now(
    instant: Instant(nanoseconds: 1), wall: WallTime(seconds: 1_795_000_000))

  /// Movements 1 to 4: an issue, a grant, a hold, and what a person decided of an article that fell
  /// without one; exchange 1 is open, and nobody has decided about exchange 3, which had no hold.
  static func fill(_ path: String) throws {
    let store = try SQLiteStore(path: path)
    defer { store.close() }
    guard let station = StationID(station), let member = MemberID("m-1"),
      let hundred = Points(100), let large = Points(600), let slot = SlotID(7),
      let article = ArticleID("water"), let price = Points(30), let code = CodeText("A CODE")
    else { throw TestBedError("no names for a ledger") }
    try order(.issue(2000, reason: "the year"), "issue", store)
    try order(.grant(member, hundred, reason: "welcome"), "welcome", store)
    try order(.grant(member, large, reason: "flood"), "large", store, aloneUpTo: 500)
    func exchange(_ seq: UInt64) -> StationProtocol.Exchange {
      StationProtocol.Exchange(
        id: ExchangeID(stream: stream, seq: seq), member: member, slot: slot, article: article,
        price: price)
    }
    try draftRollouts(at: station, store)
    let open = exchange(1)
    let unheld = [2, 3].map { seq in
      Record(at: now.wall, isTrusted: true, body: .exchange(.ended(exchange(seq), .dispensed)))
    }
    _ = try store.store(
      [
        .floor(station, stream, floor: 1),
        .request(
          InboundRequest(
            station: station, .hold(open, code: code), digest: PayloadDigest(high: 0, low: 0)),
          .genuine(member, CodeDigest(high: 0, low: 1))),
        .batch(
          InboundBatch(
            station: station, stream: stream, first: 1,
            contents: unheld.map { .record($0, json: $0.json) },
            digest: PayloadDigest(high: 0, low: 0))),
      ], at: now)
    try order(.resolve(exchange(2).id, .post(nil), reason: "seen to fall"), "seen", store)
    try command(to: station, store)
    try typedCode(at: station, store)
  }

  /// A command that a self-test has ended.
  private static func command(to station: StationID, _ store: SQLiteStore) throws {
    guard let key = OrderKey("earlier") else { throw TestBedError("no key") }
    let request = CommandRequest(station, .station(.selfTest), life: .seconds(30), key: key)
    let receipt = try store.order(
      request, epoch: StoreEpoch(bits: 14), isSent: true, by: "li", at: now)
    guard case .ordered(let command, _) = receipt else { throw TestBedError("\(receipt)") }
    let parts = [
      TestResult(.clock, isWell: true), TestResult(.lock, at: AccessPointID(1), isWell: false),
    ]
    _ = try store.advance(command.id, of: station, CommandNews(.done, parts: parts), at: now)
  }

  /// A code of the time in which calls are made, set by a command that nobody has answered.
  private static func typedCode(at station: StationID, _ store: SQLiteStore) throws {
    guard let point = AccessPointID(1), let id = TypedCodeID("c-kept"),
      let hash = TypedCodeHash(Array(repeating: 7, count: 32)), let key = OrderKey("code")
    else { throw TestBedError("no names for a code") }
    let code = TypedCode(
      id, hash, from: now.wall, until: now.wall + .seconds(86_400), uses: 1)
    _ = try store.setCode(
      TypedCodeRequest(station, point, code, life: .seconds(600), key: key),
      epoch: StoreEpoch(bits: 14), isSent: true, by: "li", at: now)
  }

  /// Two drafts of settings, of the numbers 1 and 2.
  private static func draftRollouts(at station: StationID, _ store: SQLiteStore) throws {
    guard let entry = SettingsWord("entry"), let capacity = SettingsWord("capacity") else {
      throw TestBedError("no names for settings")
    }
    for number in 1...2 {
      guard let key = OrderKey("draft-\(number)") else { throw TestBedError("no key") }
      let value = SettingsChange.Value(capacity, "\(number)")
      _ = try store.draft(
        SettingsChange([SettingsChange.Section(entry, nil, [value])]), for: [[station]], key: key,
        reason: "draft \(number)", by: "li", at: now)
    }
  }

  private static func order(
    _ order: LedgerOrder, _ key: String, _ store: SQLiteStore, aloneUpTo: Int64 = 5000
  ) throws {
    guard let name = OrderKey(key) else { throw TestBedError("no key \(key)") }
    let outcome = try store.carryOut(order, key: name, by: "li", aloneUpTo: aloneUpTo, at: now)
    guard case .done = outcome else { throw TestBedError("\(key): \(outcome)") }
  }
}
