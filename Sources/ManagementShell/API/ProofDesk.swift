// Proves the ledger beside the loop, for everybody who asks meanwhile at once.
import HTTP
import JSON
import Linux
import ManagementCore
import Time

/// A proof adds up everything that was ever moved: seconds, where the books are long. It runs on a
/// thread of its own with a connection of its own, one at a time; whoever asks while one runs gets
/// the next one, which knows all that was committed before the question.
final class ProofDesk {
  /// The most that wait for the next one.
  static let mostWaiting = 100

  private let thread: WorkerThread<Now>
  private let results: Mailbox<Result<LedgerProof, StoreFailure>>
  private let now: () -> Now
  private var running: [HTTPLaterAnswer] = []
  private var waiting: [HTTPLaterAnswer] = []

  /// - Parameter prove: called on the thread.
  init(
    loop: EventLoop, now: @escaping () -> Now,
    prove: @escaping @Sendable (Now) throws(StoreFailure) -> LedgerProof
  ) throws(SystemError) {
    let results = try Mailbox<Result<LedgerProof, StoreFailure>>()
    self.results = results
    self.now = now
    thread = WorkerThread(name: "proof") {
      { jobs in
        for job in jobs {
          do throws(StoreFailure) {
            results.send(.success(try prove(job)))
          } catch {
            results.send(.failure(error))
          }
        }
        return nil
      }
    }
    try loop.receive(from: results) { [unowned self] in take($0) }
  }

  /// With a connection that is there for this proof alone.
  convenience init(
    loop: EventLoop, path: String, now: @escaping () -> Now
  ) throws(SystemError) {
    try self.init(loop: loop, now: now) { (time) throws(StoreFailure) in
      let store = try SQLiteStore(reading: path)
      defer { store.close() }
      return try store.proof(at: time)
    }
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

  /// The thread may be in the middle of a proof, which nobody waits for any more.
  func stop() { thread.abandon() }

  private func begin() {
    guard !waiting.isEmpty else { return }
    running = waiting
    waiting = []
    thread.submit(now())
  }

  private func take(_ result: Result<LedgerProof, StoreFailure>) {
    let response: HTTPResponse
    switch result {
    case .success(let proof):
      var writer = JSONWriter(capacity: 1024)
      proof.write(to: &writer)
      response = HTTPResponse(200, type: "application/json", writer.bytes)
    case .failure(let failure):
      Log.error("the ledger cannot be proved: \(failure)")
      response = Problem.unavailable("The store does not answer.").response
    }
    for answer in running { answer.give(response) }
    running = []
    begin()
  }
}
