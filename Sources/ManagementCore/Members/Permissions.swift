// Who may do what with the service.

/// What a token's bearer is.
package enum Role: String, CaseIterable, Sendable {
  /// Sees stations and events.
  case viewer
  /// Sees everything, enrols members, issues codes, names stations, moves points.
  case manager

  package func may(_ operation: Operation) -> Bool {
    switch (self, operation) {
    case (.manager, _), (.viewer, .viewStations): true
    case (.viewer, .manageMembers), (.viewer, .issueCodes), (.viewer, .nameStations),
      (.viewer, .viewQuarantine), (.viewer, .viewAudit), (.viewer, .viewPoints),
      (.viewer, .movePoints),
      (.viewer, .setRules), (.viewer, .command), (.viewer, .claim):
      false
    }
  }
}

/// An operation that can be asked of the service.
package enum Operation: String, CaseIterable, Sendable {
  case viewStations
  case manageMembers
  case issueCodes
  /// Their names, and whether they are in use.
  case nameStations
  case viewQuarantine
  /// The audit trail.
  case viewAudit
  /// Balances, statements, holds and the proof.
  case viewPoints
  /// Issues, grants, reversals, decisions about holds.
  case movePoints
  case setRules
  /// Orders to stations, and what is wanted of them.
  case command
  /// Which boards are whose: claim codes, and locking out.
  case claim
}
