// The board of an exchange machine on a serial line, opened again for as long as it takes.
import Linux
import StationCore
import StationProtocol

/// Sends one frame for each order and takes for its answer only what begins after it, ends within
/// 200 ms, and names the same serial number, type and column. Anything else is counted, logged once
/// for each kind, and never believed.
final class ChannelBoard: ExchangeMachine {
  /// Bytes from the board that answered nothing.
  enum LineFault: String, CaseIterable {
    case noise = "bytes that are no frame"
    case wrongSum = "a frame with a wrong check byte"
    case unknown = "a frame of an unknown type or column"
    case late = "an answer to nothing that was asked, or one that came too late"
    case other = "an answer for another serial number, type or column"
  }

  /// How long the board may take to answer.
  static let window: Duration = .milliseconds(200)

  var onReport: (MachineReport, MachineRequest) -> Void = { _, _ in }
  var onSilence: (MachineRequest) -> Void = { _ in }
  /// How often each of them came since the start of the program.
  private(set) var lineFaults: [LineFault: Int] = [:]

  private let loop: EventLoop
  private let path: String
  private let speed: Int
  private var port: SerialPort?
  private var retry: Timer?
  /// Why it is not there; nil while it is.
  private var reason: String?
  private var replies = ChannelReplies()
  /// The first is under way; the others wait until it is answered or given up.
  private var orders: [ChannelOrder] = []
  private var silence: Timer?

  init(loop: EventLoop, _ setting: MachineSettings) {
    self.loop = loop
    path = setting.device
    speed = setting.speed
  }

  func start() {
    do throws(SystemError) {
      let port = try SerialPort(path, speed: speed)
      try loop.watch(port.descriptor, for: .read) { [weak self] _ in self?.read() }
      self.port = port
      reason = nil
      Log.notice("the line of the exchange machine is there")
    } catch {
      lose(error.description)
    }
  }

  func stop() {
    retry?.cancel()
    silence?.cancel()
    orders = []
    close()
    for fault in LineFault.allCases {
      guard let count = lineFaults[fault] else { continue }
      Log.warning("the exchange machine sent \(fault.rawValue): \(count) times")
    }
  }

  func dispense(_ slot: SlotID, serial: UInt8) {
    precondition(serial != 0, "serial number 0 is that of checks")
    give(.dispense(slot, serial: serial))
  }

  func check(_ slot: SlotID) { give(.check(slot)) }

  private func give(_ order: ChannelOrder) {
    orders.append(order)
    if orders.count == 1 { send(order) }
  }

  private func send(_ order: ChannelOrder) {
    // What has come before the question is no answer to it, nor is what has begun before.
    let early = port?.read() ?? []
    for reading in replies.receive(early) { note(reading, isAsked: false) }
    if replies.isAmidst { count(.noise) }
    replies = ChannelReplies()
    if let port, !port.write(order.bytes) { lose("the line takes no frame") }
    silence = loop.schedule(after: Self.window) { [weak self] in
      guard let self else { return }
      // A loop that was busy elsewhere finds the answer and the deadline in one turn.
      read()
      guard orders.first == order, silence?.isPending != true else { return }
      finish { self.onSilence(order.machineRequest) }
    }
  }

  private func read() {
    guard let port else { return }
    guard let bytes = port.read() else { return lose("the device is gone") }
    for reading in replies.receive(bytes) { note(reading, isAsked: true) }
  }

  private func note(_ reading: ChannelReplies.Reading, isAsked: Bool) {
    switch reading {
    case .noise: count(.noise)
    case .unusable(.wrongSum): count(.wrongSum)
    case .unusable: count(.unknown)
    case .reply(let reply):
      guard isAsked, let order = orders.first else { return count(.late) }
      guard reply.order == order else { return count(.other) }
      finish { self.onReport(reply.report, order.machineRequest) }
    }
  }

  /// Ends the order that is under way. Its report may give new ones, which come behind the others.
  private func finish(_ report: () -> Void) {
    silence?.cancel()
    orders.removeFirst()
    let next = orders.first
    report()
    if let next { send(next) }
  }

  private func count(_ fault: LineFault) {
    lineFaults[fault, default: 0] += 1
    guard lineFaults[fault] == 1 else { return }
    Log.warning("the exchange machine at \(path) sent \(fault.rawValue); it was not believed")
  }

  private func close() {
    if let port { loop.unwatch(port.descriptor) }
    port = nil
    replies = ChannelReplies()
  }

  private func lose(_ reason: String) {
    close()
    retry?.cancel()
    retry = loop.schedule(after: .seconds(1)) { [weak self] in self?.start() }
    guard self.reason != reason else { return }
    self.reason = reason
    Log.warning("the exchange machine: \(reason)")
  }
}
