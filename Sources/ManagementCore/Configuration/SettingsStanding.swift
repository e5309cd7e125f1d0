// How a station stands with the settings that the service wants of it.
import JSON
import StationProtocol

/// One word for where the newest settings have got to.
package enum SettingsStanding: String, CaseIterable, Sendable {
  /// The service sets nothing here.
  case none
  /// The station has not said anything of them.
  case pending
  /// They hold, and the station has yet to be well with them.
  case trial
  case inForce = "in-force"
  case refused
  /// They were given up: a part of the station failed with them.
  case unwell
  /// They were given up: the daemon ended twice.
  case restarts
  /// The station reports other settings under the same number.
  case foreign

  package init(_ wanted: WantedSettings?, _ report: SettingsReport?) {
    guard let wanted else {
      self = .none
      return
    }
    if let inForce = report?.inForce, inForce.revision == wanted.revision {
      self =
        inForce.digest != wanted.digest ? .foreign : inForce.isOnTrial ? .trial : .inForce
    } else if let setback = report?.setback, setback.revision == wanted.revision {
      self =
        switch setback.cause {
        case .refused: .refused
        case .unwell: .unwell
        case .restarts: .restarts
        }
    } else {
      self = .pending
    }
  }
}
