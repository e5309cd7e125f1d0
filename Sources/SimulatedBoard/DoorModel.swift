// The hardware of one access point: strike, leaf, contact, exit button, beams, a person walking.

import GPIO
import StationProtocol
import Time

/// How long the parts of a movement take. Data, so that a demo can be watched and a test is quick.
package struct BoardPace: Equatable, Sendable {
  /// From one step of a walk to the next.
  package var step: Duration = .milliseconds(400)
  /// How long a finger stays on the exit button.
  package var exitPress: Duration = .milliseconds(300)
  /// How long the exit button itself holds the lock's power off, whatever the electronics do.
  package var exitRelease: Duration = .seconds(30)
  /// How long the counter sees somebody who passes.
  package var counterPulse: Duration = .milliseconds(120)
  /// How long a loose contact stands still.
  package var chatter: Duration = .milliseconds(1)

  package init() {}
}

/// How the lock of a simulated door works.
package enum LockKind: String, CaseIterable, Sendable {
  /// A strike: its relay's current opens it.
  case failSecure = "fail-secure"
  /// A magnet: its relay's current holds it.
  case failSafe = "fail-safe"
}

/// Why a thing cannot be done at the door now.
package enum BoardRefusal: String, Error, CaseIterable, Sendable {
  /// The leaf is shut and nothing holds the strike open.
  case locked
  /// Somebody stands in the doorway.
  case occupied
  /// This board has no such access point.
  case noSuchAccessPoint = "no-such-access-point"
}

/// One access point as it stands in the street. Nothing here decides about entry: it does what
/// wood, springs and current do.
struct DoorModel: Equatable, Sendable {
  enum Leaf: String, Sendable {
    /// In the frame. Can become `open` when the strike or the exit button lets go, or by force.
    case closed
    /// Out of the frame. Can become `closed` when nobody stands in it.
    case open
  }

  /// The place of a person who walks.
  enum Place: String, Sendable {
    case street
    /// In the outer beam alone.
    case outer
    /// In both beams.
    case between
    /// In the inner beam alone.
    case inner
    case room

    var breaksOuter: Bool { self == .outer || self == .between }
    var breaksInner: Bool { self == .inner || self == .between }
  }

  struct Walker: Equatable, Sendable {
    var way: BoardModel.Way
    var place: Place
    /// The steps still to be done, the next first.
    var rest: [Step]
    /// The leaf was shut when the walk began, so the walk ends with shutting it.
    var shutsDoor: Bool
    var next: Instant
  }

  /// A contact that never stands still.
  struct Loose: Equatable, Sendable {
    var level: Bool
    var next: Instant
  }

  enum Step: Equatable, Sendable {
    case pull
    case go(Place)
    case leave
  }

  let lock: LockKind
  /// The strike's relay is energised.
  var strike = false
  var leaf = Leaf.closed
  /// Something keeps the leaf from falling shut.
  var isPropped = false
  /// Until when a finger is on the exit button.
  var exitPressedUntil: Instant?
  /// Until when the exit button's own circuit holds the lock open.
  var exitReleasedUntil: Instant?
  var walker: Walker?
  /// Beams that something other than a walker breaks: a leaf, a bag, a spider.
  var blockedOuter = false
  var blockedInner = false
  var isCoverOpen = false
  /// Whether the bolt was free when it jammed; nil while it moves as it should.
  var jammedFree: Bool?
  /// The level at which the contact is stuck.
  var stuckContact: Bool?
  /// What a loose contact says, and when it says something else.
  var loose: Loose?
  var counterSeesUntil: Instant?

  init(lock: LockKind = .failSecure) { self.lock = lock }

  /// Whether the lock's own parts hold the bolt back; a jammed one stays where it was.
  var isUnlocked: Bool {
    jammedFree ?? (strike == (lock == .failSecure) || exitReleasedUntil != nil)
  }

  /// Whether a hand can move the leaf.
  var canBeOpened: Bool { leaf == .open || isUnlocked }
  var isOuterClear: Bool { !(blockedOuter || walker?.place.breaksOuter == true) }
  var isInnerClear: Bool { !(blockedInner || walker?.place.breaksInner == true) }

  func level(of kind: BoardLine.Kind) -> Bool {
    switch kind {
    case .contact: loose?.level ?? stuckContact ?? (leaf == .closed)
    case .exit: exitPressedUntil != nil
    case .outerBeam: isOuterClear
    case .innerBeam: isInnerClear
    case .strikeFeedback: leaf == .closed && !isUnlocked
    case .tamper: !isCoverOpen
    case .counter: counterSeesUntil != nil
    case .strike: strike
    default: false
    }
  }

  // MARK: What people do

  mutating func open() throws(BoardRefusal) {
    guard canBeOpened else { throw .locked }
    leaf = .open
  }

  mutating func close() throws(BoardRefusal) {
    guard isDoorwayClear else { throw .occupied }
    leaf = .closed
    isPropped = false
  }

  mutating func force() { leaf = .open }

  mutating func prop() throws(BoardRefusal) {
    try open()
    isPropped = true
  }

  mutating func pressExit(at now: Instant, _ pace: BoardPace) {
    exitPressedUntil = now + pace.exitPress
    exitReleasedUntil = now + pace.exitRelease
  }

  mutating func set(_ fault: BoardModel.DoorFault, _ isThere: Bool, at now: Instant) {
    switch fault {
    case .tamper: isCoverOpen = isThere
    case .jam: jammedFree = isThere ? isUnlocked : nil
    case .stuck: stuckContact = isThere ? leaf == .closed : nil
    case .chatter: loose = isThere ? Loose(level: leaf == .closed, next: now) : nil
    }
  }

  mutating func passCounter(at now: Instant, _ pace: BoardPace) {
    counterSeesUntil = now + pace.counterPulse
  }

  mutating func walk(_ way: BoardModel.Way, at now: Instant, _ pace: BoardPace) throws(BoardRefusal)
  {
    guard walker == nil else { throw .occupied }
    if way == .outward {
      if leaf == .closed { pressExit(at: now, pace) }
    } else if !canBeOpened {
      throw .locked
    }
    walker = Walker(
      way: way, place: way == .outward ? .room : .street, rest: Self.steps(way),
      shutsDoor: leaf == .closed, next: now + pace.step)
  }

  private static func steps(_ way: BoardModel.Way) -> [Step] {
    switch way {
    case .inward: [.pull, .go(.outer), .go(.between), .go(.inner), .go(.room), .leave]
    case .outward: [.pull, .go(.inner), .go(.between), .go(.outer), .go(.street), .leave]
    case .turnBack: [.pull, .go(.outer), .go(.between), .go(.outer), .go(.street), .leave]
    }
  }

  // MARK: Time

  /// When the next thing happens by itself.
  var nextWake: Instant? {
    [exitPressedUntil, exitReleasedUntil, walker?.next, loose?.next, counterSeesUntil]
      .compactMap { $0 }.min()
  }

  mutating func wake(at now: Instant, _ pace: BoardPace) {
    if let until = exitPressedUntil, until <= now { exitPressedUntil = nil }
    if let until = exitReleasedUntil, until <= now { exitReleasedUntil = nil }
    if let until = counterSeesUntil, until <= now { counterSeesUntil = nil }
    if let contact = loose, contact.next <= now {
      loose = Loose(level: !contact.level, next: now + pace.chatter)
    }
    guard var current = walker, current.next <= now else { return }
    let step = current.rest.removeFirst()
    current.next = now + pace.step
    switch step {
    case .pull:
      guard canBeOpened else { return walker = nil }
      leaf = .open
      walker = current
    case .go(let place):
      // A leaf that was shut in the meantime is in the way.
      guard leaf == .open else { return walker = nil }
      current.place = place
      walker = current
    case .leave:
      walker = nil
      if current.shutsDoor, !isPropped, isDoorwayClear { leaf = .closed }
    }
  }

  private var isDoorwayClear: Bool {
    switch walker?.place {
    case .outer, .between, .inner: false
    case .street, .room, nil: !blockedOuter && !blockedInner
    }
  }
}
