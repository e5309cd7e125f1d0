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
  /// A message was dropped before it was looked into.
  case messageTooLarge(topic: String, bytes: Int)
  /// A request or a connection was refused.
  case requestRefused(RefusedInput.Kind, reason: String)
  /// What was to be stored was dropped, because too much waits.
  case storeBehind(StationID)
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

/// Input from the broker that was refused, by kind; each is counted.
package enum Oddity: Equatable, Hashable, Sendable, CustomStringConvertible {
  /// The station is nil where the topic lies in no station's subtree.
  case unknownTopic(StationID?)
  case oversized(StationID?, bytes: Int)
  case retainedRecords(StationID)
  case malformed(StationID, what: String, reason: String)
  case quarantined(StationID, reason: String)
  case notStored(StationID)

  package var kind: RefusedInput.Kind {
    switch self {
    case .unknownTopic: .unknownTopic
    case .oversized: .oversizedMessage
    case .retainedRecords: .retainedRecords
    case .malformed: .unreadableMessage
    case .quarantined: .quarantinedRecord
    case .notStored: .notStored
    }
  }

  package var station: StationID? {
    switch self {
    case .unknownTopic(let station), .oversized(let station, _): station
    case .retainedRecords(let station), .malformed(let station, _, _),
      .quarantined(let station, _), .notStored(let station):
      station
    }
  }

  /// What was wrong, without whose it was.
  package var reason: String {
    switch self {
    case .unknownTopic: "a message on a topic that this service does not know"
    case .oversized(_, let bytes): "a message of \(bytes) bytes, which is too large"
    case .retainedRecords: "retained records, which nobody may send"
    case .malformed(_, let what, let reason): "\(what): \(reason)"
    case .quarantined(_, let reason): "put into quarantine: \(reason)"
    case .notStored: "the store is behind; the station will send again"
    }
  }

  package var description: String { (station.map { "\($0): " } ?? "") + reason }
}
