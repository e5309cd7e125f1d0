// The keys of what the management service may order.
import Configuration
import StationCore

private typealias Key = ConfigurationTable.Key

extension ConfigurationTable.Section {
  static let commands = Self(
    "commands", "The bounds of what the management service may order.",
    keys: [
      Key(
        "longest-free-access", .duration(.zero...(.seconds(86_400))), .standard("12 h"),
        "The longest time for which one command may open a door to everyone; 0 s for never."),
      Key(
        "support-file", .path, .standard("/var/lib/worker-station/support.json"),
        "The file into which the command collect-support writes."),
    ])
}
