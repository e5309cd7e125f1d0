// The events of readers, of the switches at the station and of the lists.
import StationProtocol

/// An input of the readers, of the switches at the station and of the lists.
package enum EntryEvent: Equatable, Sendable {
  /// A reader on the street's side was shown something: a code whose signature was examined, a
  /// card with its parity in order, or a number and a PIN that were compared.
  case presented(AccessPointID, EntryAttempt)
  /// Somebody showed something at a reader on the room's side.
  case leaveRequested(AccessPointID, EntryAttempt)
  case readerChanged(AccessPointID, isConnected: Bool)
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
}

extension EntryEvent {
  /// The code that was shown, where it was one, on either side of a door.
  var presentation: Presentation? {
    switch self {
    case .presented(_, .code(let presentation)), .leaveRequested(_, .code(let presentation)):
      presentation
    default: nil
    }
  }
}
