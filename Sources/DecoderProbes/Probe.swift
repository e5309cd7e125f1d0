// One decoder with the properties that must hold for any bytes given to it.

/// The properties asked of a decoder beyond that it does not crash. The fuzzer and the tests run
/// the same probes: one with bytes that it makes up, the other with those of `Tests/FuzzCorpora`.
package struct Probe: Sendable {
  /// Also the name of its folder of inputs.
  package let name: String
  /// The longest input that tells something new, in bytes.
  package let longest: Int
  /// What its inputs are made of, for the fuzzer's dictionary.
  package let words: [String]
  private let body: @Sendable ([UInt8]) throws(Violation) -> Void

  init(
    _ name: String, longest: Int, words: [String] = [],
    _ body: @escaping @Sendable ([UInt8]) throws(Violation) -> Void
  ) {
    self.name = name
    self.longest = longest
    self.words = words
    self.body = body
  }

  /// - Throws: the property that these bytes break.
  package func run(_ bytes: [UInt8]) throws(Violation) { try body(bytes) }

  package static let all: [Probe] =
    memberCode + keys + framing + counters + machine + json + payloads + topics + configuration
    + http + board
    + readers
}

/// A property of a decoder that did not hold.
package struct Violation: Error, CustomStringConvertible {
  package let description: String

  init(_ description: String) { self.description = description }
}

/// - Throws: a violation that says `property` where the condition does not hold.
func expect(
  _ condition: Bool, _ property: @autoclosure () -> String
) throws(Violation) {
  guard condition else { throw Violation(property()) }
}

/// - Throws: a violation where two values that must be the same are not.
func expectEqual<Value: Equatable>(
  _ one: Value, _ other: Value, _ property: @autoclosure () -> String
) throws(Violation) {
  guard one == other else { throw Violation("\(property()): \(one) is not \(other)") }
}
