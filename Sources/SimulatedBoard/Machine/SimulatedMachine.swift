// The simulated exchange machine at work: its board at the end of a serial line.
import Glibc
import JSON
import Linux

/// A `ColumnBoard` on a pseudo-terminal, with everything that can be wrong with a line.
package final class SimulatedMachine {
  package struct Setting: Equatable, Sendable {
    /// The path at which the daemon opens the line.
    package var path: String
    package var turnTime: Duration = .milliseconds(2500)
    /// Gets a line `COLUMN SERIAL` for each article that falls; nil where nobody counts.
    package var fellFile: String?

    package init(path: String) { self.path = path }
  }

  package private(set) var board: ColumnBoard
  package private(set) var lineFault: LineFault?
  /// Called when anything of it is different.
  package var onChange: () -> Void = {}

  /// How late an answer is that is late; more than a daemon waits.
  package static let lateness: Duration = .milliseconds(350)
  /// The pause in the middle of an answer that is cut in two.
  package static let pause: Duration = .milliseconds(60)
  private static let noise: [UInt8] = [0x00, 0xEE, 0xFF, 0x13]

  private let loop: EventLoop
  private let line: ReaderLine
  private let fellFile: String?
  private var received: [UInt8] = []
  /// How many more answers the line spoils; nil for all.
  private var answersToSpoil: Int?
  private var wake: Timer?
  /// Orders that reached the board.
  package private(set) var orders = 0

  package init(loop: EventLoop, _ setting: Setting) throws(SystemError) {
    self.loop = loop
    board = ColumnBoard(turnTime: setting.turnTime)
    fellFile = setting.fellFile
    line = try ReaderLine(path: setting.path, accessPoint: 1)
    try loop.watch(line.descriptor, for: .read) { [weak self] _ in self?.receive() }
  }

  package func close() {
    wake?.cancel()
    loop.unwatch(line.descriptor)
  }

  /// Lets the next daemon open the line: a dead one cannot give back its exclusive use.
  package func release() { line.release() }

  /// - Returns: what is answered to whoever gave the order.
  package func perform(_ order: MachineOrder) -> String {
    switch order {
    case .state: return String(decoding: stateJSON, as: UTF8.self)
    case .fault(let column, let fault): board[column].fault = fault
    case .detector(let isFaulty): board.isDetectorFaulty = isFaulty
    case .line(let fault, let answers):
      lineFault = fault
      answersToSpoil = answers
    case .stock(let column, let stock): board[column].stock = stock
    case .powerCut(let falls):
      // What was on the line is lost with the power.
      received = []
      tell(board.cutPower(falls: falls, at: Clock.now))
    }
    changed()
    return "ok"
  }

  private func receive() {
    received += line.read()
    while let order = ColumnBoard.cut(&received) {
      let fault = faultOfAnswer()
      guard fault != .deaf else { continue }
      orders += 1
      guard let answer = board.answer(to: order, at: Clock.now) else { continue }
      send(answer, fault)
    }
    changed()
  }

  private func faultOfAnswer() -> LineFault? {
    guard let fault = lineFault else { return nil }
    if let left = answersToSpoil {
      answersToSpoil = left - 1
      if left == 1 { lineFault = nil }
    }
    return fault
  }

  private func send(_ answer: [UInt8], _ fault: LineFault?) {
    switch fault {
    case nil: put(answer)
    case .deaf, .mute: break
    case .late: put(answer, after: Self.lateness)
    case .garbage: put(Self.noise + answer)
    case .wrongSum: put(answer.dropLast() + [answer[7] ^ 0x40])
    case .otherSerial:
      var other = answer
      other[2] = other[2] &+ 1
      other[7] ^= answer[2] ^ other[2]
      put(other)
    case .cut:
      put(Array(answer.prefix(3)))
      put(Array(answer.dropFirst(3)), after: Self.pause)
    }
  }

  private func put(_ bytes: [UInt8], after delay: Duration? = nil) {
    guard let delay else {
      _ = line.send(bytes)
      return
    }
    loop.schedule(after: delay) { [weak self] in _ = self?.line.send(bytes) }
  }

  private func tell(_ drop: ColumnBoard.Drop?) {
    guard let drop, let fellFile else { return }
    let text = Array("\(drop.column) \(drop.serial)\n".utf8)
    let descriptor = open(fellFile, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o644)
    defer { Glibc.close(descriptor) }
    guard descriptor >= 0, Glibc.write(descriptor, text, text.count) == text.count else {
      return Log.error("\(SystemError("note what fell in", path: fellFile))")
    }
  }

  private func changed() {
    wake?.cancel()
    wake = board.nextWake.map { deadline in
      loop.schedule(at: deadline) { [weak self] in
        guard let self else { return }
        tell(board.wake(at: Clock.now))
        changed()
      }
    }
    onChange()
  }
}

extension SimulatedMachine {
  /// `turning`: the column whose motor turns, or null; `serial`: of the last order to dispense, or
  /// null; `turns` and `orders` so far; `detector` and `line` as the orders call them; `columns`:
  /// those of which there is something to tell, each with `column`, `fell`, and where there are
  /// such `stock` and `fault`.
  package var stateJSON: [UInt8] { JSONWriter.object { write(to: &$0) } }

  func write(to writer: inout JSONWriter) {
    writer.key("turning")
    if let column = board.turning { writer.value(column) } else { writer.null() }
    writer.key("serial")
    if let serial = board.serial { writer.value(Int(serial)) } else { writer.null() }
    writer.field("turns", board.turns)
    writer.field("orders", orders)
    writer.field("detector", board.isDetectorFaulty ? "faulty" : "good")
    writer.field("line", lineFault?.rawValue ?? "none")
    writer.key("columns")
    writer.array(ColumnBoard.columns.filter { board[$0] != ColumnBoard.Column() }) {
      writer, number in
      let column = board[number]
      writer.object {
        $0.field("column", number)
        $0.field("fell", column.fell)
        if let stock = column.stock { $0.field("stock", stock) }
        if let fault = column.fault { $0.field("fault", fault.rawValue) }
      }
    }
  }
}
