// Proves the ledger, for everybody who asks meanwhile at once.
import HTTP
import JSON
import Linux
import ManagementCore
import Time

/// A proof adds up everything that was ever moved: seconds, where the books are long. One runs at a
/// time, so that one reader at most is taken by it; who asks while one runs gets the next one,
/// which knows all that was committed before the question.
final class ProofDesk {
  /// The most that wait for the next one.
  static let mostWaiting = 100

  private let store: StoreDesk
  private let now: () -> Now
  private var running: [HTTPLaterAnswer] = []
  private var waiting: [HTTPLaterAnswer] = []

  init(store: StoreDesk, now: @escaping () -> Now) {
    self.store = store
    self.now = now
  }

  func prove() throws(Problem) -> HTTPLaterAnswer {
    guard waiting.count < Self.mostWaiting else {
      throw .unavailable("\(Self.mostWaiting) others wait for a proof.")
    }
    let answer = HTTPLaterAnswer()
    waiting.append(answer)
    if running.isEmpty { begin() }
    return answer
  }

  private func begin() {
    guard !waiting.isEmpty else { return }
    running = waiting
    waiting = []
    let time = now()
    store.ask {
      var writer = JSONWriter(capacity: 1024)
      try $0.proof(at: time).write(to: &writer)
      return writer.bytes
    } _: { [unowned self] result in
      take(result)
    }
  }

  private func take(_ result: Result<[UInt8], any Error>) {
    let response: HTTPResponse
    switch result {
    case .success(let proof):
      response = HTTPResponse(200, type: "application/json", proof)
    case .failure(let failure):
      Log.error("the ledger cannot be proved: \(failure)")
      response = Problem.unavailable("The store does not answer.").response
    }
    for answer in running { answer.give(response) }
    running = []
    begin()
  }
}
