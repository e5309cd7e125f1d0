// A command of the service to a station: one operation, once, within a time that is short.

/// Names one command for ever: 1 to 64 of `a-z`, `0-9` and `-`, minted by the service. The same id
/// is the same command, however often it comes.
package struct CommandID: Hashable, Sendable, Comparable, CustomStringConvertible {
  package static let longest = 64
  package let text: String

  /// - Returns: nil where the text is empty, too long, or holds any other character.
  package init?(_ text: some StringProtocol) {
    guard isPlainWord(text, limit: Self.longest) else { return nil }
    self.text = String(text)
  }

  /// The n-th command of this life of the service's store: one that comes back from a backup has
  /// another epoch, so that it never gives an id a second time.
  package init(epoch: StoreEpoch, number: Int64) { text = "\(epoch)-\(number)" }

  package var description: String { text }
  package static func < (one: CommandID, other: CommandID) -> Bool { one.text < other.text }
}

/// `cmd`: the signed body of a command.
///
/// A station judges its age by no wall clock. It has told `nonce` at a moment of its own monotonic
/// clock; the service has measured how long it had known that nonce when it signed (`age`). The
/// command was signed no earlier than the one plus the other, and is good for `life` from then on.
/// The birth's own journey makes a command expire earlier by as much, never later.
package struct Command: Equatable, Sendable {
  package var id: CommandID
  package var order: Order
  /// The name of the API's token that gave it, 1 to 64 characters.
  package var by: String
  /// How long it is good from its signature on.
  package var life: Duration
  package var nonce: SessionNonce
  /// How long the service had known the nonce when it signed.
  package var age: Duration

  /// The longest life, in seconds: whoever gives a command waits for its answer.
  package static let longestLife = 600
  /// The longest age, in seconds: a station draws another nonce every hour.
  package static let longestAge = 86_400
  /// The most characters of a name.
  package static let longestActor = 64

  package init(
    _ id: CommandID, _ order: Order, by: String, life: Duration, nonce: SessionNonce,
    age: Duration
  ) {
    self.id = id
    self.order = order
    self.by = by
    self.life = life
    self.nonce = nonce
    self.age = age
  }
}

extension Command: DescribedObject {
  package static var isTakenWhole: Bool { true }

  package static func described<Coder: MemberCoder>(
    _ command: Command?, by coder: inout Coder
  ) throws(Coder.Failure) -> Command {
    let id = try coder.member("id", command?.id)
    let order = try Order.described(command?.order, by: &coder)
    let by = try coder.member("actor", command?.by)
    try coder.demand((1...longestActor).contains(by.count), of: "actor")
    let life = try coder.number(
      "ttl", command?.life.milliseconds, 1...Int64(longestLife) * 1000)
    let nonce = try coder.member("nonce", command?.nonce)
    let age = try coder.number(
      "age", command?.age.milliseconds, 0...Int64(longestAge) * 1000)
    return Command(
      id, order, by: by, life: .milliseconds(life), nonce: nonce, age: .milliseconds(age))
  }
}

extension Duration {
  fileprivate var milliseconds: Int64 {
    components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
  }
}

extension CommandID: MemberText {
  package init?(member text: String) { self.init(text) }
  package var memberText: String { text }
}
