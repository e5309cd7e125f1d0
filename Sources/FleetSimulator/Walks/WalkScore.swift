// Counted against true: which of the people of a walk file were counted, and which were not.

/// The score of one file, or of many together.
struct WalkScore: Equatable {
  var entered: Int64 = 0
  var left: Int64 = 0
  var trueEntered: Int64 = 0
  var trueLeft: Int64 = 0
  /// People who were counted, the right way, when they passed.
  var right: Int64 = 0
  /// Passages that were counted and nobody made.
  var invented: Int64 = 0
  var ambiguous: Int64 = 0
  /// Counted, and said to be doubtful.
  var flagged: Int64 = 0
  var turnBacks: Int64 = 0
  var refused: Int64 = 0
  /// Errors of which nothing was said: neither ambiguous, nor flagged, nor at a known fault.
  var silent: Int64 = 0
  var resets: Int64 = 0
  /// Resets at which somebody was inside.
  var wrongResets: Int64 = 0
  var residuals: [Int64] = []

  /// How long after someone has gone their passage may be told.
  private static let patience: Int64 = 2_000_000

  init() {}

  init(_ account: WalkAccount, _ truths: [WalkFile.Label]) {
    trueEntered = Int64(truths.count { $0.isInward })
    trueLeft = Int64(truths.count { !$0.isInward })
    entered = Int64(account.passages.count { $0.passage == .inward })
    left = Int64(account.passages.count { $0.passage == .outward })
    ambiguous = Int64(account.passages.count { $0.passage == .ambiguous })
    turnBacks = Int64(account.passages.count { $0.passage == .turnBack })
    flagged = Int64(account.passages.count { $0.isTailgate })
    refused = account.refused
    resets = Int64(account.resets.count)
    residuals = account.resets.map(\.residual)
    match(account, truths)
    for reset in account.resets {
      let inside = truths.filter { $0.span.until <= reset.at }.reduce(0) {
        $0 + ($1.isInward ? 1 : -1)
      }
      if inside != 0 { wrongResets += 1 }
    }
  }

  private mutating func match(_ account: WalkAccount, _ truths: [WalkFile.Label]) {
    let counted = account.passages.enumerated().filter {
      $0.element.passage == .inward || $0.element.passage == .outward
    }
    var taken = Set<Int>()
    // Passages come in the order of time, so those that are long over need no second look.
    var first = 0
    for truth in truths {
      while first < counted.count,
        counted[first].element.at < truth.span.from - 10 * Self.patience
      {
        first += 1
      }
      let match = counted[first...].first { entry in
        !taken.contains(entry.offset) && (entry.element.passage == .inward) == truth.isInward
          && entry.element.at >= truth.span.from
          && entry.element.at <= truth.span.until + Self.patience
      }
      if let match {
        taken.insert(match.offset)
        right += 1
      } else if !isTold(truth.span, account) {
        silent += 1
      }
    }
    for entry in counted where !taken.contains(entry.offset) {
      invented += 1
      let at = entry.element.at
      if !isTold(Walker.Span(from: at, until: at), account) { silent += 1 }
    }
  }

  /// Whether anything was said of doubt about that time.
  private func isTold(_ span: Walker.Span, _ account: WalkAccount) -> Bool {
    let window = span.from - Self.patience...span.until + Self.patience
    return account.faults.contains { $0.from <= span.until && span.from <= $0.until }
      || account.passages.contains {
        window.contains($0.at) && ($0.passage == .ambiguous || $0.isTailgate)
      }
  }

  var people: Int64 { trueEntered + trueLeft }
  /// What the count of people inside is wrong by.
  var net: Int64 { (entered - left) - (trueEntered - trueLeft) }
  /// The residual that was furthest from nothing.
  var worstResidual: Int64 { residuals.map(abs).max() ?? 0 }

  /// People counted right of all, in hundredths of a per cent, rounded down.
  var rightShare: Int64 { people == 0 ? 10_000 : right * 10_000 / people }

  static func += (sum: inout WalkScore, other: WalkScore) {
    sum.entered += other.entered
    sum.left += other.left
    sum.trueEntered += other.trueEntered
    sum.trueLeft += other.trueLeft
    sum.right += other.right
    sum.invented += other.invented
    sum.ambiguous += other.ambiguous
    sum.flagged += other.flagged
    sum.turnBacks += other.turnBacks
    sum.refused += other.refused
    sum.silent += other.silent
    sum.resets += other.resets
    sum.wrongResets += other.wrongResets
    sum.residuals += other.residuals
  }

  var line: String {
    let share = "\(rightShare / 100).\(String(100 + rightShare % 100).dropFirst()) %"
    let sign = net > 0 ? "+" : ""
    var text =
      "in \(entered)/\(trueEntered)  out \(left)/\(trueLeft)  right \(right)/\(people) \(share)  "
      + "invented \(invented)  ambiguous \(ambiguous)  flagged \(flagged)  "
      + "turned back \(turnBacks)  refused \(refused)  silent \(silent)  net \(sign)\(net)"
    if resets > 0 {
      let sorted = residuals.sorted()
      text +=
        "  resets \(resets) residuals \(sorted[0])...\(sorted[sorted.count - 1])"
        + (wrongResets > 0 ? "  WRONG RESETS \(wrongResets)" : "")
    }
    return text
  }
}
