// What happens to the service and what it does about it.
import StationProtocol

/// An input of the service.
package enum ManagementEvent: Equatable, Sendable {
  /// The first event: what the store knows.
  case booted(
    stations: [StationRegistration], today: [StationID: VisitCounts],
    commands: FoundCommands = FoundCommands())
  /// A page of quarantine, as `readAgain` wanted it; empty where there is no more.
  case quarantined([Quarantined])
  /// The broker accepted a session, or it ended.
  case linkOpened
  case linkClosed
  case messageArrived(topic: String, payload: InboundPayload, isRetained: Bool)
  /// A message was dropped before it was looked into.
  case messageTooLarge(topic: String, bytes: Int)
  /// A request or a connection was refused.
  case requestRefused(RefusedInput.Kind, reason: String)
  /// An item that was to be stored was dropped, because too much waits.
  case storeBehind(StationID)
  /// These questions were to be answered, and were not: the store failed, or too much waits.
  case requestsDropped([PendingRequest])
  /// A transaction was committed.
  case stored([StoreOutcome])
  case stationNamed(StationRegistration)
  /// A person took a station out of use, or back into it.
  case stationRetired(StationID, Retirement?)
  /// `nextDay` has come, and with it another local day.
  case dayBegan
  /// `nextDay` has come, and it is the same day.
  case hourPassed
  /// `nextPaced` has come.
  case paceDue
  case commands(CommandsEvent)
  /// The authority does not accept what a station says of its certificate.
  case identityRefused(StationID, reason: String)
  /// The certificates of these stations end soon, and those of no others.
  case certificatesEnding(Set<StationID>)
}

/// An output of the service.
package enum ManagementEffect: Equatable, Sendable {
  /// Make this durable, then say `stored`; what is lost before that is sent again by the station.
  case store(InboundItem)
  /// Say in `quarantined` which rows of quarantine come after this one, `Quarantined.page` of them.
  case readAgain(after: Int64)
  /// Check the code of this question, and store the question with what it proves, in its turn.
  case prove(InboundRequest)
  /// Sign an acknowledgement and send it. Only what is committed is said.
  case acknowledge(StationID, Acknowledgement)
  /// Sign the answer to a question of this station and send it. Only what is committed is said.
  case reply(StationID, StationReply)
  /// Let the broker forget what it keeps on this topic: publish nothing there, retained. There may
  /// be many of these; how fast is the shell's affair.
  case clear(topic: String)
  /// Tell everyone who watches how this station stands now.
  case announce(StationID)
  /// Take note of how far a command of this station has come, then say `advanced`.
  case advance(CommandID, StationID, CommandNews)
  /// Sign a command and send it; the broker may hold it back for its life at most.
  case send(StationID, Command)
  /// Sign what is wanted of a station, and have the broker keep it.
  case publishDesired(StationID, DesiredConfiguration)
  /// Judge which certificate this station says that it has, and whether it gets another one.
  case judge(StationID, IdentityStatement)
  /// Say in the log what came in and was not acceptable; never more than the station and why.
  case note(RefusedMessage)
}

/// Input from the broker that was refused, by kind; each is counted.
package enum RefusedMessage: Equatable, Hashable, Sendable, CustomStringConvertible {
  /// The station is nil where the topic lies in no station's subtree.
  case unknownTopic(StationID?)
  case oversized(StationID?, bytes: Int)
  /// The broker has kept a message on a topic where nothing is kept.
  case retainedElsewhere(StationID?)
  case retainedRecords(StationID)
  case malformed(StationID, what: String, reason: String)
  case quarantined(StationID, reason: String)
  case notStored(StationID)
  case retainedRequest(StationID)
  /// More questions at a time than one station may have.
  case requestFlood(StationID)
  /// What a station says of its records or sessions cannot be.
  case implausible(StationID, reason: String)
  /// More than a station may send: these bytes wait at the station, or were not kept.
  case overShare(StationID, bytes: Int)
  /// Two machines use one station's name.
  case nameShared(StationID)
  /// A message about an exchange that is not the station's own, or not the one that the question
  /// names.
  case foreignExchange(StationID, reason: String)
  /// A question with a code that proves nothing, or is of another member than it names.
  case unprovenCode(StationID, ExchangeRefusal)
  /// A certificate, or a wish for one, that does not count.
  case unprovenIdentity(StationID, reason: String)
  /// A member code that was shown at another station as well.
  case codeShared(StationID, with: StationID)
  /// The station asks for more in an hour than one station may.
  case overLimit(StationID)
  /// What a record says does not fit what the ledger knows; it is listed.
  case discrepancy(StationID, Discrepancy.Kind)

  package var kind: RefusedInput.Kind {
    switch self {
    case .unknownTopic: .unknownTopic
    case .oversized: .oversizedMessage
    case .retainedRecords, .retainedRequest: .retainedRecords
    case .retainedElsewhere: .retainedElsewhere
    case .malformed: .unreadableMessage
    case .quarantined: .quarantinedRecord
    case .notStored: .notStored
    case .requestFlood: .requestFlood
    case .implausible: .implausibleClaim
    case .overShare: .overShare
    case .nameShared: .sharedName
    case .foreignExchange: .foreignExchange
    case .unprovenCode: .unprovenCode
    case .unprovenIdentity: .unprovenIdentity
    case .codeShared: .sharedCode
    case .overLimit: .stationOverLimit
    case .discrepancy: .discrepancy
    }
  }

  package var station: StationID? {
    switch self {
    case .unknownTopic(let station), .oversized(let station, _), .retainedElsewhere(let station):
      station
    case .retainedRecords(let station), .malformed(let station, _, _),
      .quarantined(let station, _), .notStored(let station), .retainedRequest(let station),
      .requestFlood(let station), .implausible(let station, _), .nameShared(let station),
      .overShare(let station, _), .unprovenCode(let station, _), .codeShared(let station, _),
      .overLimit(let station), .foreignExchange(let station, _), .discrepancy(let station, _),
      .unprovenIdentity(let station, _):
      station
    }
  }

  /// The fault, without its station.
  package var reason: String {
    switch self {
    case .unknownTopic: "a message on a topic that this service does not know"
    case .oversized(_, let bytes): "a message of \(bytes) bytes, which is too large"
    case .retainedElsewhere: "a retained message where nothing is kept; it was cleared"
    case .retainedRecords: "retained records, which nobody may send"
    case .malformed(_, let what, let reason): "\(what): \(reason)"
    case .quarantined(_, let reason): "put into quarantine: \(reason)"
    case .notStored: "the store is behind; the station will send again"
    case .retainedRequest: "a retained question, which nobody may send"
    case .requestFlood: "more questions than may wait at a time; not answered"
    case .implausible(_, let reason), .foreignExchange(_, let reason),
      .unprovenIdentity(_, let reason):
      reason
    case .overShare(_, let bytes): "more than a station may send; \(bytes) bytes were not taken"
    case .unprovenCode(_, let refusal):
      "a question with a member code that does not count: \(refusal.rawValue)"
    case .codeShared(_, let other): "a member code that was shown at \(other) as well"
    case .overLimit: "more exchanges, points or new members in an hour than one station may have"
    case .nameShared: "two machines use this station's name"
    case .discrepancy(_, let kind): "the end of an exchange does not fit: \(kind.rawValue)"
    }
  }

  package var description: String { (station.map { "\($0): " } ?? "") + reason }
}
