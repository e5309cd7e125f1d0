// The simulated board at work: model, daemon socket, readers and timers on one event loop.

import BoardLink
import GPIO
import Linux
import MemberCode
import StationProtocol
import Time

/// Everything of a simulated board but its pages.
package final class Board {
  /// What pages are told as it happens.
  enum News {
    /// Something of the whole state is different now.
    case changed
    case shown(accessPoint: Int, ReaderAnswer)
    /// A code was held to a reader, or what came of it is known.
    case presented(Presentations.Entry)
    case outputMoved(BoardLine, Bool, at: Instant)
  }

  /// Why nothing was presented to a reader.
  enum ReaderRefusal: String, Error, CaseIterable {
    case noReader = "no-reader"
    case readerBusy = "reader-busy"
    case noIssuer = "no-issuer"
    case noCode = "no-code"
    case cannotIssue = "cannot-issue"
  }

  let options: BoardOptions
  private let loop: EventLoop
  private(set) var model: BoardModel
  private let link: DaemonLink
  private let readers: [ReaderLine]
  private var devices: RoomDevices?
  let machine: SimulatedMachine?
  private let machineReader: ReaderLine?
  private(set) var desk: CodeDesk?
  private(set) var presentations = Presentations()
  private var wake: Timer?
  /// Called on the loop's thread.
  var onNews: (News) -> Void = { _ in }

  init(loop: EventLoop, options: BoardOptions, desk: CodeDesk?) throws(SystemError) {
    self.loop = loop
    self.options = options
    self.desk = desk
    model = BoardModel(
      accessPoints: options.accessPoints, pace: options.pace, lock: options.lock)
    var lines: [ReaderLine] = []
    for reader in options.readers {
      lines.append(try ReaderLine(path: reader.path, accessPoint: reader.accessPoint))
    }
    readers = lines
    machine = try options.machine.map { setting throws(SystemError) in
      try SimulatedMachine(loop: loop, setting)
    }
    machineReader = try options.machineReader.map { path throws(SystemError) in
      try ReaderLine(path: path, accessPoint: 1)
    }
    link = try DaemonLink(loop: loop, path: options.socket)
    if let folder = options.devices {
      devices = try RoomDevices(loop: loop, folder: folder) { [unowned self] in
        let outputs = self.model.room.outputs
        return (outputs.contains(.lights), outputs.contains(.climate))
      }
    }
    machine?.onChange = { [unowned self] in self.onNews(.changed) }
    link.onConnected = { [unowned self] in
      defer { self.onNews(.changed) }
      return self.model.daemonConnected()
    }
    link.onOrder = { [unowned self] order in
      guard let effects = self.model.ordered(order, at: Clock.now) else { return false }
      self.carryOut(effects)
      return true
    }
    link.onGone = { [unowned self] in
      for reader in self.readers { reader.release() }
      self.machine?.release()
      self.machineReader?.release()
      self.expire(isGone: true)
      self.carryOut(self.model.daemonLeft())
    }
  }

  func close() {
    wake?.cancel()
    devices?.close()
    machine?.close()
    link.close()
  }

  // MARK: What people do

  func perform(_ action: BoardModel.Action, accessPoint: Int) throws(BoardRefusal) {
    carryOut(try model.perform(action, accessPoint: accessPoint, at: Clock.now))
  }

  func perform(_ action: BoardModel.RoomAction) {
    carryOut(model.perform(action, at: Clock.now))
  }

  /// Shows bytes to the first reader of an access point.
  /// - Parameter kind: what the board made, where it made them itself.
  func present(
    _ code: [UInt8], kind: CodeDesk.Kind? = nil, accessPoint: Int
  ) throws(ReaderRefusal) {
    guard let reader = readers.first(where: { $0.accessPoint == accessPoint }) else {
      throw .noReader
    }
    guard reader.present(code) else { throw .readerBusy }
    let entry = presentations.presented(
      code, kind: kind?.word, accessPoint: accessPoint, hasDaemon: model.hasDaemon, at: Clock.now,
      wall: Clock.wall)
    onNews(.presented(entry))
    scheduleWake()
  }

  func present(
    _ kind: CodeDesk.Kind, of member: MemberID?, accessPoint: Int
  ) throws(ReaderRefusal) {
    try issue(kind, of: member) { code throws(ReaderRefusal) in
      try present(code, kind: kind, accessPoint: accessPoint)
    }
  }

  /// Shows a code to the reader beside the exchange machine, whose screen says what comes of it.
  func presentAtMachine(_ kind: CodeDesk.Kind, of member: MemberID?) throws(ReaderRefusal) {
    guard let machineReader else { throw .noReader }
    try issue(kind, of: member) { code throws(ReaderRefusal) in
      guard machineReader.present(code) else { throw .readerBusy }
    }
  }

  private func issue(
    _ kind: CodeDesk.Kind, of member: MemberID?,
    _ show: ([UInt8]) throws(ReaderRefusal) -> Void
  ) throws(ReaderRefusal) {
    guard var current = desk else { throw .noIssuer }
    let code: [UInt8]?
    do throws(CodeIssueError) {
      code = try current.code(kind, for: member ?? current.members[0], at: Clock.wall)
    } catch {
      Log.error("no code can be issued: \(error)")
      throw .cannotIssue
    }
    guard let code else { throw .noCode }
    try show(code)
    desk = current
    onNews(.changed)
  }

  /// Tells the daemon what a person showed, where one is there.
  func show(_ report: BoardReport) { link.send(report) }

  private func carryOut(_ effects: [BoardModel.Effect]) {
    for effect in effects {
      switch effect {
      case .report(let report): link.send(report)
      case .outputMoved(let line, let level): onNews(.outputMoved(line, level, at: Clock.now))
      case .shown(let point, let outcome):
        let answered =
          outcome.isAnswer
          ? presentations.answered(outcome, accessPoint: point, at: Clock.now) : nil
        onNews(.shown(accessPoint: point, outcome))
        if let answered { onNews(.presented(answered)) }
      }
    }
    onNews(.changed)
    scheduleWake()
  }

  private func expire(isGone: Bool = false) {
    for entry in presentations.expire(isGone: isGone, at: Clock.now) { onNews(.presented(entry)) }
  }

  private func scheduleWake() {
    let next = [model.nextWake, presentations.nextWake].compactMap { $0 }.min()
    if let wake, wake.isPending, wake.deadline == next { return }
    wake?.cancel()
    wake = next.map { deadline in
      loop.schedule(at: deadline) { [unowned self] in
        self.expire()
        self.carryOut(self.model.wake(at: Clock.now))
      }
    }
  }
}
