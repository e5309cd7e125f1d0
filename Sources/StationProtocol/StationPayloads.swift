// What a station says of itself: whether it is there, what it is, and how its parts stand.
import JSON
import Time

/// `status`: one session's life or death.
package struct StatusPayload: Equatable, Sendable {
  package var isOnline: Bool
  package var session: SessionID
  package var reason: Reason
  package var at: WallTime

  package enum Reason: String, CaseIterable, Sendable {
    /// The link is up.
    case connected
    /// The daemon is stopping of its own accord.
    case stopping
    /// The broker says so: the will of a session that broke off.
    case lost
  }

  package init(isOnline: Bool, session: SessionID, reason: Reason, at: WallTime) {
    self.isOnline = isOnline
    self.session = session
    self.reason = reason
    self.at = at
  }

  package var json: [UInt8] {
    JSONWriter.object {
      $0.field("online", isOnline)
      $0.members(of: session)
      $0.field("reason", reason.rawValue)
      $0.field("at", at.milliseconds)
    }
  }

  package init(json: [UInt8]) throws(JSONError) {
    self = try JSONReader.read(json) { (reader) throws(JSONError) in
      var online: Bool?
      var session = SessionID.Fields()
      var reason: Reason?
      var at: WallTime?
      try reader.object { (reader, key) throws(JSONError) in
        switch key {
        case "online":
          try reader.read(&online, key) { (reader) throws(JSONError) in try reader.bool() }
        case "reason": try reader.read(&reason, key, text: Reason.init(rawValue:))
        case "at": try reader.read(&at, key, integer: { WallTime(milliseconds: $0) })
        default: try session.take(key, &reader)
        }
      }
      return StatusPayload(
        isOnline: try reader.require(online, "online"), session: try session.value(reader),
        reason: try reader.require(reason, "reason"), at: try reader.require(at, "at"))
    }
  }
}

/// One connection of one boot of one stream. Sessions of the same stream are ordered; a session
/// of another stream is another life of the station, and neither older nor newer.
package struct SessionID: Hashable, Sendable {
  package var stream: StreamID
  /// Counts the starts of the daemon on this store.
  package var boot: Int64
  /// Counts the connections within a boot.
  package var connection: Int64

  package init(stream: StreamID, boot: Int64, connection: Int64) {
    self.stream = stream
    self.boot = boot
    self.connection = connection
  }

  /// Whether this session of the same stream came before the other.
  package func isOlder(than other: SessionID) -> Bool {
    stream == other.stream && (boot, connection) < (other.boot, other.connection)
  }

  fileprivate struct Fields {
    var stream: StreamID?
    var boot: Int64?
    var connection: Int64?

    mutating func take(_ key: JSONKey, _ reader: inout JSONReader) throws(JSONError) {
      switch key {
      case "stream": try reader.read(&stream, key, utf8: { StreamID(utf8: $0) })
      case "boot": try reader.read(&boot, key, integer: { $0 >= 0 ? $0 : nil })
      case "connection": try reader.read(&connection, key, integer: { $0 >= 0 ? $0 : nil })
      default: throw reader.unknown(key)
      }
    }

    func value(_ reader: JSONReader) throws(JSONError) -> SessionID {
      SessionID(
        stream: try reader.require(stream, "stream"), boot: try reader.require(boot, "boot"),
        connection: try reader.require(connection, "connection"))
    }
  }
}

/// `birth`: what came up, and which records it holds.
package struct BirthPayload: Equatable, Sendable {
  package var session: SessionID
  package var version: String
  package var accessPoints: [AccessPointID]
  /// The first sequence number that the station still holds or will write.
  package var floor: UInt64
  /// The last sequence number that is durable there; `floor - 1` where it holds none.
  package var ceiling: UInt64
  package var isClockTrusted: Bool
  /// By which its days are counted; nil where it does not know.
  package var zone: ZoneName?
  /// The issuers of its configuration, and the keys that it has of them.
  package var issuers: [IssuerStanding]
  package var at: WallTime

  package init(
    session: SessionID, version: String, accessPoints: [AccessPointID], floor: UInt64,
    ceiling: UInt64, isClockTrusted: Bool, zone: ZoneName? = nil,
    issuers: [IssuerStanding] = [], at: WallTime
  ) {
    self.zone = zone
    self.session = session
    self.version = version
    self.accessPoints = accessPoints
    self.floor = floor
    self.ceiling = ceiling
    self.isClockTrusted = isClockTrusted
    self.issuers = issuers
    self.at = at
  }

  package var json: [UInt8] {
    JSONWriter.object {
      $0.members(of: session)
      $0.field("version", version)
      $0.key("accessPoints")
      $0.array(accessPoints) { $0.value($1.number) }
      $0.field("floor", floor)
      $0.field("ceiling", ceiling)
      $0.field("clockTrusted", isClockTrusted)
      if let zone { $0.field("zone", zone) }
      if !issuers.isEmpty {
        $0.key("issuers")
        $0.array(issuers) { writer, issuer in issuer.write(to: &writer) }
      }
      $0.field("at", at.milliseconds)
    }
  }

  package init(json: [UInt8]) throws(JSONError) {
    self = try JSONReader.read(json) { (reader) throws(JSONError) in
      var session = SessionID.Fields()
      var zone: ZoneName?
      var version: String?
      var points: [AccessPointID]?
      var floor: UInt64?
      var ceiling: UInt64?
      var trusted: Bool?
      var issuers: [IssuerStanding]?
      var at: WallTime?
      try reader.object { (reader, key) throws(JSONError) in
        switch key {
        case "issuers":
          try reader.read(&issuers, key) { (reader) throws(JSONError) in try reader.issuers() }
        case "version": try reader.read(&version, key, text: { $0 })
        case "accessPoints":
          try reader.read(&points, key) { (reader) throws(JSONError) in
            try reader.accessPoints(key)
          }
        case "floor": try reader.read(&floor, key, integer: UInt64.init(exactly:))
        case "ceiling": try reader.read(&ceiling, key, integer: UInt64.init(exactly:))
        case "clockTrusted":
          try reader.read(&trusted, key) { (reader) throws(JSONError) in try reader.bool() }
        case "zone": try reader.read(&zone, key, text: { ZoneName($0) })
        case "at": try reader.read(&at, key, integer: { WallTime(milliseconds: $0) })
        default: try session.take(key, &reader)
        }
      }
      return BirthPayload(
        session: try session.value(reader), version: try reader.require(version, "version"),
        accessPoints: try reader.require(points, "accessPoints"),
        floor: try reader.require(floor, "floor"),
        ceiling: try reader.require(ceiling, "ceiling"),
        isClockTrusted: try reader.require(trusted, "clockTrusted"), zone: zone,
        issuers: issuers ?? [],
        at: try reader.require(at, "at"))
    }
  }
}

extension JSONReader {
  fileprivate mutating func issuers() throws(JSONError) -> [IssuerStanding] {
    var issuers: [IssuerStanding] = []
    try array(limit: IssuerStanding.most) { (reader) throws(JSONError) in
      issuers.append(try IssuerStanding(&reader))
    }
    return issuers
  }

  fileprivate mutating func accessPoints(_ key: JSONKey) throws(JSONError) -> [AccessPointID] {
    var points: [AccessPointID] = []
    try array(limit: AccessPointID.most) { (reader) throws(JSONError) in
      let start = reader.offset
      guard let point = AccessPointID(Int(try reader.integer())) else {
        throw JSONError(offset: start, reason: .invalidMember(key.name))
      }
      points.append(point)
    }
    return points
  }
}

extension JSONWriter {
  fileprivate mutating func members(of session: SessionID) {
    field("stream", session.stream)
    field("boot", session.boot)
    field("connection", session.connection)
  }
}
