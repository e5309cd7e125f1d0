// What happened: everything that a station's decisions depend on, in the past tense.
import StationProtocol
import Time

/// An input of the station. The shell turns the outside world into these.
package enum Event: Equatable, Sendable {
  /// The first event: what the store remembers. Indirect, because each other event would be as
  /// large.
  indirect case booted(Recovered)
  /// A reader read a code, and its signature was examined.
  case codePresented(AccessPointID, Presentation)
  /// A reader read a card, parity and all.
  case cardPresented(AccessPointID, CardPresentation)
  /// Somebody typed a member's number and a PIN, and they were compared.
  case pinEntered(AccessPointID, PINAttempt, number: TypedNumber? = nil)
  /// Somebody showed something at a reader on the room's side.
  case leaveRequested(AccessPointID, EntryAttempt)
  /// The station's lock-down button was engaged or let go.
  case lockDownChanged(isOn: Bool)
  /// The station's maintenance key was turned.
  case maintenanceChanged(isOn: Bool)
  /// The keys of issuers were read, at the start and whenever they have changed.
  case issuersRead([IssuerStanding])
  /// The lists of members were read, at the start and whenever they have changed.
  case directoryChanged(MemberDirectory)
  /// The lists were looked at: whether anything of them could not be read as it stands.
  case listsJudged(areFaulty: Bool)
  /// The door contact was sensed; nil where it cannot be.
  case doorContactChanged(AccessPointID, isClosed: Bool?)
  /// The exit button was pressed.
  case exitRequested(AccessPointID)
  case beamChanged(AccessPointID, Beam, isBroken: Bool)
  /// A sensor that counts without telling a direction saw someone.
  case counterPulsed(AccessPointID)
  /// A people counter told how many it has ever seen each way; each below its modulus.
  case counterReported(AccessPointID, entered: Int64, left: Int64)
  /// A people counter is there, or has gone silent.
  case counterChanged(AccessPointID, isConnected: Bool)
  /// The motion sensor of the room sees movement, or none any more; nil where it cannot be sensed.
  case motionChanged(isMoving: Bool?)
  /// The lines of an access point became readable, or stopped being so.
  case linesChanged(AccessPointID, areReadable: Bool)
  /// The same of the lines that belong to no access point.
  case stationLinesChanged(areReadable: Bool)
  /// An input changes too fast to mean anything, or is quiet again; nil for one of the station.
  case inputChattered(AccessPointID?, InputLine, isChattering: Bool)
  /// The lock's feedback line was sensed: whether its bolt is home.
  case strikeSensed(AccessPointID, isLocked: Bool)
  /// A cover was opened, or is shut again.
  case tamperChanged(AccessPointID, isOpen: Bool)
  /// A circuit of the fire alarm system was sensed.
  case fireLineChanged(FireLine, isClosed: Bool)
  /// Somebody turned the key at the station that ends fire and emergency.
  case resetTurned
  case emergencyChanged(isPressed: Bool)
  /// The switch that keeps a relay on by hand was moved.
  case relayOverrideChanged(Relay, isOn: Bool)
  case readerChanged(AccessPointID, isConnected: Bool)
  /// A thermometer or an energy meter was read.
  case sensorRead(SensorID, [SensorReading])
  /// It could not be read.
  case sensorFailed(SensorID)
  /// Something happened at the exchange machine.
  case exchange(ExchangeEvent)
  /// Every record up to and including this one is durable.
  case journaled(through: UInt64)
  /// The store was set aside and a new one started, with a new stream and this boot as its first.
  /// Where no file can be written it is kept in memory, and lasts as long as the daemon.
  case storeReplaced(StreamID, isDurable: Bool)
  /// A file of the store was removed or replaced while it was in use: until it is written anew,
  /// nothing lasts longer than the daemon.
  case storeDisplaced
  /// What did not last is in a file now, with its stream and its numbers.
  case storeKept
  /// The same store has begun a new stream, with this boot as its first. Its rows that were not
  /// acknowledged have the numbers from 1 to this one there.
  case streamRenewed(StreamID, through: UInt64)
  /// The broker accepted a session, the n-th of this boot.
  case uplinkOpened(connection: Int64)
  case uplinkClosed
  /// Rows of a store that was set aside have numbers that mean other records to the service: that
  /// store was used twice.
  case copyFound
  /// The broker ended the session because another client has connected under this station's name.
  case sessionTakenOver
  /// The service has stored records.
  case acknowledged(Acknowledgement)
  /// The service is there, on this store.
  case serviceHeard(StoreEpoch)
  /// The kept end that was asked for; nil where there is no further one.
  case keptEndRead(KeptEnds.Row?)
  /// The broker brought a message that means nothing to this station.
  case messageRefused(MessageRefusal)
  /// `nextDeadline` has come.
  case wake
}

/// One of the two beams of an access point.
package enum Beam: String, CaseIterable, Sendable {
  /// On the street side.
  case outer
  /// On the room side.
  case inner
}
