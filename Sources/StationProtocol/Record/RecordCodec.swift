// A record as one JSON object: the members of every record, then those of its family.
import JSON
import Time

extension Record: DescribedObject {
  package static func described<Coder: MemberCoder>(
    _ record: Record?, by coder: inout Coder
  ) throws(Coder.Failure) -> Record {
    let at = try coder.member("at", record?.at)
    let isTrusted = try coder.member("trusted", record?.isTrusted)
    let kind = try coder.member("kind", record?.kind)
    return Record(
      at: at, isTrusted: isTrusted, body: try Body.described(kind, record?.body, by: &coder))
  }

  // All that a fleet says goes through these two. They are no generic functions, so that other
  // modules call what is specialised here.
  package var json: [UInt8] { encoded }
  package init(json: [UInt8]) throws(JSONError) { self = try Self.decoded(json) }
}

extension Record.Body {
  fileprivate static func described<Coder: MemberCoder>(
    _ kind: Record.Kind, _ body: Record.Body?, by coder: inout Coder
  ) throws(Coder.Failure) -> Record.Body {
    switch kind {
    case .station(let kind):
      let old = body.flatMap { if case .station(let record) = $0 { record } else { nil } }
      return .station(try StationRecord.described(kind, old, by: &coder))
    case .stream(let kind):
      let old = body.flatMap { if case .stream(let record) = $0 { record } else { nil } }
      return .stream(try StreamRecord.described(kind, old, by: &coder))
    case .door(let kind):
      let old = body.flatMap { if case .door(let record) = $0 { record } else { nil } }
      return .door(try DoorRecord.described(kind, old, by: &coder))
    case .entry(let kind):
      let old = body.flatMap { if case .entry(let record) = $0 { record } else { nil } }
      return .entry(try EntryRecord.described(kind, old, by: &coder))
    case .occupancy(let kind):
      let old = body.flatMap { if case .occupancy(let record) = $0 { record } else { nil } }
      return .occupancy(try OccupancyRecord.described(kind, old, by: &coder))
    case .climate(let kind):
      let old = body.flatMap { if case .climate(let record) = $0 { record } else { nil } }
      return .climate(try ClimateRecord.described(kind, old, by: &coder))
    case .exchange(let kind):
      let old = body.flatMap { if case .exchange(let record) = $0 { record } else { nil } }
      return .exchange(try ExchangeRecord.described(kind, old, by: &coder))
    case .alarm(let kind):
      let old = body.flatMap { if case .alarm(let record) = $0 { record } else { nil } }
      return .alarm(try AlarmRecord.described(kind, old, by: &coder))
    case .command(let kind):
      let old = body.flatMap { if case .command(let record) = $0 { record } else { nil } }
      return .command(try CommandRecord.described(kind, old, by: &coder))
    case .configuration(let kind):
      let old = body.flatMap { if case .configuration(let record) = $0 { record } else { nil } }
      return .configuration(try ConfigurationRecord.described(kind, old, by: &coder))
    }
  }
}

extension Record.Kind: MemberWord, CaseIterable {
  package static let allCases: [Record.Kind] =
    StationRecord.Kind.allCases.map(Self.station) + StreamRecord.Kind.allCases.map(Self.stream)
    + DoorRecord.Kind.allCases.map(Self.door) + EntryRecord.Kind.allCases.map(Self.entry)
    + OccupancyRecord.Kind.allCases.map(Self.occupancy)
    + ClimateRecord.Kind.allCases.map(Self.climate)
    + ExchangeRecord.Kind.allCases.map(Self.exchange) + AlarmRecord.Kind.allCases.map(Self.alarm)
    + CommandRecord.Kind.allCases.map(Self.command)
    + ConfigurationRecord.Kind.allCases.map(Self.configuration)

  /// - Returns: nil where the word is a kind of no family.
  package init?(rawValue: String) {
    var word = rawValue
    guard let kind = word.withUTF8({ Self.words.find($0) }) else { return nil }
    self = kind
  }

  package static func read(from reader: inout JSONReader) throws(JSONError) -> Record.Kind? {
    try reader.string { words.find($0) }
  }

  private static let words = WordTable(allCases)

  package var rawValue: String {
    switch self {
    case .station(let kind): kind.rawValue
    case .stream(let kind): kind.rawValue
    case .door(let kind): kind.rawValue
    case .entry(let kind): kind.rawValue
    case .occupancy(let kind): kind.rawValue
    case .climate(let kind): kind.rawValue
    case .exchange(let kind): kind.rawValue
    case .alarm(let kind): kind.rawValue
    case .command(let kind): kind.rawValue
    case .configuration(let kind): kind.rawValue
    }
  }
}
