// How often each way of walking comes, in a generated walk file.

/// The ways in which people pass a doorway.
enum WalkKind: String, CaseIterable, Sendable {
  /// One person, on the way through.
  case single
  /// Two, the second close behind the first.
  case follower
  case turnBack = "turn-back"
  /// Stands still in the beams, and goes on.
  case pause
  /// Steps back in the beams, and goes on.
  case hesitate
  case trolley
  /// Narrow, and perhaps below the beams.
  case child
}

/// Weights of the kinds; the shares are theirs of the sum.
struct WalkMix: Equatable {
  private(set) var weights: [(kind: WalkKind, weight: Int)]
  let name: String

  static func == (one: WalkMix, other: WalkMix) -> Bool { one.text == other.text }

  private static let named: [(name: String, weights: String)] = [
    (
      "default",
      "single=820,follower=60,turn-back=60,pause=30,hesitate=5,trolley=15,child=10"
    ),
    ("single", "single=1"), ("followers", "follower=1"), ("turn-backs", "turn-back=1"),
    ("hard", "single=20,follower=30,turn-back=15,pause=15,hesitate=10,trolley=5,child=5"),
  ]

  static var names: [String] { named.map(\.name) }

  /// A name, or `kind=weight` with commas between.
  init?(_ text: String) {
    let list = Self.named.first { $0.name == text }?.weights ?? text
    var weights: [(kind: WalkKind, weight: Int)] = []
    for entry in list.split(separator: ",", omittingEmptySubsequences: false) {
      let parts = entry.split(separator: "=", omittingEmptySubsequences: false)
      guard parts.count == 2, let kind = WalkKind(rawValue: String(parts[0])),
        let weight = Int(parts[1]), (0...1_000_000).contains(weight),
        !weights.contains(where: { $0.kind == kind })
      else { return nil }
      weights.append((kind, weight))
    }
    guard weights.contains(where: { $0.weight > 0 }) else { return nil }
    self.weights = weights
    name = text
  }

  var text: String {
    weights.map { "\($0.kind.rawValue)=\($0.weight)" }.joined(separator: ",")
  }

  func draw(_ dice: inout SeededGenerator) -> WalkKind {
    var left = dice.below(weights.reduce(0) { $0 + $1.weight })
    for (kind, weight) in weights {
      if left < weight { return kind }
      left -= weight
    }
    return .single
  }
}
