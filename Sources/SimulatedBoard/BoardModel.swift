// A whole simulated board: its access points, what the daemon told it, and what changed on a wire.

import BoardLink
import GPIO
import StationProtocol
import Time

/// The board as a value: every change goes in as a call, and what follows for the wires comes out
/// as effects. It reads no clock and holds no descriptor.
package struct BoardModel: Sendable {
  /// What a person does at the door, by hand.
  package enum Action: Equatable, Sendable {
    case open, close, force, prop
    case walk(Way)
    case pressExit
    /// Something stands in a beam, or is taken out of it.
    case setBeam(outer: Bool, isClear: Bool)
    /// A part of the door breaks, or is mended.
    case setFault(DoorFault, Bool)
    /// Somebody passes the counter with its one sensor.
    case passCounter
  }

  /// A fault of the hardware of a door.
  package enum DoorFault: String, CaseIterable, Sendable {
    /// A cover stands open.
    case tamper
    /// The bolt stays where it is, whatever the strike does.
    case jam
    /// The contact stays as it is, whatever the leaf does.
    case stuck
    /// The contact is loose and never stands still.
    case chatter
  }

  /// What a person does in the room, by hand.
  package enum RoomAction: Equatable, Sendable {
    case setFire(Bool)
    case cutWires(Bool)
    case shortWires(Bool)
    case turnReset
    /// One of the switches and sensors that stay as they are put.
    case set(BoardLine.Kind, Bool)
  }

  /// Which way a person walks through the door.
  package enum Way: String, CaseIterable, Sendable {
    case inward = "in"
    case outward = "out"
    /// In as far as both beams, and back to the street.
    case turnBack = "turn-back"
  }

  /// What the shell of the board has to do.
  package enum Effect: Equatable, Sendable {
    /// Tell the daemon, if one is connected.
    case report(BoardReport)
    /// Tell the pages that an output moved.
    case outputMoved(BoardLine, Bool)
    /// Tell the pages that the worker is told something.
    case shown(accessPoint: Int, ReaderAnswer)
  }

  /// What the worker was told last.
  package struct Message: Equatable, Sendable {
    package var outcome: ReaderAnswer
    package var at: Instant
  }

  package let pace: BoardPace
  package private(set) var hasDaemon = false
  private var hardware: Hardware
  package private(set) var messages: [Message?]

  /// Everything that can move a wire.
  private struct Hardware: Sendable {
    var doors: [DoorModel]
    var room = RoomModel()

    func level(of line: BoardLine) -> Bool {
      line.accessPoint.map { doors[$0 - 1].level(of: line.kind) } ?? room.level(of: line.kind)
    }
  }

  var doors: [DoorModel] { hardware.doors }
  var room: RoomModel { hardware.room }

  /// - Parameter accessPoints: 1 to 4.
  package init(accessPoints: Int, pace: BoardPace = BoardPace(), lock: LockKind = .failSecure) {
    precondition((1...4).contains(accessPoints), "a board has 1 to 4 access points")
    self.pace = pace
    hardware = Hardware(doors: Array(repeating: DoorModel(lock: lock), count: accessPoints))
    messages = Array(repeating: nil, count: accessPoints)
  }

  package var accessPoints: ClosedRange<Int> { 1...doors.count }

  /// The level on a wire of this board; nil where it has no such wire.
  package func level(of line: BoardLine) -> Bool? {
    line.accessPoint.map(accessPoints.contains) == false ? nil : hardware.level(of: line)
  }

  /// When the board next moves by itself.
  package var nextWake: Instant? {
    (doors.map(\.nextWake) + [room.nextWake]).compactMap { $0 }.min()
  }

  // MARK: The daemon

  /// - Returns: the greeting: the version and the level of every input.
  package mutating func daemonConnected() -> [BoardReport] {
    hasDaemon = true
    return [.hello(version: BoardProtocol.version)]
      + inputLines.map { .input($0, level(of: $0) ?? false) }
  }

  /// The lines that the daemon held are free again, and fall to 0.
  package mutating func daemonLeft() -> [Effect] {
    hasDaemon = false
    return changing { hardware in
      for index in hardware.doors.indices { hardware.doors[index].strike = false }
      hardware.room.outputs = []
    }
  }

  /// - Returns: nil where the order names an access point that this board does not have.
  package mutating func ordered(_ order: BoardOrder, at now: Instant) -> [Effect]? {
    switch order {
    case .output(let line, let level):
      guard let point = line.accessPoint else {
        return changing { $0.room.drive(line.kind, level) }
      }
      guard accessPoints.contains(point) else { return nil }
      return changing { $0.doors[point - 1].strike = level }
    case .show(let point, let outcome):
      guard accessPoints.contains(point) else { return nil }
      messages[point - 1] = Message(outcome: outcome, at: now)
      return [.shown(accessPoint: point, outcome)]
    }
  }

  // MARK: People and time

  package mutating func perform(
    _ action: Action, accessPoint: Int, at now: Instant
  ) throws(BoardRefusal) -> [Effect] {
    guard accessPoints.contains(accessPoint) else { throw .noSuchAccessPoint }
    var door = doors[accessPoint - 1]
    switch action {
    case .open: try door.open()
    case .close: try door.close()
    case .force: door.force()
    case .prop: try door.prop()
    case .pressExit: door.pressExit(at: now, pace)
    case .walk(let way): try door.walk(way, at: now, pace)
    case .setBeam(let isOuter, let isClear):
      if isOuter { door.blockedOuter = !isClear } else { door.blockedInner = !isClear }
    case .setFault(let fault, let isThere): door.set(fault, isThere, at: now)
    case .passCounter: door.passCounter(at: now, pace)
    }
    return changing { $0.doors[accessPoint - 1] = door }
  }

  package mutating func perform(_ action: RoomAction, at now: Instant) -> [Effect] {
    let pace = pace
    return changing { hardware in
      switch action {
      case .setFire(let isFire): hardware.room.isFire = isFire
      case .cutWires(let isCut): hardware.room.wires = isCut ? .cut : .intact
      case .shortWires(let isShort): hardware.room.wires = isShort ? .short : .intact
      case .turnReset: hardware.room.resetTurnedUntil = now + pace.exitPress
      case .set(let kind, let isOn): hardware.room.set(kind, isOn)
      }
    }
  }

  package mutating func wake(at now: Instant) -> [Effect] {
    let pace = pace
    return changing { hardware in
      for index in hardware.doors.indices { hardware.doors[index].wake(at: now, pace) }
      hardware.room.wake(at: now)
    }
  }

  // MARK: Wires

  private var inputLines: [BoardLine] { lines.filter(\.kind.isInput) }

  private var lines: [BoardLine] {
    accessPoints.flatMap { point in BoardLine.Kind.ofAccessPoint.map { BoardLine($0, point) } }
      + BoardLine.Kind.ofStation.map { BoardLine($0) }
  }

  /// Runs a change and says which wires it moved, in the order of the wires.
  private mutating func changing(_ change: (inout Hardware) -> Void) -> [Effect] {
    let before = hardware
    change(&hardware)
    return lines.compactMap { line in
      let level = hardware.level(of: line)
      guard level != before.level(of: line) else { return nil }
      return line.kind.isInput ? .report(.input(line, level)) : .outputMoved(line, level)
    }
  }
}
