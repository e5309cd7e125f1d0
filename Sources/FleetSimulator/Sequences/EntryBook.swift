// The rules of entry as a book of numbers: what the entry machine is held against.
import StationCore
import StationProtocol

/// Members are numbers, times are milliseconds, a day has 1440 minutes and begins at time zero.
struct EntryBook {
  struct Code: Equatable {
    enum Kind { case genuine, forged, noise }

    var number: UInt64
    var member: Int
    var from: Int
    var life: Int
    var kind: Kind
    var isDuress = false
  }

  enum Attempt {
    case code(Code)
    /// The card of that member; 6 is nobody's.
    case card(Int)
    /// The right PIN of that member; nil is a wrong one.
    case pin(Int?)
  }

  enum Answer: Equatable {
    case ignored
    case confirmed
    case granted(Int, GrantNote?)
    case refused(Denial)
  }

  static let maintainer = 5
  static let access = 5000
  static let wrong: [Denial] = [.malformed, .badSignature, .unknownCard, .wrongPIN]
  /// The denials that may not hold a moment later, while the same thing is still held to the
  /// reader.
  private static let passing: [Denial] = [
    .paused, .clockUntrusted, .notYetValid, .suspended, .closed, .notReserved, .passedBack, .full,
    .interlocked, .lockedDown, .maintenance,
  ]

  let hours: (from: Int, to: Int)?
  let reserved: (from: Int, to: Int)
  let needsReservation: Bool
  let grace: Int
  let most: Int?
  let isSoft: Bool
  /// 0 off, 1 soft, 2 hard, 3 timed.
  let passback: Int
  let passbackTime: Int

  private(set) var now: Int
  private(set) var isTimeKnown = true
  private(set) var isPartnerOpen = false
  private(set) var isOpen = false
  var mode = DoorMode.codeOnly
  var inside = 0
  private(set) var revoked: Set<Int> = []
  private(set) var suspended: Set<Int> = []
  private(set) var waiting: [(member: Int, until: Int)] = []
  private var used: Set<UInt64> = []
  private var entered: [Int: Int] = [:]
  private var open: (code: UInt64, until: Int)?
  private var held: (what: UInt64, read: Int, judged: Int, denial: Denial?)?
  private var pausedUntil = -1
  private var guesses = 0
  /// Wrong tries in a row: by people, and by people or noise.
  private(set) var row = 0
  private(set) var chain = 0
  private(set) var lastGuess = -100_000
  private(set) var lastMiss = -100_000

  init(_ dice: inout SeededGenerator) {
    let span = { (dice: inout SeededGenerator) in
      let from = dice.below(1440)
      return (from: from, to: (from + 1 + dice.below(1439)) % 1440)
    }
    hours = dice.once(in: 2) ? nil : span(&dice)
    reserved = span(&dice)
    needsReservation = dice.once(in: 4)
    grace = dice.below(30)
    most = dice.once(in: 2) ? nil : dice.below(4)
    isSoft = dice.once(in: 3)
    passback = dice.below(4)
    // Times that pass in a sequence, so that their last moment is met.
    passbackTime = [3000, 5000, 30_000, 3_600_000][dice.below(4)]
    now = 86_400_000 * 20_000 + dice.below(86_400_000)
  }

  mutating func advance(by milliseconds: Int) { now += milliseconds }

  /// Other people are on the lists.
  mutating func change(_ dice: inout SeededGenerator) {
    revoked = dice.once(in: 2) ? [] : [dice.below(6)]
    suspended = dice.once(in: 2) ? [] : [dice.below(6)]
  }

  /// Something about the doors or the clock is different.
  mutating func stir(_ dice: inout SeededGenerator) {
    switch dice.below(3) {
    case 0: isTimeKnown.toggle()
    case 1: isPartnerOpen.toggle()
    default: isOpen.toggle()
    }
  }

  var openFor: UInt64? { open.flatMap { now < $0.until ? $0.code : nil } }

  // MARK: - The rules

  mutating func judge(_ attempt: Attempt) -> Answer {
    let what: UInt64
    switch attempt {
    case .code(let code): what = code.number
    case .card(let number): what = 1 << 40 + UInt64(number)
    case .pin:
      held = nil
      return answer(attempt)
    }
    let isSame = held.map { $0.what == what && now - $0.read < 3000 } ?? false
    if isSame, let before = held {
      let mayHavePassed = before.denial.map(Self.passing.contains) ?? false
      guard mayHavePassed, now - before.judged >= 3000 else {
        held?.read = now
        return .ignored
      }
    }
    let said = answer(attempt)
    var denial: Denial?
    if case .refused(let ground) = said { denial = ground }
    let repeats = isSame && held?.denial == denial
    held = (what, now, now, denial)
    return repeats ? .ignored : said
  }

  private func answer(_ attempt: Attempt) -> Answer {
    let isPaused = now < pausedUntil
    switch attempt {
    case .pin(let member):
      if isPaused { return .refused(.paused) }
      guard let member else { return .refused(.wrongPIN) }
      return listed(member)
    case .card(let number):
      if isPaused { return .refused(.paused) }
      return number < 6 ? listed(number) : .refused(.unknownCard)
    case .code(let code):
      switch code.kind {
      case .noise: return .refused(.malformed)
      case .forged: return .refused(.badSignature)
      case .genuine: break
      }
      if !isTimeKnown { return .refused(.clockUntrusted) }
      if code.from > now + 5000 { return .refused(.notYetValid) }
      if code.from + code.life + 5000 <= now { return .refused(.expired) }
      if code.life > 120_000 { return .refused(.tooLongLived) }
      if openFor == code.number { return .confirmed }
      return grounds(code.member, code: code.number, isDuress: code.isDuress)
    }
  }

  private func listed(_ member: Int) -> Answer {
    if !isTimeKnown, hours != nil || needsReservation { return .refused(.clockUntrusted) }
    return grounds(member, code: nil, isDuress: false)
  }

  private func grounds(_ member: Int, code: UInt64?, isDuress: Bool) -> Answer {
    if revoked.contains(member) { return .refused(.revoked) }
    if let code, used.contains(code) { return .refused(.replayed) }
    if suspended.contains(member) { return .refused(.suspended) }
    let mayPass = member == Self.maintainer
    var hasOverridden = false
    var isNoted = false
    var isOver = false
    let rules: [(Denial, Bool)] = [
      (.closed, !isWithin(hours, 0)),
      (.notReserved, needsReservation && (member % 2 == 1 || !isWithin(reserved, grace))),
      (.passedBack, isPassedBack(member)),
    ]
    for (denial, holds) in rules where holds {
      if !mayPass { return .refused(denial) }
      hasOverridden = true
    }
    if passback == 1, entered[member] != nil { isNoted = true }
    if isPartnerOpen { return .refused(.interlocked) }
    if let most, inside + waiting.count >= most {
      if isSoft {
        isOver = true
      } else if mayPass {
        hasOverridden = true
      } else {
        return .refused(.full)
      }
    }
    if mode == .lockDown || mode == .maintenance {
      if !mayPass { return .refused(mode == .lockDown ? .lockedDown : .maintenance) }
      hasOverridden = true
    }
    let note: GrantNote? =
      isDuress
      ? .duress : hasOverridden ? .override : isNoted ? .passedBack : isOver ? .overCapacity : nil
    return .granted(member, note)
  }

  private func isWithin(_ span: (from: Int, to: Int)?, _ grace: Int) -> Bool {
    guard let span else { return true }
    let length = (span.to - span.from + 1440) % 1440 + 2 * grace
    let since = (now / 60_000 - span.from + grace + 2880) % 1440
    return since < length || length >= 1440
  }

  private func isPassedBack(_ member: Int) -> Bool {
    guard let since = entered[member] else { return false }
    return passback == 2 || (passback == 3 && now - since < passbackTime)
  }

  // MARK: - What follows

  mutating func letIn(_ attempt: Attempt, _ member: Int) {
    if case .code(let code) = attempt {
      used.insert(code.number)
      open = (code.number, now + Self.access)
    }
    waiting.removeAll { $0.member == member }
    waiting.append((member, now + Self.access))
    row = 0
    chain = 0
  }

  mutating func enter() -> Int? {
    guard !waiting.isEmpty else { return nil }
    let member = waiting.removeFirst().member
    entered[member] = now
    return member
  }

  mutating func forgetLate() {
    if !isOpen { waiting.removeAll { $0.until <= now } }
  }

  mutating func missed(isNoise: Bool) {
    if now - lastMiss >= 30_000 { chain = 0 }
    chain += 1
    lastMiss = now
    guard !isNoise else { return }
    if now - lastGuess >= 30_000 {
      guesses = 0
      row = 0
    }
    guesses += 1
    row += 1
    lastGuess = now
    if guesses == 5 {
      guesses = 0
      pausedUntil = now + 30_000
    }
  }
}
