// Every wire that a board may have: its key, its help, and the event that a change of it is.
import GPIO
import StationCore
import StationProtocol

/// One kind of wire, as the shell knows it. A wire that is no row here has no key of its own.
struct WireRow: Sendable {
  /// The section of the configuration in which a wire's key stands.
  enum Section: Sendable {
    case accessPoint, fire, inputs
  }

  /// The event of a level; nil where the level says nothing, as a button that is let go.
  enum Meaning: Sendable {
    /// An input of an access point.
    case point(@Sendable (AccessPointID, Bool) -> Event?)
    /// An input of the station as a whole.
    case station(@Sendable (Bool) -> Event?)
    case output
  }

  let kind: BoardLine.Kind
  let section: Section
  /// The part that the wire connects, and when it is active.
  let help: String
  let example: String
  let meaning: Meaning

  var key: String { "\(kind.rawValue)-line" }

  private init(
    _ kind: BoardLine.Kind, _ section: Section, _ help: String, _ example: String,
    _ meaning: Meaning
  ) {
    self.kind = kind
    self.section = section
    self.help = help
    self.example = example
    self.meaning = meaning
  }

  static func rows(of section: Section) -> [WireRow] { all.filter { $0.section == section } }

  /// In the order of the configuration's sections and keys.
  static let all: [WireRow] = [
    WireRow(
      .contact, .accessPoint, "The door contact, active while the door is shut.",
      "gpiochip0:17 pull-up",
      .point { .door(.contactChanged($0, isClosed: $1)) }),
    WireRow(
      .exit, .accessPoint, "The exit button, active while pressed.",
      "gpiochip0:27 active-low pull-up",
      .point { $1 ? .door(.exitRequested($0)) : nil }),
    WireRow(
      .outerBeam, .accessPoint, "The light barrier on the street side, active while clear.",
      "gpiochip0:22",
      .point { .occupancy(.beamChanged($0, .outer, isBroken: !$1)) }),
    WireRow(
      .innerBeam, .accessPoint, "The light barrier on the room's side, active while clear.",
      "gpiochip0:23",
      .point { .occupancy(.beamChanged($0, .inner, isBroken: !$1)) }),
    WireRow(
      .strikeFeedback, .accessPoint,
      "The lock's feedback, active while the bolt is in the locked position.",
      "gpiochip0:5 active-low pull-up",
      .point { .door(.strikeSensed($0, isLocked: $1)) }),
    WireRow(
      .tamper, .accessPoint, "The covers, active while all are shut.",
      "gpiochip0:6 active-low pull-up",
      .point { .door(.tamperChanged($0, isOpen: !$1)) }),
    WireRow(
      .counter, .accessPoint, "A counter with one sensor, active while somebody passes.",
      "gpiochip0:12 active-low pull-up",
      .point { $1 ? .occupancy(.counterPulsed($0)) : nil }),
    WireRow(
      .strike, .accessPoint, "The strike's relay, active while it is energised.", "gpiochip0:24",
      .output),
    WireRow(
      .fire, .fire, "The circuit that opens with fire, active while closed.",
      "gpiochip0:13 active-low pull-up",
      .station { .safety(.fireLineChanged(.first, isClosed: $0)) }),
    WireRow(
      .secondFire, .fire, "The circuit that closes with fire, active while closed.",
      "gpiochip0:16 active-low pull-up",
      .station { .safety(.fireLineChanged(.second, isClosed: $0)) }),
    WireRow(
      .fireReset, .fire, "The key that ends fire and emergency, active while turned.",
      "gpiochip0:18 active-low pull-up",
      .station { $0 ? .safety(.resetTurned) : nil }),
    WireRow(
      .lockDown, .inputs, "The lock-down button, active while nobody may come in.",
      "gpiochip0:19 active-low pull-up",
      .station { .entry(.lockDownChanged(isOn: $0)) }),
    WireRow(
      .maintenance, .inputs, "The maintainer's key, active while turned.",
      "gpiochip0:20 active-low pull-up",
      .station { .entry(.maintenanceChanged(isOn: $0)) }),
    WireRow(
      .emergency, .inputs, "The emergency button, active while pressed.",
      "gpiochip0:21 active-low pull-up",
      .station { .safety(.emergencyChanged(isPressed: $0)) }),
    WireRow(
      .motion, .inputs, "The motion sensor, active while something moves.", "gpiochip0:26",
      .station { .occupancy(.motionChanged(isMoving: $0)) }),
    WireRow(
      .machineDoor, .inputs, "The exchange machine's own door, active while it is shut.",
      "gpiochip0:7 active-low pull-up",
      .station { .exchange(.doorChanged(isOpen: !$0)) }),
    WireRow(
      .mains, .inputs,
      "The contact of the battery charger or power supply that reports mains power, active while "
        + "mains power is there.", "gpiochip0:8 active-low pull-up",
      .station { .wires(.mainsChanged(isOn: $0)) }),
  ]

  private static let byKind = Dictionary(uniqueKeysWithValues: all.map { ($0.kind, $0) })

  /// - Returns: nil where the kind has no key of its own, as a relay and its override.
  static func row(of kind: BoardLine.Kind) -> WireRow? { byKind[kind] }
}
