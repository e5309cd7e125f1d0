// The board of a simulated station, and the file that its facility has written for it.
import Configuration
import StationCore
import StationProtocol
import Time

/// Draws a station. The part that the service may set as well is written as a file, and read as
/// the daemon reads it.
struct SimulatedFacility {
  private var lines: [String] = []
  private let points: [AccessPointID]
  private let timing: DoorTiming
  private let slots: [SlotConfiguration]

  static func draw(_ dice: inout SeededGenerator, _ plan: FaultPlan) -> StationConfiguration {
    let facility = SimulatedFacility(&dice)
    let most = 60 + dice.below(200)
    let small = OutboxLimits(mostRecords: UInt64(most), foldedAtOnce: UInt64(10 + dice.below(40)))
    var machine = VendingTiming()
    machine.check = .seconds(30 + dice.below(600))
    let station = StationConfiguration(
      version: "simulated",
      accessPoints: facility.points.map {
        AccessPointConfiguration(id: $0, timing: facility.timing)
      },
      occupancy: OccupancyPolicy(vacancy: dice.once(in: 2) ? VacancyTiming() : nil),
      clock: dice.once(in: 2) ? .require : .accept,
      outbox: plan.contains(.smallOutbox) ? small : OutboxLimits(),
      fire: FirePolicy(wiring: .twoLines),
      vending: facility.slots.isEmpty ? nil : VendingPolicy(slots: facility.slots, timing: machine),
      commands: CommandPolicy(isPinned: true), book: facility.book)
    guard case .facility(let decided) = facility.book.facility() else {
      preconditionFailure("the file of a simulated station is not right")
    }
    return station.adopting(decided)
  }

  private init(_ dice: inout SeededGenerator) {
    points = (1...1 + dice.below(3) % AccessPointID.most).compactMap { AccessPointID($0) }
    let access = 3 + dice.below(13)
    let heldOpen = max(access + 1, 15 + dice.below(60))
    timing = DoorTiming(access: .seconds(access), exit: .seconds(3 + dice.below(28)))
    slots = dice.once(in: 5) ? [] : Self.slots(&dice)
    lines.append("[entry]")
    if dice.once(in: 3) { lines.append("opening-hours = \(Self.hours(&dice))") }
    if dice.once(in: 3) { lines.append("capacity = \(4 + dice.below(9))") }
    for point in points {
      lines += [
        "[access-point \(point)]", "held-open-time = \(heldOpen) s", "held-open-warning = 0 s",
      ]
    }
    for article in Set(slots.map(\.article.text)).sorted() {
      lines += ["[article \(article)]", "chinese = 货\(article)", "english = \(article)"]
    }
    for slot in slots {
      lines += [
        "[slot \(slot.slot.number)]", "article = \(slot.article)", "price = \(slot.price.number)",
        "capacity = \(slot.capacity)",
      ]
    }
  }

  private static func slots(_ dice: inout SeededGenerator) -> [SlotConfiguration] {
    (0..<2 + dice.below(8)).compactMap { index -> SlotConfiguration? in
      guard let slot = SlotID(1 + index * 3), let article = ArticleID("article-\(index % 5)"),
        let price = Points(Int64(2 + dice.below(dice.once(in: 3) ? 200 : 30)))
      else { return nil }
      return SlotConfiguration(
        slot: slot, article: article, price: price, capacity: Int64(2 + dice.below(12)))
    }
  }

  /// Some hours of the day, over midnight or not.
  static func hours(_ dice: inout SeededGenerator) -> String {
    func time(_ minute: Int) -> String {
      func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
      return "\(two(minute / 60)):\(two(minute % 60))"
    }
    let from = dice.below(1440)
    return "\(time(from))-\(time((from + 60 + dice.below(1320)) % 1440))"
  }

  private var book: SettingsBook {
    let text = lines.joined(separator: "\n") + "\n"
    let board = BoardFacts(
      points: points.map { BoardFacts.Point($0, access: timing.access) },
      hasMachine: !slots.isEmpty)
    return SettingsBook(INI(Array(text.utf8)).sections, on: board)
  }
}
