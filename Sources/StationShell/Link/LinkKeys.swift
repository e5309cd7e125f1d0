// The keys of the broker.
import Configuration
import Linux

private typealias Key = ConfigurationTable.Key

extension ConfigurationTable.Section {
  static let broker = Self(
    "broker", "The MQTT broker.",
    keys: [
      Key(
        "login", .choice(["certificate", "password"]), .standard("certificate"),
        "The way in which the station shows who it is: by TLS with the certificate that \"stationctl claim\" got "
          + "for this board, which also brings the broker's address; or by the credential "
          + "mqtt-password, without TLS, which is for development on one machine."),
      Key(
        "identity", .path, .standard("/var/lib/worker-station/identity"),
        "The folder of what a claim brings, for login = certificate."),
      Key(
        "host", .text, .standard("127.0.0.1"),
        "The broker's name or address, for login = password."),
      Key(
        "port", .integer(1...65_535, unit: ""), .standard("1883"),
        "The broker's port, for login = password."),
      Key(
        "credentials-directory", .path, .optional(example: "/etc/worker-station/credentials"),
        "The folder that holds mqtt-password where systemd does not provide it."),
      Key(
        "longest-pause", .duration(.seconds(1)...(.seconds(600))), .standard("60 s"),
        "The longest pause between two attempts to connect."),
    ])
}

/// The MQTT broker, and how it is reached.
package struct BrokerSettings: Equatable, Sendable {
  /// The folder of the claimed identity; nil where the station shows a password.
  package var identity: String?
  package var host: String
  package var port: Int
  package var credentials: String?
  package var longestPause: Duration

  static let password = UnitCredential(
    "mqtt-password", home: "/etc/worker-station/credentials/mqtt-password")

  init(_ section: Configuration.Section) {
    identity = section.text("login") == "certificate" ? section.text("identity") : nil
    host = section.text("host")
    port = section.integer("port")
    credentials = section.optionalText("credentials-directory")
    longestPause = section.duration("longest-pause")
  }
}
