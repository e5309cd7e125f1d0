// The daemon's sensors: what their threads report becomes events.
import Linux
import StationCore

extension StationDaemon {
  func connectSensors() throws(SystemError) {
    var log = SensorLog()
    try loop.receive(from: sensors.reports) { [unowned self] report in
      switch report {
      case .read(let id, let readings):
        if log.read(id) { Log.notice("sensor \(id) is there") }
        dispatch(.climate(.sensorRead(id, readings)))
      case .failed(let id, let reason):
        if log.failed(id, reason: reason) { Log.warning("sensor \(id): \(reason)") }
        dispatch(.climate(.sensorFailed(id)))
      }
    }
  }
}
