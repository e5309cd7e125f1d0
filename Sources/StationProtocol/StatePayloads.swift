// The state of a station's parts: always whole, with the record it reflects, never a difference.

/// `state/door/{n}`: one access point. What is not sensed is said to be unknown.
package struct DoorPayload: Equatable, Sendable {
  /// The last record that this state takes into account.
  package var seq: UInt64
  package var lock: Lock
  package var contact: Contact
  package var alarm: DoorAlarm
  package var at: WallTime

  /// What the strike was told. Command, not sense: no feedback line is read here.
  package enum Lock: String, CaseIterable, Sendable {
    case secured
    case released
    case unknown
  }

  package enum Contact: String, CaseIterable, Sendable {
    case closed
    case open
    case unknown
  }

  /// The door alarm states of BACnet's access door object that this station can be in.
  package enum DoorAlarm: String, CaseIterable, Sendable {
    case normal
    case heldOpen = "held-open"
    case forcedOpen = "forced-open"
    /// The lines cannot be read.
    case fault
  }

  package init(seq: UInt64, lock: Lock, contact: Contact, alarm: DoorAlarm, at: WallTime) {
    self.seq = seq
    self.lock = lock
    self.contact = contact
    self.alarm = alarm
    self.at = at
  }

  package var json: [UInt8] {
    JSONWriter.object {
      $0.field("seq", seq)
      $0.field("lock", lock.rawValue)
      $0.field("contact", contact.rawValue)
      $0.field("alarm", alarm.rawValue)
      $0.field("at", at.milliseconds)
    }
  }

  package init(json: [UInt8]) throws(JSONError) {
    self = try JSONReader.read(json) { (reader) throws(JSONError) in
      var seq: UInt64?
      var lock: Lock?
      var contact: Contact?
      var alarm: DoorAlarm?
      var at: WallTime?
      try reader.object { (reader, key) throws(JSONError) in
        switch key {
        case "seq": try reader.read(&seq, key, integer: UInt64.init(exactly:))
        case "lock": try reader.read(&lock, key, text: Lock.init(rawValue:))
        case "contact": try reader.read(&contact, key, text: Contact.init(rawValue:))
        case "alarm": try reader.read(&alarm, key, text: DoorAlarm.init(rawValue:))
        case "at": try reader.read(&at, key, integer: { WallTime(milliseconds: $0) })
        default: throw reader.unknown(key)
        }
      }
      return DoorPayload(
        seq: try reader.require(seq, "seq"), lock: try reader.require(lock, "lock"),
        contact: try reader.require(contact, "contact"),
        alarm: try reader.require(alarm, "alarm"), at: try reader.require(at, "at"))
    }
  }
}

/// `state/occupancy`: how many are inside, and the totals from which that follows.
package struct OccupancyPayload: Equatable, Sendable {
  package var seq: UInt64
  package var inside: Int64
  /// Since the store was made; they only grow.
  package var entered: Int64
  package var left: Int64
  /// No passage has confirmed the count since an unclean start.
  package var isStale: Bool
  package var at: WallTime

  package init(
    seq: UInt64, inside: Int64, entered: Int64, left: Int64, isStale: Bool, at: WallTime
  ) {
    self.seq = seq
    self.inside = inside
    self.entered = entered
    self.left = left
    self.isStale = isStale
    self.at = at
  }

  package var json: [UInt8] {
    JSONWriter.object {
      $0.field("seq", seq)
      $0.field("inside", inside)
      $0.field("in", entered)
      $0.field("out", left)
      $0.field("stale", isStale)
      $0.field("at", at.milliseconds)
    }
  }

  package init(json: [UInt8]) throws(JSONError) {
    self = try JSONReader.read(json) { (reader) throws(JSONError) in
      var seq: UInt64?
      var inside: Int64?
      var entered: Int64?
      var left: Int64?
      var stale: Bool?
      var at: WallTime?
      let natural: (Int64) -> Int64? = { $0 >= 0 ? $0 : nil }
      try reader.object { (reader, key) throws(JSONError) in
        switch key {
        case "seq": try reader.read(&seq, key, integer: UInt64.init(exactly:))
        case "inside": try reader.read(&inside, key, integer: natural)
        case "in": try reader.read(&entered, key, integer: natural)
        case "out": try reader.read(&left, key, integer: natural)
        case "stale":
          try reader.read(&stale, key) { (reader) throws(JSONError) in try reader.bool() }
        case "at": try reader.read(&at, key, integer: { WallTime(milliseconds: $0) })
        default: throw reader.unknown(key)
        }
      }
      return OccupancyPayload(
        seq: try reader.require(seq, "seq"), inside: try reader.require(inside, "inside"),
        entered: try reader.require(entered, "in"), left: try reader.require(left, "out"),
        isStale: try reader.require(stale, "stale"), at: try reader.require(at, "at"))
    }
  }
}

/// `state/alarms`: every alarm that stands, sorted.
package struct AlarmsPayload: Equatable, Sendable {
  package var seq: UInt64
  package var active: [ActiveAlarm]
  package var at: WallTime

  package init(seq: UInt64, active: [ActiveAlarm], at: WallTime) {
    self.seq = seq
    self.active = active
    self.at = at
  }

  package var json: [UInt8] {
    JSONWriter.object {
      $0.field("seq", seq)
      $0.key("active")
      $0.array(active) { writer, alarm in writer.object { $0.members(of: alarm) } }
      $0.field("at", at.milliseconds)
    }
  }

  package init(json: [UInt8]) throws(JSONError) {
    self = try JSONReader.read(json) { (reader) throws(JSONError) in
      var seq: UInt64?
      var active: [ActiveAlarm]?
      var at: WallTime?
      try reader.object { (reader, key) throws(JSONError) in
        switch key {
        case "seq": try reader.read(&seq, key, integer: UInt64.init(exactly:))
        case "active":
          try reader.read(&active, key) { (reader) throws(JSONError) in
            var alarms: [ActiveAlarm] = []
            try reader.array(limit: 64) { (reader) throws(JSONError) in
              alarms.append(try ActiveAlarm(from: &reader))
            }
            return alarms
          }
        case "at": try reader.read(&at, key, integer: { WallTime(milliseconds: $0) })
        default: throw reader.unknown(key)
        }
      }
      return AlarmsPayload(
        seq: try reader.require(seq, "seq"), active: try reader.require(active, "active"),
        at: try reader.require(at, "at"))
    }
  }
}

/// An alarm that stands, where, and since when.
package struct ActiveAlarm: Hashable, Sendable {
  package var alarm: Alarm
  package var accessPoint: AccessPointID?
  package var since: WallTime

  package init(alarm: Alarm, accessPoint: AccessPointID?, since: WallTime) {
    self.alarm = alarm
    self.accessPoint = accessPoint
    self.since = since
  }

  fileprivate init(from reader: inout JSONReader) throws(JSONError) {
    var alarm: Alarm?
    var point: AccessPointID?
    var since: WallTime?
    try reader.object { (reader, key) throws(JSONError) in
      switch key {
      case "alarm": try reader.read(&alarm, key, text: Alarm.init(rawValue:))
      case "ap": try reader.read(&point, key, integer: { AccessPointID(Int($0)) })
      case "since": try reader.read(&since, key, integer: { WallTime(milliseconds: $0) })
      default: throw reader.unknown(key)
      }
    }
    self.init(
      alarm: try reader.require(alarm, "alarm"), accessPoint: point,
      since: try reader.require(since, "since"))
  }
}

extension JSONWriter {
  fileprivate mutating func members(of alarm: ActiveAlarm) {
    field("alarm", alarm.alarm.rawValue)
    if let point = alarm.accessPoint { field("ap", point.number) }
    field("since", alarm.since.milliseconds)
  }
}
