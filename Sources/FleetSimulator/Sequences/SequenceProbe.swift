// Machines under random events: what may never happen is looked for after each of them.

/// One machine with a reference of its own. A step draws an event, gives it to the machine and
/// says what of the outcome is wrong; the reference knows nothing of the machine's code.
protocol SequenceProbe {
  /// What `--machine` calls it.
  static var name: String { get }
  /// A machine as it is at the start of a sequence, under a configuration that is drawn.
  init(_ dice: inout SeededGenerator)
  /// - Returns: what may not have happened; nil where all is well.
  mutating func step(_ dice: inout SeededGenerator) -> String?
}

/// Plays sequences and stops a machine at its first complaint.
struct SequenceRun {
  static let steps = 100
  static var probes: [any SequenceProbe.Type] {
    [
      EntryProbe.self, BeamProbe.self, OccupancyProbe.self, DoorSequence.self, FireSequence.self,
      RelaySequence.self,
    ]
  }

  struct Failure: Equatable {
    var machine: String
    var sequence: UInt64
    var step: Int
    var complaint: String
  }

  /// - Parameters:
  ///   - sequences: how many, each from a seed of its own: the first one's, and so on.
  /// - Returns: the first sequence that went wrong.
  static func play<Probe: SequenceProbe>(
    _ probe: Probe.Type, from first: UInt64, sequences: Int
  ) -> Failure? {
    for sequence in 0..<UInt64(sequences) {
      var dice = SeededGenerator(seed: first &+ sequence, "sequence")
      var machine = Probe(&dice)
      for step in 1...steps {
        guard let complaint = machine.step(&dice) else { continue }
        return Failure(
          machine: Probe.name, sequence: first &+ sequence, step: step, complaint: complaint)
      }
    }
    return nil
  }
}
