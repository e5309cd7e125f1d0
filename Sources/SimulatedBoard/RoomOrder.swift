// What the page asks of the room's own wires: fire, keys, buttons, sensors.

import GPIO
import JSON
import StationProtocol

/// The body of a request for the room: what is `switch`ed, and whether it is `on` then.
struct RoomOrder: Equatable {
  var action: BoardModel.RoomAction

  init(json: [UInt8]) throws(JSONError) {
    self = try JSONReader.read(json) { (reader) throws(JSONError) in
      var name: String?
      var isOn: Bool?
      try reader.object { (reader, key) throws(JSONError) in
        switch key {
        case "switch":
          try reader.read(&name, key, text: { Self.action($0, true) == nil ? nil : $0 })
        case "on":
          try reader.read(&isOn, key) { (reader) throws(JSONError) in try reader.bool() }
        default: throw reader.unknown(key)
        }
      }
      let word = try reader.require(name, "switch")
      let state = try reader.require(isOn, "on")
      return RoomOrder(action: try reader.require(Self.action(word, state), "switch"))
    }
  }

  private init(action: BoardModel.RoomAction) { self.action = action }

  private static func action(_ word: String, _ isOn: Bool) -> BoardModel.RoomAction? {
    switch word {
    case "fire": return .setFire(isOn)
    case "cut": return .cutWires(isOn)
    case "short": return .shortWires(isOn)
    case "fire-reset": return .turnReset
    default:
      guard let kind = BoardLine.Kind(rawValue: word), RoomModel.switchable.contains(kind) else {
        return nil
      }
      return .set(kind, isOn)
    }
  }
}

extension Board {
  func obey(_ order: RoomOrder) -> BoardReply {
    perform(order.action)
    return .done
  }
}
