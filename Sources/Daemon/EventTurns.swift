// Events one after the other, however many the effects of one bring about.

/// The turns of a daemon's core. What the effects of an event bring about at once waits until all of
/// them are carried out: no event begins inside another one, and none goes deeper on the stack.
package final class EventTurns<Event> {
  private var waiting: [Event] = []
  private var isUnderWay = false

  package init() {}

  /// Has an event handled, and after it those that came meanwhile, in their order. Inside a turn the
  /// event is put in line, and the call returns at once.
  /// - Parameter handle: handles one event and carries out its effects.
  /// - Returns: whether all are handled; false inside a turn.
  @discardableResult
  package func take(_ event: Event, _ handle: (Event) -> Void) -> Bool {
    guard !isUnderWay else {
      waiting.append(event)
      return false
    }
    isUnderWay = true
    defer { isUnderWay = false }
    // Mostly nothing waits, and the event need not lie in the line.
    handle(event)
    var next = 0
    while next < waiting.count {
      handle(waiting[next])
      next += 1
    }
    if next > 0 { waiting.removeAll(keepingCapacity: waiting.count <= 64) }
    return true
  }
}
