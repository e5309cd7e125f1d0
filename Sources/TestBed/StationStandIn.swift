// A station as far as the broker can tell, whose every message a test decides.
import Foundation
import Linux
import MQTT
import StationProtocol

/// A client with a station's account, on a loop of its own thread, until the last who knows it lets
/// it go: one that lived on would come back, and take the session from the next of its name.
package final class StationStandIn {
  private enum Order: Sendable {
    case publish(MQTTMessage)
    case subscribe(String)
    /// Drops the connection without a word, so that the broker publishes the will.
    case vanish
  }

  package let station: StationID
  private let orders: Mailbox<Order>
  private let heard = Heard()
  private let ended = DispatchSemaphore(value: 0)
  private var isGone = false

  /// What both threads touch; the client stays on its own.
  private final class Heard: @unchecked Sendable {
    private let lock = NSLock()
    private var all: [MQTTMessage] = []
    private var wasConnected = false

    var hasConnected: Bool { lock.withLock { wasConnected } }
    var messages: [MQTTMessage] { lock.withLock { all } }

    func connected() { lock.withLock { wasConnected = true } }
    func take(_ message: MQTTMessage) { lock.withLock { all.append(message) } }
  }

  package init(
    _ station: StationID, brokerPort: Int, password: String, will: StatusPayload? = nil
  ) throws {
    self.station = station
    let orders = try Mailbox<Order>()
    self.orders = orders
    Thread.detachNewThread { [heard, ended] in
      defer { ended.signal() }
      do {
        let loop = try EventLoop()
        let client = try MQTTClient(
          loop: loop,
          options: MQTTOptions(
            host: "127.0.0.1", port: brokerPort, clientID: station.text, user: station.text,
            password: password))
        client.will = {
          will.map {
            MQTTMessage(topic: Topic.status(station).path, payload: $0.json, isRetained: true)
          }
        }
        client.onConnected = { [unowned client] in
          client.subscribe([Topic.ack(station).path, Topic.reply(station).path])
          heard.connected()
        }
        client.onMessage = { heard.take($0) }
        try loop.receive(from: orders) { order in
          switch order {
          case .publish(let message): _ = client.publish(message)
          case .subscribe(let filter): client.subscribe([filter])
          case .vanish: loop.stop()
          }
        }
        client.start()
        try loop.run()
        // The watch holds the client, whose end closes the connection.
        loop.unwatch(orders.descriptor)
      } catch {
        Log.error("the stand-in for \(station): \(error)")
      }
    }
    try Deadline.wait(until: "the stand-in for \(station) to be connected") {
      heard.hasConnected
    }
  }

  deinit { vanish() }

  /// Breaks off the connection.
  package func vanish() {
    guard !isGone else { return }
    isGone = true
    orders.send(.vanish)
    ended.wait()
  }

  package func publish(_ topic: Topic, _ payload: [UInt8], isRetained: Bool = false) {
    orders.send(
      .publish(MQTTMessage(topic: topic.path, payload: payload, isRetained: isRetained)))
  }

  /// Publishes where no part of the product would.
  package func publish(path: String, _ payload: [UInt8], isRetained: Bool = false) {
    orders.send(.publish(MQTTMessage(topic: path, payload: payload, isRetained: isRetained)))
  }

  package func send(_ batch: RecordBatch) { publish(.out(station), batch.json) }

  package func say(_ session: SessionID, isOnline: Bool) {
    let payload = StatusPayload(
      isOnline: isOnline, session: session, reason: isOnline ? .connected : .lost,
      at: Clock.wall)
    publish(.status(station), payload.json, isRetained: true)
  }

  package func subscribe(_ filter: String) { orders.send(.subscribe(filter)) }

  /// Asks the service, and waits for one more answer than there was.
  package func ask(_ request: StationRequest) throws -> StationReply.Answer? {
    let before = answers(to: request.id).count
    publish(.request(station), request.json)
    try Deadline.wait(until: "an answer to \(request.id)") {
      answers(to: request.id).count > before
    }
    return answers(to: request.id).last
  }

  private func answers(to id: RequestID) -> [StationReply.Answer] {
    messages(.reply(station)).compactMap { try? StationReply(json: Self.body(of: $0)) }
      .filter { $0.id == id }.map(\.answer)
  }

  /// Messages of a topic, in order.
  package func messages(_ topic: Topic) -> [MQTTMessage] {
    heard.messages.filter { $0.topic == topic.path }
  }

  package var acknowledgements: [Acknowledgement] {
    messages(.ack(station)).compactMap { try? Acknowledgement(json: Self.body(of: $0)) }
  }

  /// The body of a sealed message, whoever has signed it.
  private static func body(of message: MQTTMessage) throws -> [UInt8] {
    try SealedMessage(json: message.payload).body.json
  }

  package func waitForAcknowledgement(_ upto: UInt64, of stream: StreamID) throws {
    try Deadline.wait(until: "an acknowledgement of \(upto), not only \(acknowledgements)") {
      acknowledgements.contains {
        $0.stream == stream && $0.upto == upto && $0.conflict == nil && $0.kept == nil
      }
    }
  }
}
