// The keys of the broker.
import Configuration

private typealias Key = ConfigurationTable.Key

extension ConfigurationTable.Section {
  static let broker = Self(
    "broker", "The MQTT broker. Its password is the credential mqtt-password.",
    keys: [
      Key("host", .text, .standard("127.0.0.1"), "The broker's name or address."),
      Key("port", .integer(1...65_535, unit: ""), .standard("1883"), "The broker's port."),
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
  package var host: String
  package var port: Int
  package var credentials: String?
  package var longestPause: Duration

  init(_ section: Configuration.Section) {
    host = section.text("host")
    port = section.integer("port")
    credentials = section.optionalText("credentials-directory")
    longestPause = section.duration("longest-pause")
  }
}
