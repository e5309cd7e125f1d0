// The arguments of fleetsim that are about walk files.
import Text

/// What fleetsim is asked to do with walk files.
enum WalkArguments: Equatable {
  case score(folder: String, WalkCommands.Thresholds)
  case generate(folder: String, WalkCommands.Order)

  static let help = """
           fleetsim --occupancy DIR [--least PERCENT] [--residual N]
           fleetsim --walks DIR --seed N [--mix MIX] [--files F] [--people P | --visits V]
    Walks are scored, or made; a mix is \(WalkMix.names.joined(separator: ", ")), or KIND=WEIGHT,...
    """

  /// - Returns: nil where the arguments are about something else.
  static func parse(_ arguments: [String]) throws -> WalkArguments? {
    switch arguments.first {
    case "--occupancy": try score(arguments)
    case "--walks": try generate(arguments)
    default: nil
    }
  }

  private static func score(_ arguments: [String]) throws(CommandFault) -> WalkArguments {
    let words = try CommandWords(arguments, options: ["--occupancy", "--least", "--residual"])
    try words.takeNoOperands()
    let least = try words.value("--least", "a share from 0 to 100 per cent") { text in
      WalkLine.millionths(text).flatMap { $0 <= 100_000_000 ? $0 / 10_000 : nil }
    }
    return .score(
      folder: try words.required("--occupancy"),
      WalkCommands.Thresholds(
        least: least, worstResidual: try words.number("--residual", in: 0...1000)))
  }

  private static func generate(_ arguments: [String]) throws(CommandFault) -> WalkArguments {
    let words = try CommandWords(
      arguments, options: ["--walks", "--seed", "--mix", "--files", "--people", "--visits"])
    try words.takeNoOperands()
    guard let seed = try words.number("--seed", in: 0...UInt64.max) else {
      throw .missing("--seed")
    }
    let names = WalkMix.names.joined(separator: ", ")
    let name = words["--mix"] ?? "default"
    guard let mix = WalkMix(name) else {
      throw .value(name, of: "--mix", expected: "one of \(names), or KIND=WEIGHT,...")
    }
    var order = WalkCommands.Order(seed: seed, mix: mix)
    order.files = try words.number("--files", in: 1...999) ?? order.files
    order.people = try words.number("--people", in: 1...10_000) ?? order.people
    if let visits = try words.number("--visits", in: 1...2000) {
      order.people = visits
      order.isDay = true
    }
    return .generate(folder: try words.required("--walks"), order)
  }
}
