// Planted bugs, to see whether the checkers would notice. They live in the doubles alone.

/// A bug that a run can be given. Each changes what passes between the station or the service
/// and its simulated surroundings; the product has no switch for any of them.
package enum PlantedBug: String, CaseIterable, Sendable {
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
  case motorBeforeCommit = "motor-before-commit"
  case holdBeforeCommit = "hold-before-commit"
  case voidAfterDrop = "void-after-drop"
  case chargeWithoutDrop = "charge-without-drop"
  case interruptedCharged = "interrupted-is-charged"
  case heldTwice = "hold-posted-twice"
  case streamReused = "stream-id-reused"
  case recoveryTrimmed = "recovery-table-trimmed-by-an-ack"
  case replayedAtBoot = "command-replayed-at-boot"
  case orderForgotten = "order-forgotten-at-restart"
  case otherPays = "second-code-charges-the-first"
  case stockNotTaken = "stock-not-taken"
  case repeatIsNew = "repeat-is-a-new-order"
  case silencesAddUp = "silences-add-up"
  case numberNeverNew = "number-never-new"
  case countSlips = "count-slips"
  case ackWithheld = "ack-withheld"
  case commandBeforeCommit = "command-before-commit"
  case commandRepeated = "repeated-command-is-a-new-one"
  case commandLate = "command-without-an-end"
  case commandUnsigned = "command-unsigned"
  case nonceReused = "nonce-reused-at-boot"
  case commandRedone = "command-redone-at-boot"
  case usesForgotten = "typed-uses-forgotten-at-boot"
  case wishForgotten = "older-wish-taken"
  case answerUnsigned = "answer-unsigned"
  case ackUnbound = "ack-for-a-batch-that-was-not-sent"
  case replyUnbound = "reply-to-another-question"
  case settingsForgotten = "settings-not-written-down"
  case settingsOlder = "older-settings-taken"
  case settingsAgain = "given-up-settings-taken-again"
  case settingsKept = "harmful-settings-kept"
  case settingsHalved = "settings-taken-by-half"
  case invariantBroken = "invariant-broken"

  package var sentence: String {
    switch self {
    case .publishBeforeCommit: "records are published when they are written, not when durable"
    case .ackBeforeCommit: "the service acknowledges what it has received but not committed"
    case .ackOverAHole:
      "the service acknowledges the last record that it has seen, and that counts for all before it"
    case .replayMarksLostAtBoot: "used codes are forgotten at each start"
    case .seqReused: "a start takes the next number from the rows that are left"
    case .relockShortened: "a second grant does not put off the securing of the first"
    case .relockForgotten: "one command in twenty to secure a strike gets lost"
    case .exitRefused: "the exit button does nothing while many are inside"
    case .grantUnrecorded: "one grant in twenty is written as a turn-back"
    case .recordTwice: "the service lists a record that comes again as a new event"
    case .motorBeforeCommit: "the motor is told when its record is written, not when durable"
    case .holdBeforeCommit: "a hold is asked for before its exchange is durably intended"
    case .voidAfterDrop: "one drop in ten is written as one that was not seen"
    case .chargeWithoutDrop: "one failed turn in two is written as a drop"
    case .interruptedCharged: "an exchange that a power cut interrupted is charged"
    case .heldTwice: "the price is set aside and posted once more, under another id"
    case .streamReused: "a new store takes the name of the lost one's stream"
    case .recoveryTrimmed: "an acknowledgement also trims what boot needs"
    case .replayedAtBoot: "an interrupted order is sent again to a machine that forgot it"
    case .orderForgotten: "a daemon that was killed does not ask how its order stands"
    case .otherPays: "the member who showed a code before pays for the next one's article"
    case .stockNotTaken: "the book of a slot is not changed when something falls"
    case .repeatIsNew: "an order that is sent once more gets a new serial number"
    case .silencesAddUp: "answers that got lost before make a machine silent that turns"
    case .numberNeverNew: "an order carries the number of the one before it"
    case .countSlips: "one person in twenty goes through a doorway unseen"
    case .ackWithheld: "the service stops acknowledging"
    case .commandBeforeCommit:
      "a door opens by command when its intent is written, not when durable"
    case .commandRepeated: "a command that comes again is taken for another one"
    case .commandLate: "a command is good for ever"
    case .commandUnsigned: "the signature of a command is not looked at"
    case .nonceReused: "each start of a station tells the nonces of the one before"
    case .commandRedone: "a command that a kill interrupted is done at the next start"
    case .usesForgotten: "how often typed codes have opened is forgotten at each start"
    case .wishForgotten: "an older revision of what is wanted is taken for a new one"
    case .answerUnsigned: "the signature of an acknowledgement or of a reply is not looked at"
    case .ackUnbound: "an acknowledgement counts for the batch that was sent last"
    case .replyUnbound: "a reply counts for the question that was asked last"
    case .settingsForgotten: "settings are told on record, and not to what boot needs"
    case .settingsOlder: "older settings are taken for new ones"
    case .settingsAgain: "settings that were given up are taken for new ones"
    case .settingsKept: "settings with which a part has failed are confirmed"
    case .settingsHalved: "of the settings one section is left out"
    case .invariantBroken: "a device traps, as a broken invariant does"
    }
  }

  /// How the bug must be found.
  var finding: Finding {
    switch self {
    case .ackWithheld, .numberNeverNew: .stuck
    case .invariantBroken: .crash
    default: .wrong
    }
  }

  enum Finding: String {
    case wrong
    case stuck
    case crash
  }

  /// The faults without which the bug cannot show.
  var needs: [Fault] {
    switch self {
    case .publishBeforeCommit: [.cutAtPendingWrite]
    case .ackBeforeCommit: [.serviceCrash]
    case .ackOverAHole: [.drop]
    case .replayMarksLostAtBoot, .seqReused: [.cutAtPendingWrite]
    case .usesForgotten: [.kill, .restart]
    case .recoveryTrimmed, .replayedAtBoot, .interruptedCharged: [.cutInMidMotor]
    case .orderForgotten: [.cutInMidMotor, .kill]
    case .chargeWithoutDrop: [.machineJam]
    case .streamReused: [.storeLoss, .kill, .restart]
    case .heldTwice, .motorBeforeCommit, .holdBeforeCommit, .voidAfterDrop, .otherPays,
      .stockNotTaken, .repeatIsNew, .ackWithheld, .invariantBroken:
      []
    case .recordTwice: [.again]
    case .silencesAddUp: [.machineLine]
    case .numberNeverNew, .countSlips: []
    case .relockShortened, .relockForgotten, .exitRefused, .grantUnrecorded: []
    case .commandBeforeCommit: []
    case .commandRepeated: [.again]
    case .commandLate, .commandUnsigned, .wishForgotten: [.forgedCommand]
    case .answerUnsigned, .ackUnbound, .replyUnbound: [.forgedAnswer]
    case .nonceReused: [.forgedCommand, .kill, .restart]
    case .commandRedone: [.cutAtPendingWrite]
    case .settingsForgotten: [.cutOnTrial, .kill, .restart]
    case .settingsOlder: [.forgedCommand]
    case .settingsAgain, .settingsKept, .settingsHalved: []
    }
  }
}
