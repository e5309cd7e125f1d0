// One MQTT message as it is sent or received, and how to reach a broker.

/// A message of MQTT 5 (OASIS, section 3.3), as far as it is used here.
package struct MQTTMessage: Equatable, Sendable {
  package var topic: String
  package var payload: [UInt8]
  package var quality: Quality
  package var isRetained: Bool
  /// How long the broker may hold it back for a subscriber (section 3.3.2.3.3), in whole seconds;
  /// nil for as long as it likes.
  package var expiry: Duration?

  /// QoS 2 is not used: what must arrive once is numbered and acknowledged by the application.
  package enum Quality: Int32, Sendable {
    case atMostOnce = 0
    case atLeastOnce = 1
  }

  package init(
    topic: String, payload: [UInt8], quality: Quality = .atLeastOnce, isRetained: Bool = false,
    expiry: Duration? = nil
  ) {
    self.topic = topic
    self.payload = payload
    self.quality = quality
    self.isRetained = isRetained
    self.expiry = expiry
  }
}

/// What a client shows to its broker.
package enum MQTTLogin: Equatable, Sendable {
  /// Without TLS: whoever is on the way reads and changes all of it.
  case password(String)
  case certificate(MQTTIdentity)
}

/// A broker, and what is shown to it.
package struct MQTTTarget: Equatable, Sendable {
  package var host: String
  package var port: Int
  package var login: MQTTLogin

  package init(host: String, port: Int, login: MQTTLogin) {
    self.host = host
    self.port = port
    self.login = login
  }
}

/// Why a client cannot connect to anything now.
package struct MQTTFault: Error, Equatable, Sendable {
  package let reason: String

  package init(_ reason: String) { self.reason = reason }
}

/// The address of the broker, and the client's behaviour towards it.
package struct MQTTOptions: Sendable {
  package var host: String
  package var port: Int
  package var clientID: String
  package var user: String
  package var password: String
  package var keepAliveSeconds: Int32 = 10
  /// The upper bound of the first pause before a new attempt; it doubles up to `longestPause`.
  package var firstPause: Duration = .seconds(1)
  package var longestPause: Duration = .seconds(60)
  /// From the start of an attempt to the broker's answer.
  package var connectTimeout: Duration = .seconds(10)
  /// A larger message is dropped and counted.
  package var largestPayload = 65_536

  package init(host: String, port: Int, clientID: String, user: String, password: String) {
    self.host = host
    self.port = port
    self.clientID = clientID
    self.user = user
    self.password = password
  }
}
