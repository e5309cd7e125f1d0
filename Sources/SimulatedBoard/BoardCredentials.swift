// Cards and PINs that a person shows to the board: no reader of theirs hangs on a serial line.

import BoardLink
import GPIO
import JSON
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

  /// `26:FACILITY:NUMBER`, or another width and `:NUMBER`, as member lists have it.
  private static func card(_ text: String) -> BoardCredential? {
    let numbers = text.split(separator: ":", omittingEmptySubsequences: false).map { UInt64($0) }
    guard let first = numbers.first, let bits = first else { return nil }
    let number: UInt64?
    switch (bits, numbers.count) {
    case (26, 3):
      guard let facility = numbers[1], facility < 256, let low = numbers[2], low < 65_536
      else { return nil }
      number = facility << 16 | low
    case (24, 2), (32, 2), (34, 2), (37, 2), (58, 2): number = numbers[1]
    default: return nil
    }
    // What fits is said once, by the protocol.
    let report = number.flatMap { BoardReport(line: "card 1 \(bits) \($0)") }
    guard case .shown(_, let credential)? = report else { return nil }
    return credential
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
