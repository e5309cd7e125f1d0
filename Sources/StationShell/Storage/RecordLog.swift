// The records that a maintainer at the station wants to read in its log.
import Linux
import StationProtocol
import Time

/// Says each refusal and each alarm in a line; nobody's name, card or code is in one. Floods are
/// bounded for each of the two, so that somebody who plays with a reader hides no alarm.
struct RecordLog {
  private let refusals: BoundedLog
  private let alarms: BoundedLog

  init(output: @escaping (Log.Priority, String) -> Void = Log.write) {
    refusals = BoundedLog("refusals", output: output)
    alarms = BoundedLog("alarms", output: output)
  }

  func note(_ record: Record.Body, at now: Instant) {
    switch record {
    case .entry(.refused(let point, let reason, let fault, _, let credential)):
      let what = "access point \(point): \(credential.kind.rawValue) refused"
      refuse("\(what): \(Self.words(reason.rawValue, fault))", now)
    case .entry(.refusalsCounted(let point, let count)):
      refuse("access point \(point): \(count) more were refused", now)
    case .exchange(.refused(let slot, let reason, let fault, _, _)):
      let place = slot.map { ", slot \($0)" } ?? ""
      refuse("exchange machine\(place): refused: \(Self.words(reason.rawValue, fault))", now)
    case .exchange(.refusalsCounted(let count)):
      refuse("exchange machine: \(count) more were refused", now)
    case .alarm(.raised(let alarm, let point)):
      alarms.write(.warning, "alarm raised: \(Self.words(alarm, point))", at: now)
    case .alarm(.cleared(let alarm, let point)):
      alarms.write(.notice, "alarm cleared: \(Self.words(alarm, point))", at: now)
    default: break
    }
  }

  private func refuse(_ text: String, _ now: Instant) {
    refusals.write(.notice, text, at: now)
  }

  private static func words(_ reason: String, _ fault: CodeFault?) -> String {
    fault.map { "\(reason), \($0.rawValue)" } ?? reason
  }

  private static func words(_ alarm: Alarm, _ point: AccessPointID?) -> String {
    point.map { "\(alarm.rawValue) at access point \($0)" } ?? alarm.rawValue
  }
}
