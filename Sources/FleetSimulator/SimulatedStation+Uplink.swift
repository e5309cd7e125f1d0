// How a simulated station connects, and what of its decisions goes out as messages.
import StationCore
import StationProtocol

extension SimulatedStation {
  var session: SessionID {
    SessionID(stream: disk.image.stream, boot: disk.image.boot, connection: connection)
  }

  func connectLater() {
    let life = life
    attempts += 1
    world.after(dice.milliseconds(500...1000 * min(60, 1 << min(attempts, 6)))) { [unowned self] in
      if life == self.life, isRunning, !isConnected { connect() }
    }
  }

  func connect() {
    connection += 1
    let session = session
    let will = SimulatedBroker.Message(
      topic: .status(id),
      payload: StatusPayload(isOnline: false, session: session, reason: .lost, at: now.wall).json,
      isRetained: true)
    let life = life
    isConnected = broker.connect(index, will: will) { [unowned self] path, payload, isOld in
      if life == self.life { received(path, payload, isOld: isOld) }
    } onClosed: { [unowned self] in
      if life == self.life, isConnected { uplinkClosed() }
    }
    guard isConnected else { return connectLater() }
    attempts = 0
    publish(
      .status(id),
      StatusPayload(isOnline: true, session: session, reason: .connected, at: now.wall).json,
      retained: true)
    tell(.link(.uplinkOpened(connection: connection)))
  }

  func uplinkClosed() {
    isConnected = false
    tell(.link(.uplinkClosed))
    connectLater()
  }

  func received(_ path: String, _ payload: [UInt8], isOld: Bool) {
    switch Topic(path: path) {
    case .ack(id):
      guard let body = open(payload, on: .ack(id)) else {
        return tell(.link(.messageRefused(.unsigned)))
      }
      if let ack = try? Acknowledgement(json: body) {
        return tell(.link(.acknowledged(alter(ack))))
      }
    case .reply(id):
      guard let body = open(payload, on: .reply(id)) else {
        return tell(.link(.messageRefused(.unsigned)))
      }
      if let reply = try? StationReply(json: body) {
        return tell(.exchange(.replied(alter(reply))))
      }
    case .serviceStatus:
      guard let status = try? ServiceStatusPayload(json: payload) else { break }
      guard status.isOnline else { return }
      if let store = status.store { tell(.link(.serviceHeard(store))) }
      if !isOld { tell(.link(.serviceCameUp)) }
      return
    case .command(id):
      guard let body = open(payload, on: .command(id)) else {
        return tell(.link(.messageRefused(.unsigned)))
      }
      guard let command = try? Command(json: body) else { break }
      return tell(.command(.received(alter(command))))
    case .desiredConfiguration(id):
      guard let body = open(payload, on: .desiredConfiguration(id)) else {
        return tell(.command(.desiredRefused(.unsigned)))
      }
      if let desired = try? DesiredConfiguration(json: body) {
        return tell(.command(.desired(alter(desired))))
      }
    default: break
    }
    world.referee.complain("station \(index + 1) got what is not for it on \(path)")
  }

  /// The disk takes its time to read.
  func readKeptEnd(after id: Int64) {
    let life = life
    world.after(dice.milliseconds(1...30)) { [unowned self] in
      guard life == self.life else { return }
      tell(.link(.keptEndRead(disk.image.kept.first { $0.id > id })))
    }
  }

  func publish(_ topic: Topic, _ payload: [UInt8], retained: Bool) {
    broker.publish(
      SimulatedBroker.Message(topic: topic, payload: payload, isRetained: retained),
      from: index)
  }

  func publish(_ batch: RecordBatch) {
    let payload = batch.json
    publish(.out(id), payload, retained: false)
    sent.add(SentBatch(batch, SimulatedSeal.digest(of: payload)))
  }

  func ask(_ request: StationRequest) {
    let payload = request.json
    publish(.request(id), payload, retained: false)
    sent.add(request.id, SimulatedSeal.digest(of: payload))
  }

  func publish(_ range: ClosedRange<UInt64>) {
    var first = range.lowerBound
    while first <= range.upperBound {
      let last = min(range.upperBound, first + UInt64(RecordBatch.mostRecords) - 1)
      var records: [[UInt8]] = []
      for seq in first...last {
        guard let row = disk.row(seq) else {
          return world.referee.complain("station \(index + 1) has no row \(seq) to send")
        }
        records.append(row)
      }
      let stream = disk.image.stream
      world.referee.sent(index, stream, first, records)
      publish(RecordBatch(stream: stream, first: first, records: records))
      if world.strikes(.cutInMidPublish, onceIn: 250) { return endSuddenly() }
      first = last + 1
    }
  }
}

/// What a station has sent and its core does not know of yet, and for planted bugs what it sent
/// last.
struct Sent {
  private static let mostBatches = 64
  private var events: [Event] = []
  private(set) var batches: [PayloadDigest] = []
  private(set) var question: PayloadDigest?

  mutating func add(_ batch: SentBatch) {
    batches.append(batch.digest)
    if batches.count > Self.mostBatches { batches.removeFirst() }
    events.append(.link(.batchSent(batch)))
  }

  mutating func add(_ id: RequestID, _ digest: PayloadDigest) {
    question = digest
    events.append(.exchange(.asked(id, digest)))
  }

  mutating func take() -> [Event] {
    defer { events = [] }
    return events
  }
}
