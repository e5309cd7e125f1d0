// An order as a text: what makes two orders the same one, and what waits for a second person.
import JSON
import StationProtocol

extension LedgerOrder {
  /// Equal texts are equal orders.
  package var contents: String {
    let json = JSONWriter.object {
      switch self {
      case .issue(let amount, let reason):
        $0.field("issue", amount)
        $0.field("reason", reason)
      case .grant(let member, let amount, let reason):
        $0.field("grant", amount.number)
        $0.field("member", member.text)
        $0.field("reason", reason)
      case .approve(let pending): $0.field("approve", pending)
      case .decline(let pending, let reason):
        $0.field("decline", pending)
        $0.field("reason", reason)
      case .reverse(let movement, let reason):
        $0.field("reverse", movement)
        $0.field("reason", reason)
      case .resolve(let exchange, let decision, let reason):
        $0.field("resolve", exchange.description)
        if case .post(let amount) = decision { $0.field("post", amount?.number ?? 0) }
        $0.field("reason", reason)
      case .dismiss(let station, let through, let reason):
        $0.field("dismiss", through)
        $0.field("station", station)
        $0.field("reason", reason)
      case .price(let station, let slot, let price):
        $0.field("price", price?.number ?? 0)
        $0.field("station", station)
        $0.field("slot", slot.number)
      case .limits(let limits):
        $0.key("limits")
        limits.write(to: &$0)
      }
    }
    return String(decoding: json, as: UTF8.self)
  }

  /// - Returns: nil unless the text is what `contents` gives.
  package init?(contents: String) {
    var parts = Parts()
    do throws(JSONError) {
      try JSONReader.read(Array(contents.utf8)) { (reader) throws(JSONError) in
        try reader.object { (reader, key) throws(JSONError) in try parts.take(key, &reader) }
      }
    } catch {
      return nil
    }
    guard let order = parts.order else { return nil }
    self = order
  }

  private struct Parts {
    private var kind: Kind?
    /// The value of the member that names the kind: an amount or an id.
    private var number: Int64?
    private var member: MemberID?
    private var exchange: ExchangeID?
    private var post: Int64?
    private var station: StationID?
    private var slot: SlotID?
    private var limits: ExchangeLimits?
    private var reason: String?

    mutating func take(_ key: JSONKey, _ reader: inout JSONReader) throws(JSONError) {
      if let named = Kind(rawValue: key.name) {
        guard kind == nil else { throw reader.unknown(key) }
        kind = named
        switch named {
        case .resolve: try reader.read(&exchange, key, text: { ExchangeID($0) })
        case .limits: limits = try Self.limits(&reader)
        default: try reader.read(&number, key, integer: { $0 })
        }
        return
      }
      switch key {
      case "member": try reader.read(&member, key, text: { MemberID($0) })
      case "post": try reader.read(&post, key, integer: { $0 })
      case "station": try reader.read(&station, key, text: { StationID($0) })
      case "slot": try reader.read(&slot, key, integer: { SlotID(Int($0)) })
      case "reason":
        try reader.read(&reason, key) { (reader) throws(JSONError) in
          try reader.string(limit: 4 * LedgerOrder.longestReason)
        }
      default: throw reader.unknown(key)
      }
    }

    private static func limits(_ reader: inout JSONReader) throws(JSONError) -> ExchangeLimits {
      var limits = ExchangeLimits()
      try reader.object { (reader, key) throws(JSONError) in
        if reader.takeNull() { return }
        switch key {
        case "perDay": try reader.read(&limits.perDay, key, integer: { $0 })
        case "perArticle": try reader.read(&limits.perArticle, key, integer: { $0 })
        default: throw reader.unknown(key)
        }
      }
      return limits
    }

    var order: LedgerOrder? {
      switch kind {
      case .issue:
        guard let number, let reason else { return nil }
        return .issue(number, reason: reason)
      case .grant:
        guard let number, let points = Points(number), let member, let reason else { return nil }
        return .grant(member, points, reason: reason)
      case .approve: return number.map { .approve(pending: $0) }
      case .decline:
        guard let number, let reason else { return nil }
        return .decline(pending: number, reason: reason)
      case .reverse:
        guard let number, let reason else { return nil }
        return .reverse(movement: number, reason: reason)
      case .resolve:
        guard let exchange, let reason else { return nil }
        let decision = post.map { HoldDecision.post(Points($0)) } ?? .void
        return .resolve(exchange, decision, reason: reason)
      case .dismiss:
        guard let number, let station, let reason else { return nil }
        return .dismiss(station, through: number, reason: reason)
      case .price:
        guard let number, let station, let slot else { return nil }
        return .price(station, slot, Points(number))
      case .limits: return limits.map { .limits($0) }
      case nil: return nil
      }
    }
  }
}
