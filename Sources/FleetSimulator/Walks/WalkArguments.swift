// The arguments of fleetsim that are about walk files.

/// What fleetsim is asked to do with walk files.
enum WalkArguments: Equatable {
  case score(folder: String, WalkCommands.Thresholds)
  case generate(folder: String, WalkCommands.Order)

  static let help = """
           fleetsim --occupancy DIR [--least PERCENT] [--residual N]
           fleetsim --walks DIR --seed N [--mix MIX] [--files F] [--people P | --visits V]
    Walks are scored, or made; a mix is \(WalkMix.names.joined(separator: ", ")), or KIND=WEIGHT,...
    """

  struct Fault: Error, CustomStringConvertible {
    var description: String
  }

  /// - Returns: nil where the arguments are about something else.
  static func parse(_ arguments: [String]) throws -> WalkArguments? {
    guard let first = arguments.first, first == "--occupancy" || first == "--walks" else {
      return nil
    }
    var values: [String: String] = [:]
    var rest = arguments[...]
    while let name = rest.popFirst() {
      guard let value = rest.popFirst() else { throw Fault(description: "\(name) needs a value") }
      values[name] = value
    }
    let order = first == "--walks" ? try Self.order(&values) : nil
    let folder = values.removeValue(forKey: first) ?? ""
    let least = try values.removeValue(forKey: "--least").map(Self.hundredths)
    let residual = try number("--residual", 0...1000, &values)
    if let order, least == nil, residual == nil, values.isEmpty {
      return .generate(folder: folder, order)
    }
    guard values.isEmpty, order == nil else {
      let surplus = values.keys.sorted().first ?? "--least"
      throw Fault(description: "\(first) takes no \(surplus)")
    }
    return .score(
      folder: folder,
      WalkCommands.Thresholds(least: least, worstResidual: residual.map(Int64.init)))
  }

  private static func order(
    _ values: inout [String: String]
  ) throws -> WalkCommands.Order {
    guard let seed = values.removeValue(forKey: "--seed").flatMap({ UInt64($0) }) else {
      throw Fault(description: "--walks needs --seed and a number")
    }
    let name = values.removeValue(forKey: "--mix") ?? "default"
    guard let mix = WalkMix(name) else {
      throw Fault(description: "no mix is \(name): \(WalkMix.names.joined(separator: ", "))")
    }
    var order = WalkCommands.Order(seed: seed, mix: mix)
    order.files = try number("--files", 1...999, &values) ?? order.files
    order.people = try number("--people", 1...10_000, &values) ?? order.people
    if let visits = try number("--visits", 1...2000, &values) {
      order.people = visits
      order.isDay = true
    }
    return order
  }

  private static func number(
    _ name: String, _ range: ClosedRange<Int>, _ values: inout [String: String]
  ) throws -> Int? {
    guard let text = values.removeValue(forKey: name) else { return nil }
    guard let number = Int(text), range.contains(number) else {
      throw Fault(
        description: "\(name) takes a number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  private static func hundredths(_ text: String) throws -> Int64 {
    guard let millionths = WalkLine.millionths(text), millionths <= 100_000_000 else {
      throw Fault(description: "--least takes a share from 0 to 100 per cent")
    }
    return millionths / 10_000
  }
}
