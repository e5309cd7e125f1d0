// Cards and PINs that a person shows to the board: no reader of theirs hangs on a serial line.

import GPIO
import StationProtocol

/// `POST /card` and `POST /keys`: what is shown at which access point.
struct CredentialOrder {
  let accessPoint: Int
  let credential: BoardCredential

  /// - Throws: where this is no card, no row of keys, or both.
  init(json: [UInt8]) throws(JSONError) {
    self = try JSONReader.read(json) { (reader) throws(JSONError) in
      var point: Int?
      var credential: BoardCredential?
      try reader.object { (reader, key) throws(JSONError) in
        switch key {
        case "accessPoint":
          try reader.read(&point, key, integer: { AccessPointID(Int($0))?.number })
        case "card" where credential == nil:
          try reader.read(&credential, key, text: { Self.card($0) })
        case "keys" where credential == nil:
          try reader.read(&credential, key, text: { BoardCredential(keys: $0) })
        default: throw reader.unknown(key)
        }
      }
      return CredentialOrder(
        accessPoint: try reader.require(point, "accessPoint"),
        credential: try reader.require(credential, "card"))
    }
  }

  private init(accessPoint: Int, credential: BoardCredential) {
    self.accessPoint = accessPoint
    self.credential = credential
  }

  /// `26:FACILITY:NUMBER` or `34:NUMBER`, as member lists have it.
  private static func card(_ text: String) -> BoardCredential? {
    let numbers = text.split(separator: ":", omittingEmptySubsequences: false).map { UInt32($0) }
    switch (numbers.first, numbers.count) {
    case (26, 3):
      guard let facility = numbers[1], facility < 256, let number = numbers[2], number < 65_536
      else { return nil }
      return .card(bits: 26, number: facility << 16 | number)
    case (34, 2): return numbers[1].map { .card(bits: 34, number: $0) }
    default: return nil
    }
  }
}

extension Board {
  /// Shows a card or keys to the daemon.
  func obey(_ order: CredentialOrder) -> BoardReply {
    guard order.accessPoint <= options.accessPoints else {
      return .refused(404, BoardRefusal.noSuchAccessPoint.rawValue)
    }
    show(.shown(accessPoint: order.accessPoint, order.credential))
    return .done
  }
}
