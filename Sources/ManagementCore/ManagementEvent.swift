// What happens to the service and what it does about it.
import StationProtocol

/// An input of the service.
package enum ManagementEvent: Equatable, Sendable {
  /// The first event: what the store knows.
  case booted(stations: [StationRegistration], today: [StationID: DayCounts])
  /// The broker accepted a session, or it ended.
  case linkOpened
  case linkClosed
  case messageArrived(topic: String, payload: [UInt8], isRetained: Bool)
  /// A transaction was committed.
  case stored([StoreOutcome])
  case stationNamed(StationRegistration)
  /// `nextDay` has come.
  case dayBegan
}

/// An output of the service.
package enum ManagementEffect: Equatable, Sendable {
  /// Make this durable, then say `stored`; what is lost before that is sent again by the station.
  case store(InboundItem)
  case acknowledge(StationID, Acknowledgement)
  /// Tell everyone who watches how this station stands now.
  case announce(StationID)
  /// Say in the log what came in and was not acceptable; never more than the station and why.
  case note(Oddity)
}

/// Input that was refused, by kind; each is counted.
package enum Oddity: Equatable, Hashable, Sendable, CustomStringConvertible {
  case unknownTopic
  case retainedRecords(StationID)
  case malformed(StationID, what: String, reason: String)
  case quarantined(StationID, reason: String)

  package var description: String {
    switch self {
    case .unknownTopic: "a message on a topic that this service does not know"
    case .retainedRecords(let station): "\(station): retained records, which nobody may send"
    case .malformed(let station, let what, let reason): "\(station): \(what): \(reason)"
    case .quarantined(let station, let reason): "\(station): put into quarantine: \(reason)"
    }
  }
}
