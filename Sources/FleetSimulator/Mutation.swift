// Planted bugs, to see whether the checkers would notice. They live in the doubles alone.

/// A bug that a run can be given. Each changes what passes between the station or the service
/// and its simulated surroundings; the product has no switch for any of them.
package enum Mutation: String, CaseIterable, Sendable {
  case publishBeforeCommit = "publish-before-commit"
  case ackBeforeCommit = "ack-before-commit"
  case ackOverAHole = "ack-over-a-hole"
  case replayMarksLostAtBoot = "replay-marks-lost-at-boot"
  case seqReused = "seq-reused"
  case relockShortened = "relock-shortened-by-overlapping-grant"
  case relockForgotten = "relock-forgotten"
  case exitRefused = "exit-refused-when-full"
  case grantUnrecorded = "grant-unrecorded"
  case recordTwice = "record-twice-in-the-event-stream"

  package var sentence: String {
    switch self {
    case .publishBeforeCommit: "records are published when they are written, not when durable"
    case .ackBeforeCommit: "the service acknowledges what it has received but not committed"
    case .ackOverAHole: "the service acknowledges the last record that it has seen"
    case .replayMarksLostAtBoot: "used codes are forgotten at each start"
    case .seqReused: "a start takes the next number from the rows that are left"
    case .relockShortened: "a second grant does not put off the securing of the first"
    case .relockForgotten: "one command in twenty to secure a strike gets lost"
    case .exitRefused: "the exit button does nothing while many are inside"
    case .grantUnrecorded: "one grant in twenty is written as a turn-back"
    case .recordTwice: "the service lists a record that comes again as a new event"
    }
  }

  /// The faults without which the bug cannot show.
  var needs: [Fault] {
    switch self {
    case .publishBeforeCommit: [.aimedPowerCut]
    case .ackBeforeCommit: [.serviceCrash]
    case .ackOverAHole: [.drop]
    case .replayMarksLostAtBoot, .seqReused: [.aimedPowerCut]
    case .recordTwice: [.again]
    case .relockShortened, .relockForgotten, .exitRefused, .grantUnrecorded: []
    }
  }
}
