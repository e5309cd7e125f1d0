// The keys of the fire alarm's wires.
import Configuration
import GPIO
import StationCore

private typealias Key = ConfigurationTable.Key

extension ConfigurationTable.Section {
  static let fire = Self(
    "fire",
    "The fire alarm system's wires. Fire releases every door until the reset key is turned here.",
    keys: [
      Key(
        "wiring", .choice(FirePolicy.Wiring.allCases.map(\.rawValue)), .standard("none"),
        "The circuits from the fire alarm system: none; one that opens with fire or when it is "
          + "cut; or two of which one opens and one closes with fire, so that a cut and a short "
          + "raise alarms of their own."),
      Key(
        "wire-fault", .choice(FirePolicy.WireFault.allCases.map(\.rawValue)), .standard("alarm"),
        "Whether a cut or a short of the two circuits is an alarm alone, or also releases every "
          + "door as long as it stands."),
    ] + BoardLine.Kind.wired(.fire).map { .line($0) })
}
