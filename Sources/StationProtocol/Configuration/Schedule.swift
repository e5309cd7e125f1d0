// When something holds by local time: the hours of a week, with the dates that differ.

/// Spans of a week, and dates that take the place of their weekday or add to it.
///
/// A span belongs to the day on which it begins and may reach into the next one. A date with hours
/// of its own is governed by its own line from midnight to midnight: what would reach into it from
/// the evening before ends at its midnight, or a holiday would begin with last night's opening.
/// Everything goes by the clock on the wall: where that jumps ahead over the end of a span, the
/// span has ended; where an hour comes twice, what is said of it holds twice.
package struct Schedule: Equatable, Sendable {
  package static let minutesADay = 1440
  /// The most dates with hours of their own.
  package static let mostDates = 1024

  /// Minutes since midnight of its day, from the first to before the second; a second one beyond
  /// 1440 is on the next day.
  package struct Span: Hashable, Sendable {
    package var from: Int
    package var to: Int

    /// - Parameter to: not after `from` for a span over midnight.
    package init(from: Int, to: Int) {
      self.from = from
      self.to = to > from ? to : to + Schedule.minutesADay
    }
  }

  /// What a single date has of its own.
  package struct Exception: Equatable, Sendable {
    package var day: Int
    /// In place of the weekday's spans; nil where those hold as ever.
    package var instead: [Span]?
    /// Besides whatever else holds: a one-off opening.
    package var also: [Span]

    package init(day: Int, instead: [Span]? = nil, also: [Span] = []) {
      self.day = day
      self.instead = instead
      self.also = also
    }
  }

  /// Seven lists, Monday first.
  package let week: [[Span]]
  /// In the order of their days, one for each.
  package let exceptions: [Exception]
  /// The answer at every moment, where that is the same: most stations never close, and look at
  /// this with every event.
  private let constant: Bool?

  /// - Parameters:
  ///   - week: seven lists, Monday first.
  ///   - exceptions: several of one day are put together.
  package init(week: [[Span]], exceptions: [Exception] = []) {
    precondition(week.count == 7, "a week has seven days")
    self.week = week
    var merged: [Exception] = []
    for exception in exceptions.enumerated().sorted(by: {
      ($0.element.day, $0.offset) < ($1.element.day, $1.offset)
    }).map(\.element) {
      if let last = merged.last, last.day == exception.day {
        if let instead = exception.instead {
          merged[merged.count - 1].instead = (last.instead ?? []) + instead
        }
        merged[merged.count - 1].also += exception.also
      } else {
        merged.append(exception)
      }
    }
    self.exceptions = merged
    let wholeDay = [Span(from: 0, to: Self.minutesADay)]
    constant =
      if !merged.isEmpty {
        nil
      } else if week.allSatisfy({ $0 == wholeDay }) {
        true
      } else {
        week.allSatisfy(\.isEmpty) ? false : nil
      }
  }

  package static let always = Schedule(
    week: Array(repeating: [Span(from: 0, to: minutesADay)], count: 7))
  package static let never = Schedule(week: Array(repeating: [], count: 7))

  /// The same hours each day, over midnight where the second time is not after the first.
  package static func daily(from: Int, to: Int) -> Schedule {
    Schedule(week: Array(repeating: from == to ? [] : [Span(from: from, to: to)], count: 7))
  }

  /// Whether it is the same at every moment, so that nobody need look at a clock.
  package var isConstant: Bool { constant != nil }

  /// - Parameter grace: minutes by which each span begins earlier and ends later.
  package func holds(at time: LocalTime, grace: Int = 0) -> Bool {
    if let constant { return constant }
    return (-1...1).contains { shift in
      let minute = time.minute - shift * Self.minutesADay
      return spans(ofDay: time.day + shift).contains {
        ($0.from - grace..<$0.to + grace).contains(minute)
      }
    }
  }

  /// Minutes until this holds if it does not, or no longer holds if it does, at the latest two
  /// days on, by a local clock that does not jump meanwhile; nil where nothing changes by then.
  package func minutesToChange(after time: LocalTime) -> Int? {
    let isHolding = holds(at: time)
    let boundaries = (-1...2).flatMap { shift in
      spans(ofDay: time.day + shift).flatMap { [$0.from, $0.to] }.map {
        $0 + shift * Self.minutesADay - time.minute
      }
    }
    // Two spans that meet make no change; a midnight may cut one short.
    let midnights = (1...2).map { $0 * Self.minutesADay - time.minute }
    return (boundaries + midnights).sorted().first { ahead in
      let minute = time.minute + ahead
      return ahead > 0
        && holds(
          at: LocalTime(
            day: time.day + minute / Self.minutesADay, minute: minute % Self.minutesADay))
          != isHolding
    }
  }

  /// The spans that begin on a day, cut where the next day has hours of its own.
  private func spans(ofDay day: Int) -> [Span] {
    let own = exception(ofDay: day)
    var spans = own?.instead ?? week[LocalTime.weekday(ofDay: day)]
    if spans.contains(where: { $0.to > Self.minutesADay }),
      exception(ofDay: day + 1)?.instead != nil
    {
      for index in spans.indices { spans[index].to = min(spans[index].to, Self.minutesADay) }
    }
    return spans + (own?.also ?? [])
  }

  private func exception(ofDay day: Int) -> Exception? {
    var low = 0
    var high = exceptions.count
    while low < high {
      let middle = (low + high) / 2
      if exceptions[middle].day < day { low = middle + 1 } else { high = middle }
    }
    return low < exceptions.count && exceptions[low].day == day ? exceptions[low] : nil
  }
}
