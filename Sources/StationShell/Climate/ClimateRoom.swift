// The sensors: what their threads report becomes events.
import Linux
import StationCore
import StationProtocol

/// Thermometers and energy meters.
final class ClimateRoom: ShellRoom {
  private let threads: SensorThreads
  private let tell: Tell
  private var log = SensorLog()

  init(
    _ settings: SensorSettings, _ loop: EventLoop, tell: @escaping Tell
  ) throws(SystemError) {
    threads = try SensorThreads(settings)
    self.tell = tell
    try loop.receive(from: threads.reports) { [unowned self] in take($0) }
  }

  func start() { threads.start() }
  func stop() { threads.stop() }

  private func take(_ report: SensorThreads.Report) {
    switch report {
    case .read(let id, let readings):
      if log.read(id) { Log.notice("sensor \(id) is there") }
      tell(.climate(.sensorRead(id, readings)), nil)
    case .failed(let id, let reason):
      if log.failed(id, reason: reason) { Log.warning("sensor \(id): \(reason)") }
      tell(.climate(.sensorFailed(id)), nil)
    }
  }
}
