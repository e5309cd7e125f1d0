// Tests of a machine that does not know its orders by their numbers: nothing is ever ordered twice.
import StationProtocol
import Testing
import Time

@testable import StationCore

@Suite struct UnnumberedMachineTests {
  private static func story(_ recovered: Recovered = Recovered(stream: ExchangeStory.stream))
    -> ExchangeStory
  {
    ExchangeStory(recovered: recovered, ordersAreRepeatable: false)
  }

  /// Goes on until the exchange is over; the machine says so much to checks and nothing to the order.
  /// - Returns: how often the motor was ordered, and how often the machine was asked.
  private static func follow(
    _ story: inout ExchangeStory, _ answers: (Int) -> MachineReport?
  ) throws -> (orders: Int, checks: Int) {
    let serial = try story.start()
    var orders = story.orders.count
    var checks = 0
    story.tell(.exchange(.silent(.turn(serial))))
    for _ in 0..<1000 where story.outcome == nil {
      orders += story.orders.count
      let isAsked = story.effects.contains {
        if case .exchange(.checkMachine) = $0 { true } else { false }
      }
      if isAsked {
        checks += 1
        if let report = answers(checks) {
          story.answerCheck(report)
        } else {
          story.advance(by: .milliseconds(200))
          story.tell(.exchange(.silent(.check)))
        }
      } else {
        story.advance(by: .milliseconds(250))
      }
    }
    return (orders, checks)
  }

  @Test("a turn that tells its end is paid for as any other")
  func dropped() throws {
    let story = Self.story()
    let serial = try story.start()
    story.answer(serial, .dropped(fault: nil), after: .seconds(3))
    #expect(story.outcome == .dispensed)
  }

  @Test("after a silence the machine is asked until it is at rest, and the end stays unknown")
  func silence() throws {
    var story = Self.story()
    let (orders, checks) = try Self.follow(&story) { $0 <= 10 ? .busy : .resting([]) }
    #expect(story.outcome == .unknown(.silent))
    #expect(orders == 1 && checks == 11)
    #expect(story.slot(ExchangeStory.soap).quarantine == .unknown(.silent))
  }

  @Test("a machine that says nothing at all is ordered once")
  func deaf() throws {
    var story = Self.story()
    let (orders, _) = try Self.follow(&story) { _ in nil }
    #expect(story.outcome == .unknown(.silent))
    #expect(orders == 1)
  }

  @Test("a machine that is busy without end is ordered once")
  func endless() throws {
    var story = Self.story()
    let (orders, _) = try Self.follow(&story) { _ in .busy }
    #expect(story.outcome == .unknown(.endless))
    #expect(orders == 1)
  }

  @Test("a motor that says it is busy is asked what it does, and its end still counts")
  func busy() throws {
    let story = Self.story()
    let serial = try story.start()
    story.answer(serial, .busy)
    story.advance(by: .milliseconds(250))
    #expect(story.orders.isEmpty)
    story.answerCheck(.busy)
    story.answer(serial, .dropped(fault: nil), after: .seconds(2))
    #expect(story.outcome == .dispensed)
  }

  @Test("after a restart nobody orders what may have been ordered")
  func restart() throws {
    let before = Self.story(Recovered(stream: ExchangeStory.stream, serial: 4))
    _ = try before.start()
    var open: OpenExchange?
    for case .exchange(let one?) in before.changes { open = one }
    var recovered = Recovered(stream: ExchangeStory.stream, serial: 5)
    recovered.exchange = open
    let story = Self.story(recovered)
    #expect(story.outcome == .unknown(.interrupted))
    #expect(story.orders.isEmpty)
  }
}
