// Schedules as a person writes them in a configuration file, and what is wrong with one.
import Time

/// Why a text is no schedule, worded for the person who has to mend it.
package struct ScheduleFault: Error, Equatable, Sendable, CustomStringConvertible {
  /// The part of the text that cannot be understood, as it was written.
  package var part: String
  package var reason: String

  package var description: String { "\"\(part)\": \(reason)" }
}

extension Schedule {
  /// The longest text: 8 KiB holds some hundred dates.
  package static let mostCharacters = 8192

  /// Entries parted by `,` or `;`:
  ///
  ///     06:00-22:00                          each day
  ///     mon-fri 06:00-12:00 13:00-22:00      these weekdays; 22:00-04:00 ends on the next day
  ///     2026-10-01 closed                    instead of its weekday's hours; also `open`
  ///     2026-10-01..2026-10-07 08:00-12:00   the same for each of these dates
  ///     2026-10-03 also 22:00-23:00          besides whatever else holds
  ///
  ///     always                               each day, the whole of it; or `never`
  package init(text: String) throws(ScheduleFault) {
    guard text.utf8.count <= Self.mostCharacters else {
      throw ScheduleFault(
        part: "\(text.prefix(20))...", reason: "longer than \(Self.mostCharacters) characters")
    }
    var week: [[Span]] = Array(repeating: [], count: 7)
    var exceptions: [Exception] = []
    for entry in text.split(omittingEmptySubsequences: false, whereSeparator: { ",;".contains($0) })
    {
      let words = entry.split(whereSeparator: { $0 == " " || $0 == "\t" })
      guard let first = words.first else {
        throw ScheduleFault(part: text, reason: "an entry is empty")
      }
      let whole = words.joined(separator: " ")
      if whole == "never" { continue }
      if whole == "always" {
        for day in week.indices { week[day].append(Span(from: 0, to: Self.minutesADay)) }
      } else if let days = try Self.dates(first) {
        let hours = try Self.exception(words.dropFirst(), whole)
        exceptions += days.map {
          Exception(day: $0, instead: hours.instead, also: hours.also)
        }
        guard exceptions.count <= Self.mostDates else {
          throw ScheduleFault(part: whole, reason: "more than \(Self.mostDates) dates")
        }
      } else {
        let days = Self.weekdays(first)
        let spans = try Self.spans(days == nil ? words[...] : words.dropFirst(), whole)
        for day in days ?? Array(0..<7) { week[day] += spans }
      }
    }
    self.init(week: week, exceptions: exceptions)
  }

  /// This one, with dates on which nothing holds unless it says itself what does: single dates and
  /// ranges of them, parted by `,` or `;`.
  package func closed(on dates: String) throws(ScheduleFault) -> Schedule {
    var closed: [Exception] = []
    for entry in dates.split(whereSeparator: { ",; \t".contains($0) }) {
      guard let days = try Self.dates(entry) else {
        throw ScheduleFault(part: String(entry), reason: "no date, as 2026-10-01 is")
      }
      closed += days.map { Exception(day: $0, instead: []) }
    }
    guard exceptions.count + closed.count <= Self.mostDates else {
      throw ScheduleFault(
        part: "\(dates.prefix(20))...", reason: "more than \(Self.mostDates) dates")
    }
    return Schedule(week: week, exceptions: exceptions + closed)
  }

  /// - Returns: nil where the word is no date and no range of dates.
  private static func dates(_ word: Substring) throws(ScheduleFault) -> ClosedRange<Int>? {
    guard word.utf8.count >= 10, word.utf8.prefix(4).allSatisfy({ (48...57).contains($0) }) else {
      return nil
    }
    let ends = word.utf8.count == 22 ? [word.prefix(10), word.suffix(10)] : [word]
    let days = ends.compactMap { CalendarDate(text: $0)?.daysSince1970 }
    guard days.count == ends.count, ends.count == 1 || word.dropFirst(10).hasPrefix(".."),
      let first = days.first, let last = days.last
    else { throw ScheduleFault(part: String(word), reason: "no date, as 2026-10-01 is") }
    guard first <= last, last - first < 366 else {
      throw ScheduleFault(
        part: String(word), reason: "a range of dates goes forward, for a year at most")
    }
    return first...last
  }

  private static func exception(
    _ words: ArraySlice<Substring>, _ whole: String
  ) throws(ScheduleFault) -> (instead: [Span]?, also: [Span]) {
    switch (words.first, words.count) {
    case ("closed", 1): return ([], [])
    case ("open", 1): return ([Span(from: 0, to: minutesADay)], [])
    case ("also", _): return (nil, try spans(words.dropFirst(), whole))
    default: return (try spans(words, whole), [])
    }
  }

  private static let names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

  /// `sat`, or `mon-fri`, also over the end of the week.
  private static func weekdays(_ word: Substring) -> [Int]? {
    let ends = word.split(separator: "-", omittingEmptySubsequences: false)
      .map { names.firstIndex(of: String($0)) }
    switch (ends.first, ends.count) {
    case (let day??, 1): return [day]
    case (let from??, 2):
      guard let to = ends[1] else { return nil }
      return (0...(to - from + 7) % 7).map { (from + $0) % 7 }
    default: return nil
    }
  }

  private static func spans(
    _ words: ArraySlice<Substring>, _ whole: String
  ) throws(ScheduleFault) -> [Span] {
    guard !words.isEmpty else {
      throw ScheduleFault(part: whole, reason: "hours are missing, as in 06:00-22:00")
    }
    var spans: [Span] = []
    for word in words {
      let times = word.split(separator: "-", omittingEmptySubsequences: false).map(minute)
      guard times.count == 2, let from = times[0], let to = times[1], from < minutesADay else {
        throw ScheduleFault(
          part: String(word), reason: "neither a day nor hours, as mon-fri and 06:00-22:00 are")
      }
      guard from != to else {
        throw ScheduleFault(
          part: String(word), reason: "begins and ends at once; a whole day is 00:00-24:00")
      }
      spans.append(Span(from: from, to: to))
    }
    return spans
  }

  /// `HH:MM`, up to 24:00.
  private static func minute(_ text: Substring) -> Int? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2,
      parts.allSatisfy({ $0.utf8.count == 2 && $0.utf8.allSatisfy { (48...57).contains($0) } }),
      let hour = Int(parts[0]), let minute = Int(parts[1]), minute < 60,
      hour < 24 || (hour == 24 && minute == 0)
    else { return nil }
    return hour * 60 + minute
  }
}
