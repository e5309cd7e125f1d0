// What is to be done: everything that a station decides, in the imperative.
import StationProtocol
import Time

/// An output of the station, each by the room that asks for it. The shell carries these out in
/// order.
package enum Effect: Equatable, Sendable {
  case door(DoorEffect)
  case entry(EntryEffect)
  case climate(ClimateEffect)
  case exchange(ExchangeEffect)
  case store(StoreEffect)
  case link(LinkEffect)
  case command(CommandEffect)
}

package enum DoorEffect: Equatable, Sendable {
  case setStrike(AccessPointID, Strike)
  /// Tell whoever stands at the reader.
  case show(AccessPointID, Notice)
}

package enum EntryEffect: Equatable, Sendable {
  /// Tell the keeper at the station, and nobody else, the number of a card that no list names; nil
  /// takes it back. No record ever has it.
  case showCard(Card?)
}

package enum ClimateEffect: Equatable, Sendable {
  case setRelay(Relay, isOn: Bool)
}

package enum ExchangeEffect: Equatable, Sendable {
  /// Order the machine to turn a motor, or ask how the order of this number stands.
  case dispense(SlotID, serial: UInt8)
  /// Ask the machine how a slot stands; nothing turns.
  case checkMachine(SlotID)
  case showScreen(VendingScreen)
}

package enum StoreEffect: Equatable, Sendable {
  /// Make the record durable, then say `journaled(through:)`.
  case journal(JournalEntry)
  /// Make these durable, without a record.
  case remember([RecoveryChange], Lane)
  /// Rows up to and including this one are the service's now: delete them.
  case trim(through: UInt64)
  /// Begin a new stream with the rows that are left, then say `streamRenewed`. What was handed over
  /// before is made durable first, under the old stream's numbers.
  case renewStream
  /// Read the first kept end whose row comes after this one, then say `keptEndRead`.
  case readKeptEnd(after: Int64)
}

package enum LinkEffect: Equatable, Sendable {
  /// Ask the service.
  case ask(StationRequest)
  /// Send rows of the outbox that are durable, in batches.
  case publishRecords(ClosedRange<UInt64>)
  case publishBirth(BirthPayload)
  case publishState(StateReport)
  /// Send a kept end under its old stream and number.
  case publishKeptEnd(KeptEnd)
}

package enum CommandEffect: Equatable, Sendable {
  /// Tell the service how far a command has come.
  case publishResult(CommandResult)
  /// Tell the service, retained, which configuration is in force.
  case publishReported(ReportedConfiguration)
  case setLogLevel(LogLevel)
  /// Write the support bundle, then say `finished`.
  case collectSupport(CommandID)
  /// End the daemon in an orderly way, so that systemd starts it again.
  case restart
}

/// What the strike relay is told.
package enum Strike: Equatable, Sendable {
  case release
  case secure
}

/// What a worker at the reader is told.
package enum Notice: Equatable, Sendable {
  case granted
  /// The fault of a malformed code is for boards that a person learns from; no worker reads it.
  case refused(Denial, fault: CodeFault? = nil)
  /// The door has stood open for long, and is to be closed.
  case closeDoor
  /// Nobody showed anything: the station shows itself, by every light and sound that a reader has.
  case identify
}

/// The whole state of one part.
package enum StateReport: Equatable, Sendable {
  case door(AccessPointID, DoorPayload)
  case occupancy(OccupancyPayload)
  case climate(SensorsPayload)
  case energy(SensorsPayload)
  case vending(VendingPayload)
  case codes(CodesPayload)
  case alarms(AlarmsPayload)

  package var part: StatePart {
    switch self {
    case .door(let point, _): .door(point)
    case .occupancy: .occupancy
    case .climate: .climate
    case .energy: .energy
    case .vending: .vending
    case .codes: .codes
    case .alarms: .alarms
    }
  }

  package var json: [UInt8] {
    switch self {
    case .door(_, let payload): payload.json
    case .occupancy(let payload): payload.json
    case .climate(let payload), .energy(let payload): payload.json
    case .vending(let payload): payload.json
    case .codes(let payload): payload.json
    case .alarms(let payload): payload.json
    }
  }
}
