// The MQTT topic tree as a type: a value gives its path, and the path gives the value back.

/// A topic below `ws/v1`. The tree is the one of `asyncapi.yaml`.
package enum Topic: Hashable, Sendable {
  /// Whether the station is connected; also its will. Retained.
  case status(StationID)
  /// What the station is and where its outbox stands; sent once per session. Retained.
  case birth(StationID)
  /// The whole state of one part of the station. Retained.
  case state(StationID, StatePart)
  /// Batches of records.
  case out(StationID)
  /// How far the service has stored a stream; service to station.
  case ack(StationID)
  /// A question to the service; station to service.
  case request(StationID, RequestID)
  /// Its answer; service to station.
  case reply(StationID, RequestID)
  /// Whether the service is connected; also its will. Retained.
  case serviceStatus

  package static let prefix = "ws/v1"

  package var path: String {
    switch self {
    case .status(let station): "\(Self.prefix)/\(station)/status"
    case .birth(let station): "\(Self.prefix)/\(station)/birth"
    case .state(let station, let part): "\(Self.prefix)/\(station)/state/\(part.path)"
    case .out(let station): "\(Self.prefix)/\(station)/out"
    case .ack(let station): "\(Self.prefix)/\(station)/ack"
    case .request(let station, let id): "\(Self.prefix)/\(station)/req/\(id)"
    case .reply(let station, let id): "\(Self.prefix)/\(station)/rep/\(id)"
    case .serviceStatus: "\(Self.prefix)/service/status"
    }
  }

  /// - Returns: nil where no value has this path.
  package init?(path: some StringProtocol) {
    // Bytes, not characters: this stands in the way of every message.
    let bytes = Array(path.utf8)
    let start = Self.prefix.utf8.count + 1
    guard bytes.count > start, bytes.starts(with: Self.prefix.utf8),
      bytes[start - 1] == UInt8(ascii: "/"),
      let end = bytes[start...].firstIndex(of: UInt8(ascii: "/"))
    else { return nil }
    let owner = String(decoding: bytes[start..<end], as: UTF8.self)
    let leaf = String(decoding: bytes[(end + 1)...], as: UTF8.self)
    if owner == "service" {
      guard leaf == "status" else { return nil }
      self = .serviceStatus
      return
    }
    guard let station = StationID(owner) else { return nil }
    switch leaf {
    case "status": self = .status(station)
    case "birth": self = .birth(station)
    case "out": self = .out(station)
    case "ack": self = .ack(station)
    default:
      if let id = Self.request(leaf, below: "req/") {
        self = .request(station, id)
        return
      }
      if let id = Self.request(leaf, below: "rep/") {
        self = .reply(station, id)
        return
      }
      guard leaf.utf8.starts(with: "state/".utf8),
        let part = StatePart(path: String(decoding: leaf.utf8.dropFirst(6), as: UTF8.self))
      else { return nil }
      self = .state(station, part)
    }
  }

  /// Whether it is the service that speaks to this station there.
  package func isHeard(by station: StationID) -> Bool {
    switch self {
    case .ack(station), .reply(station, _): true
    default: false
    }
  }

  /// The filter of every answer to a station.
  package static func replies(to station: StationID) -> String { "\(prefix)/\(station)/rep/+" }

  private static func request(_ leaf: String, below folder: StaticString) -> RequestID? {
    let start = folder.utf8CodeUnitCount
    let isBelow = folder.withUTF8Buffer { leaf.utf8.starts(with: $0) }
    return isBelow ? RequestID(String(decoding: leaf.utf8.dropFirst(start), as: UTF8.self)) : nil
  }

  /// The station whose subtree this is; nil for the service's own.
  package var station: StationID? {
    switch self {
    case .status(let station), .birth(let station), .state(let station, _), .out(let station),
      .ack(let station), .request(let station, _), .reply(let station, _):
      station
    case .serviceStatus: nil
    }
  }
}

/// A part of a station that reports its state by itself.
package enum StatePart: Hashable, Sendable, Comparable {
  case door(AccessPointID)
  case occupancy
  /// Every thermometer.
  case climate
  /// Every energy meter.
  case energy
  /// The exchange machine.
  case vending
  case alarms

  package var path: String {
    switch self {
    case .door(let point): "door/\(point)"
    case .occupancy: "occupancy"
    case .climate: "climate"
    case .energy: "energy"
    case .vending: "vending"
    case .alarms: "alarms"
    }
  }

  package static func < (one: StatePart, other: StatePart) -> Bool { one.path < other.path }

  package init?(path: some StringProtocol) {
    switch path {
    case "occupancy": self = .occupancy
    case "climate": self = .climate
    case "energy": self = .energy
    case "vending": self = .vending
    case "alarms": self = .alarms
    default:
      guard path.hasPrefix("door/"), path.utf8.count == 6,
        let number = Int(path.dropFirst(5)), let point = AccessPointID(number)
      else { return nil }
      self = .door(point)
    }
  }
}
