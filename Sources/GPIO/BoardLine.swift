// One wire of the board: what hangs on it, and where.

/// A wire by its name. Those of an access point carry its number, those of the station none.
package struct BoardLine: Hashable, Sendable, CustomStringConvertible {
  /// The part that a wire connects, and the meaning of its levels.
  package enum Kind: String, CaseIterable, Sendable {
    /// Input. 1: the door contact's circuit is closed, so the leaf is shut.
    case contact
    /// Input. 1: the exit button is pressed.
    case exit
    /// Input. 1: the light barrier on the street side is clear; 0: it is broken.
    case outerBeam = "outer-beam"
    /// Input. 1: the light barrier on the room's side is clear; 0: it is broken.
    case innerBeam = "inner-beam"
    /// Input. 1: the bolt is home, so the lock is locked.
    case strikeFeedback = "strike-feedback"
    /// Input. 1: the covers are shut; 0: one is open, or the wire is cut.
    case tamper
    /// Input. 1: a counter with a single sensor sees somebody.
    case counter
    /// Output. 1: the strike's relay is energised. What that does to the door depends on the lock.
    case strike
    /// Input of the station. 1: the fire alarm's circuit that opens with fire is closed.
    case fire
    /// Input of the station. 1: the fire alarm's circuit that closes with fire is closed.
    case secondFire = "fire-b"
    /// Input of the station. 1: the key that resets fire and emergency is turned.
    case fireReset = "fire-reset"
    /// Input of the station. 1: lock-down is asked for.
    case lockDown = "lock-down"
    /// Input of the station. 1: the maintainer's key is turned.
    case maintenance
    /// Input of the station. 1: the exchange machine's own door is shut; 0: it stands open, or the
    /// wire is cut.
    case machineDoor = "machine-door"
    /// Input of the station. 1: the emergency button is in.
    case emergency
    /// Input of the station. 1: there is mains power; 0: the station runs on its battery.
    case mains
    /// Input of the station. 1: something moves in the room.
    case motion
    /// Inputs of the station. 1: what the name says is to be on whoever is inside.
    case lightsOverride = "lights-override"
    case climateOverride = "climate-override"
    case socketsOverride = "sockets-override"
    /// Outputs of the station. 1: the relay is energised, so what the name says has power.
    case lights
    case climate
    case sockets

    package var isInput: Bool {
      switch self {
      case .strike, .lights, .climate, .sockets: false
      default: true
      }
    }

    /// Whether each access point has one, and not the station as a whole.
    package var isOfAccessPoint: Bool {
      switch self {
      case .contact, .exit, .outerBeam, .innerBeam, .strikeFeedback, .tamper, .counter, .strike:
        true
      default: false
      }
    }

    /// Whether it means something at the moment it becomes 1, and is no level to remember: told
    /// again, one press would be two.
    package var isMomentary: Bool {
      switch self {
      case .exit, .counter, .fireReset: true
      default: false
      }
    }

    /// Whether it is 1 while nothing is the matter.
    package var isActiveAtRest: Bool {
      switch self {
      case .contact, .outerBeam, .innerBeam, .strikeFeedback, .tamper, .fire, .machineDoor, .mains:
        true
      default: false
      }
    }

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
