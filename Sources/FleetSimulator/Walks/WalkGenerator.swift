// Makes walk files from a seed: people of a stated mix, one after the other or through a day.
import StationCore

struct WalkGenerator {
  private static let millimetre: Int64 = 1000
  private static let second: Int64 = 1_000_000

  private let mix: WalkMix
  private var dice: SeededGenerator

  init(_ mix: WalkMix, seed: UInt64, file: Int) {
    self.mix = mix
    dice = SeededGenerator(seed: seed, "walks", file)
  }

  /// So many people, one group after the other.
  mutating func people(_ count: Int) -> WalkFile {
    var file = WalkFile()
    file.spacing = between(60, 140) * Self.millimetre
    if dice.once(in: 2) { file.bounce = WalkFile.Bounce(within: 4000, edges: 2) }
    var at = 3 * Self.second
    while file.people.count < count {
      let group = group(mix.draw(&dice), at: at, isInward: dice.once(in: 2), file.spacing)
      file.people += group
      at = end(of: group, file.spacing) + between(3000, 12_000) * 1000
    }
    return file
  }

  /// From six in the morning to eleven at night, with a motion sensor; at night nobody is inside.
  mutating func day(visits: Int) -> WalkFile {
    var file = WalkFile()
    file.spacing = 100 * Self.millimetre
    file.vacancy = VacancyTiming()
    file.end = 86_400 * Self.second
    var plan: [(at: Int64, visit: Int, isInward: Bool, kind: WalkKind)] = []
    for visit in 0..<visits {
      let arrival = between(6 * 3600, 22 * 3600) * Self.second
      let kind = mix.draw(&dice)
      plan.append((arrival, visit, true, kind))
      if kind != .turnBack {
        let stay = between(180, 2400) * Self.second
        plan.append((arrival + stay, visit, false, dice.once(in: 20) ? .pause : .single))
      }
      if kind == .follower {
        plan.append((arrival + between(180, 2400) * Self.second, visit, false, .single))
      }
    }
    plan.sort { ($0.at, $0.visit) < ($1.at, $1.visit) }
    var earliest = Int64(0)
    for entry in plan {
      let at = max(entry.at, earliest)
      let group = group(entry.kind, at: at, isInward: entry.isInward, file.spacing)
      file.people += group
      earliest = end(of: group, file.spacing) + between(3000, 8000) * 1000
    }
    file.motion = motion(file)
    return file
  }

  // MARK: - People

  private mutating func between(_ low: Int, _ high: Int) -> Int64 {
    Int64(low + dice.below(high - low + 1))
  }

  private func end(of group: [Walker], _ spacing: Int64) -> Int64 {
    group.map { $0.time(spacing).until }.max() ?? 0
  }

  private mutating func group(
    _ kind: WalkKind, at: Int64, isInward: Bool, _ spacing: Int64
  ) -> [Walker] {
    let mm = Self.millimetre
    var walker = Walker(
      at: at, isInward: isInward, width: between(240, 420) * mm, speed: between(450, 1500) * mm)
    switch kind {
    case .single: break
    case .follower:
      // Nobody runs into the one before: the gap in metres is what stays between them.
      let gap = between(30, 600) * mm
      let delay = (walker.width + gap) * Self.second / walker.speed
      let second = Walker(
        at: at + delay, isInward: isInward, width: between(240, 420) * mm,
        speed: walker.speed - walker.speed * Int64(dice.below(6)) / 100)
      return [walker, second]
    case .turnBack:
      walker.path = .turns(at: between(20, Int(walker.longestTurn(spacing) / mm) - 20) * mm)
    case .pause:
      walker.path = .pauses(
        at: between(20, 400) * mm, duration: between(300, 6000) * 1000)
    case .hesitate:
      let front = between(150, 450)
      walker.path = .hesitates(at: front * mm, back: between(80, Int(front)) * mm)
    case .trolley: walker.trolley = between(400, 900) * mm
    case .child:
      walker.width = between(150, 220) * mm
      walker.tall = between(850, 1350) * mm
    }
    return [walker]
  }

  /// The people inside are seen now and then; the sensor holds for half a minute.
  private mutating func motion(_ file: WalkFile) -> [Walker.Span] {
    let hold = 29 * Self.second
    var seen: [Walker.Span] = []
    var inside = 0
    let people = file.people.filter { !$0.turnsBack }.sorted { $0.at < $1.at }
    for (index, person) in people.enumerated() {
      inside += person.isInward ? 1 : -1
      let time = person.time(file.spacing)
      seen.append(Walker.Span(from: max(0, time.from - 500_000), until: time.until + hold))
      guard inside > 0 else { continue }
      let next = index + 1 < people.count ? people[index + 1].at : time.until
      var at = time.until + between(10, 120) * Self.second
      while at < next {
        seen.append(Walker.Span(from: at, until: at + hold))
        at += between(20, 240) * Self.second
      }
    }
    return Walker.Span.merged(seen)
  }
}
