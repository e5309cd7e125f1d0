// An exchange with a daemon killed at each of its durable writes and serial frames, and on bad lines:
// the promise.
import Foundation
import TestBed
import Testing

/// No member ever pays for what did not fall; a kill costs at most one article.
@Suite(.serialized) struct ExchangeKillTests {
  /// 50 as a rule; `make soak` asks for more.
  private static let kills =
    ProcessInfo.processInfo.environment["EXCHANGE_KILLS"].flatMap { Int($0) } ?? 50

  @Test("killed at every write of an exchange, nobody pays for what did not fall")
  func killed() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("exchange kills: seed \(seed)")
    var random = SeededGenerator(seed: seed)
    let bed = try ExchangeBed(
      killPoint: try Self.library(), exchanges: Self.kills + 100, seed: random.next())
    var tally = Tally()
    try bed.waitUntilItSells()
    var calls: [ExchangeBed.Victim: Int] = [:]
    for victim in ExchangeBed.Victim.allCases {
      calls[victim] = try Self.count(victim, bed, &tally)
    }
    print("exchange kills: calls of a whole exchange \(calls)")
    #expect(tally.paid == 2 && tally.fell == 2)
    for line in bed.lines { line.spoil() }
    // First each call there is, before and after; then drawn ones.
    var plan: [(ExchangeBed.Victim, Int, String)] = []
    for victim in ExchangeBed.Victim.allCases {
      for call in 1...max(1, calls[victim] ?? 0) {
        plan.append((victim, call, "before"))
        plan.append((victim, call, "after"))
      }
    }
    var kills = 0
    while kills < max(Self.kills, plan.count) {
      let (victim, call, moment) =
        kills < plan.count
        ? plan[kills]
        : {
          let victim = ExchangeBed.Victim.allCases.randomElement(using: &random) ?? .stationd
          return (
            victim, Int.random(in: 1...max(1, calls[victim] ?? 1), using: &random),
            Bool.random(using: &random) ? "before" : "after"
          )
        }()
      try Self.exchange(victim, call, moment, bed, &tally)
      kills += 1
    }
    let faults = bed.lines.map(\.tally).reduce(into: [:]) { $0.merge($1) { $0 + $1 } }
    let lines = BadLine.Fault.allCases.map { "\($0.rawValue) \(faults[$0] ?? 0)" }
    print("exchange kills: the lines were \(lines.joined(separator: ", "))")
    print(
      "exchange kills: \(kills) planned, \(tally.died) died; "
        + "\(tally.paid) paid, \(tally.fell) fell, \(tally.lost) lost to the union")
    #expect(tally.died * 10 >= kills * 6)
    let check = try bed.management.check()
    #expect(check.status == 0, "\(check.output)")
    try bed.stop()
  }

  private struct Tally {
    var paid = 0
    var fell = 0
    var lost = 0
    var died = 0
  }

  /// Buys once in peace.
  /// - Returns: how many calls of the victim that took.
  private static func count(
    _ victim: ExchangeBed.Victim, _ bed: ExchangeBed, _ tally: inout Tally
  ) throws -> Int {
    try bed.arm(victim, at: 0, "before")
    let before = (try bed.balance(), bed.fallen())
    try bed.buy()
    try Deadline.wait(30, until: "the drop") { bed.phase == "dispensed" }
    try settle(bed)
    let letters = bed.disarm(victim)
    tally.paid += (before.0 - (try bed.balance())) / ExchangeBed.price
    tally.fell += bed.fallen() - before.1
    return letters.count
  }

  private static func exchange(
    _ victim: ExchangeBed.Victim, _ call: Int, _ moment: String, _ bed: ExchangeBed,
    _ tally: inout Tally
  ) throws {
    let place = "\(victim.rawValue) \(moment) call \(call)"
    try bed.waitUntilItSells()
    if bed.isInQuarantine { try bed.release() }
    let before = (try bed.balance(), bed.fallen())
    try bed.arm(victim, at: call, moment)
    // The code comes from a service that may die of giving it.
    var trouble = ""
    do { try bed.buy() } catch { trouble = "\(error)" }
    try Deadline.wait(
      30,
      until:
        "an end, or the death of \(place): \(bed.view.map { "\($0)" } ?? "no screen") \(trouble)"
    ) {
      if !bed.isRunning(victim) { return true }
      return bed.phase.map { !["chosen", "asking", "turning"].contains($0) } ?? false
    }
    // What follows the end may kill as well: its acknowledgement, its posting.
    if bed.isRunning(victim) { try? settle(bed) }
    bed.disarm(victim)
    do {
      guard bed.isRunning(victim) else { throw TestBedError("\(place): dead") }
      try settle(bed)
    } catch {
      // Also a call that was under way when it was disarmed.
      guard !bed.isRunning(victim) else { throw error }
      tally.died += 1
      try bed.revive()
      try settle(bed)
    }
    let paid = before.0 - (try bed.balance())
    let fell = bed.fallen() - before.1
    #expect(paid == 0 || paid == ExchangeBed.price, "\(place): \(paid) points")
    #expect(fell <= 1, "\(place): \(fell) articles")
    #expect(paid <= fell * ExchangeBed.price, "\(place): paid \(paid), \(fell) fell")
    tally.paid += paid / ExchangeBed.price
    tally.fell += fell
    tally.lost += fell - paid / ExchangeBed.price
  }

  /// Waits until no exchange is under way and the service knows how each ended.
  private static func settle(_ bed: ExchangeBed) throws {
    var found = "nothing is known"
    try Deadline.wait(
      40,
      until: """
        the exchange to be settled: \(found)
        of the station: \(bed.station.log.suffix(1500))
        of the service: \(bed.management.log.suffix(1500))
        """
    ) {
      guard bed.station.isRunning, bed.management.isRunning else {
        throw TestBedError("a daemon is gone")
      }
      let phase = bed.phase
      let (isDelivered, holds) = (try bed.isDelivered(), try bed.openHolds())
      found =
        "phase \(phase ?? "unknown"), \(holds) holds, \(isDelivered ? "all" : "not all") delivered"
      guard let phase, !["asking", "turning"].contains(phase) else { return false }
      return isDelivered && holds == 0
    }
  }

  /// Compiles the library that is preloaded.
  private static func library() throws -> String {
    let folder = Checkout.file(".build/kill-point")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let path = "\(folder)/kill-point-\(ProcessInfo.processInfo.processIdentifier).so"
    let ending = try Program.run(
      "cc",
      [
        "-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o", path,
        Checkout.file("Tests/SystemTests/kill-point.c"), "-ldl",
      ])
    guard ending.status == 0 else { throw TestBedError("cc: \(ending.output)") }
    return path
  }
}
