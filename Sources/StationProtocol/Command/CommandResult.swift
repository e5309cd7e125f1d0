// How a station answers a command: at once in a message, and for good in a record.

/// One part that a self-test has looked at.
package struct TestResult: Equatable, Sendable {
  package var part: TestedPart
  /// nil for a part of the whole station.
  package var accessPoint: AccessPointID?
  package var isWell: Bool

  /// The most parts of one station.
  package static let most = 40

  package init(_ part: TestedPart, at point: AccessPointID? = nil, isWell: Bool) {
    self.part = part
    accessPoint = point
    self.isWell = isWell
  }
}

/// `cmd/result`: how far a station has come with a command. The record that says the same comes
/// behind it, and is what counts where the two differ.
package struct CommandResult: Equatable, Sendable {
  package var id: CommandID
  package var state: CommandState
  /// There where the command was not carried out, and it can be told why.
  package var fault: OrderFault?
  /// The findings of a self-test; empty for every other operation.
  package var parts: [TestResult]

  package init(
    _ id: CommandID, _ state: CommandState, _ fault: OrderFault? = nil,
    parts: [TestResult] = []
  ) {
    self.id = id
    self.state = state
    self.fault = fault
    self.parts = parts
  }
}

extension TestResult: DescribedObject {
  package static func described<Coder: MemberCoder>(
    _ result: TestResult?, by coder: inout Coder
  ) throws(Coder.Failure) -> TestResult {
    TestResult(
      try coder.member("part", result?.part), at: try coder.optional("ap", result?.accessPoint),
      isWell: try coder.member("well", result?.isWell))
  }

  /// The parts of a self-test, as a message and a record both have them.
  package static func described<Coder: MemberCoder>(
    list parts: [TestResult]?, by coder: inout Coder
  ) throws(Coder.Failure) -> [TestResult] {
    let parts = parts.flatMap { $0.isEmpty ? nil : $0 }
    return try coder.optionalList("parts", parts, ListBounds(most: most)) ?? []
  }
}

extension CommandResult: DescribedObject {
  package static func described<Coder: MemberCoder>(
    _ result: CommandResult?, by coder: inout Coder
  ) throws(Coder.Failure) -> CommandResult {
    CommandResult(
      try coder.member("id", result?.id), try coder.member("state", result?.state),
      try coder.optional("fault", result?.fault),
      parts: try TestResult.described(list: result?.parts, by: &coder))
  }
}
