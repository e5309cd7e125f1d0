// A station as the service knows it: its names, its zone, whether it is in use.
import StationProtocol
import Time

/// A station as the service knows it.
package struct StationRegistration: Equatable, Sendable {
  package var id: StationID
  package var names: StationNames
  /// nil while it is in use.
  package var retirement: Retirement?
  /// By which its days are counted: as set, or as the station says; nil where nobody has said it.
  package var zone: Zone?

  package init(
    id: StationID, names: StationNames, retirement: Retirement? = nil, zone: Zone? = nil
  ) {
    self.id = id
    self.names = names
    self.retirement = retirement
    self.zone = zone
  }
}

/// The end of a station's use: by whom, when and why. Its history stays.
package struct Retirement: Equatable, Sendable {
  /// In Unicode scalars, of a reason.
  package static let longestReason = 200

  package var actor: String
  package var at: WallTime
  package var reason: String

  package init(actor: String, at: WallTime, reason: String) {
    self.actor = actor
    self.at = at
    self.reason = reason
  }
}

/// The names of a station for people; its id where nobody has named it.
package struct StationNames: Equatable, Sendable {
  /// In Unicode scalars, of each.
  package static let mostCharacters = 120

  package var english: String
  package var chinese: String

  package init(english: String, chinese: String) {
    self.english = english
    self.chinese = chinese
  }

  package init(_ station: StationID) { self.init(english: station.text, chinese: station.text) }
}
