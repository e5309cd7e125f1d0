// What can go wrong in a simulated fleet, and what of it goes wrong under one seed.

/// One kind of fault. Each simulated device says at its top what it does under which.
package enum Fault: String, CaseIterable, Sendable {
  case powerCut = "power-cut"
  case cutAtPendingWrite = "cut-at-pending-write"
  case cutInMidMotor = "cut-in-mid-motor"
  case cutInMidPublish = "cut-in-mid-publish"
  case cutInMidBoot = "cut-in-mid-boot"
  case kill
  case restart
  case slowDisk = "slow-disk"
  case storeLoss = "store-loss"
  case smallOutbox = "small-outbox"
  case drop
  case again = "repeat"
  case reorder
  case brokerAway = "broker-away"
  case linkLoss = "link-loss"
  case serviceCrash = "service-crash"
  case serviceAway = "service-away"
  case serviceRestored = "service-restored"
  case clockStep = "clock-step"
  case clockUntrusted = "clock-untrusted"
  case bounce
  case stuckBeam = "stuck-beam"
  case linesLost = "lines-lost"
  case readerLost = "reader-lost"
  case fire
  case machineJam = "machine-jam"
  case dropSensor = "drop-sensor"
  case phantomDrop = "phantom-drop"
  case machinePower = "machine-power"
  case machineSilent = "machine-silent"
  case machineLine = "machine-line"
  case forgedCommand = "forged-command"
  case forgedAnswer = "forged-answer"
  case cutOnTrial = "cut-on-trial"

  package var sentence: String {
    switch self {
    case .powerCut: "a station loses power at any time"
    case .cutAtPendingWrite: "a station loses power, or is killed, just before or after a commit"
    case .cutInMidMotor: "a station loses power, or is killed, while the motor turns"
    case .cutInMidPublish: "a station loses power, or is killed, between two batches of records"
    case .cutInMidBoot: "a station loses power, or is killed, while it boots"
    case .kill: "a daemon is killed at any time, and its computer lives on"
    case .restart: "a station is stopped in order, and started again"
    case .slowDisk: "a commit takes up to twenty seconds"
    case .storeLoss: "a store is found damaged, at boot or while running, and set aside"
    case .smallOutbox: "an outbox holds so little that records give way"
    case .drop: "the broker drops messages silently"
    case .again: "the broker delivers messages again"
    case .reorder: "the broker delivers messages in another order"
    case .brokerAway: "the broker is away, for seconds or days, with or without its memory"
    case .linkLoss: "a station's network goes silent"
    case .serviceCrash: "the service crashes between receiving and committing"
    case .serviceAway: "the service is away, for seconds or days"
    case .serviceRestored: "the service comes back on a backup of hours ago"
    case .clockStep: "a station's wall clock jumps"
    case .clockUntrusted: "a station boots in 1970 and learns the time late"
    case .bounce: "contacts bounce and beams flicker"
    case .stuckBeam: "a beam stays broken for hours"
    case .linesLost: "the lines of an access point cannot be read for a while"
    case .readerLost: "a reader is unplugged for a while"
    case .fire: "fire breaks out at a station, and is over long before somebody resets it"
    case .machineJam: "a spiral does not turn, does not come home, turns without end, drops nothing"
    case .dropSensor: "the drop sensor misses what falls, or is faulty"
    case .phantomDrop: "the drop sensor sees what never fell"
    case .machinePower: "a machine loses power, and its station does not"
    case .machineSilent: "the line to a machine is dead, for a second or for minutes"
    case .machineLine: "orders to a machine and its answers get lost, or come late"
    case .forgedCommand: "somebody at the broker repeats, diverts and forges commands"
    case .forgedAnswer:
      "somebody at the broker holds back batches and questions, and answers them himself"
    case .cutOnTrial: "a station loses power, or is killed, while settings are on trial"
    }
  }
}

/// The faults of one run: about half of those allowed, so that runs differ in kind and a fault
/// does not always hide behind another one.
struct FaultPlan {
  let faults: [Fault]
  private let included: Set<Fault>

  init(seed: UInt64, allowed: [Fault], required: [Fault]) {
    var dice = SeededGenerator(seed: seed, "faults")
    let drawn = Fault.allCases.filter { fault in
      let isDrawn = dice.once(in: 2)
      return required.contains(fault) || (isDrawn && allowed.contains(fault))
    }
    faults = drawn
    included = Set(drawn)
  }

  func contains(_ fault: Fault) -> Bool { included.contains(fault) }

  var names: String {
    faults.isEmpty ? "none" : faults.map(\.rawValue).joined(separator: ",")
  }
}
