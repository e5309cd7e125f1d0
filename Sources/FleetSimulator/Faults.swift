// What can go wrong in a simulated fleet, and what of it goes wrong under one seed.

/// One kind of fault. Each simulated device says at its top what it does under which.
package enum Fault: String, CaseIterable, Sendable {
  case powerCut = "power-cut"
  case aimedPowerCut = "aimed-power-cut"
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
  case clockStep = "clock-step"
  case clockUntrusted = "clock-untrusted"
  case bounce
  case stuckBeam = "stuck-beam"
  case linesLost = "lines-lost"
  case readerLost = "reader-lost"
  case fire

  package var sentence: String {
    switch self {
    case .powerCut: "a station loses power at any time"
    case .aimedPowerCut: "a station loses power while it commits, publishes or boots"
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
    case .clockStep: "a station's wall clock jumps"
    case .clockUntrusted: "a station boots in 1970 and learns the time late"
    case .bounce: "contacts bounce and beams flicker"
    case .stuckBeam: "a beam stays broken for hours"
    case .linesLost: "the lines of an access point cannot be read for a while"
    case .readerLost: "a reader is unplugged for a while"
    case .fire: "fire breaks out at a station, and is over long before somebody resets it"
    }
  }
}

/// The faults of one run: about half of those allowed, so that runs differ in kind and a fault
/// does not always hide behind another one.
struct FaultPlan {
  let faults: [Fault]
  private let included: Set<Fault>

  init(seed: UInt64, allowed: [Fault], required: [Fault]) {
    var dice = Dice(seed: seed, "faults")
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
