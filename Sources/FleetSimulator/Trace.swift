// What happened in a run: the last events in words, and all of them in one number.
import StationCore
import StationProtocol
import Time

/// Keeps the last events, and folds every one into a hash that is the same in every process.
package struct Trace {
  enum Line {
    case event(Event)
    case effect(Effect)
    case note(StaticString, UInt64)
    case message(StaticString, [UInt8])
  }

  /// How many of the last events a story tells where nobody asks for more or fewer.
  package static let usual = 50

  private let kept: Int
  private(set) var hash: UInt64 = 0xCBF2_9CE4_8422_2325
  private(set) var count = 0
  /// Told of every line.
  var watch: Watch?
  private var lines: [(at: Instant, station: Int?, line: Line)] = []

  init(kept: Int = Trace.usual) { self.kept = kept }

  /// - Parameter station: the number of the station; nil for the fleet as a whole.
  mutating func add(_ line: Line, at instant: Instant, station: Int?) {
    fold(UInt64(bitPattern: instant.nanoseconds))
    fold(UInt64(station ?? 9999))
    switch line {
    case .event(let event): fold(event.number)
    case .effect(let effect): fold(effect.number)
    case .note(let text, let number):
      text.withUTF8Buffer { fold(bytes: $0) }
      fold(number)
    case .message(_, let payload): payload.withUnsafeBufferPointer { fold(bytes: $0) }
    }
    if lines.count < kept {
      lines.append((instant, station, line))
    } else {
      lines[count % kept] = (instant, station, line)
    }
    count += 1
    watch?.count(count) { story }
  }

  mutating func fold(_ word: UInt64) {
    hash = (hash ^ word) &* 0x100_0000_01B3
    hash ^= hash >> 29
  }

  private mutating func fold(bytes: UnsafeBufferPointer<UInt8>) {
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
  }

  /// The last events in words, oldest first.
  var story: [String] {
    let start = lines.count < kept ? 0 : count % kept
    return (lines[start...] + lines[..<start]).map { entry in
      let milliseconds = entry.at.nanoseconds / 1_000_000
      let whole = String(milliseconds / 1000)
      let fraction = String(1000 + milliseconds % 1000).dropFirst()
      let place = entry.station.map { "station \($0 + 1)" } ?? "fleet"
      return "\(whole).\(fraction) s  \(place)  \(Self.words(entry.line))"
    }
  }

  private static func words(_ line: Line) -> String {
    switch line {
    case .event(let event): "event \(event)"
    case .effect(let effect): "effect \(effect)"
    case .note(let text, let number): "\(text) \(number)"
    case .message(let what, let payload): "\(what) \(String(decoding: payload, as: UTF8.self))"
    }
  }
}

/// Numbers that tell kinds of events apart; their content is in the records that follow.
extension Event {
  fileprivate var number: UInt64 {
    switch self {
    case .booted(let recovered): 1 + recovered.next << 8
    case .storeReplaced(let stream, _): 9 ^ stream.bits
    case .wires(let event): event.number
    case .safety(let event): event.number
    case .door(let event): event.number
    case .entry(let event): event.number
    case .occupancy(let event): event.number
    case .climate(let event): event.number
    case .exchange(let event): event.number
    case .link(let event): event.number
    case .command(let event): event.number
    case .wake: 13
    }
  }
}

extension WiresEvent {
  fileprivate var number: UInt64 {
    switch self {
    case .linesChanged(let point?, let areReadable):
      6 + UInt64(point.number) << 8 + areReadable.number << 16
    case .linesChanged(nil, let areReadable): 30 + areReadable.number << 16
    case .inputChattered(let point, let line, let isChattering):
      31 + UInt64(point?.number ?? 0) << 8 + isChattering.number << 16
        + UInt64(line.rawValue.utf8.count) << 24
    case .conditionChanged(let condition, let isOn):
      37 + isOn.number << 16 + UInt64(condition.rawValue.utf8.count) << 24
    }
  }
}

extension SafetyEvent {
  fileprivate var number: UInt64 {
    switch self {
    case .fireLineChanged(let line, let isClosed):
      34 + (line == .first ? 1 : 2) << 8 + (isClosed ?? false).number << 16
    case .resetTurned: 35
    case .emergencyChanged(let isPressed): 36 + isPressed.number << 16
    }
  }
}

extension DoorEvent {
  fileprivate var number: UInt64 {
    switch self {
    case .contactChanged(let point, let isClosed):
      3 + UInt64(point.number) << 8 + (isClosed?.number ?? 3) << 16
    case .exitRequested(let point): 4 + UInt64(point.number) << 8
    case .strikeSensed(let point, let isLocked):
      32 + UInt64(point.number) << 8 + isLocked.number << 16
    case .tamperChanged(let point, let isOpen):
      33 + UInt64(point.number) << 8 + isOpen.number << 16
    }
  }
}

extension EntryEvent {
  fileprivate var number: UInt64 {
    switch self {
    case .presented(let point, .code(let presentation)):
      2 + UInt64(point.number) << 8 + presentation.digest.low << 16
    case .presented(let point, .card(let presentation)):
      15 + UInt64(point.number) << 8 + presentation.digest.low << 16
    case .presented(let point, .pin(let attempt, _)):
      16 + UInt64(point.number) << 8 + (attempt == .wrong ? 1 : 2) << 16
    case .presented(let point, .typed(let hash)):
      39 + UInt64(point.number) << 8 + hash.digest.low << 16
    case .leaveRequested(let point, _): 17 + UInt64(point.number) << 8
    case .readerChanged(let point, let isConnected):
      7 + UInt64(point.number) << 8 + isConnected.number << 16
    case .lockDownChanged(let isOn): 18 + isOn.number << 8
    case .maintenanceChanged(let isOn): 19 + isOn.number << 8
    case .issuersRead: 0
    case .directoryChanged(let directory): 20 + UInt64(directory.revoked.count) << 8
    case .listsJudged(let areFaulty): 21 + areFaulty.number << 8
    }
  }
}

extension OccupancyEvent {
  fileprivate var number: UInt64 {
    switch self {
    case .beamChanged(let point, let beam, let isBroken):
      5 + UInt64(point.number) << 8 + (beam == .outer ? 1 : 2) << 16 + isBroken.number << 24
    case .counterPulsed(let point): 40 + UInt64(point.number) << 8
    case .counterReported(let point, let entered, let left):
      41 + UInt64(point.number) << 8 + UInt64(entered) << 16 + UInt64(left) << 32
    case .counterChanged(let point, let isConnected):
      42 + UInt64(point.number) << 8 + isConnected.number << 16
    case .motionChanged(let isMoving): 43 + (isMoving?.number ?? 3) << 16
    }
  }
}

extension ClimateEvent {
  fileprivate var number: UInt64 {
    switch self {
    case .sensorRead, .sensorFailed: 0
    case .relayOverrideChanged(let relay, let isOn):
      37 + UInt64(relay.rawValue.utf8.count) << 8 + isOn.number << 16
    }
  }
}

extension LinkEvent {
  fileprivate var number: UInt64 {
    switch self {
    case .journaled(let seq): 8 + seq << 8
    case .uplinkOpened(let connection): 10 + UInt64(connection) << 8
    case .uplinkClosed: 11
    case .acknowledged(let ack): 12 + ack.upto << 8
    case .batchSent(let batch): 30 ^ batch.digest.low
    case .messageRefused(let refusal): 14 + UInt64(refusal.rawValue.utf8.count) << 8
    case .storeKept: 22
    case .streamRenewed(let stream, let last): 23 ^ stream.bits + last << 8
    case .serviceHeard(let epoch): 24 ^ epoch.bits
    case .keptEndRead(let row): 25 + UInt64(bitPattern: row?.id ?? 0) << 8
    case .sessionTakenOver: 26
    case .copyFound: 27
    case .storeDisplaced: 28
    case .serviceCameUp: 29
    }
  }
}

extension CommandEvent {
  fileprivate var number: UInt64 {
    switch self {
    case .received(let command): 60 + UInt64(command.id.text.utf8.count) << 8
    case .finished(let id, _): 61 + UInt64(id.text.utf8.count) << 8
    case .desired(let desired): 62 + UInt64(desired.revision) << 8
    case .desiredRefused(let fault): 63 + UInt64(fault.rawValue.utf8.count) << 8
    }
  }
}

extension Bool {
  fileprivate var number: UInt64 { self ? 1 : 2 }
}

extension ExchangeEvent {
  fileprivate var number: UInt64 {
    switch self {
    case .codeShown(let presentation): 50 + presentation.digest.low << 16
    case .selected(let slot): 51 + UInt64(slot.number) << 8
    case .cancelled: 52
    case .asked(_, let digest): 59 ^ digest.low
    case .replied(let reply): 53 + UInt64(reply.id.text.utf8.count) << 8
    case .reported(let report, let request):
      54 + UInt64(request.serial) << 8 + report.number << 16
    case .silent(let request): 55 + UInt64(request.serial) << 8
    case .doorChanged(let isOpen): 56 + (isOpen.map { $0 ? 1 : 2 } ?? 3) << 16
    case .slotCounted(let slot, let stock, _):
      57 + UInt64(slot.number) << 8 + UInt64(stock) << 16
    case .slotReleased(let slot): 58 + UInt64(slot.number) << 8
    }
  }
}

extension MachineRequest {
  fileprivate var serial: UInt8 {
    switch self {
    case .turn(let serial): serial
    case .check: 0
    }
  }
}

extension MachineReport {
  fileprivate var number: UInt64 {
    switch self {
    case .busy: 1
    case .dropped(let fault): 2 + Self.bits(fault.map { [$0] } ?? []) << 8
    case .failed(let fault): 3 + Self.bits([fault]) << 8
    case .resting(let faults): 4 + Self.bits(faults) << 8
    }
  }

  private static func bits(_ faults: [MachineFault]) -> UInt64 {
    MachineFault.allCases.enumerated().reduce(0) {
      $0 | (faults.contains($1.element) ? 1 << UInt64($1.offset) : 0)
    }
  }
}

extension Effect {
  fileprivate var number: UInt64 {
    switch self {
    case .door(.setStrike(let point, let strike)):
      101 + UInt64(point.number) << 8 + (strike == .release ? 1 : 2) << 16
    case .door(.show(let point, _)): 102 + UInt64(point.number) << 8
    case .entry(.showCard(let card)): 114 + (card == nil ? 1 : 2) << 8
    case .store(.journal(let entry)): 103 + entry.seq << 8
    case .store(.remember(let changes, _)): 104 + UInt64(changes.count) << 8
    case .link(.publishRecords(let range)): 105 + range.lowerBound << 8 + range.upperBound << 32
    case .link(.publishBirth(let birth)): 106 + birth.floor << 8 + birth.ceiling << 32
    case .link(.publishState(let report)): 107 + UInt64(report.part.path.utf8.count) << 8
    case .store(.trim(let upto)): 108 + upto << 8
    case .store(.renewStream): 117
    case .store(.readKeptEnd(let id)): 115 + UInt64(bitPattern: id) << 8
    case .link(.publishKeptEnd(let end)): 116 + end.seq << 8
    case .exchange(.dispense(let slot, let serial)):
      110 + UInt64(slot.number) << 8 + UInt64(serial) << 16
    case .exchange(.checkMachine(let slot)): 111 + UInt64(slot.number) << 8
    case .exchange(.showScreen(let screen)): 112 + UInt64(screen.slots.count) << 8
    case .command(.publishResult(let result)): 118 + UInt64(result.state.rawValue.utf8.count) << 8
    case .command(.publishReported(let reported)): 119 + UInt64(reported.revision) << 8
    case .command(.setLogLevel): 120
    case .command(.collectSupport): 121
    case .command(.restart): 122
    case .link(.ask(let request)): 113 + UInt64(request.id.text.utf8.count) << 8
    case .climate(.setRelay(let relay, let isOn)):
      109 + UInt64(relay.rawValue.utf8.count) << 8 + (isOn ? 1 : 2) << 16
    }
  }
}
