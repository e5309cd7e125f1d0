// Tests that every answer of the service names the payload that it answers.
import ManagementCore
import StationProtocol
import Testing

@Suite("By what answers name what they answer")
struct NamedBatchesTests {
  private let scenario = ManagementScenario()

  private func closings(_ first: UInt64, _ count: Int = 1) -> RecordBatch {
    batch(first, (0..<count).map { _ in scenario.record(.door(.closed(door))) })
  }

  private func digest(_ batch: RecordBatch) -> PayloadDigest {
    ManagementScenario.payload(batch.json).digest
  }

  @Test("an acknowledgement names the batch that was stored, also when it comes again")
  func one() {
    let batch = closings(1, 3)
    _ = scenario.deliver(batch, from: gate)
    _ = scenario.deliver(batch, from: gate)
    #expect(scenario.acknowledgements.map(\.upto) == [3, 3])
    #expect(scenario.acknowledgements.map(\.batches) == [[digest(batch)], [digest(batch)]])
  }

  @Test("batches of one transaction are named together, and of another station apart")
  func together() {
    let batches = [closings(1, 2), closings(3)]
    let other = batch(1, [scenario.record(.door(.closed(door)))], of: otherStream)
    var effects = batches.flatMap { scenario.hear(.out(gate), $0.json) }
    effects += scenario.hear(.out(Names.station("hall-2")), other.json)
    _ = scenario.commit(effects)
    #expect(scenario.acknowledgements.map(\.upto) == [3, 1])
    #expect(scenario.acknowledgements.map(\.batches) == [batches.map(digest), [digest(other)]])
  }

  @Test("a batch under the numbers of a stored one is named apart from those that are stored")
  func conflicts() {
    let genuine = closings(1, 2)
    _ = scenario.deliver(genuine, from: gate)
    let forged = batch(1, [scenario.record(.door(.opened(door, cause: .exit)))])
    let known = scenario.acknowledgements.count
    _ = scenario.commit([genuine, forged].flatMap { scenario.hear(.out(gate), $0.json) })
    let told = scenario.acknowledgements.dropFirst(known)
    #expect(told.map(\.conflict) == [nil, 1])
    #expect(told.map(\.batches) == [[digest(genuine)], [digest(forged)]])
  }

  @Test("more batches than one acknowledgement names are named by several")
  func many() {
    let count = UInt64(2 * Acknowledgement.mostBatches + 1)
    let batches = (1...count).map { closings($0) }
    _ = scenario.commit(batches.flatMap { scenario.hear(.out(gate), $0.json) })
    #expect(scenario.acknowledgements.map(\.upto) == [count, count, count])
    #expect(scenario.acknowledgements.map(\.batches.count) == [16, 16, 1])
    #expect(scenario.acknowledgements.flatMap(\.batches) == batches.map(digest))
  }

  @Test("a batch that had to wait for its time is named as it came")
  func paced() {
    var last = closings(1)
    for number in 1...4_000 as ClosedRange<UInt64> {
      last = closings(number)
      _ = scenario.deliver(last, from: gate)
    }
    let late = closings(4_001)
    #expect(scenario.hear(.out(gate), late.json).isEmpty)
    scenario.advance(.seconds(10))
    _ = scenario.commit(scenario.handle(.paceDue))
    #expect(scenario.acknowledgements.last?.batches == [digest(late)])
  }

  @Test("a birth is answered by an acknowledgement that names no batch")
  func birth() {
    _ = scenario.deliver(closings(1), from: gate)
    _ = scenario.commit(scenario.birth(session(stream, 1), floor: 2))
    #expect(scenario.acknowledgements.last?.upto == 1)
    #expect(scenario.acknowledgements.last?.batches == [])
  }

  @Test("a reply names the question as it came: the same id with other contents is another one")
  func replies() throws {
    let id = RequestID(balance: 1, boot: 1, stream: stream)
    let payloads = try ["A", "B"].map { text in
      StationRequest(
        id, .balance(Names.member("m-1")), code: try #require(CodeText(text))
      ).json
    }
    let effects = scenario.commit(payloads.flatMap { scenario.hear(.request(gate), $0) })
    let named = effects.compactMap { effect -> PayloadDigest? in
      guard case .reply(gate, let reply) = effect, reply.id == id else { return nil }
      return reply.question
    }
    #expect(named == payloads.map { ManagementScenario.payload($0).digest })
  }
}
