// The fleetsim command: options in, a line for each seed out, and an exit code that says what was.
import Text
import Time

/// Reads the arguments, runs the seeds, and says how it went.
package struct CommandLineTool {
  package static let right: Int32 = 0
  package static let wrong: Int32 = 1
  package static let stuck: Int32 = 2
  /// The simulator or what it simulates ended by a trap; said by whoever watches the process.
  package static let crash: Int32 = 3
  package static let usage: Int32 = 64

  static let help = """
    usage: fleetsim [--seed N | --seeds A..B | --runs N | --minutes M]
                    [--stations S] [--days D] [--faults LIST | none] [--mutation NAME]
                    [--story LINES]
           fleetsim --sequences N [--machine NAME] [--seed N]
           fleetsim --mutations | --list-faults
    \(WalkArguments.help)
    Simulates a fleet in virtual time, under faults that each seed draws from the list. Runs and
    minutes take fresh seeds; without any of the four, one minute of them.
    Sequences put single machines under N times 100 random events each.
    Exits 0 where nothing was wrong, 1 where something was, 2 where something got stuck, 3 where it
    crashed; the last three with the seed and the last 50 events, or as many as --story says.
    """

  private var seeds: [UInt64] = []
  private var runs: Int?
  private var minutes: Int?
  private var sequences: Int?
  private var machine: String?
  private var options = SimulationOptions()
  private let walks: WalkFolder?
  private let watch: Watch?
  private let write: (String) -> Void

  /// - Parameters:
  ///   - walks: where walk files are; nil where there are none.
  ///   - watch: told how far each run has come.
  ///   - write: prints one line.
  package init(
    walks: WalkFolder? = nil, watch: Watch? = nil, write: @escaping (String) -> Void
  ) {
    self.walks = walks
    self.watch = watch
    self.write = write
  }

  /// - Parameters:
  ///   - arguments: without the program's name.
  ///   - freshSeed: where seeds begin that nobody asked for.
  /// - Returns: the exit code.
  package mutating func run(_ arguments: [String], freshSeed: UInt64) -> Int32 {
    switch arguments {
    case ["--help"]:
      write(Self.help)
      return Self.right
    case ["--mutations"]:
      for mutation in PlantedBug.allCases {
        write("\(mutation.rawValue) \(mutation.finding.rawValue)  \(mutation.sentence)")
      }
      return Self.right
    case ["--list-faults"]:
      for fault in Fault.allCases { write("\(fault.rawValue)  \(fault.sentence)") }
      return Self.right
    default: break
    }
    do {
      if let walks, let order = try WalkArguments.parse(arguments) {
        return WalkCommands(folder: walks, write: write).perform(order)
      }
      try parse(arguments)
    } catch {
      write("fleetsim: \(error)")
      write(Self.help)
      return Self.usage
    }
    if let sequences { return play(sequences, from: seeds.first ?? freshSeed) }
    if let runs { seeds = (0..<UInt64(runs)).map { freshSeed &+ $0 } }
    return simulate(from: freshSeed)
  }

  private func simulate(from freshSeed: UInt64) -> Int32 {
    write(
      "stations \(options.stations), days \(options.days), "
        + "faults \(options.faults.map(\.rawValue).joined(separator: ",")), "
        + "mutation \(options.mutation?.rawValue ?? "none")")
    let clock = ContinuousClock()
    let begin = clock.now
    var stationDays = 0
    var violations: [Violation] = []
    var next = seeds.isEmpty ? freshSeed : 0
    var waiting = seeds[...]
    while true {
      if !seeds.isEmpty {
        guard let seed = waiting.popFirst() else { break }
        next = seed
      } else if clock.now - begin >= .seconds(60 * (minutes ?? 1)) {
        break
      }
      let outcome = Simulation(seed: next, options, watch: watch).run()
      stationDays += options.stations * options.days
      report(outcome)
      if let violation = outcome.violation { violations.append(violation) }
      next &+= 1
    }
    let elapsed = clock.now - begin
    let speed = Double(stationDays) / max(0.001, Double(elapsed.wholeNanoseconds) / 1e9)
    write("\(stationDays) station-days, \(Int(speed)) per second")
    write("violations \(violations.count)")
    if violations.contains(where: { $0.kind == .wrong }) { return Self.wrong }
    return violations.isEmpty ? Self.right : Self.stuck
  }

  /// Puts each machine, or the one asked for, under random events.
  private func play(_ count: Int, from seed: UInt64) -> Int32 {
    var failures = 0
    for probe in SequenceRun.probes where machine == nil || machine == probe.name {
      let clock = ContinuousClock()
      let begin = clock.now
      let failure = SequenceRun.play(probe, from: seed, sequences: count)
      let seconds = Double((clock.now - begin).wholeNanoseconds) / 1e9
      let tenths = (seconds * 10).rounded() / 10
      write(
        "\(probe.name)  seeds from \(seed)  \(count) sequences of \(SequenceRun.steps) events"
          + "  \(tenths) s")
      guard let failure else { continue }
      failures += 1
      write(
        "\(failure.machine): wrong in the sequence of seed \(failure.sequence), event "
          + "\(failure.step): \(failure.complaint)")
    }
    write("violations \(failures)")
    return failures == 0 ? Self.right : Self.wrong
  }

  private func report(_ outcome: SimulationOutcome) {
    write(
      "seed \(outcome.seed)  trace \(Hex.text(outcome.hash, digits: 16))  "
        + "events \(outcome.events)  records \(outcome.records)  counts \(outcome.countsKept)  "
        + "exchanges \(outcome.exchanges)  sales \(outcome.sales)  commands \(outcome.commands)  "
        + "settings \(outcome.settings.taken)-\(outcome.settings.givenUp)  "
        + "faults \(outcome.faults)")
    guard let violation = outcome.violation else { return }
    for line in outcome.story { write("  \(line)") }
    write("seed \(outcome.seed): \(violation.kind): \(violation.description)")
  }

  // MARK: - Arguments

  private mutating func parse(_ arguments: [String]) throws {
    let words = try CommandWords(
      arguments,
      options: [
        "--seed", "--seeds", "--runs", "--minutes", "--sequences", "--machine", "--stations",
        "--days", "--story", "--faults", "--mutation",
      ])
    try words.takeNoOperands()
    if let seed = try words.number("--seed", in: 0...UInt64.max) { seeds = [seed] }
    if let range = words["--seeds"] { seeds = try Self.range(range) }
    runs = try words.number("--runs", in: 1...1_000_000)
    minutes = try words.number("--minutes", in: 1...10_000)
    sequences = try words.number("--sequences", in: 1...100_000_000)
    let machines = SequenceRun.probes.map { $0.name }
    machine = try words.value("--machine", "one of \(machines.joined(separator: ", "))") {
      machines.contains($0) ? $0 : nil
    }
    options.stations = try words.number("--stations", in: 1...1000) ?? options.stations
    options.days = try words.number("--days", in: 1...1000) ?? options.days
    options.story = try words.number("--story", in: 1...10_000_000) ?? options.story
    if let faults = words["--faults"] { options.faults = try Self.faults(faults) }
    options.mutation =
      try words.value("--mutation", "a name that --mutations lists") { PlantedBug(rawValue: $0) }
  }

  /// `A..B` or `A-B`, both included.
  private static func range(_ text: String) throws -> [UInt64] {
    let ends = text.split { $0 == "." || $0 == "-" }.map { UInt64($0) }
    guard ends.count == 2, let first = ends[0], let last = ends[1], first <= last,
      last - first < 1_000_000
    else {
      throw CommandFault.value(
        text, of: "--seeds", expected: "A..B, at most a million seeds, the smaller one first")
    }
    return Array(first...last)
  }

  private static func faults(_ text: String) throws -> [Fault] {
    if text == "none" { return [] }
    return try text.split(separator: ",").map { name in
      guard let fault = Fault(rawValue: String(name)) else {
        throw CommandFault.value(
          String(name), of: "--faults", expected: "names that --list-faults lists")
      }
      return fault
    }
  }
}
