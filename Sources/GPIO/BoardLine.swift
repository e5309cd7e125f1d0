// One wire of the board: what hangs on it, and where.

/// A wire by its name. Those of an access point carry its number, those of the station none.
package struct BoardLine: Hashable, Sendable, CustomStringConvertible {
  /// The part that a wire connects. A wire of a new part needs a case and a row in `traits`.
  package enum Kind: String, CaseIterable, Sendable {
    case contact, exit
    case outerBeam = "outer-beam"
    case innerBeam = "inner-beam"
    case strikeFeedback = "strike-feedback"
    case tamper, counter, strike
    case fire
    case secondFire = "fire-b"
    case fireReset = "fire-reset"
    case lockDown = "lock-down"
    case maintenance, emergency, motion
    case machineDoor = "machine-door"
    case mains, leak
    case lightsOverride = "lights-override"
    case climateOverride = "climate-override"
    case socketsOverride = "sockets-override"
    case lights, climate, sockets

    /// The place of a wire, its direction, and its words in the configuration.
    package struct Traits: Sendable {
      package enum Place: Sendable {
        /// Each access point has one.
        case accessPoint
        /// The station has one, and it belongs to the fire alarm.
        case fire
        /// The station has one.
        case station
        /// Each relay of the station has one.
        case relay
      }

      package var place: Place
      package var isInput = true
      /// Whether it means something at the moment it becomes 1, and is no level to remember: told
      /// again, one press would be two.
      package var isMomentary = false
      /// The part, and what it is while the wire is active, which is the level 1.
      package var help: String
      /// A wiring as it stands in the configuration.
      package var example: String
    }

    package var traits: Traits {
      switch self {
      case .contact:
        Traits(
          place: .accessPoint, help: "The door contact, active while the door is shut.",
          example: "gpiochip0:17 active-low pull-up")
      case .exit:
        Traits(
          place: .accessPoint, isMomentary: true, help: "The exit button, active while pressed.",
          example: "gpiochip0:27 active-low pull-up")
      case .outerBeam:
        Traits(
          place: .accessPoint, help: "The light barrier on the street side, active while clear.",
          example: "gpiochip0:22")
      case .innerBeam:
        Traits(
          place: .accessPoint, help: "The light barrier on the room's side, active while clear.",
          example: "gpiochip0:23")
      case .strikeFeedback:
        Traits(
          place: .accessPoint,
          help: "The lock's feedback, active while the bolt is in the locked position.",
          example: "gpiochip0:5 active-low pull-up")
      case .tamper:
        Traits(
          place: .accessPoint, help: "The covers, active while all are shut.",
          example: "gpiochip0:6 active-low pull-up")
      case .counter:
        Traits(
          place: .accessPoint, isMomentary: true,
          help: "A counter with one sensor, active while somebody passes.",
          example: "gpiochip0:12 active-low pull-up")
      case .strike:
        Traits(
          place: .accessPoint, isInput: false,
          help: "The strike's relay, active while it is energised.", example: "gpiochip0:24")
      case .fire:
        Traits(
          place: .fire, help: "The circuit that opens with fire, active while closed.",
          example: "gpiochip0:13 active-low pull-up")
      case .secondFire:
        Traits(
          place: .fire, help: "The circuit that closes with fire, active while closed.",
          example: "gpiochip0:16 active-low pull-up")
      case .fireReset:
        Traits(
          place: .fire, isMomentary: true,
          help: "The key that ends fire and emergency, active while turned.",
          example: "gpiochip0:18 active-low pull-up")
      case .lockDown:
        Traits(
          place: .station, help: "The lock-down button, active while nobody may come in.",
          example: "gpiochip0:19 active-low pull-up")
      case .maintenance:
        Traits(
          place: .station, help: "The maintainer's key, active while turned.",
          example: "gpiochip0:20 active-low pull-up")
      case .emergency:
        Traits(
          place: .station, help: "The emergency button, active while pressed.",
          example: "gpiochip0:21 active-low pull-up")
      case .motion:
        Traits(
          place: .station, help: "The motion sensor, active while something moves.",
          example: "gpiochip0:26")
      case .machineDoor:
        Traits(
          place: .station, help: "The exchange machine's own door, active while it is shut.",
          example: "gpiochip0:7 active-low pull-up")
      case .mains:
        Traits(
          place: .station,
          help: "The contact of the battery charger or power supply that reports mains power, "
            + "active while mains power is there.", example: "gpiochip0:8 active-low pull-up")
      case .leak:
        Traits(
          place: .station,
          help: "The contact of the leak sensor on the floor, active while the sensor is wet. A "
            + "contact that opens with water reports a cut wire as well.",
          example: "gpiochip0:9 pull-up")
      case .lightsOverride, .climateOverride, .socketsOverride:
        Traits(
          place: .relay, help: "A switch that keeps it on, active while it does.",
          example: "gpiochip0:8 active-low pull-up")
      case .lights, .climate, .sockets:
        Traits(
          place: .relay, isInput: false,
          help: "The relay's line, active while the load is to have power.",
          example: "gpiochip0:25")
      }
    }

    package var isInput: Bool { traits.isInput }
    package var isMomentary: Bool { traits.isMomentary }
    /// Whether each access point has one, and not the station as a whole.
    package var isOfAccessPoint: Bool { traits.place == .accessPoint }

    package static let ofAccessPoint = allCases.filter(\.isOfAccessPoint)
    package static let ofStation = allCases.filter { !$0.isOfAccessPoint }
  }

  package let kind: Kind
  /// 1 to 4; nil where the wire belongs to the station as a whole.
  package let accessPoint: Int?

  /// A wire of an access point.
  package init(_ kind: Kind, _ accessPoint: Int) {
    precondition((1...4).contains(accessPoint), "a station has access points 1 to 4")
    precondition(kind.isOfAccessPoint, "\(kind.rawValue) belongs to the station")
    self.kind = kind
    self.accessPoint = accessPoint
  }

  /// A wire of the station.
  package init(_ kind: Kind) {
    precondition(!kind.isOfAccessPoint, "\(kind.rawValue) belongs to an access point")
    self.kind = kind
    accessPoint = nil
  }

  /// - Returns: nil where the text names no wire of a board.
  package init?(_ text: some StringProtocol) {
    if let kind = Kind(rawValue: String(text)), !kind.isOfAccessPoint {
      self.init(kind)
      return
    }
    guard let dash = text.lastIndex(of: "-"),
      let kind = Kind(rawValue: String(text[..<dash])), kind.isOfAccessPoint,
      let point = decimal(text[text.index(after: dash)...], in: 1...4)
    else { return nil }
    self.init(kind, point)
  }

  package var description: String {
    accessPoint.map { "\(kind.rawValue)-\($0)" } ?? kind.rawValue
  }
}

/// A number in its one spelling: digits alone, no sign, no leading zero.
package func decimal(_ text: some StringProtocol, in range: ClosedRange<Int>) -> Int? {
  guard let number = Int(text), range.contains(number), String(number) == text else { return nil }
  return number
}
