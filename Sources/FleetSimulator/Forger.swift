// Somebody who owns the broker of a simulated fleet, and answers stations in the service's place.
//
// Fault model.
// - A batch or a question is held back, and answered at once: without the service's signature, or
//   with it and for another payload, as the service answers what was made up in the station's name.
//   What the service would store of that is left out, because the checkers count what stations sent.
import StationProtocol

final class Forger {
  private let world: World
  private let broker: SimulatedBroker
  private var dice: SeededGenerator

  init(_ world: World, _ broker: SimulatedBroker) {
    self.world = world
    self.broker = broker
    dice = SeededGenerator(seed: world.seed, "forger")
  }

  func begin() {
    broker.holdsBack = { [unowned self] in take($0) }
  }

  /// - Returns: whether the service never gets it.
  private func take(_ message: SimulatedBroker.Message) -> Bool {
    switch message.topic {
    case .out(let station):
      guard world.strikes(.forgedAnswer, onceIn: 40),
        let batch = try? RecordBatch(json: message.payload)
      else { return false }
      answer(message.payload, on: .ack(station)) { digest in
        Acknowledgement(
          stream: batch.stream, upto: batch.last, kept: batch.isKept ? batch.last : nil,
          batches: [digest]
        ).json
      }
      return true
    case .request(let station):
      guard world.strikes(.forgedAnswer, onceIn: 4),
        let request = try? StationRequest(json: message.payload)
      else { return false }
      answer(message.payload, on: .reply(station)) { digest in
        StationReply(request.id, to: digest, .held(balance: 1)).json
      }
      return true
    default: return false
    }
  }

  private func answer(
    _ payload: [UInt8], on topic: Topic, _ body: @escaping (PayloadDigest) -> [UInt8]
  ) {
    let isSealed = dice.once(in: 2)
    world.after(dice.milliseconds(1...200)) { [unowned self] in
      let answer =
        isSealed
        ? SimulatedSeal.seal(body(SimulatedSeal.digest(of: payload + [0x20])), for: topic)
        : SimulatedSeal.forge(body(SimulatedSeal.digest(of: payload)))
      broker.inject(SimulatedBroker.Message(topic: topic, payload: answer, isRetained: false))
    }
  }
}
