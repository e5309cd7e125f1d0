// An access point's hardware: relay, leaf, contact, two beams and an exit button.
//
// Fault model.
// - The relay lets go only while it has power: a power cut secures the door from outside.
// - The exit button cuts the lock's current by itself, for 30 s, whether the daemon lives or not.
// - The contact bounces when the leaf moves; a beam flickers when it is broken.
// - A beam may stay broken for hours. While it does, nothing it says can be counted, nor until both
//   have been clear for a while: who goes through then may be the thing that was taken away.
// - The lines may be unreadable for a while: nothing is sensed, and the relay stays as it is or
//   falls back. What is sensed is reported anew when they are back.
import StationCore
import StationProtocol
import Time

final class SimulatedDoor {
  static let egress: Duration = .seconds(30)
  /// So long both beams are clear before they are believed again.
  static let settling: Duration = .seconds(6)

  let point: AccessPointID
  let timing: DoorTiming
  private(set) var isReleased = false
  private(set) var isOpen = false
  private(set) var areLinesReadable = true
  private(set) var isReaderConnected = true
  private(set) var isBeamStuck = false
  /// How often sensing was interrupted or lied: what began before cannot be counted on.
  private(set) var interruptions = 0
  /// People who hold the leaf open.
  private var holders = 0
  private var egressUntil: Instant?
  private var broken: [Beam: Bool] = [.outer: false, .inner: false]
  /// From when on a beam that was stuck is believed again.
  private var beamsSettleAt = Instant(nanoseconds: 0)
  /// Until when someone stands in the beams.
  var beamsBusyUntil: Instant
  private unowned let station: SimulatedStation
  private let world: World
  private var dice: SeededGenerator

  init(_ station: SimulatedStation, _ point: AccessPointID, _ timing: DoorTiming, _ world: World) {
    self.station = station
    self.point = point
    self.timing = timing
    self.world = world
    beamsBusyUntil = world.now
    dice = SeededGenerator(seed: world.seed, "hardware", station.index * 8 + point.number)
  }

  /// Whether what the beams say now is what happens between them.
  var areBeamsHonest: Bool { areLinesReadable && !isBeamStuck && world.now >= beamsSettleAt }

  // MARK: - What the daemon does

  func tell(_ strike: Strike) {
    if areLinesReadable { isReleased = strike == .release }
  }

  func powerCut() { isReleased = false }

  /// What the daemon senses when it comes up.
  func reportAll() {
    guard areLinesReadable else {
      return station.tell(.wires(.linesChanged(point, areReadable: false)))
    }
    if !isReaderConnected { station.tell(.entry(.readerChanged(point, isConnected: false))) }
    station.tell(.door(.contactChanged(point, isClosed: !isOpen)))
    for beam in Beam.allCases where broken[beam] == true {
      station.tell(.occupancy(.beamChanged(point, beam, isBroken: true)))
    }
  }

  // MARK: - What people do

  /// - Returns: whether the leaf gives.
  func pull() -> Bool {
    guard isReleased || isOpen || egressUntil.map({ world.now < $0 }) == true else { return false }
    holders += 1
    if !isOpen { move(open: true) }
    return true
  }

  func letGo() {
    holders -= 1
    if holders == 0 { move(open: false) }
  }

  func pressExit() {
    egressUntil = world.now + Self.egress
    if areLinesReadable { station.tell(.door(.exitRequested(point))) }
  }

  func set(_ beam: Beam, isBroken: Bool) {
    guard !(isBeamStuck && beam == .inner) else { return }
    broken[beam] = isBroken
    guard areLinesReadable else { return }
    if world.strikes(.bounce, onceIn: 6) {
      for level in [isBroken, !isBroken] {
        station.tell(.occupancy(.beamChanged(point, beam, isBroken: level)))
      }
    }
    station.tell(.occupancy(.beamChanged(point, beam, isBroken: isBroken)))
  }

  private func move(open: Bool) {
    isOpen = open
    reportContact()
    guard world.strikes(.bounce, onceIn: 3), areLinesReadable else { return }
    for index in 0..<2 * (1 + dice.below(2)) {
      station.tell(.door(.contactChanged(point, isClosed: index % 2 == 0 ? open : !open)))
    }
  }

  private func reportContact() {
    if areLinesReadable { station.tell(.door(.contactChanged(point, isClosed: !isOpen))) }
  }

  // MARK: - Faults

  func stickBeam() {
    set(.inner, isBroken: true)
    isBeamStuck = true
    interruptions += 1
  }

  func freeBeam() {
    guard isBeamStuck else { return }
    isBeamStuck = false
    interruptions += 1
    beamsSettleAt = world.now + Self.settling
    set(.inner, isBroken: false)
  }

  func setReader(connected: Bool) {
    guard isReaderConnected != connected else { return }
    isReaderConnected = connected
    station.tell(.entry(.readerChanged(point, isConnected: connected)))
  }

  func loseLines() {
    guard areLinesReadable else { return }
    areLinesReadable = false
    interruptions += 1
    station.tell(.wires(.linesChanged(point, areReadable: false)))
    if dice.once(in: 2) { isReleased = false }
  }

  func regainLines() {
    guard !areLinesReadable else { return }
    areLinesReadable = true
    station.tell(.wires(.linesChanged(point, areReadable: true)))
    reportAll()
  }
}
