// Who may do what with the service.

/// What a token's bearer is.
package enum Role: String, CaseIterable, Sendable {
  /// Sees stations and events.
  case viewer
  /// Sees everything, enrols members, issues codes, names stations.
  case manager

  package func may(_ operation: Operation) -> Bool {
    switch (self, operation) {
    case (.manager, _), (.viewer, .viewStations): true
    case (.viewer, .manageMembers), (.viewer, .issueCodes), (.viewer, .nameStations),
      (.viewer, .viewQuarantine):
      false
    }
  }
}

/// What can be asked of the service.
package enum Operation: String, CaseIterable, Sendable {
  case viewStations
  case manageMembers
  case issueCodes
  case nameStations
  case viewQuarantine
}
