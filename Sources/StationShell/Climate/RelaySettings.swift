// The relays as the configuration file says them.
import Configuration
import StationCore
import StationProtocol

extension SettingsReader {
  func relays() -> [RelayConfiguration] {
    configuration.sections("relay").compactMap { section in
      Relay(rawValue: section.argument ?? "").map {
        RelayConfiguration($0, delay: section.duration("off-after"))
      }
    }
  }
}
