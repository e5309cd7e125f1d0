// The whole state of the board as the JSON that its page draws.

import GPIO
import JSON
import StationProtocol
import Time

extension Board {
  /// One object: `name`, `now` in microseconds of the monotonic clock, `daemon`, `members`,
  /// `canIssue`, `hasLastCode`, `room` with the station's own wires, `machine` and `screen`, the address of
  /// its screen, where there is one, and `accessPoints` with what
  /// hangs on each.
  func stateJSON(at now: Instant) -> [UInt8] {
    JSONWriter.object { writer in
      writer.field("name", options.name)
      writer.field("now", now.microseconds)
      writer.field("daemon", model.hasDaemon)
      writer.key("members")
      writer.array(desk?.members ?? []) { $0.value($1.text) }
      writer.field("canIssue", desk != nil)
      writer.field("hasLastCode", desk?.last != nil)
      writer.key("room")
      writer.object { $0.members(of: model.room) }
      if let machine {
        writer.key("machine")
        writer.object { machine.write(to: &$0) }
        if let screenAddress { writer.field("screen", screenAddress) }
      }
      writer.key("accessPoints")
      writer.array(model.accessPoints) { writer, number in
        writer.object { $0.members(of: model, accessPoint: number, at: now) }
      }
    }
  }
}

extension Presentations.Entry {
  /// `number`, `accessPoint`, `kind` or null, `start` and `bytes` of what was shown, `at` in
  /// milliseconds since 1970, and `answer`: `awaited`, `repeated`, `none`, or what was said, with
  /// the `reason` of a refusal and the `fault` of a malformed code.
  var json: [UInt8] {
    JSONWriter.object { writer in
      writer.field("number", number)
      writer.field("accessPoint", accessPoint)
      writer.key("kind")
      if let kind { writer.value(kind) } else { writer.null() }
      writer.field("start", start)
      writer.field("bytes", byteCount)
      writer.field("at", wall.milliseconds)
      switch answer {
      case .awaited: writer.field("answer", "awaited")
      case .repeated: writer.field("answer", "repeated")
      case .none: writer.field("answer", "none")
      case .said(.granted): writer.field("answer", "granted")
      case .said(.advice(let word)):
        writer.field("answer", "advice")
        writer.field("reason", word)
      case .said(.refused(let reason, let fault)):
        writer.field("answer", "refused")
        writer.field("reason", reason)
        if let fault { writer.field("fault", fault) }
      }
    }
  }
}

extension JSONWriter {
  /// `fire`, `wires`, `reset`, `switches` with the names of all, and `on` with the switches and
  /// relays that are, by their wires.
  fileprivate mutating func members(of room: RoomModel) {
    field("fire", room.isFire)
    field("wires", room.wires.rawValue)
    field("reset", room.resetTurnedUntil != nil)
    key("switches")
    array(RoomModel.switchable) { $0.value($1.rawValue) }
    let relays = BoardLine.Kind.ofStation.filter { !$0.isInput }
    key("on")
    array((RoomModel.switchable + relays).filter(room.level)) { $0.value($1.rawValue) }
  }

  fileprivate mutating func members(of model: BoardModel, accessPoint: Int, at now: Instant) {
    let door = model.doors[accessPoint - 1]
    field("accessPoint", accessPoint)
    field("strike", door.strike)
    field("unlocked", door.isUnlocked)
    field("lock", door.lock.rawValue)
    field("leaf", door.leaf.rawValue)
    field("propped", door.isPropped)
    field("exit", door.exitPressedUntil != nil)
    field("egress", door.exitReleasedUntil != nil)
    field("outerBeam", door.isOuterClear)
    field("innerBeam", door.isInnerClear)
    key("faults")
    object {
      $0.field("tamper", door.isCoverOpen)
      $0.field("jam", door.jammedFree != nil)
      $0.field("stuck", door.stuckContact != nil)
      $0.field("chatter", door.loose != nil)
    }
    key("walker")
    if let walker = door.walker {
      object {
        $0.field("way", walker.way.rawValue)
        $0.field("place", walker.place.rawValue)
      }
    } else {
      null()
    }
    key("shown")
    if let message = model.messages[accessPoint - 1] {
      object {
        $0.members(of: message.outcome)
        $0.field("age", (now - message.at).wholeNanoseconds / 1_000_000)
      }
    } else {
      null()
    }
  }

  /// `outcome`, and `reason` where it is a refusal. The worker's screen is told no fault.
  mutating func members(of outcome: ReaderAnswer) {
    switch outcome {
    case .granted: field("outcome", "granted")
    case .refused(let reason, _):
      field("outcome", "refused")
      field("reason", reason)
    case .advice(let word):
      field("outcome", "advice")
      field("reason", word)
    }
  }
}

extension Instant {
  var microseconds: Int64 { nanoseconds / 1000 }
}
