// The shipped broker configuration in a real mosquitto: it starts, and it confines each station.
import Foundation
import Testing

@Suite("The broker keeps stations apart")
struct BrokerTests {
  private let broker: Broker

  init() throws {
    broker = try Broker(accounts: [
      "st-a": "alpha-secret", "st-b": "beta-secret", "service": "service-secret",
    ])
  }

  /// What a station says, by the last part of the topic, and what it hears.
  private static let said = [
    "status", "birth", "state/door/1", "state/door/2", "state/door/3", "state/door/4",
    "state/occupancy", "state/climate", "state/energy", "state/vending", "state/codes",
    "state/alarms",
    "out", "req", "sample", "cmd/result", "config/reported",
  ]
  private static let heard = ["ack", "rep", "cmd", "config/desired"]
  /// What a station might make up in its own subtree.
  private static let invented = [
    "state/0", "state/x", "state/door/0", "state/door/5", "state/door/1/x", "req/7", "out/x",
    "cmd/7/result", "status/x", "config/x", "x",
  ]
  private static let own = heard.map { "st-a/\($0)" } + ["service/status"]
  private static let foreign =
    (said + heard).map { "st-b/\($0)" } + ["service/status", "st-a", "st-a/x"]

  @Test("it starts with the shipped files, and warns of nothing but the line it is told about")
  func starts() {
    let warnings = broker.startLog.split(separator: "\n").filter {
      ($0.contains("Warning") || $0.contains("Error")) && !$0.contains("root/administrator")
    }
    #expect(warnings.count == 1, "\(broker.startLog)")
    #expect(warnings.allSatisfy { $0.contains("ws/v1/service/status") })
  }

  @Test("a station publishes what it says in its own subtree", arguments: said)
  func ownPublish(topic: String) throws {
    #expect(try publish("ws/v1/st-a/\(topic)", as: "st-a") == .accepted)
    #expect(try retained("ws/v1/st-a/\(topic)", as: "service") == "from st-a")
  }

  @Test("a station publishes nothing of what it should hear", arguments: heard)
  func ownRefusal(topic: String) throws {
    #expect(try publish("ws/v1/st-a/\(topic)", as: "st-a") == .refused)
    #expect(try retained("ws/v1/st-a/\(topic)", as: "service") == nil)
  }

  @Test("a station publishes nothing on a topic of its own making", arguments: invented)
  func inventedTopic(topic: String) throws {
    #expect(try publish("ws/v1/st-a/\(topic)", as: "st-a") == .refused)
    #expect(try retained("ws/v1/st-a/\(topic)", as: "service") == nil)
  }

  @Test(
    "a station publishes nothing in another one's subtree or the service's",
    arguments: foreign)
  func otherPublish(topic: String) throws {
    #expect(try publish("ws/v1/\(topic)", as: "st-a") == .refused)
    #expect(try retained("ws/v1/\(topic)", as: "service") == nil)
  }

  @Test(
    "a station hears what is meant for it",
    arguments: own)
  func ownSubscribe(topic: String) throws {
    #expect(try publish("ws/v1/\(topic)", as: "service") == .accepted)
    #expect(try retained("ws/v1/\(topic)", as: "st-a") == "from service")
  }

  @Test("a station hears nothing of another one, by name or by wildcard", arguments: said + heard)
  func otherSubscribe(topic: String) throws {
    #expect(try publish("ws/v1/st-b/\(topic)", as: "service") == .accepted)
    #expect(try retained("ws/v1/st-b/\(topic)", as: "st-a") == nil)
    #expect(try retained("ws/v1/+/\(topic)", as: "st-a") == nil)
    #expect(try retained("ws/v1/#", as: "st-a") == nil)
  }

  @Test("the service may say and hear everything below ws/v1")
  func service() throws {
    for topic in ["st-a/cmd", "st-b/config/desired", "service/status"] {
      #expect(try publish("ws/v1/\(topic)", as: "service") == .accepted)
      #expect(try retained("ws/v1/\(topic)", as: "service") == "from service")
    }
    #expect(try publish("elsewhere", as: "service") == .refused)
  }

  @Test("nobody gets in without a name, or with a wrong password")
  func strangers() throws {
    let topic = ["-q", "1", "-t", "ws/v1/st-a/out", "-m", "x"]
    let anonymous = try broker.client("mosquitto_pub", as: nil, topic)
    #expect(anonymous.status != 0 && anonymous.output.contains("Not authorized"))
    let wrong = try broker.client("mosquitto_pub", as: "st-b", topic + ["-u", "st-a"])
    #expect(wrong.status != 0 && wrong.output.contains("Not authorized"))
  }

  @Test("a message beyond the limit and one of QoS 2 are refused")
  func limits() throws {
    let folder = try Folder()
    for (bytes, topic, arrives) in [(200_000, "out", true), (300_000, "sample", false)] {
      try folder.write(String(repeating: "x", count: bytes), to: "message")
      // The client says nothing of a message that it did not send: the broker has told it the limit.
      _ = try broker.client(
        "mosquitto_pub", as: "st-a",
        ["-q", "1", "-r", "-t", "ws/v1/st-a/\(topic)", "-f", folder.path("message")])
      let heard = try retained("ws/v1/st-a/\(topic)", as: "service")
      #expect(heard?.utf8.count == (arrives ? bytes : nil))
    }
    let twice = try broker.client(
      "mosquitto_pub", as: "st-a", ["-q", "2", "-t", "ws/v1/st-a/out", "-m", "x"])
    #expect(try Answer(twice) == .refused)
  }

  @Test("no keep-alive limit is set, by which mosquitto 2.0.21 throws out clients at random")
  func keepAlive() throws {
    let configuration = try shipped("firmware-config/mosquitto/worker-station.conf")
    #expect(!configuration.contains("\nmax_keepalive"))
  }

  @Test("a client cannot take the id of another account")
  func identity() throws {
    // The answer of the broker's own side: what it calls a client that says it is st-b.
    let ending = try broker.client(
      "mosquitto_pub", as: "st-a",
      ["-d", "-i", "st-b", "-q", "1", "-t", "ws/v1/st-b/out", "-m", "x"])
    #expect(try Answer(ending) == .refused, "\(ending.output)")
    #expect(
      try shipped("firmware-config/mosquitto/worker-station.conf")
        .contains("\nuse_username_as_clientid true\n"))
  }

  private enum Answer {
    case accepted, refused

    /// - Throws: what the client said, where it says neither that all is well nor that it may not.
    init(_ ending: Ending) throws {
      if ending.status == 0, ending.output.isEmpty {
        self = .accepted
      } else if ending.output.contains("Not authorized")
        || ending.output.contains("not supported on broker")
      {
        self = .refused
      } else {
        throw Broker.Refusal(description: "status \(ending.status): \(ending.output)")
      }
    }
  }

  /// Publishes as a retained message, so that it can be looked for afterwards without waiting.
  private func publish(_ topic: String, as account: String) throws -> Answer {
    try Answer(
      broker.client(
        "mosquitto_pub", as: account, ["-q", "1", "-r", "-t", topic, "-m", "from \(account)"]))
  }

  /// What an account is given for a topic; nil for nothing.
  ///
  /// Nothing has no end to wait for, so a second topic follows on which there is something to hear:
  /// retained messages come in the order of the subscriptions.
  private func retained(_ topic: String, as account: String) throws -> String? {
    let own = topic == "ws/v1/\(account)/rep" ? "ack" : "rep"
    let last = account == "service" ? "ws/v1/end/of/this" : "ws/v1/\(account)/\(own)"
    _ = try broker.client(
      "mosquitto_pub", as: "service", ["-q", "1", "-r", "-t", last, "-m", "end"])
    let ending = try broker.client(
      "mosquitto_sub", as: account,
      ["-q", "1", "-t", topic, "-t", last, "-C", "1", "-F", "%p"])
    _ = try broker.client("mosquitto_pub", as: "service", ["-q", "1", "-r", "-t", last, "-n"])
    guard ending.status == 0 else {
      throw Broker.Refusal(description: "status \(ending.status): \(ending.output)")
    }
    let heard = ending.output.trimmingCharacters(in: .whitespacesAndNewlines)
    return heard == "end" ? nil : heard
  }
}
