// The exchange machine on the board's page: how it stands, and what a person does to it.
import JSON
import Linux
import StationProtocol

extension Board {
  /// `/machine` `{order}` with a line of `MachineOrder`, `/machine-code` `{kind, member?}`.
  /// - Returns: nil for any other path.
  func answerForMachine(_ request: BoardRequest) -> BoardReply? {
    guard request.method == "POST", ["/machine", "/machine-code"].contains(request.path) else {
      return nil
    }
    do throws(JSONError) {
      let order = try MachinePanelOrder(json: request.body)
      switch (request.path, order) {
      case ("/machine", .order(let order)):
        guard let machine else { return .refused(409, "no-machine") }
        _ = machine.perform(order)
      case ("/machine-code", .code(let kind, let member)):
        do throws(ReaderRefusal) {
          try presentAtMachine(kind, of: member)
        } catch {
          return .refused(409, error.rawValue)
        }
      default: return .refused(400, "bad-request")
      }
      return .done
    } catch {
      return .refused(400, "bad-request")
    }
  }

  /// The address of the screen, once the daemon has said so.
  var screenAddress: String? {
    guard let file = options.screen else { return nil }
    guard let bytes = try? Files.read(file, limit: 256) else { return nil }
    let text = String(decoding: bytes, as: UTF8.self).split(separator: "\n").first
    return text.map(String.init)
  }
}

/// The body of a request about the machine.
private enum MachinePanelOrder {
  case order(MachineOrder)
  case code(CodeDesk.Kind, MemberID?)

  init(json: [UInt8]) throws(JSONError) {
    self = try JSONReader.read(json) { (reader) throws(JSONError) in
      var order: MachineOrder?
      var kind: CodeDesk.Kind?
      var member: MemberID?
      try reader.object { (reader, key) throws(JSONError) in
        switch key {
        case "order":
          try reader.read(
            &order, key, text: { MachineOrder(line: $0).flatMap { $0 == .state ? nil : $0 } })
        case "kind": try reader.read(&kind, key, text: { CodeDesk.Kind(word: $0) })
        case "member": try reader.read(&member, key, text: { MemberID($0) })
        default: throw reader.unknown(key)
        }
      }
      if let order, kind == nil, member == nil { return .order(order) }
      guard order == nil else { throw reader.error(.expected("an order or a code")) }
      return .code(try reader.require(kind, "kind"), member)
    }
  }
}
