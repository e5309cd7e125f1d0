// The MQTT topic tree as a type: a value gives its path, and the path gives the value back.

/// A topic below `ws/v1`. The tree is the one of `asyncapi.yaml`, with one that is reserved
/// for live samples. No part of a path but the station is
/// chosen by a client: what a broker has to remember for a station is a fixed list.
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
  case request(StationID)
  /// Its answer; service to station.
  case reply(StationID)
  /// Values for live views that may be lost. Reserved.
  case sample(StationID)
  /// A signed command; service to station.
  case command(StationID)
  /// How far a station has come with a command.
  case commandResult(StationID)
  /// How the station should be configured; signed; service to station. Retained.
  case desiredConfiguration(StationID)
  /// The configuration in force at the station, and the last refusal. Retained.
  case reportedConfiguration(StationID)
  /// The certificate that a station shows to the broker, and the wish for another one.
  case identity(StationID)
  /// Another certificate, or the wish that one be asked for; service to station.
  case identityReply(StationID)
  /// Whether the service is connected; also its will. Retained.
  case serviceStatus

  package static let prefix = "ws/v1"

  package var path: String {
    guard let station else { return "\(Self.prefix)/service/\(leaf)" }
    return "\(Self.prefix)/\(station)/\(leaf)"
  }

  /// - Returns: nil where no value has this path.
  package init?(path: some StringProtocol) {
    // Bytes, not characters: this stands in the way of every message.
    var path = String(path)
    let parts = path.withUTF8 { bytes -> (owner: String, leaf: String)? in
      let start = Self.prefix.utf8.count + 1
      guard bytes.count > start, bytes.starts(with: Self.prefix.utf8),
        bytes[start - 1] == UInt8(ascii: "/"),
        let end = bytes[start...].firstIndex(of: UInt8(ascii: "/"))
      else { return nil }
      return (
        String(decoding: bytes[start..<end], as: UTF8.self),
        String(decoding: bytes[(end + 1)...], as: UTF8.self)
      )
    }
    guard let (owner, leaf) = parts else { return nil }
    if owner == "service" {
      guard leaf == "status" else { return nil }
      self = .serviceStatus
      return
    }
    guard let station = StationID(owner) else { return nil }
    self.init(leaf: leaf, of: station)
  }

  private init?(leaf: String, of station: StationID) {
    switch leaf {
    case "status": self = .status(station)
    case "birth": self = .birth(station)
    case "out": self = .out(station)
    case "ack": self = .ack(station)
    case "req": self = .request(station)
    case "rep": self = .reply(station)
    case "sample": self = .sample(station)
    case "cmd": self = .command(station)
    case "cmd/result": self = .commandResult(station)
    case "config/desired": self = .desiredConfiguration(station)
    case "config/reported": self = .reportedConfiguration(station)
    case "identity": self = .identity(station)
    case "identity/reply": self = .identityReply(station)
    default:
      guard leaf.utf8.starts(with: "state/".utf8),
        let part = StatePart(path: String(decoding: leaf.utf8.dropFirst(6), as: UTF8.self))
      else { return nil }
      self = .state(station, part)
    }
  }

  /// The path below the station, or below the service.
  private var leaf: String {
    switch self {
    case .status, .serviceStatus: "status"
    case .birth: "birth"
    case .state(_, let part): "state/\(part.path)"
    case .out: "out"
    case .ack: "ack"
    case .request: "req"
    case .reply: "rep"
    case .sample: "sample"
    case .command: "cmd"
    case .commandResult: "cmd/result"
    case .desiredConfiguration: "config/desired"
    case .reportedConfiguration: "config/reported"
    case .identity: "identity"
    case .identityReply: "identity/reply"
    }
  }

  /// The station whose subtree this is; nil for the service's own.
  package var station: StationID? {
    switch self {
    case .status(let station), .birth(let station), .state(let station, _), .out(let station),
      .ack(let station), .request(let station), .reply(let station), .sample(let station),
      .command(let station), .commandResult(let station), .desiredConfiguration(let station),
      .reportedConfiguration(let station), .identity(let station), .identityReply(let station):
      station
    case .serviceStatus: nil
    }
  }

  /// Every topic on which a station speaks, in the order of the access list.
  package static func said(by station: StationID) -> [Topic] {
    [.status(station), .birth(station)]
      + StatePart.allCases.map { .state(station, $0) }
      + [
        .out(station), .request(station), .sample(station), .commandResult(station),
        .reportedConfiguration(station), .identity(station),
      ]
  }

  /// Every topic on which a station listens: those of the service to it, and the service's own.
  package static func heard(by station: StationID) -> [Topic] {
    [
      .ack(station), .reply(station), .command(station), .desiredConfiguration(station),
      .identityReply(station), .serviceStatus,
    ]
  }

  /// Whether the service answers this station there.
  package func isHeard(by station: StationID) -> Bool {
    switch self {
    case .ack(station), .reply(station), .command(station), .identityReply(station): true
    default: false
    }
  }

  /// Whether the broker keeps the last message, for those who come later.
  package var isRetained: Bool {
    switch self {
    case .status, .birth, .state, .desiredConfiguration, .reportedConfiguration, .serviceStatus:
      true
    case .out, .ack, .request, .reply, .sample, .command, .commandResult, .identity, .identityReply:
      false
    }
  }
}

/// A part of a station that reports its state by itself.
package enum StatePart: Hashable, Sendable, Comparable, CaseIterable {
  case door(AccessPointID)
  case occupancy
  /// Every thermometer.
  case climate
  /// Every energy meter.
  case energy
  /// The exchange machine.
  case vending
  /// Every typed code.
  case codes
  case alarms

  package static let allCases: [StatePart] =
    AccessPointID.all.map { .door($0) } + [
      .occupancy, .climate, .energy, .vending, .codes, .alarms,
    ]

  package var path: String {
    switch self {
    case .door(let point): "door/\(point)"
    case .occupancy: "occupancy"
    case .climate: "climate"
    case .energy: "energy"
    case .vending: "vending"
    case .codes: "codes"
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
    case "codes": self = .codes
    case "alarms": self = .alarms
    default:
      guard path.hasPrefix("door/"), path.utf8.count == 6,
        let number = Int(path.dropFirst(5)), let point = AccessPointID(number)
      else { return nil }
      self = .door(point)
    }
  }
}
