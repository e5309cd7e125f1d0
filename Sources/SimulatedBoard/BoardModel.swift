// A whole simulated board: its access points, what the daemon told it, and what changed on a wire.

import GPIO
import StationProtocol

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
    case shown(accessPoint: Int, BoardOrder.Outcome)
  }

  /// What the worker was told last.
  package struct Message: Equatable, Sendable {
    package var outcome: BoardOrder.Outcome
    package var at: Instant
  }

  package let pace: BoardPace
  package private(set) var hasDaemon = false
  var doors: [DoorModel]
  package private(set) var messages: [Message?]

  /// - Parameter accessPoints: 1 to 4.
  package init(accessPoints: Int, pace: BoardPace = BoardPace()) {
    precondition((1...4).contains(accessPoints), "a board has 1 to 4 access points")
    self.pace = pace
    doors = Array(repeating: DoorModel(), count: accessPoints)
    messages = Array(repeating: nil, count: accessPoints)
  }

  package var accessPoints: ClosedRange<Int> { 1...doors.count }

  /// The level on a wire of this board; nil where it has no such wire.
  package func level(of line: BoardLine) -> Bool? {
    accessPoints.contains(line.accessPoint)
      ? doors[line.accessPoint - 1].level(of: line.kind) : nil
  }

  /// When the board next moves by itself.
  package var nextWake: Instant? { doors.compactMap(\.nextWake).min() }

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
    return changing { doors in
      for index in doors.indices { doors[index].strike = false }
    }
  }

  /// - Returns: nil where the order names an access point that this board does not have.
  package mutating func ordered(_ order: BoardOrder, at now: Instant) -> [Effect]? {
    switch order {
    case .output(let line, let level):
      guard accessPoints.contains(line.accessPoint) else { return nil }
      return changing { $0[line.accessPoint - 1].strike = level }
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
    }
    return changing { $0[accessPoint - 1] = door }
  }

  package mutating func wake(at now: Instant) -> [Effect] {
    let pace = pace
    return changing { doors in
      for index in doors.indices { doors[index].wake(at: now, pace) }
    }
  }

  // MARK: Wires

  private var inputLines: [BoardLine] { lines(of: BoardLine.Kind.inputs) }

  private func lines(of kinds: [BoardLine.Kind]) -> [BoardLine] {
    accessPoints.flatMap { point in kinds.map { BoardLine($0, point) } }
  }

  /// Runs a change and says which wires it moved, in the order of the wires.
  private mutating func changing(_ change: (inout [DoorModel]) -> Void) -> [Effect] {
    let before = doors
    change(&doors)
    return lines(of: BoardLine.Kind.allCases).compactMap { line in
      let level = doors[line.accessPoint - 1].level(of: line.kind)
      guard level != before[line.accessPoint - 1].level(of: line.kind) else { return nil }
      return line.kind.isInput ? .report(.input(line, level)) : .outputMoved(line, level)
    }
  }
}
