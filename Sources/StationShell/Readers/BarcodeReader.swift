// A QR scanner on a serial line, opened again for as long as it takes.
import Linux

/// Reads frames from a serial scanner on the loop. A scanner that is unplugged comes back by
/// itself when its device does.
final class BarcodeReader: CodeReader {
  var onFrame: (ScanFraming.Frame) -> Void = { _ in }
  /// Called when the scanner is there, when it is lost, and where the reason changes.
  var onConnection: (_ isConnected: Bool, _ reason: String) -> Void = { _, _ in }

  private let loop: EventLoop
  private let path: String
  private let speed: Int
  private var framing: ScanFraming
  private var port: SerialPort?
  private var idle: Timer?
  private var retry: Timer?
  /// Why it is not there; nil while it is.
  private var reason: String?

  init(loop: EventLoop, path: String, speed: Int, framing: ScanFraming) {
    self.loop = loop
    self.path = path
    self.speed = speed
    self.framing = framing
  }

  func start() {
    do throws(SystemError) {
      let port = try SerialPort(path, speed: speed)
      try loop.watch(port.descriptor, for: .read) { [weak self] _ in self?.read() }
      self.port = port
      reason = nil
      onConnection(true, "")
    } catch {
      lose(error.description)
    }
  }

  func stop() {
    retry?.cancel()
    idle?.cancel()
    if let port { loop.unwatch(port.descriptor) }
    port = nil
  }

  private func read() {
    guard let port else { return }
    guard let bytes = port.read() else { return lose("the device is gone") }
    deliver(framing.receive(bytes, at: Clock.now))
  }

  private func deliver(_ frames: [ScanFraming.Frame]) {
    for frame in frames { onFrame(frame) }
    idle?.cancel()
    guard let deadline = framing.deadline else { return }
    idle = loop.schedule(at: deadline) { [weak self] in
      guard let self else { return }
      deliver(framing.passed(at: Clock.now))
    }
  }

  private func lose(_ reason: String) {
    if let port { loop.unwatch(port.descriptor) }
    port = nil
    // Half a code is no presentation.
    idle?.cancel()
    framing = ScanFraming(idleGap: framing.idleGap)
    retry = loop.schedule(after: .seconds(1)) { [weak self] in self?.start() }
    guard self.reason != reason else { return }
    self.reason = reason
    onConnection(false, reason)
  }
}
