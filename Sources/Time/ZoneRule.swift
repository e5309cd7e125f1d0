// The rule that a zone goes by when its table has ended: the TZ text of POSIX, such as
// `CET-1CEST,M3.5.0,M10.5.0/3`.

struct ZoneRule {
  /// Until here the rule is spelt out; no clock of ours goes on for longer.
  private static let lastYear = 2100

  private let standard: Int
  private let summer: Int
  private let begin: Day
  private let end: Day

  /// The n-th weekday of a month and a time of day in seconds.
  private struct Day {
    var month: Int
    /// 1 to 5, of which 5 is the last.
    var week: Int
    /// 0 is Sunday.
    var weekday: Int
    var time: Int

    /// Days since 1970-01-01.
    func day(in year: Int) -> Int {
      let first = Self.daysBefore(year, month)
      // 1970-01-01 was a Thursday.
      let shift = ((weekday - (first + 4)) % 7 + 7) % 7
      let day = first + shift + (week - 1) * 7
      let next = month == 12 ? Self.daysBefore(year + 1, 1) : Self.daysBefore(year, month + 1)
      return day < next ? day : day - 7
    }

    /// The days of the Gregorian calendar up to the first of a month.
    private static func daysBefore(_ year: Int, _ month: Int) -> Int {
      let before = year - 1
      let leapDays = before / 4 - before / 100 + before / 400 - 477
      let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
      let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
      return (year - 1970) * 365 + leapDays + lengths.prefix(month - 1).reduce(0, +)
    }
  }

  /// - Returns: nil where there is no summer time, or its days are written in another form than
  ///   `Mm.w.d`, as no zone's are.
  init?(_ text: String) {
    var rest = Substring(text)
    guard Self.name(&rest), let west = Self.time(&rest), Self.name(&rest) else { return nil }
    standard = -west
    if rest.first == "," {
      summer = standard + 3600
    } else {
      guard let west = Self.time(&rest) else { return nil }
      summer = -west
    }
    guard let begin = Self.day(&rest), let end = Self.day(&rest), rest.isEmpty else { return nil }
    (self.begin, self.end) = (begin, end)
  }

  /// - Parameter last: that of the table, in seconds since 1970-01-01 UTC.
  func transitions(after last: Int64?) -> [Zone.Transition] {
    let year = max(1970, min(Self.lastYear, 1970 + Int((last ?? 0) / 31_556_952)))
    let all = (year...Self.lastYear).flatMap { year in
      [
        Zone.Transition(
          at: Int64(begin.day(in: year)) * 86_400 + Int64(begin.time - standard), offset: summer),
        Zone.Transition(
          at: Int64(end.day(in: year)) * 86_400 + Int64(end.time - summer), offset: standard),
      ]
    }
    return all.filter { $0.at > last ?? .min }.sorted { $0.at < $1.at }
  }

  private static func name(_ rest: inout Substring) -> Bool {
    if rest.first == "<" {
      guard let end = rest.firstIndex(of: ">") else { return false }
      rest = rest[rest.index(after: end)...]
      return true
    }
    let name = rest.prefix { $0.isASCII && $0.isLetter }
    rest = rest.dropFirst(name.count)
    return name.count >= 3
  }

  /// `[+-]h[h[h]][:mm[:ss]]`, in seconds.
  private static func time(_ rest: inout Substring) -> Int? {
    let isNegative = rest.first == "-"
    if isNegative || rest.first == "+" { rest = rest.dropFirst() }
    var sum = 0
    for (index, unit) in [3600, 60, 1].enumerated() {
      if index > 0 {
        guard rest.first == ":" else { break }
        rest = rest.dropFirst()
      }
      guard let number = number(&rest, 0...167) else { return nil }
      sum += number * unit
    }
    return isNegative ? -sum : sum
  }

  private static func number(_ rest: inout Substring, _ range: ClosedRange<Int>) -> Int? {
    let digits = rest.prefix { $0.isASCII && $0.isNumber }.prefix(3)
    guard let number = Int(digits), range.contains(number) else { return nil }
    rest = rest.dropFirst(digits.count)
    return number
  }

  /// `,Mm.w.d[/time]`
  private static func day(_ rest: inout Substring) -> Day? {
    guard rest.hasPrefix(",M") else { return nil }
    rest = rest.dropFirst(2)
    guard let month = number(&rest, 1...12), rest.first == "." else { return nil }
    rest = rest.dropFirst()
    guard let week = number(&rest, 1...5), rest.first == "." else { return nil }
    rest = rest.dropFirst()
    guard let weekday = number(&rest, 0...6) else { return nil }
    var time = 7200
    if rest.first == "/" {
      rest = rest.dropFirst()
      guard let told = Self.time(&rest) else { return nil }
      time = told
    }
    return Day(month: month, week: week, weekday: weekday, time: time)
  }
}
