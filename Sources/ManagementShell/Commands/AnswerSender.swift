// What the service says of what stations have sent: signed, because stations act on it.
import Linux
import MQTT
import MemberCode
import StationProtocol

/// Signs acknowledgements and replies, and publishes them.
final class AnswerSender {
  private let client: MQTTClient
  private let key: SigningKey

  /// - Parameter key: nil where the service has no command key. A key of this start then takes its
  ///   place, which no station knows: a station that pins keys takes no answer, and any other takes
  ///   all of them.
  init(_ client: MQTTClient, _ key: SigningKey?) {
    self.client = client
    self.key = key ?? .generate()
  }

  func send(_ ack: Acknowledgement, to station: StationID) {
    publish(ack.json, on: .ack(station), life: nil)
  }

  func send(_ reply: StationReply, to station: StationID) {
    publish(reply.json, on: .reply(station), life: StationRequest.life)
  }

  private func publish(_ body: [UInt8], on topic: Topic, life: Duration?) {
    _ = client.publish(
      MQTTMessage(
        topic: topic.path, payload: key.seal(body, for: topic).json, isRetained: false,
        expiry: life))
  }
}
