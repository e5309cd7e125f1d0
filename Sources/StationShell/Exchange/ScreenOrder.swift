// What the screen may ask of the daemon, apart from how requests travel.
import JSON
import StationCore
import StationProtocol
import Time

/// A button of the screen.
enum ScreenOrder: Equatable {
  /// `POST /select {slot}`
  case select(SlotID)
  /// `POST /cancel {}`
  case cancel
  /// `POST /count {slot, stock, bestBefore?}`
  case count(SlotID, stock: Int64, bestBefore: Int?)
  /// `POST /release {slot}`
  case release(SlotID)

  static let paths = ["select", "cancel", "count", "release"]

  /// - Parameter path: one of `paths`.
  init(path: String, json: [UInt8]) throws(JSONError) {
    self = try JSONReader.read(json) { (reader) throws(JSONError) in
      var slot: SlotID?
      var stock: Int64?
      var bestBefore: Int?
      try reader.object { (reader, key) throws(JSONError) in
        switch (key, path) {
        case ("slot", "select"), ("slot", "count"), ("slot", "release"):
          try reader.read(&slot, key, integer: { Int(exactly: $0).flatMap { SlotID($0) } })
        case ("stock", "count"):
          try reader.read(
            &stock, key, integer: { (0...VendingPayload.deepest).contains($0) ? $0 : nil })
        case ("bestBefore", "count"):
          try reader.read(
            &bestBefore, key,
            integer: { number in
              guard OccupancyDay.days.contains(Int(number)) else { return nil }
              let day = Int(number)
              let date = CalendarDate(year: day / 10_000, month: day / 100 % 100, day: day % 100)
              return date == nil ? nil : day
            })
        default: throw reader.unknown(key)
        }
      }
      switch path {
      case "select": return .select(try reader.require(slot, "slot"))
      case "count":
        return .count(
          try reader.require(slot, "slot"), stock: try reader.require(stock, "stock"),
          bestBefore: bestBefore)
      case "release": return .release(try reader.require(slot, "slot"))
      default: return .cancel
      }
    }
  }

  var event: Event {
    switch self {
    case .select(let slot): .exchange(.selected(slot))
    case .cancel: .exchange(.cancelled)
    case .count(let slot, let stock, let day):
      .exchange(.slotCounted(slot, stock: stock, bestBefore: day))
    case .release(let slot): .exchange(.slotReleased(slot))
    }
  }

  /// Only while the maintenance key is turned.
  var isMaintainers: Bool {
    switch self {
    case .select, .cancel: false
    case .count, .release: true
    }
  }
}
