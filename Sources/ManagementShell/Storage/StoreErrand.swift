// A question or an order on its way to a thread that has a connection to the store.
import Linux
import ManagementCore

/// Done once, on the thread of a connection; what comes of it goes into a mailbox.
struct StoreErrand: Sendable {
  /// By which whoever waits for the answer knows it.
  let number: UInt64
  private let answers: Mailbox<StoreAnswer>
  private let body: @Sendable (SQLiteStore) throws -> any Sendable

  init(
    _ number: UInt64, answers: Mailbox<StoreAnswer>,
    _ body: @escaping @Sendable (SQLiteStore) throws -> any Sendable
  ) {
    self.number = number
    self.answers = answers
    self.body = body
  }

  /// - Parameters:
  ///   - connection: opened where it is not; let go of where the store has failed, since it may
  ///     be broken for good.
  ///   - reader: the place of this thread in the pool of readers; nil for the writer.
  ///   - done: called before the answer of what was done is sent; its failure changes no answer.
  func run(
    on connection: inout SQLiteStore?, reader: Int? = nil,
    opening open: () throws(StoreFailure) -> SQLiteStore,
    done: (SQLiteStore) throws(StoreFailure) -> Void = { _ in }
  ) {
    let result: Result<any Sendable, any Error>
    do {
      let store = if let connection { connection } else { try open() }
      connection = store
      result = .success(try body(store))
      do throws(StoreFailure) {
        try done(store)
      } catch {
        connection = nil
      }
    } catch {
      if error is StoreFailure { connection = nil }
      result = .failure(error)
    }
    answers.send(StoreAnswer(number: number, result: result, reader: reader))
  }
}

/// The outcome of an errand.
struct StoreAnswer: Sendable {
  let number: UInt64
  let result: Result<any Sendable, any Error>
  /// The reader that has nothing to do now.
  let reader: Int?
}
