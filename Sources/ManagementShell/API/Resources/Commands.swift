// Commands to stations, and what is wanted of them.
import HTTP
import JSON
import Linux
import ManagementCore
import StationProtocol
import Text
import Time

extension Endpoint {
  static var commands: [Endpoint] {
    [
      Endpoint(
        .post, "/stations/*/commands", .command, body: CommandBody.init(json:)
      ) { try $0.orderCommand($1, $2) },
      Endpoint(.get, "/stations/*/commands", .viewStations, query: [.limit, .before]) {
        try $0.listCommands($1)
      },
      Endpoint(.get, "/stations/*/commands/*", .viewStations) { try $0.showCommand($1) },
      Endpoint(
        .put, "/stations/*/lock-down", .command, body: LockDownBody.init(json:)
      ) { try $0.setLockDown($1, $2) },
    ]
  }
}

extension API {
  /// A station that is away is not refused: its command waits until its time is over. One that does
  /// not know the operation is.
  fileprivate func orderCommand(_ call: Call, _ body: CommandBody) throws -> HTTPResponse {
    let view = try view(of: call.parameters[0])
    guard let epoch = commandEpoch else { throw Self.noCommandKey }
    let word = OperationWord(body.order.kind)
    try Self.expect(word, at: view)
    let request = CommandRequest(
      view.id, body.order, life: .seconds(body.seconds), key: body.key)
    let now = now()
    let isSent = reaches(view.id)
    return ordering {
      try $0.order(request, epoch: epoch, isSent: isSent, by: call.actor.name, at: now)
    } _: { [self] receipt in
      switch receipt {
      case .conflict:
        throw Problem.conflict("The key \"\(body.key)\" means another command. Nothing was sent.")
      case .ordered(let command, let isNew):
        if isNew {
          Log.notice("\(command.station): \(word) was ordered by \(command.actor)")
          onCommand(.ordered(command))
        }
        return Self.answer(command, status: isNew ? 202 : 200)
      }
    }
  }

  /// Refuses an operation that the station does not know. Of one that was not heard since the start
  /// nothing is known; its command waits.
  static func expect(_ word: OperationWord, at view: StationView) throws(Problem) {
    guard let birth = view.life.birth, !birth.operations.contains(word) else { return }
    let known = birth.operations.map(\.text).joined(separator: ", ")
    throw .unknownOperation(
      "Station \(view.id) of version \(birth.version) does not take the operation "
        + "\(word). It takes: \(known.isEmpty ? "none" : known).")
  }

  static var noCommandKey: Problem {
    .unavailable("This service has no command-key, so no station would obey it.")
  }

  fileprivate func listCommands(_ call: Call) throws -> HTTPResponse {
    let station = try station(call.parameters[0])
    let before = try call.text(.before).map { text throws(Problem) in
      guard let id = CommandID(text) else {
        throw Problem.badRequest("\"before\" is the id of a command.")
      }
      return id
    }
    let limit = try call.limit()
    return asking { store in
      API.list("commands", try store.commands(of: station, before: before, limit: limit)) {
        $1.write(to: &$0)
      }
    }
  }

  fileprivate func showCommand(_ call: Call) throws -> HTTPResponse {
    let station = try station(call.parameters[0])
    let unknown = Problem.notFound(
      "Station \(station) was never given a command \"\(Excerpt(call.parameters[1]))\".")
    guard let id = CommandID(call.parameters[1]) else { throw unknown }
    return asking {
      try $0.command(id)
    } _: { command in
      guard let command, command.station == station else { throw unknown }
      return Self.answer(command)
    }
  }

  static func answer(_ command: OrderedCommand, status: Int = 200) -> HTTPResponse {
    var writer = JSONWriter()
    command.write(to: &writer)
    return HTTPResponse(status, type: "application/json", writer.bytes)
  }

  /// A wish holds until another one: a station that is away hears of it when it comes back.
  fileprivate func setLockDown(_ call: Call, _ body: LockDownBody) throws -> HTTPResponse {
    let view = try view(of: call.parameters[0])
    guard commandEpoch != nil else { throw Self.noCommandKey }
    let reported = view.life.reported?.revision ?? 0
    let now = now()
    return ordering {
      try $0.wish(
        lockDown: body.isOn, of: view.id, above: reported, reason: body.reason,
        by: call.actor.name, at: now)
    } _: { [self] wish in
      Log.notice(
        "\(view.id): lock-down is \(body.isOn ? "wanted" : "not wanted any more") by "
          + "\(wish.actor): \(body.reason)")
      onCommand(.wished(view.id, wish))
      var writer = JSONWriter()
      try self.view(of: call.parameters[0]).write(to: &writer)
      return HTTPResponse(200, type: "application/json", writer.bytes)
    }
  }
}

/// `POST /stations/{id}/commands`.
package struct CommandBody: Equatable, Sendable {
  package var key: OrderKey
  package var order: Order
  /// How long it is good from now on.
  package var seconds: Int64

  /// Long enough for a station that is coming back, short enough to stand in front of the door for.
  private static let usualSeconds: Int64 = 30
}

extension CommandBody: DescribedObject {
  package static var isTakenWhole: Bool { true }

  package static func described<Coder: MemberCoder>(
    _ body: CommandBody?, by coder: inout Coder
  ) throws(Coder.Failure) -> CommandBody {
    let key = try coder.member("key", body?.key)
    let order = try Order.described(body?.order, by: &coder)
    let seconds = try coder.optionalNumber("ttl", body?.seconds, 1...Int64(Command.longestLife))
    return CommandBody(key: key, order: order, seconds: seconds ?? usualSeconds)
  }
}

extension OrderKey: MemberText {
  package init?(member text: String) { self.init(text) }
  package var memberText: String { text }
}

/// `PUT /stations/{id}/lock-down`.
package struct LockDownBody: Equatable, Sendable {
  package var isOn: Bool
  package var reason: String

  package init(json: [UInt8]) throws(JSONError) {
    var lockDown: Bool?
    var reason: String?
    self = try JSONReader.read(json) { (reader) throws(JSONError) in
      try reader.object { (reader, key) throws(JSONError) in
        switch key {
        case "lockDown":
          try reader.read(&lockDown, key) { (reader) throws(JSONError) in try reader.bool() }
        case "reason": try reader.read(&reason, key, plain: Wish.longestReason)
        default: throw reader.unknown(key)
        }
      }
      return LockDownBody(
        isOn: try reader.require(lockDown, "lockDown"),
        reason: try reader.require(reason, "reason"))
    }
  }

  private init(isOn: Bool, reason: String) {
    self.isOn = isOn
    self.reason = reason
  }
}
