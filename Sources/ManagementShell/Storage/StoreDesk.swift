// The store as the loop's thread has it: it asks, goes on with its turn, and hears the answer later.
import Linux
import ManagementCore

/// Hands questions to a pool of threads, each with a connection that reads, and orders to the one
/// thread that writes. The loop waits for neither: not for a question that reads for seconds, and
/// not for a disk that takes its time.
///
/// A question begins after it was asked, so it knows all that was answered before. A reader has one
/// at a time; questions that find no reader wait in line.
final class StoreDesk {
  /// Nobody answers: as many as are let in wait already.
  struct Full: Error {}

  /// The most questions and orders under way: more than there are connections to ask from.
  static let mostWaiting = 4096
  static let readerCount = 3

  private let answers: Mailbox<StoreAnswer>
  private let writer: StoreWriter
  private let readers: [WorkerThread<StoreErrand>]
  /// The readers that have nothing to do. The last one is the next, so that a quiet service has
  /// one connection that reads.
  private var idle: [Int]
  private var line: [StoreErrand] = []
  private var waiting: [UInt64: (Result<any Sendable, any Error>) -> Void] = [:]
  private var last: UInt64 = 0

  /// - Parameter path: of the store that `writer` has.
  init(loop: EventLoop, path: String, writer: StoreWriter) throws(SystemError) {
    self.writer = writer
    answers = try Mailbox<StoreAnswer>()
    readers = (0..<Self.readerCount).map { number in
      WorkerThread(name: "reader-\(number)") {
        var connection: SQLiteStore?
        return { errands in
          for errand in errands {
            errand.run(
              on: &connection, reader: number,
              opening: { () throws(StoreFailure) in try SQLiteStore(reading: path) })
          }
          return nil
        }
      }
    }
    idle = readers.indices.reversed()
    try loop.receive(from: answers) { [unowned self] in take($0) }
  }

  /// Asks what is stored.
  /// - Parameters:
  ///   - question: called on a reader's thread. What it throws is the failure of the answer.
  ///   - then: called on the loop's thread; at once where too many wait.
  func ask<Value: Sendable>(
    _ question: @escaping @Sendable (any ManagementQueries) throws -> Value,
    _ then: @escaping (Result<Value, any Error>) -> Void
  ) {
    guard let errand = errand({ try question($0) }, then) else { return }
    if let reader = idle.popLast() {
      readers[reader].submit(errand)
    } else {
      line.append(errand)
    }
  }

  /// Changes what is stored.
  /// - Parameters:
  ///   - order: called on the writer's thread, in the order in which they were given; it is
  ///     durable, each of its changes by itself, before the answer comes.
  ///   - then: called on the loop's thread; at once where too many wait.
  func order<Value: Sendable>(
    _ order: @escaping @Sendable (any ManagementStore) throws -> Value,
    _ then: @escaping (Result<Value, any Error>) -> Void
  ) {
    guard let errand = errand({ try order($0) }, then) else { return }
    writer.carryOut(errand)
  }

  private func errand<Value: Sendable>(
    _ body: @escaping @Sendable (SQLiteStore) throws -> Value,
    _ then: @escaping (Result<Value, any Error>) -> Void
  ) -> StoreErrand? {
    guard waiting.count < Self.mostWaiting else {
      then(.failure(Full()))
      return nil
    }
    last += 1
    waiting[last] = { result in
      then(
        result.map { value in
          guard let value = value as? Value else {
            preconditionFailure("an answer is of the type that was asked for")
          }
          return value
        })
    }
    return StoreErrand(last, answers: answers, body)
  }

  private func take(_ answer: StoreAnswer) {
    if let reader = answer.reader {
      if line.isEmpty {
        idle.append(reader)
      } else {
        readers[reader].submit(line.removeFirst())
      }
    }
    waiting.removeValue(forKey: answer.number)?(answer.result)
  }

  /// A reader may be in the middle of a long question, which nobody waits for any more.
  func stop() {
    line = []
    for reader in readers { reader.abandon() }
  }
}
