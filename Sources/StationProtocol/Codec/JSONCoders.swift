// The two coders: one writes JSON, the other reads it.
import JSON

extension JSONWriter: MemberCoder {
  package typealias Failure = Never

  package mutating func optional<Value: MemberValue>(_ name: StaticString, _ value: Value?)
    -> Value?
  {
    guard let value else { return nil }
    key(name)
    value.write(to: &self)
    return value
  }

  package mutating func optionalList<Element: MemberValue>(
    _ name: StaticString, _ values: [Element]?, _: ListBounds<Element>
  ) -> [Element]? {
    guard let values else { return nil }
    key(name)
    array(values) { $1.write(to: &$0) }
    return values
  }

  package func present<Value>(_ value: Value?, _ name: StaticString) -> Value {
    guard let value else { preconditionFailure("\(name) has no value to be written") }
    return value
  }

  package func demand(_: Bool, of _: StaticString) {}

  package func forbid(_: StaticString) {}
}

extension JSONMembers: MemberCoder {
  package mutating func optional<Value: MemberValue>(
    _ name: StaticString, _: Value?
  ) throws(JSONError) -> Value? {
    guard var reader = take(name) else { return nil }
    guard let value = try Value.read(from: &reader) else { throw invalid(name) }
    return value
  }

  package mutating func optionalList<Element: MemberValue>(
    _ name: StaticString, _: [Element]?, _ bounds: ListBounds<Element>
  ) throws(JSONError) -> [Element]? {
    guard var reader = take(name) else { return nil }
    var elements: [Element] = []
    let unacceptable = invalid(name)
    try reader.array(limit: bounds.most) { (reader) throws(JSONError) in
      guard let element = try Element.read(from: &reader) else { throw unacceptable }
      if let order = bounds.order, let last = elements.last, !order.isBefore(last, element) {
        throw reader.error(.expected("\(order.name) in order, each once"))
      }
      elements.append(element)
    }
    return elements
  }

  package func present<Value>(_ value: Value?, _ name: StaticString) throws(JSONError) -> Value {
    guard let value else { throw missing(name) }
    return value
  }

  package func demand(_ isSo: Bool, of name: StaticString) throws(JSONError) {
    guard isSo else { throw invalid(name) }
  }

  package func forbid(_ name: StaticString) throws(JSONError) {
    if let unexpected = unexpected(name) { throw unexpected }
  }
}
