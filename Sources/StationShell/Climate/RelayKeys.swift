// The keys of what goes off when nobody is inside.
import Configuration
import GPIO
import StationCore
import StationProtocol

private typealias Key = ConfigurationTable.Key

extension ConfigurationTable.Section {
  static let relay = Self(
    "relay",
    "A relay that goes off when nobody is inside and on when somebody comes in. Do not wire the fridge to one.",
    .repeated(argument: "lights, climate or sockets", example: "lights") {
      Relay(rawValue: $0) != nil
    },
    keys: [
      Key(
        "off-after", .duration(.seconds(10)...(.seconds(86_400))), .standard("10 min"),
        "The time after the last person has left at which the relay is switched off."),
      .line(.lights, name: "line"),
      Key(
        "safe-state", .choice(["off", "on"]), .standard("off"),
        "The level in which the relay is left when this program ends, however it ends."),
      .line(.lightsOverride, name: "override-line"),
    ])
}
