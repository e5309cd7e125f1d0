// A people counter on a serial line, opened again for as long as it takes.
import Linux

/// Reads totals from a people counter on the loop. One that is unplugged, or silent, comes back by
/// itself when it does; its counts begin at zero then.
final class PeopleCounter {
  /// Totals as the device has them since it was found.
  var onTotals: (_ entered: Int64, _ left: Int64) -> Void = { _, _ in }
  /// Called when the counter is there, when it is lost, and where the reason changes.
  var onConnection: (_ isConnected: Bool, _ reason: String) -> Void = { _, _ in }

  private let loop: EventLoop
  private let setting: CounterSettings
  private var frames = CounterFrames()
  private var port: SerialPort?
  private var silence: Timer?
  private var retry: Timer?
  /// Why it is not there; nil while it is.
  private var reason: String?
  private var isConnected = false

  init(loop: EventLoop, _ setting: CounterSettings) {
    self.loop = loop
    self.setting = setting
  }

  func start() {
    do throws(SystemError) {
      let port = try SerialPort(setting.device, speed: setting.speed)
      try loop.watch(port.descriptor, for: .read) { [weak self] _ in self?.read() }
      self.port = port
      frames = CounterFrames()
      guard port.write(CounterFrames.reset) else { return lose("the device takes no command") }
      listen()
    } catch {
      lose(error.description)
    }
  }

  func stop() {
    retry?.cancel()
    close()
  }

  private func close() {
    silence?.cancel()
    if let port { loop.unwatch(port.descriptor) }
    port = nil
    isConnected = false
  }

  private func read() {
    guard let port else { return }
    guard let bytes = port.read() else { return lose("the device is gone") }
    for frame in frames.receive(bytes) {
      listen()
      if !isConnected {
        isConnected = true
        reason = nil
        onConnection(true, "")
      }
      switch frame {
      case .alive: break
      case .totals(let leftToRight, let rightToLeft):
        let isLeftIn = setting.entering == .leftToRight
        onTotals(isLeftIn ? leftToRight : rightToLeft, isLeftIn ? rightToLeft : leftToRight)
      }
    }
  }

  /// A device that is there measures all the time, and says so.
  private func listen() {
    silence?.cancel()
    silence = loop.schedule(after: setting.silence) { [weak self] in
      self?.lose("the device is silent")
    }
  }

  private func lose(_ reason: String) {
    close()
    retry?.cancel()
    retry = loop.schedule(after: .seconds(1)) { [weak self] in self?.start() }
    guard self.reason != reason else { return }
    self.reason = reason
    onConnection(false, reason)
  }
}
