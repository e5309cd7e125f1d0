// The decisions of a facility that can be seen from outside, as a checker puts them together by itself.
import StationCore
import StationProtocol

/// The limit of people, the goods and the notice that everybody sees.
struct ShownFacility: Equatable {
  struct Offer: Equatable {
    var price: Int64
    var capacity: Int64
  }

  var capacity: Int64?
  var slots: [SlotID: Offer]
  var notice: String?

  /// The decisions of the file of a station alone.
  init(_ configuration: StationConfiguration) {
    capacity = configuration.entry.capacity.most
    slots = [:]
    for slot in configuration.vending?.slots ?? [] {
      slots[slot.slot] = Offer(price: slot.price.number, capacity: slot.capacity)
    }
  }

  /// The same with what the service sets: key by key, and slots as a whole.
  func with(_ sections: [SettingsSection]) -> ShownFacility {
    var shown = self
    if sections.contains(where: { $0.name.text == "slot" }) { shown.slots = [:] }
    for section in sections {
      func value(_ key: String) -> String? { section.values.first { $0.key.text == key }?.text }
      switch section.name.text {
      case "entry": shown.capacity = value("capacity").flatMap { Int64($0) } ?? shown.capacity
      case "screen": shown.notice = value("notice-english") ?? shown.notice
      case "slot":
        guard let slot = section.argument.flatMap({ Int($0.text) }).flatMap({ SlotID($0) }),
          let price = value("price").flatMap({ Int64($0) }),
          let capacity = value("capacity").flatMap({ Int64($0) })
        else { continue }
        shown.slots[slot] = Offer(price: price, capacity: capacity)
      default: continue
      }
    }
    return shown
  }

  /// Whether an effect shows anything of a facility; most do not.
  static func isSeen(in effect: Effect) -> Bool {
    switch effect {
    case .link(.publishState(.occupancy)), .link(.publishState(.vending)), .exchange(.showScreen):
      true
    case .store(.journal(let entry)):
      if case .exchange(.intended) = entry.record.body { true } else { false }
    default: false
    }
  }

  /// - Returns: what an effect shows that is not so.
  func contradiction(in effect: Effect) -> String? {
    switch effect {
    case .link(.publishState(.occupancy(let payload))):
      payload.capacity == capacity ? nil : "the capacity \(payload.capacity ?? 0)"
    case .link(.publishState(.vending(let payload))):
      contradiction(in: payload.slots.map { ($0.slot, $0.price, $0.capacity) })
    case .exchange(.showScreen(let screen)):
      screen.notice?.english != notice
        ? "the notice \(screen.notice?.english ?? "none")"
        : contradiction(in: screen.slots.map { ($0.slot, $0.price, $0.capacity) })
    case .store(.journal(let entry)): price(in: entry)
    default: nil
    }
  }

  private func contradiction(
    in told: [(slot: SlotID, price: Points, capacity: Int64)]
  ) -> String? {
    var offers: [SlotID: Offer] = [:]
    for slot in told {
      offers[slot.slot] = Offer(price: slot.price.number, capacity: slot.capacity)
    }
    return offers == slots ? nil : "other slots or prices"
  }

  /// The price of an exchange that begins: what holds at this moment.
  private func price(in entry: JournalEntry) -> String? {
    guard case .exchange(.intended(let exchange, _)) = entry.record.body,
      exchange.id.seq == entry.seq, exchange.price.number != slots[exchange.slot]?.price
    else { return nil }
    return "the price \(exchange.price.number) of the slot \(exchange.slot)"
  }
}
