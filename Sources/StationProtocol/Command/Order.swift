// The operations that a station can be ordered to carry out, by their subsystems.
import JSON

/// An operation with all that it needs to be carried out.
package enum Order: Equatable, Sendable {
  case door(DoorOrder)
  case entry(EntryOrder)
  case occupancy(OccupancyOrder)
  case climate(ClimateOrder)
  case exchange(ExchangeOrder)
  case alarm(AlarmOrder)
  case station(StationOrder)

  /// The word of an operation; no word is one of two families.
  package enum Kind: Hashable, Sendable {
    case door(DoorOrder.Kind)
    case entry(EntryOrder.Kind)
    case occupancy(OccupancyOrder.Kind)
    case climate(ClimateOrder.Kind)
    case exchange(ExchangeOrder.Kind)
    case alarm(AlarmOrder.Kind)
    case station(StationOrder.Kind)
  }

  package var kind: Kind {
    switch self {
    case .door(let order): .door(order.kind)
    case .entry(let order): .entry(order.kind)
    case .occupancy(let order): .occupancy(order.kind)
    case .climate(let order): .climate(order.kind)
    case .exchange(let order): .exchange(order.kind)
    case .alarm(let order): .alarm(order.kind)
    case .station(let order): .station(order.kind)
    }
  }

  /// The operation and its members, among those of the object that has an order.
  package static func described<Coder: MemberCoder>(
    _ order: Order?, by coder: inout Coder
  ) throws(Coder.Failure) -> Order {
    switch try coder.member("op", order?.kind) {
    case .door(let kind):
      let old = order.flatMap { if case .door(let order) = $0 { order } else { nil } }
      return .door(try DoorOrder.described(kind, old, by: &coder))
    case .entry(let kind):
      let old = order.flatMap { if case .entry(let order) = $0 { order } else { nil } }
      return .entry(try EntryOrder.described(kind, old, by: &coder))
    case .occupancy(let kind):
      let old = order.flatMap { if case .occupancy(let order) = $0 { order } else { nil } }
      return .occupancy(try OccupancyOrder.described(kind, old, by: &coder))
    case .climate(let kind):
      let old = order.flatMap { if case .climate(let order) = $0 { order } else { nil } }
      return .climate(try ClimateOrder.described(kind, old, by: &coder))
    case .exchange(let kind):
      let old = order.flatMap { if case .exchange(let order) = $0 { order } else { nil } }
      return .exchange(try ExchangeOrder.described(kind, old, by: &coder))
    case .alarm(let kind):
      let old = order.flatMap { if case .alarm(let order) = $0 { order } else { nil } }
      return .alarm(try AlarmOrder.described(kind, old, by: &coder))
    case .station(let kind):
      let old = order.flatMap { if case .station(let order) = $0 { order } else { nil } }
      return .station(try StationOrder.described(kind, old, by: &coder))
    }
  }
}

extension Order {
  /// Writes the operation and its members among those of an object.
  package func writeMembers(to writer: inout JSONWriter) {
    _ = Self.described(self, by: &writer)
  }
}

extension Order.Kind: MemberWord, CaseIterable, Comparable {
  package static let allCases: [Order.Kind] =
    DoorOrder.Kind.allCases.map(Self.door) + EntryOrder.Kind.allCases.map(Self.entry)
    + OccupancyOrder.Kind.allCases.map(Self.occupancy)
    + ClimateOrder.Kind.allCases.map(Self.climate)
    + ExchangeOrder.Kind.allCases.map(Self.exchange) + AlarmOrder.Kind.allCases.map(Self.alarm)
    + StationOrder.Kind.allCases.map(Self.station)

  /// - Returns: nil where the word is an operation of no family.
  package init?(rawValue: String) {
    guard let kind = Self.allCases.first(where: { $0.rawValue == rawValue }) else { return nil }
    self = kind
  }

  package var rawValue: String {
    switch self {
    case .door(let kind): kind.rawValue
    case .entry(let kind): kind.rawValue
    case .occupancy(let kind): kind.rawValue
    case .climate(let kind): kind.rawValue
    case .exchange(let kind): kind.rawValue
    case .alarm(let kind): kind.rawValue
    case .station(let kind): kind.rawValue
    }
  }

  package static func < (one: Order.Kind, other: Order.Kind) -> Bool {
    one.rawValue < other.rawValue
  }
}

extension OperationWord {
  package init(_ kind: Order.Kind) { self.init(known: kind.rawValue) }
}
