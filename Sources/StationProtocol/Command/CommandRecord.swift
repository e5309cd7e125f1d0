// The records of commands.

/// A station was ordered to do something, or is done with it.
package enum CommandRecord: RecordFamily {
  /// The command is about to be carried out: written before anything of it happens.
  case accepted(CommandID, Order.Kind, by: String)
  /// The command's end; one that was never accepted was rejected.
  case ended(CommandID, Order.Kind, CommandEnd)

  package enum Kind: String, CaseIterable, Sendable {
    case accepted = "command-accepted"
    case ended = "command-ended"
  }

  package var kind: Kind {
    switch self {
    case .accepted: .accepted
    case .ended: .ended
    }
  }

  package static func described<Coder: MemberCoder>(
    _ kind: Kind, _ record: CommandRecord?, by coder: inout Coder
  ) throws(Coder.Failure) -> CommandRecord {
    let id = try coder.member("id", record?.id)
    let operation = try coder.member("op", record?.operation)
    switch kind {
    case .accepted:
      let old = record.flatMap { if case .accepted(_, _, let by) = $0 { by } else { nil } }
      let actor = try coder.member("actor", old)
      try coder.demand((1...Command.longestActor).contains(actor.count), of: "actor")
      return .accepted(id, operation, by: actor)
    case .ended:
      let old = record.flatMap { if case .ended(_, _, let end) = $0 { end } else { nil } }
      return .ended(id, operation, try CommandEnd.described(old, by: &coder))
    }
  }

  package var id: CommandID {
    switch self {
    case .accepted(let id, _, _), .ended(let id, _, _): id
    }
  }

  package var operation: Order.Kind {
    switch self {
    case .accepted(_, let operation, _), .ended(_, let operation, _): operation
    }
  }
}

/// How a command ended, in a word.
package enum CommandOutcome: String, CaseIterable, Sendable {
  case done
  case failed
  case rejected
  case expired
  case unknown

  package var state: CommandState {
    switch self {
    case .done: .done
    case .failed: .failed
    case .rejected: .rejected
    case .expired: .expired
    case .unknown: .unknown
    }
  }
}

/// How a command ended, as its record says it.
package struct CommandEnd: Equatable, Sendable {
  package var outcome: CommandOutcome
  package var fault: OrderFault?
  package var parts: [TestResult]

  package init(
    _ outcome: CommandOutcome, _ fault: OrderFault? = nil, parts: [TestResult] = []
  ) {
    self.outcome = outcome
    self.fault = fault
    self.parts = parts
  }

  /// The same as a message.
  package func result(of id: CommandID) -> CommandResult {
    CommandResult(id, outcome.state, fault, parts: parts)
  }

  fileprivate static func described<Coder: MemberCoder>(
    _ end: CommandEnd?, by coder: inout Coder
  ) throws(Coder.Failure) -> CommandEnd {
    CommandEnd(
      try coder.member("outcome", end?.outcome), try coder.optional("fault", end?.fault),
      parts: try TestResult.described(list: end?.parts, by: &coder))
  }
}

extension CommandOutcome: MemberWord {}
