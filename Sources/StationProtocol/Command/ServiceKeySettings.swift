// Where a station finds the keys of the service that it obeys.
import Configuration

/// One `[service-key NAME]` section.
package struct ServiceKeySettings: Hashable, Sendable {
  package var name: String
  /// The file of the public key.
  package var path: String

  package init(name: String, path: String) {
    self.name = name
    self.path = path
  }

  package static let section = ConfigurationTable.Section(
    "service-key",
    "A key of the management service that this station obeys, a section for each. The key's file is "
      + "checked every minute. Without a section, no command is carried out, and whoever owns the "
      + "broker can delete records and get goods: for development alone.",
    .repeated(argument: "name of a-z, 0-9 and -", example: "current") { StationID($0) != nil },
    keys: [
      ConfigurationTable.Key(
        "key", .path, .required(example: "/etc/worker-station/service-keys/current.pem"),
        "The file of its public key (PEM), Ed25519.")
    ])

  /// The sections of a configuration, in their order.
  package static func read(_ configuration: Configuration) -> [ServiceKeySettings] {
    configuration.sections(section.name).map {
      ServiceKeySettings(name: $0.argument ?? "", path: $0.text("key"))
    }
  }
}
