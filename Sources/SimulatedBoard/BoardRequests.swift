// What the page may ask of the board over HTTP, apart from how requests travel.

import GPIO
import JSON
import MemberCode
import StationProtocol
import Time

/// One request as far as the board looks at it, once it is known to come from its own page.
struct BoardRequest {
  var method: String
  var path: String
  var body: [UInt8] = []
}

/// An answer: a status and JSON.
struct BoardReply: Equatable {
  var status: Int
  var json: [UInt8]

  static let done = BoardReply(status: 200, json: Array("{}".utf8))

  /// The page has a text for each word: `board.refused.WORD`.
  static func refused(_ status: Int, _ word: String) -> BoardReply {
    BoardReply(status: status, json: JSONWriter.object { $0.field("error", word) })
  }
}

extension Board {
  /// The most bytes that a request's body may have.
  static let longestBody = 8192

  /// - Returns: nil where the path is none of these, which leaves it to the files of the page.
  func answer(_ request: BoardRequest, at now: Instant) -> BoardReply? {
    if let reply = answerForMachine(request) { return reply }
    switch (request.method, request.path) {
    case ("GET", "/state"): return BoardReply(status: 200, json: stateJSON(at: now))
    case ("POST", "/room"):
      do throws(JSONError) {
        return obey(try RoomOrder(json: request.body))
      } catch {
        return .refused(400, "bad-request")
      }
    case ("POST", "/card"), ("POST", "/keys"):
      do throws(JSONError) {
        return obey(try CredentialOrder(json: request.body))
      } catch {
        return .refused(400, "bad-request")
      }
    case ("POST", "/scan"), ("POST", "/code"), ("POST", "/door"), ("POST", "/walk"),
      ("POST", "/exit"), ("POST", "/beam"), ("POST", "/fault"), ("POST", "/counter"):
      do throws(JSONError) {
        return obey(request.path, try Order(json: request.body))
      } catch {
        return .refused(400, "bad-request")
      }
    default: return nil
    }
  }

  private func obey(_ path: String, _ order: Order) -> BoardReply {
    do throws(Refusal) {
      switch path {
      case "/scan":
        let code = try order.code()
        try order.only("text", "base64")
        try present(code, at: order)
      case "/code":
        let kind = try order.word(order.kind, CodeDesk.Kind.init(word:))
        try order.only("kind", "member")
        try present(kind, at: order)
      case "/door":
        try order.only("action")
        try perform(try order.word(order.action, Self.doorAction), at: order)
      case "/walk":
        try order.only("action")
        let way = try order.word(order.action, BoardModel.Way.init(rawValue:))
        try perform(.walk(way), at: order)
      case "/exit":
        try order.only()
        try perform(.pressExit, at: order)
      case "/counter":
        try order.only()
        try perform(.passCounter, at: order)
      case "/fault":
        try order.only("action", "on")
        let fault = try order.word(order.action, BoardModel.DoorFault.init(rawValue:))
        guard let isOn = order.isOn else { throw .malformed }
        try perform(.setFault(fault, isOn), at: order)
      default:
        try order.only("beam", "clear")
        let isOuter = try order.word(order.beam) { ["outer": true, "inner": false][$0] }
        guard let isClear = order.isClear else { throw .malformed }
        try perform(.setBeam(outer: isOuter, isClear: isClear), at: order)
      }
      return .done
    } catch {
      switch error {
      case .malformed: return .refused(400, "bad-request")
      case .board(.noSuchAccessPoint): return .refused(404, error.word)
      case .board, .reader: return .refused(409, error.word)
      }
    }
  }

  private static func doorAction(_ word: String) -> BoardModel.Action? {
    switch word {
    case "open": .open
    case "close": .close
    case "force": .force
    case "prop": .prop
    default: nil
    }
  }

  private func perform(_ action: BoardModel.Action, at order: Order) throws(Refusal) {
    do throws(BoardRefusal) {
      try perform(action, accessPoint: order.accessPoint)
    } catch {
      throw .board(error)
    }
  }

  private func present(_ code: [UInt8], at order: Order) throws(Refusal) {
    do throws(ReaderRefusal) {
      try present(code, accessPoint: order.accessPoint)
    } catch {
      throw .reader(error)
    }
  }

  private func present(_ kind: CodeDesk.Kind, at order: Order) throws(Refusal) {
    do throws(ReaderRefusal) {
      try present(kind, of: order.member, accessPoint: order.accessPoint)
    } catch {
      throw .reader(error)
    }
  }

  fileprivate enum Refusal: Error {
    case malformed
    case board(BoardRefusal)
    case reader(ReaderRefusal)

    var word: String {
      switch self {
      case .malformed: "bad-request"
      case .board(let refusal): refusal.rawValue
      case .reader(let refusal): refusal.rawValue
      }
    }
  }
}

/// The body of any order: `accessPoint`, and what the path asks for besides.
private struct Order {
  var accessPoint: Int
  var action: String?
  var kind: String?
  var member: MemberID?
  var beam: String?
  var isClear: Bool?
  var isOn: Bool?
  private var text: String?
  private var base64: [UInt8]?
  private var names: [String] = []

  init(json: [UInt8]) throws(JSONError) {
    self = try JSONReader.read(json) { (reader) throws(JSONError) in try Order(from: &reader) }
  }

  private init(from reader: inout JSONReader) throws(JSONError) {
    var point: Int?
    var names: [String] = []
    var order = (
      action: String?.none, kind: String?.none, member: MemberID?.none, beam: String?.none,
      isClear: Bool?.none, isOn: Bool?.none, text: String?.none, base64: [UInt8]?.none
    )
    try reader.object { (reader, key) throws(JSONError) in
      switch key {
      case "accessPoint":
        return try reader.read(&point, key, integer: { AccessPointID(Int($0))?.number })
      case "action": try reader.read(&order.action, key, text: { $0 })
      case "kind": try reader.read(&order.kind, key, text: { $0 })
      case "member": try reader.read(&order.member, key, text: { MemberID($0) })
      case "beam": try reader.read(&order.beam, key, text: { $0 })
      case "clear":
        try reader.read(&order.isClear, key) { (reader) throws(JSONError) in try reader.bool() }
      case "on":
        try reader.read(&order.isOn, key) { (reader) throws(JSONError) in try reader.bool() }
      case "text":
        try reader.read(&order.text, key) { (reader) throws(JSONError) in
          try reader.string(limit: Board.longestBody)
        }
      case "base64":
        try reader.read(&order.base64, key) { (reader) throws(JSONError) in
          let text = try reader.string(limit: Board.longestBody)
          guard let bytes = Base64.decode(text.utf8) else {
            throw reader.error(.invalidMember("base64"))
          }
          return bytes
        }
      default: throw reader.unknown(key)
      }
      names.append(key.name)
    }
    accessPoint = try reader.require(point, "accessPoint")
    (action, kind, member, beam, isClear, isOn, text, base64) = order
    self.names = names
  }

  /// What the reader is to send: `text` as UTF-8, or `base64` for bytes that are no text.
  func code() throws(Board.Refusal) -> [UInt8] {
    switch (text, base64) {
    case (let text?, nil): return Array(text.utf8)
    case (nil, let bytes?): return bytes
    default: throw .malformed
    }
  }

  func word<Value>(_ text: String?, _ parse: (String) -> Value?) throws(Board.Refusal) -> Value {
    guard let value = text.flatMap(parse) else { throw .malformed }
    return value
  }

  /// Refuses members that mean nothing here, so that a slip in a script is noticed.
  func only(_ allowed: String...) throws(Board.Refusal) {
    guard names.allSatisfy(allowed.contains) else { throw .malformed }
  }
}
