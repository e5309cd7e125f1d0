// The state of a station's parts: always whole, with the record it reflects, never a difference.
import JSON
import Time

/// `state/door/{n}`: one access point, in the words of BACnet's access door object (ASHRAE 135,
/// 12.26). What is told, what is sensed and what follows from both stand apart; what is not
/// sensed is said to be unknown.
package struct DoorPayload: Equatable, Sendable {
  /// The last record that this state takes into account.
  package var seq: UInt64
  package var command: Command
  package var lock: Lock
  package var door: Door
  package var secured: Secured
  package var alarm: DoorAlarm
  package var mode: DoorMode
  package var at: WallTime

  /// What the lock is told (Present_Value).
  package enum Command: String, CaseIterable, Sendable {
    case lock
    /// Open until something ends: free access, fire.
    case unlock
    /// Open for the access time, or until the door has closed.
    case pulseUnlock = "pulse-unlock"
    /// The same, for somebody who needs more time.
    case extendedPulseUnlock = "extended-pulse-unlock"
  }

  /// What the lock says of itself (Lock_Status).
  package enum Lock: String, CaseIterable, Sendable {
    case locked
    case unlocked
    /// It does not do what it is told.
    case lockFault = "lock-fault"
    /// This lock has no line that says anything.
    case unused
    case unknown
  }

  /// What the contact says (Door_Status).
  package enum Door: String, CaseIterable, Sendable {
    case closed
    case opened
    /// Nobody has sensed it yet.
    case unknown
    /// The contact cannot be read, or cannot be believed.
    case doorFault = "door-fault"
  }

  /// Whether nobody can come in without being let in (Secured_Status).
  package enum Secured: String, CaseIterable, Sendable {
    case secured
    case unsecured
    case unknown
  }

  /// What is the matter with it (Door_Alarm_State).
  package enum DoorAlarm: String, CaseIterable, Sendable {
    case normal
    case alarm
    case doorOpenTooLong = "door-open-too-long"
    case forcedOpen = "forced-open"
    case tamper
    case doorFault = "door-fault"
    case lockDown = "lock-down"
    case freeAccess = "free-access"
    /// The fire signal holds it open for everyone to leave.
    case egressOpen = "egress-open"
  }

  package init(
    seq: UInt64, command: Command, lock: Lock, door: Door, secured: Secured, alarm: DoorAlarm,
    mode: DoorMode = .codeOnly, at: WallTime
  ) {
    self.seq = seq
    self.command = command
    self.lock = lock
    self.door = door
    self.secured = secured
    self.alarm = alarm
    self.mode = mode
    self.at = at
  }

  package var json: [UInt8] {
    JSONWriter.object {
      $0.field("seq", seq)
      $0.field("command", command.rawValue)
      $0.field("lock", lock.rawValue)
      $0.field("door", door.rawValue)
      $0.field("secured", secured.rawValue)
      $0.field("alarm", alarm.rawValue)
      $0.field("mode", mode.rawValue)
      $0.field("at", at.milliseconds)
    }
  }

  package init(json: [UInt8]) throws(JSONError) {
    self = try JSONReader.read(json) { (reader) throws(JSONError) in
      var seq: UInt64?
      var command: Command?
      var lock: Lock?
      var door: Door?
      var secured: Secured?
      var alarm: DoorAlarm?
      var mode: DoorMode?
      var at: WallTime?
      try reader.object { (reader, key) throws(JSONError) in
        switch key {
        case "seq": try reader.read(&seq, key, integer: UInt64.init(exactly:))
        case "command": try reader.read(&command, key, text: Command.init(rawValue:))
        case "lock": try reader.read(&lock, key, text: Lock.init(rawValue:))
        case "door": try reader.read(&door, key, text: Door.init(rawValue:))
        case "secured": try reader.read(&secured, key, text: Secured.init(rawValue:))
        case "alarm": try reader.read(&alarm, key, text: DoorAlarm.init(rawValue:))
        case "mode": try reader.read(&mode, key, text: DoorMode.init(rawValue:))
        case "at": try reader.read(&at, key, integer: { WallTime(milliseconds: $0) })
        default: throw reader.unknown(key)
        }
      }
      return DoorPayload(
        seq: try reader.require(seq, "seq"), command: try reader.require(command, "command"),
        lock: try reader.require(lock, "lock"), door: try reader.require(door, "door"),
        secured: try reader.require(secured, "secured"),
        alarm: try reader.require(alarm, "alarm"), mode: try reader.require(mode, "mode"),
        at: try reader.require(at, "at"))
    }
  }
}

/// `state/occupancy`: how many are inside, and the totals from which that follows: inside is what
/// came in, less what went out, with the corrections.
package struct OccupancyPayload: Equatable, Sendable {
  package var seq: UInt64
  package var inside: Int64
  /// Since the store was made; they only grow.
  package var entered: Int64
  package var left: Int64
  /// The sum of the ledger of corrections, with its sign.
  package var corrections: Int64
  /// Passages that were not counted, because no door had been open; they only grow.
  package var refused: Int64
  /// The most that should be inside; nil without a limit.
  package var capacity: Int64?
  /// No passage has confirmed the count since an unclean start.
  package var isStale: Bool
  package var at: WallTime

  package init(
    seq: UInt64, inside: Int64, entered: Int64, left: Int64, corrections: Int64 = 0,
    refused: Int64 = 0, capacity: Int64? = nil, isStale: Bool, at: WallTime
  ) {
    self.seq = seq
    self.inside = inside
    self.entered = entered
    self.left = left
    self.corrections = corrections
    self.refused = refused
    self.capacity = capacity
    self.isStale = isStale
    self.at = at
  }

  package var json: [UInt8] {
    JSONWriter.object {
      $0.field("seq", seq)
      $0.field("inside", inside)
      $0.field("in", entered)
      $0.field("out", left)
      $0.field("corrections", corrections)
      $0.field("refused", refused)
      if let capacity { $0.field("capacity", capacity) }
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
      var corrections: Int64?
      var refused: Int64?
      var capacity: Int64?
      var stale: Bool?
      var at: WallTime?
      let natural: (Int64) -> Int64? = { $0 >= 0 ? $0 : nil }
      try reader.object { (reader, key) throws(JSONError) in
        switch key {
        case "seq": try reader.read(&seq, key, integer: UInt64.init(exactly:))
        case "inside": try reader.read(&inside, key, integer: natural)
        case "in": try reader.read(&entered, key, integer: natural)
        case "out": try reader.read(&left, key, integer: natural)
        case "corrections": try reader.read(&corrections, key, integer: { $0 })
        case "refused": try reader.read(&refused, key, integer: natural)
        case "capacity": try reader.read(&capacity, key, integer: { $0 >= 1 ? $0 : nil })
        case "stale":
          try reader.read(&stale, key) { (reader) throws(JSONError) in try reader.bool() }
        case "at": try reader.read(&at, key, integer: { WallTime(milliseconds: $0) })
        default: throw reader.unknown(key)
        }
      }
      return OccupancyPayload(
        seq: try reader.require(seq, "seq"), inside: try reader.require(inside, "inside"),
        entered: try reader.require(entered, "in"), left: try reader.require(left, "out"),
        corrections: try reader.require(corrections, "corrections"),
        refused: try reader.require(refused, "refused"), capacity: capacity,
        isStale: try reader.require(stale, "stale"), at: try reader.require(at, "at"))
    }
  }
}

/// `state/alarms`: every alarm that stands, sorted.
package struct AlarmsPayload: Equatable, Sendable {
  package var seq: UInt64
  package var active: [ActiveAlarm]
  package var at: WallTime

  /// More than every alarm at every access point of a station.
  package static let most = 128

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
            try reader.array(limit: AlarmsPayload.most) { (reader) throws(JSONError) in
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
