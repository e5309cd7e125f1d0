// Every state of the door's parts against every event, as a table written by hand.
import StationProtocol
import Testing
import Time

@testable import StationCore

/// What can happen to a door.
private enum DoorInput: String, CaseIterable {
  case grant, exit, open, close, lose, wake, free, unfree, fire, unfire, boltHome, boltBack
  case boltLost, tampered, untampered
}

/// The reasons that release a strike.
private enum StrikePlace: String, CaseIterable {
  case secured, granted, free, fire
}

/// What is known of a leaf.
private enum LeafPlace: String, CaseIterable {
  case unknown, closed, quiet, warned, held
}

private let start = Instant(nanoseconds: 0)
private let later = start + .seconds(1)

private func newDoor(_ lock: DoorLock = DoorLock()) -> Door {
  Door(
    timing: DoorTiming(heldOpen: .seconds(30), heldOpenWarning: .seconds(10)), lock: lock,
    contactFaultAfter: 2)
}

private func apply(_ input: DoorInput, to door: inout Door, at now: Instant) -> [Door.Action] {
  switch input {
  case .grant: door.grant(CodeDigest(high: 0, low: 1), at: now)
  case .exit: door.requestExit(at: now)
  case .open: door.sense(isClosed: false, at: now)
  case .close: door.sense(isClosed: true, at: now)
  case .lose: door.sense(isClosed: nil, at: now)
  case .wake: door.wake(at: now)
  case .free: door.stayFree(true, at: now)
  case .unfree: door.stayFree(false, at: now)
  case .fire: door.releaseForFire(true, at: now)
  case .unfire: door.releaseForFire(false, at: now)
  case .boltHome: door.senseLock(isLocked: true, at: now)
  case .boltBack: door.senseLock(isLocked: false, at: now)
  case .boltLost: door.senseLock(isLocked: nil, at: now)
  case .tampered: door.senseTamper(isOpen: true)
  case .untampered: door.senseTamper(isOpen: false)
  }
}

private func word(_ action: Door.Action) -> String {
  switch action {
  case .setStrike(.release): "release"
  case .setStrike(.secure): "secure"
  case .opened(let cause): "opened:\(cause.rawValue)"
  case .closed: "closed"
  case .locked(let cause): "locked:\(cause.rawValue)"
  case .raise(let alarm): "+\(alarm.rawValue)"
  case .clear(let alarm): "-\(alarm.rawValue)"
  case .warn: "warn"
  }
}

/// Reads a table `STATE EVENT NEXT ACTION...` and insists that it has every pair exactly once.
private func rows(
  _ table: String, _ states: [String], _ events: [String]
) -> [(state: String, event: String, next: String, actions: [String])] {
  let rows = table.split(separator: "\n").map { line in
    let words = line.split(separator: " ").map(String.init)
    return (words[0], words[1], words[2], Array(words.dropFirst(3)))
  }
  let wanted = Set(states.flatMap { state in events.map { "\(state) \($0)" } })
  let found = rows.map { "\($0.0) \($0.1)" }
  #expect(wanted.subtracting(found).sorted() == [])
  #expect(Set(found).subtracting(wanted).sorted() == [])
  #expect(found.count == Set(found).count)
  return rows
}

private let strikeTable = """
  secured grant granted release
  secured exit granted release
  secured open secured opened:forced +forced-open
  secured close secured
  secured lose secured
  secured wake secured
  secured free free release
  secured unfree secured
  secured fire fire release
  secured unfire secured
  secured boltHome secured
  secured boltBack secured
  secured boltLost secured
  secured tampered secured +tamper
  secured untampered secured
  granted grant granted release
  granted exit granted release
  granted open granted opened:granted
  granted close granted
  granted lose granted
  granted wake secured secure locked:timeout
  granted free free release
  granted unfree granted
  granted fire fire release
  granted unfire granted
  granted boltHome granted
  granted boltBack granted
  granted boltLost granted
  granted tampered granted +tamper
  granted untampered granted
  free grant free release
  free exit free release
  free open free opened:free
  free close free
  free lose free
  free wake free
  free free free
  free unfree secured secure locked:ended
  free fire fire
  free unfire free
  free boltHome free
  free boltBack free
  free boltLost free
  free tampered free +tamper
  free untampered free
  fire grant fire release
  fire exit fire release
  fire open fire opened:fire
  fire close fire
  fire lose fire
  fire wake fire
  fire free fire
  fire unfree fire
  fire fire fire
  fire unfire secured secure locked:ended
  fire boltHome fire
  fire boltBack fire
  fire boltLost fire
  fire tampered fire +tamper
  fire untampered fire
  """

private let leafTable = """
  unknown grant unknown release
  unknown exit unknown release
  unknown open quiet opened:found
  unknown close closed
  unknown lose unknown
  unknown wake unknown
  unknown free unknown release
  unknown unfree unknown
  unknown fire unknown release
  unknown unfire unknown
  unknown boltHome unknown
  unknown boltBack unknown
  unknown boltLost unknown
  unknown tampered unknown +tamper
  unknown untampered unknown
  closed grant closed release
  closed exit closed release
  closed open quiet opened:forced +forced-open
  closed close closed
  closed lose unknown
  closed wake closed
  closed free closed release
  closed unfree closed
  closed fire closed release
  closed unfire closed
  closed boltHome closed
  closed boltBack closed
  closed boltLost closed
  closed tampered closed +tamper
  closed untampered closed
  quiet grant quiet release
  quiet exit quiet release
  quiet open quiet
  quiet close closed closed
  quiet lose unknown
  quiet wake warned +held-open-warning warn
  quiet free quiet release
  quiet unfree quiet
  quiet fire quiet release
  quiet unfire quiet
  quiet boltHome quiet
  quiet boltBack quiet
  quiet boltLost quiet
  quiet tampered quiet +tamper
  quiet untampered quiet
  warned grant quiet release -held-open-warning
  warned exit quiet release -held-open-warning
  warned open warned
  warned close closed closed -held-open-warning
  warned lose unknown -held-open-warning
  warned wake held -held-open-warning +held-open
  warned free quiet release -held-open-warning
  warned unfree warned
  warned fire quiet release -held-open-warning
  warned unfire warned
  warned boltHome warned
  warned boltBack warned
  warned boltLost warned
  warned tampered warned +tamper
  warned untampered warned
  held grant held release
  held exit held release
  held open held
  held close closed closed -held-open
  held lose unknown -held-open
  held wake held
  held free quiet release -held-open
  held unfree held
  held fire quiet release -held-open
  held unfire held
  held boltHome held
  held boltBack held
  held boltLost held
  held tampered held +tamper
  held untampered held
  """

@Suite("Every state of a door against every event")
struct DoorPairsTests {
  private func place(of door: Door) -> StrikePlace {
    switch (door.isFireReleased, door.isFree, door.strike) {
    case (true, _, _): .fire
    case (false, true, _): .free
    case (false, false, .released): .granted
    case (false, false, .secured): .secured
    }
  }

  private func door(in place: StrikePlace) -> Door {
    var door = newDoor()
    _ = door.sense(isClosed: true, at: start)
    switch place {
    case .secured: break
    case .granted: _ = door.grant(nil, at: start)
    case .free: _ = door.stayFree(true, at: start)
    case .fire: _ = door.releaseForFire(true, at: start)
    }
    return door
  }

  @Test("a strike, by what releases it, with its leaf shut")
  func strikes() {
    let all = rows(
      strikeTable, StrikePlace.allCases.map(\.rawValue), DoorInput.allCases.map(\.rawValue))
    for row in all {
      var door = door(in: StrikePlace(rawValue: row.state)!)
      let now = row.event == "wake" ? start + .seconds(60) : later
      let actions = apply(DoorInput(rawValue: row.event)!, to: &door, at: now)
      #expect(actions.map(word) == row.actions, "\(row.state) \(row.event)")
      #expect(place(of: door).rawValue == row.next, "\(row.state) \(row.event)")
    }
  }

  private func place(ofLeaf door: Door) -> LeafPlace {
    switch door.leaf {
    case .unknown: .unknown
    case .closed: .closed
    case .open(let opening):
      switch opening.stage {
      case .quiet: .quiet
      case .warned: .warned
      case .held: .held
      }
    }
  }

  /// A leaf that was opened with a grant that is over by then, and when that is.
  private func door(withLeaf place: LeafPlace) -> (Door, Instant) {
    var door = newDoor()
    guard place != .unknown else { return (door, later) }
    _ = door.sense(isClosed: true, at: start)
    guard place != .closed else { return (door, later) }
    _ = door.grant(nil, at: start)
    _ = door.sense(isClosed: false, at: start)
    _ = door.wake(at: start + .seconds(5))
    if place == .quiet { return (door, start + .seconds(6)) }
    _ = door.wake(at: start + .seconds(20))
    if place == .warned { return (door, start + .seconds(21)) }
    _ = door.wake(at: start + .seconds(30))
    return (door, start + .seconds(31))
  }

  @Test("a leaf, with its strike secured; the wake is the one that its own deadline asks for")
  func leaves() {
    let all = rows(
      leafTable, LeafPlace.allCases.map(\.rawValue), DoorInput.allCases.map(\.rawValue))
    for row in all {
      var (door, now) = door(withLeaf: LeafPlace(rawValue: row.state)!)
      if row.event == "wake" { now = door.deadline ?? now }
      let actions = apply(DoorInput(rawValue: row.event)!, to: &door, at: now)
      #expect(actions.map(word) == row.actions, "\(row.state) \(row.event)")
      #expect(place(ofLeaf: door).rawValue == row.next, "\(row.state) \(row.event)")
    }
  }
}

@Suite("Every state of a coil against every event")
struct CoilPairsTests {
  private enum Input: String, CaseIterable { case want, cut, wake, wakeWanted }

  private func name(_ coil: DoorCoil) -> String {
    switch coil.state {
    case .cold: "cold"
    case .energised(_, isWantedAgain: false): "pulse"
    case .energised(_, isWantedAgain: true): "pulse+"
    case .resting(_, isWantedAgain: false): "rest"
    case .resting(_, isWantedAgain: true): "rest+"
    }
  }

  private func coil(_ state: String) -> DoorCoil {
    var coil = DoorCoil(longest: .seconds(1))
    guard state != "cold" else { return coil }
    coil.want(at: start)
    if state.hasSuffix("+") { coil.want(at: start) }
    if state.hasPrefix("rest") { coil.cut(at: start) }
    return coil
  }

  @Test("a pulse is bounded, a rest is whole, and a wish is kept until it ends")
  func pairs() {
    let table = """
      cold want pulse
      cold cut cold
      cold wake cold
      cold wakeWanted cold
      pulse want pulse+
      pulse cut rest
      pulse wake rest
      pulse wakeWanted rest
      pulse+ want pulse+
      pulse+ cut rest+
      pulse+ wake rest+
      pulse+ wakeWanted rest+
      rest want rest+
      rest cut rest
      rest wake cold
      rest wakeWanted cold
      rest+ want rest+
      rest+ cut rest+
      rest+ wake cold
      rest+ wakeWanted pulse
      """
    let states = ["cold", "pulse", "pulse+", "rest", "rest+"]
    for row in rows(table, states, Input.allCases.map(\.rawValue)) {
      var coil = coil(row.state)
      #expect(name(coil) == row.state)
      let early = coil
      switch Input(rawValue: row.event)! {
      case .want: coil.want(at: start)
      case .cut: coil.cut(at: start)
      case .wake: coil.wake(isStillWanted: false, at: later)
      case .wakeWanted: coil.wake(isStillWanted: true, at: later)
      }
      #expect(name(coil) == row.next, "\(row.state) \(row.event)")
      var premature = early
      premature.wake(isStillWanted: true, at: start + .milliseconds(999))
      #expect(premature == early)
    }
  }
}
