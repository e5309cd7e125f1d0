// The threads on which thermometers and energy meters are read, beside the loop that opens doors.
import Linux
import Modbus
import StationCore
import StationProtocol
import Time

/// The loop's side. Thermometers and meters have a thread each, so that a 1-wire bus that hangs
/// does not cost the meters too; a thread is only started where there is something to read. What
/// is read comes as a report.
final class SensorThreads {
  enum Report: Sendable {
    case read(SensorID, [SensorReading])
    case failed(SensorID, reason: String)
  }

  private enum Job: Sendable {
    case begin
  }

  let reports: Mailbox<Report>
  private let settings: SensorSettings
  private var workers: [WorkerThread<Job>] = []

  init(_ settings: SensorSettings) throws(SystemError) {
    reports = try Mailbox<Report>()
    self.settings = settings
  }

  func start() {
    let settings = settings
    if !settings.thermometers.isEmpty {
      begin("thermometers") {
        settings.thermometers.map { setting in
          let thermometer = Thermometer(setting: setting, sysfs: settings.sysfs)
          return SensorRounds.Item(id: setting.id, interval: setting.interval) {
            do throws(SystemError) {
              return .success(try thermometer.read())
            } catch {
              return .failure(SensorRounds.Failure(reason: error.description))
            }
          }
        }
      }
    }
    if !settings.meters.isEmpty {
      begin("meters") {
        let lines = MeterLines()
        return settings.meters.map { setting in
          let meter = EnergyMeter(setting, on: lines)
          return SensorRounds.Item(id: setting.id, interval: setting.interval) {
            do throws(ModbusError) {
              return .success(try meter.read())
            } catch {
              return .failure(SensorRounds.Failure(reason: error.description))
            }
          }
        }
      }
    }
  }

  /// A thread may hang in the kernel for as long as a bus does: nobody waits for it.
  func stop() {
    for worker in workers { worker.abandon() }
    workers = []
  }

  private func begin(_ name: String, _ items: @escaping @Sendable () -> [SensorRounds.Item]) {
    let reports = reports
    let worker = WorkerThread<Job>(name: name) {
      var rounds = SensorRounds(items(), at: Clock.now)
      return { _ in
        rounds.run(at: { Clock.now }) { id, outcome in
          switch outcome {
          case .success(let readings): reports.send(.read(id, readings))
          case .failure(let failure): reports.send(.failed(id, reason: failure.reason))
          }
        }
      }
    }
    worker.submit(.begin)
    workers.append(worker)
  }
}

/// The times at which the sensors of one thread are read.
struct SensorRounds {
  struct Item {
    var id: SensorID
    var interval: Duration
    var read: () -> Result<[SensorReading], Failure>
  }

  struct Failure: Error {
    var reason: String
  }

  private var items: [(item: Item, due: Instant)]

  init(_ items: [Item], at now: Instant) { self.items = items.map { ($0, now) } }

  /// Reads whatever is due. One that takes longer than its interval is read again at once, but
  /// after the others.
  /// - Returns: when the next one is due; nil where it was called before any was, which happens
  ///   when the thread is to end.
  mutating func run(
    at clock: () -> Instant, _ report: (SensorID, Result<[SensorReading], Failure>) -> Void
  ) -> Instant? {
    let start = clock()
    guard items.contains(where: { $0.due <= start }) else { return nil }
    for index in items.indices where items[index].due <= start {
      report(items[index].item.id, items[index].item.read())
      let next = items[index].due + items[index].item.interval
      items[index].due = max(next, clock())
    }
    return items.map(\.due).min()
  }
}

/// The changes of a sensor that are worth a line of the log: a sensor that fails every
/// few seconds for months says so once.
struct SensorLog {
  /// So many good readings in a row, and the next failure is news again.
  private static let calm = 30

  private var states: [SensorID: State] = [:]

  private struct State {
    var said: String?
    var good = 0
    var wasThere = false
  }

  /// - Returns: whether the sensor is there for the first time, or again.
  mutating func read(_ id: SensorID) -> Bool {
    var state = states[id] ?? State()
    defer { states[id] = state }
    state.good += 1
    if state.good >= Self.calm { state.said = nil }
    let isNews = !state.wasThere
    state.wasThere = true
    return isNews
  }

  /// - Returns: whether this is to be said.
  mutating func failed(_ id: SensorID, reason: String) -> Bool {
    var state = states[id] ?? State()
    defer { states[id] = state }
    state.good = 0
    guard state.said != reason else { return false }
    state.said = reason
    state.wasThere = false
    return true
  }
}
