// The bodies of requests that order the ledger: read strictly, with the place of what is wrong.
import JSON
import ManagementCore
import StationProtocol

/// `POST /issues`, `POST /members/{id}/grants`, `POST /movements/{id}/reversal`,
/// `POST /pending-orders/{id}/decision`, `POST /holds/{exchange}/resolution` and
/// `POST /stations/{id}/dismissal`: each takes a key, most a reason, and what its own members say.
package struct LedgerBody: Equatable, Sendable {
  package enum Shape: Sendable {
    case issue
    case grant
    case reversal
    case decision
    case resolution
    case dismissal
  }

  package var key: OrderKey
  /// Empty where an approval has none.
  package var reason = ""
  /// The points of a grant or an issue, or those taken of a hold.
  package var amount: Int64?
  /// The last exchange of a dismissal.
  package var through: Int64 = 0
  /// Whether an order is approved, or a hold posted.
  package var isAffirmed = false

  package init(json: [UInt8], _ shape: Shape) throws(JSONError) {
    self = try JSONReader.read(json) { (reader) throws(JSONError) in
      var members = Members(shape: shape)
      try reader.object { (reader, key) throws(JSONError) in try members.take(key, &reader) }
      return try members.body(reader)
    }
  }

  private init(key: OrderKey) { self.key = key }

  private struct Members {
    let shape: Shape
    var key: OrderKey?
    var reason: String?
    var amount: Int64?
    var through: Int64?
    var isAffirmed: Bool?

    init(shape: Shape) { self.shape = shape }

    mutating func take(_ name: JSONKey, _ reader: inout JSONReader) throws(JSONError) {
      switch (name, shape) {
      case ("key", _): try reader.read(&key, name)
      case ("reason", _): try reader.read(&reason, name, plain: LedgerOrder.longestReason)
      case ("amount", .issue):
        try reader.read(
          &amount, name, integer: { (1...Movement.most).contains($0) ? $0 : nil },
          expecting: "a number from 1 to \(Movement.most)")
      case ("amount", .grant), ("amount", .resolution):
        try reader.read(
          &amount, name, integer: { Points($0)?.number },
          expecting: "a number from 1 to \(Points.most)")
      case ("through", .dismissal):
        try reader.read(
          &through, name, integer: { (1...JSONReader.largest).contains($0) ? $0 : nil },
          expecting: "a number from 1 to \(JSONReader.largest)")
      case ("decision", .decision):
        try reader.read(
          &isAffirmed, name, text: { $0 == "approve" ? true : $0 == "decline" ? false : nil },
          expecting: "approve or decline")
      case ("decision", .resolution):
        try reader.read(
          &isAffirmed, name, text: { $0 == "post" ? true : $0 == "void" ? false : nil },
          expecting: "post or void")
      default: throw reader.unknown(name)
      }
    }

    func body(_ reader: JSONReader) throws(JSONError) -> LedgerBody {
      var body = LedgerBody(key: try reader.require(key, "key"))
      if shape == .decision || shape == .resolution {
        body.isAffirmed = try reader.require(isAffirmed, "decision")
      }
      // Who approves agrees with the reason that was given.
      if shape == .decision, body.isAffirmed {
        guard reason == nil else { throw reader.error(.unknownMember("reason")) }
      } else {
        body.reason = try reader.require(reason, "reason")
      }
      switch shape {
      case .issue, .grant: body.amount = try reader.require(amount, "amount")
      case .resolution where body.isAffirmed: body.amount = amount
      case .resolution:
        guard amount == nil else { throw reader.error(.unknownMember("amount")) }
      case .dismissal: body.through = try reader.require(through, "through")
      case .reversal, .decision: break
      }
      return body
    }
  }
}

/// `PUT /exchange-limits`; null is without limit.
package struct LimitsBody: Equatable, Sendable {
  package var limits: ExchangeLimits
  /// nil where the request brings none.
  package var key: OrderKey?

  private static let expected = "a number from 0 to \(ExchangeLimits.most), or null"

  package init(json: [UInt8]) throws(JSONError) {
    var orderKey: OrderKey?
    limits = try JSONReader.read(json) { (reader) throws(JSONError) in
      var perDay: Int64??
      var perArticle: Int64??
      func limit(_ number: Int64) -> Int64? {
        (0...ExchangeLimits.most).contains(number) ? number : nil
      }
      try reader.object { (reader, key) throws(JSONError) in
        switch key {
        case "perDay": try reader.read(&perDay, key, orNull: limit, Self.expected)
        case "perArticle": try reader.read(&perArticle, key, orNull: limit, Self.expected)
        case "key": try reader.read(&orderKey, key)
        default: throw reader.unknown(key)
        }
      }
      return ExchangeLimits(
        perDay: try reader.require(perDay, "perDay"),
        perArticle: try reader.require(perArticle, "perArticle"))
    }
    key = orderKey
  }
}

/// `PUT /stations/{id}/prices/{slot}`; null takes the agreement back.
package struct PriceBody: Equatable, Sendable {
  package var price: Points?
  /// nil where the request brings none.
  package var key: OrderKey?

  package init(json: [UInt8]) throws(JSONError) {
    var orderKey: OrderKey?
    price = try JSONReader.read(json) { (reader) throws(JSONError) in
      var price: Points??
      try reader.object { (reader, key) throws(JSONError) in
        switch key {
        case "price":
          try reader.read(
            &price, key, orNull: { Points($0) }, "a number from 1 to \(Points.most), or null")
        case "key": try reader.read(&orderKey, key)
        default: throw reader.unknown(key)
        }
      }
      return try reader.require(price, "price")
    }
    key = orderKey
  }
}

extension JSONReader {
  fileprivate mutating func read(_ slot: inout OrderKey?, _ key: JSONKey) throws(JSONError) {
    try read(&slot, key, text: { OrderKey($0) }, expecting: OrderKey.syntax)
  }

  /// Reads an integer that `parse` must accept, or null.
  /// - Parameter expected: what it accepts, for a person.
  fileprivate mutating func read<Value>(
    _ slot: inout Value??, _ key: JSONKey, orNull parse: (Int64) -> Value?, _ expected: String
  ) throws(JSONError) {
    if takeNull() {
      try read(&slot, key) { (_) throws(JSONError) in Value?.none }
    } else {
      try read(&slot, key, integer: { parse($0).map { .some($0) } }, expecting: expected)
    }
  }
}
