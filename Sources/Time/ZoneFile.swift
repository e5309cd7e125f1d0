// Reads a compiled zone of the tz database (TZif, RFC 9636), bounded and without the C library.

extension Zone {
  /// The C library has one zone for the whole process; here every station has its own.
  /// - Parameter bytes: a file of `/usr/share/zoneinfo`, of version 2 or later.
  /// - Returns: nil where it is no such file, or holds what no zone has.
  public init?(_ name: ZoneName?, file bytes: [UInt8]) {
    var reader = ZoneReader(bytes)
    // The first block is for programs of 1988: with times of 32 bits.
    guard let old = reader.header(), old.version >= 2, reader.skip(old.size(ofTime: 4)),
      let header = reader.header(), header.isPlausible
    else { return nil }
    var times: [Int64] = []
    for _ in 0..<header.times {
      guard let time = reader.integer(8), times.last.map({ $0 < time }) ?? true else { return nil }
      times.append(time)
    }
    guard let kinds = reader.take(header.times) else { return nil }
    var offsets: [Int] = []
    for _ in 0..<header.types {
      guard let offset = reader.integer(4), abs(offset) < Int64(Self.furthest), reader.skip(2)
      else { return nil }
      offsets.append(Int(offset))
    }
    let rest = header.characters + header.leaps * 12 + header.standards + header.universals
    guard kinds.allSatisfy({ Int($0) < offsets.count }), reader.skip(rest) else { return nil }
    var transitions = zip(times, kinds).map { Transition(at: $0, offset: offsets[Int($1)]) }
    if let rule = ZoneRule(reader.footer()) {
      transitions += rule.transitions(after: times.last)
    }
    self.init(name, firstOffset: offsets[0], transitions)
  }
}

/// Takes numbers of the network's byte order from the front.
private struct ZoneReader {
  private var rest: ArraySlice<UInt8>

  struct Header {
    var version: Int
    var universals: Int
    var standards: Int
    var leaps: Int
    var times: Int
    var types: Int
    var characters: Int

    /// Far more than any zone has.
    var isPlausible: Bool { times <= 4096 && (1...256).contains(types) && leaps <= 256 }

    func size(ofTime bytes: Int) -> Int {
      times * (bytes + 1) + types * 6 + characters + leaps * (bytes + 4) + standards + universals
    }
  }

  init(_ bytes: [UInt8]) { rest = bytes[...] }

  mutating func header() -> Header? {
    guard let magic = take(4), magic.elementsEqual("TZif".utf8), let version = take(1)?.first,
      skip(15)
    else { return nil }
    var counts: [Int] = []
    for _ in 0..<6 {
      guard let count = integer(4), (0...65_536).contains(count) else { return nil }
      counts.append(Int(count))
    }
    return Header(
      version: version == 0 ? 1 : Int(version) - 48, universals: counts[0], standards: counts[1],
      leaps: counts[2], times: counts[3], types: counts[4], characters: counts[5])
  }

  /// The text between the two line feeds at the end.
  mutating func footer() -> String {
    guard take(1)?.first == 0x0A else { return "" }
    return String(decoding: rest.prefix { $0 != 0x0A }.prefix(64), as: UTF8.self)
  }

  mutating func skip(_ count: Int) -> Bool { take(count) != nil }

  mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
    guard count >= 0, rest.count >= count else { return nil }
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count)
  }

  mutating func integer(_ size: Int) -> Int64? {
    guard let bytes = take(size) else { return nil }
    let bits = bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return size == 4 ? Int64(Int32(truncatingIfNeeded: bits)) : Int64(bitPattern: bits)
  }
}
