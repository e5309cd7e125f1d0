// What is done to a station while good codes are shown to it: noise at a reader, floods of messages.
import Linux
import MQTT
import MemberCode
import StationProtocol

/// Something that can be switched on and off, by its own thread.
protocol Abuse: AnyObject {
  /// Returns when it has begun.
  func begin()
  /// Returns when it has ended.
  func end()
}

/// Random bytes at the full rate of a reader's line: 115,200 baud are 11,520 bytes a second.
final class NoiseAbuse: Abuse {
  private static let step: Duration = .milliseconds(5)
  private static let bytesPerStep = 11_520 / 200
  private let line: ReaderLine
  private var thread: WorkerThread<Int>?
  private let isOn = Switch()

  init(_ line: ReaderLine) { self.line = line }

  func begin() {
    isOn.value = true
    let handover = Handover(line)
    thread = WorkerThread(name: "noise") { [isOn] in
      { _ in
        while isOn.value {
          _ = handover.line.write(Randomness.bytes(Self.bytesPerStep))
          pause(Self.step)
        }
        return nil
      }
    }
    thread?.submit(0)
  }

  func end() {
    isOn.value = false
    thread?.finish()
    thread = nil
  }

  private struct Handover: @unchecked Sendable {
    // Sendable because nobody else writes to this line.
    let line: ReaderLine
    init(_ line: ReaderLine) { self.line = line }
  }
}

/// Forged acknowledgements, unreadable ones and foreign messages, as fast as they can be sent.
final class FloodAbuse: Abuse {
  private let orders: Mailbox<Bool?>
  private let answers: Mailbox<Int>
  private let thread: WorkerThread<Int>
  private(set) var sent = 0

  /// Connects, with the only account that may send to the station.
  init(brokerPort: Int) throws(SystemError) {
    let orders = try Mailbox<Bool?>()
    let answers = try Mailbox<Int>()
    self.orders = orders
    self.answers = answers
    thread = WorkerThread(name: "flood") {
      { ports in
        for port in ports {
          do throws(SystemError) {
            try FloodLoop(port, orders, answers).run()
          } catch {
            Log.error("no flood: \(error)")
            answers.send(0)
          }
        }
        return nil
      }
    }
    thread.submit(brokerPort)
    sent += wait()
  }

  deinit {
    orders.send(nil)
    thread.finish()
  }

  func begin() {
    orders.send(true)
    sent += wait()
  }

  func end() {
    orders.send(false)
    sent += wait()
  }

  private func wait() -> Int {
    while true {
      if let answer = answers.drain().first { return answer }
      pause(.milliseconds(1))
    }
  }
}

/// What runs on the flood's thread.
private final class FloodLoop {
  private static let step: Duration = .milliseconds(2)
  private static let messagesPerStep = 10

  private let loop: EventLoop
  private let client: MQTTClient
  private let answers: Mailbox<Int>
  private var isOn = false
  private var sent = 0
  private let messages: [MQTTMessage]

  init(
    _ port: Int, _ orders: Mailbox<Bool?>, _ answers: Mailbox<Int>
  ) throws(SystemError) {
    loop = try EventLoop()
    self.answers = answers
    client = try MQTTClient(
      loop: loop,
      options: MQTTOptions(
        host: "127.0.0.1", port: port, clientID: "service", user: "service",
        password: DoorBed.password))
    guard let station = StationID(DoorStation.name) else {
      preconditionFailure("no station \(DoorStation.name)")
    }
    let topic = Topic.ack(station).path
    let forged = Acknowledgement(stream: StreamID(bits: 1), upto: 1 << 40, batches: [])
    let sealed = SigningKey.generate().seal(forged.json, for: .ack(station))
    messages = [sealed.json, Array("{\"stream\":".utf8), Array("[1,2,3]".utf8), []].map {
      MQTTMessage(topic: topic, payload: $0, quality: .atMostOnce)
    }
    client.onConnected = { answers.send(0) }
    try loop.receive(from: orders) { [unowned self] order in
      guard let order else { return loop.stop() }
      isOn = order
      if order { flood() }
      answers.send(sent)
      sent = 0
    }
  }

  func run() throws(SystemError) {
    client.start()
    try loop.run()
    client.stop()
  }

  private func flood() {
    guard isOn else { return }
    for index in 0..<Self.messagesPerStep where client.publish(messages[index % messages.count]) {
      sent += 1
    }
    loop.schedule(after: Self.step) { [unowned self] in flood() }
  }
}

/// A flag that two threads share.
final class Switch: @unchecked Sendable {
  // Sendable because `lock` guards the flag.
  private let lock = Lock()
  private var isOn = false

  var value: Bool {
    get { lock.withLock { isOn } }
    set { lock.withLock { isOn = newValue } }
  }
}
