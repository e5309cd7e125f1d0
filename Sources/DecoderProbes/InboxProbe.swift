// Everything a service is sent, in any order: the decoders together with what they feed.
import JSON
import ManagementCore
import MemberCode
import StationProtocol
import Time

extension Probe {
  /// A line is a message: `TOPIC PAYLOAD`, with `!` in front where it is retained. The lines
  /// `link`, `unlink` and `day` are the events of these names.
  static let serviceInbox = Probe(
    "service-inbox", longest: 2048, words: Words.records + Words.payloads + Words.topics
  ) { (bytes) throws(Violation) in
    var inbox = Inbox()
    for line in bytes.split(separator: UInt8(ascii: "\n")).prefix(16) {
      try inbox.take(line)
    }
  }
}

/// A service with a store in memory, told only of what comes in.
private struct Inbox {
  private var management = Management()
  private let store = MemoryStore()
  /// The highest number of each stream that was sent, or lies below a floor that was said.
  private var said: [StationID: [StreamID: UInt64]] = [:]
  /// The payloads that came.
  private var sent: Set<PayloadDigest> = []
  private var now = Now(
    instant: Instant(nanoseconds: 0), wall: WallTime(seconds: 1_790_000_000))

  init() {
    _ = management.handle(.booted(stations: [], today: [:]), at: now)
    _ = management.handle(.linkOpened, at: now)
  }

  mutating func take(_ line: ArraySlice<UInt8>) throws(Violation) {
    now.wall = now.wall + .seconds(1)
    switch String(decoding: line, as: UTF8.self) {
    case "link": try perform(management.handle(.linkOpened, at: now))
    case "unlink": try perform(management.handle(.linkClosed, at: now))
    case "day": try perform(management.handle(.dayBegan, at: now))
    default:
      let isRetained = line.first == UInt8(ascii: "!")
      let parts = line.dropFirst(isRetained ? 1 : 0).split(
        separator: UInt8(ascii: " "), maxSplits: 1, omittingEmptySubsequences: false)
      let payload = parts.count > 1 ? Array(parts[1]) : []
      if !payload.isEmpty { sent.insert(PayloadDigest(of: payload)) }
      let message = ManagementEvent.messageArrived(
        topic: String(decoding: parts[0], as: UTF8.self),
        payload: InboundPayload(payload, digest: PayloadDigest(of: payload)),
        isRetained: isRetained)
      try perform(management.handle(message, at: now))
    }
  }

  private mutating func note(_ item: InboundItem) {
    switch item {
    case .batch(let batch): note(batch.numbers.upperBound, batch.stream, of: batch.station)
    case .floor(let station, let stream, let floor, _):
      note(floor - 1, stream, of: station)
    case .again, .malformed, .request, .zone: break
    }
  }

  private mutating func note(_ number: UInt64, _ stream: StreamID, of station: StationID) {
    let known = said[station]?[stream] ?? 0
    said[station, default: [:]][stream] = max(known, number)
  }

  private mutating func perform(_ effects: [ManagementEffect]) throws(Violation) {
    for effect in effects {
      switch effect {
      case .store(let item):
        note(item)
        let outcomes = store.store([item], at: now)
        for event in outcomes.flatMap(\.events) {
          try expect(
            (try? Record(json: event.json)) != nil && JSONText.compact(event.json) == event.json,
            "what is stored is a record on one line")
        }
        try perform(management.handle(.stored(outcomes), at: now))
      case .readAgain(let id):
        let rows = store.quarantine(after: id, limit: Quarantined.page)
        try perform(management.handle(.quarantined(rows), at: now))
      case .prove(let question):
        let request = question.request
        let code = CodeDigest(high: 0, low: UInt64(request.code.text.utf8.count))
        let item = InboundItem.request(question, .genuine(request.question.member, code))
        try perform(management.handle(.stored(store.store([item], at: now)), at: now))
      case .acknowledge(let station, let ack):
        let highest = said[station]?[ack.stream] ?? 0
        let named = max(ack.upto, ack.kept ?? 0, ack.conflict ?? 0)
        try expect(
          named <= highest && sent.isSuperset(of: ack.batches),
          "an acknowledgement names nothing that nobody said")
        try expect(
          (try? Acknowledgement(json: ack.json)) == ack, "a station can read what is acknowledged")
      case .reply(_, let reply):
        try expect(sent.contains(reply.question), "a reply names a question that came")
        try expect(
          (try? StationReply(json: reply.json)) == reply, "a station can read what it is answered")
      case .announce(let station):
        guard let life = management.stations[station] else {
          throw Violation("who is announced is known")
        }
        var writer = JSONWriter()
        StationView(id: station, life: life, isLinkUp: management.isLinkUp, at: now)
          .write(to: &writer)
        try expect(JSONSyntax(writer.bytes) != nil, "what is shown of \(station) is JSON")
      case .advance(let id, let station, let news):
        if let command = store.advance(id, of: station, news, at: now) {
          try perform(management.handle(.commands(.advanced(command)), at: now))
        }
      case .send(_, let command):
        try expect((try? Command(json: command.json)) == command, "a station can read a command")
      case .publishDesired(_, let desired):
        try expect(
          (try? DesiredConfiguration(json: desired.json)) == desired,
          "a station can read what is wanted of it")
      case .judge: break
      case .clear(let topic):
        try expect(topic.utf8.starts(with: "ws/v1/".utf8), "what is cleared lies in the tree")
      case .note(let oddity):
        try expect(!oddity.description.isEmpty, "a refusal has words")
      }
    }
  }
}
