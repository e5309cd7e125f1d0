// Typed codes for people without a phone: made here, shown once, set at a station by command.
import HTTP
import JSON
import Linux
import ManagementCore
import MemberCode
import StationProtocol
import Text
import Time

extension Endpoint {
  static var typedCodes: [Endpoint] {
    [
      Endpoint(.post, "/stations/*/codes", .command, body: TypedCodeBody.init(json:)) {
        try $0.makeTypedCode($1, $2)
      },
      Endpoint(.get, "/stations/*/codes", .viewStations, query: [.limit]) {
        try $0.listTypedCodes($1)
      },
      Endpoint(.delete, "/stations/*/codes/*", .command) { try $0.removeTypedCode($1) },
    ]
  }
}

extension API {
  /// The digits are in this answer alone. They are hashed on the writer's thread, as that takes
  /// some tens of milliseconds, in which the loop serves others.
  fileprivate func makeTypedCode(_ call: Call, _ body: TypedCodeBody) throws -> HTTPResponse {
    let view = try view(of: call.parameters[0])
    guard let epoch = commandEpoch else { throw Self.noCommandKey }
    try Self.expect(OperationWord(.entry(.setCode)), at: view)
    if let birth = view.life.birth, !birth.accessPoints.contains(body.accessPoint) {
      throw Problem.badRequest("Station \(view.id) has no access point \(body.accessPoint).")
    }
    let now = now()
    guard body.until > now.wall else {
      throw Problem.badRequest("\"until\" has passed: nobody could use the code.")
    }
    guard let id = TypedCodeID(Hex.text(Randomness.bits, digits: 16)) else {
      throw Problem.internal
    }
    let digits = TypedDigits.draw { Randomness.bits }
    let (station, isSent, actor) = (view.id, reaches(view.id), call.actor.name)
    return ordering { store -> CodeReceipt in
      guard
        let hash = TypedCodeHash(
          digits: digits.ascii, station: station, accessPoint: body.accessPoint)
      else { throw Problem.unavailable("There is no memory to hash the code. Try again.") }
      let code = TypedCode(id, hash, from: body.from, until: body.until, uses: body.uses)
      let request = TypedCodeRequest(
        station, body.accessPoint, code, life: .seconds(body.seconds), key: body.key)
      return try store.setCode(request, epoch: epoch, isSent: isSent, by: actor, at: now)
    } _: { [self] receipt in
      guard case .ordered(let code, let isNew) = receipt else {
        throw Problem.conflict("The key \"\(body.key)\" means something else. Nothing was sent.")
      }
      if isNew {
        Log.notice("\(station): the typed code \(code.code.id) was ordered by \(actor)")
        onCommand(.ordered(code.setting))
      }
      let there = StationCodes([code], view.life.codes).rows.first?.there
      return Self.json(isNew ? 202 : 200) {
        code.writeMembers(to: &$0, there: there)
        $0.nullable("digits", isNew ? digits.text : nil)
      }
    }
  }

  fileprivate func listTypedCodes(_ call: Call) throws -> HTTPResponse {
    let view = try view(of: call.parameters[0])
    let limit = try call.limit()
    let (station, report) = (view.id, view.life.codes)
    return asking { store in
      var writer = JSONWriter()
      try store.codes(of: station, limit: limit, beside: report).write(to: &writer)
      return writer.bytes
    }
  }

  /// A code that the service did not set is removed by what the station reports of it.
  fileprivate func removeTypedCode(_ call: Call) throws -> HTTPResponse {
    let view = try view(of: call.parameters[0])
    guard let epoch = commandEpoch else { throw Self.noCommandKey }
    try Self.expect(OperationWord(.entry(.removeCode)), at: view)
    let unknown = Problem.notFound(
      "Station \(view.id) has no typed code \"\(Excerpt(call.parameters[1]))\".")
    guard let id = TypedCodeID(call.parameters[1]),
      let key = OrderKey("typed-code-\(Hex.text(Randomness.bits, digits: 16))")
    else { throw unknown }
    let now = now()
    let (station, isSent, actor) = (view.id, reaches(view.id), call.actor.name)
    let reported = view.life.codes?.codes.first { $0.id == id }?.accessPoint
    return ordering { store -> (command: OrderedCommand, isNew: Bool) in
      let receipt = try store.removeCode(
        id, of: station, life: TypedCodeBody.usualLife, key: key, epoch: epoch, isSent: isSent,
        by: actor, at: now)
      if case .ordered(let code, let isNew) = receipt, let removal = code.removal,
        !code.isRemoved || reported == nil
      {
        return (removal, isNew)
      }
      guard let reported else { throw unknown }
      let request = CommandRequest(
        station, .entry(.removeCode(reported, id)), life: TypedCodeBody.usualLife, key: key)
      guard
        case .ordered(let command, let isNew) = try store.order(
          request, epoch: epoch, isSent: isSent, by: actor, at: now)
      else { throw Problem.internal }
      return (command, isNew)
    } _: { [self] removal in
      if removal.isNew {
        Log.notice("\(station): the removal of typed code \(id) was ordered by \(actor)")
        onCommand(.ordered(removal.command))
      }
      return Self.answer(removal.command, status: removal.isNew ? 202 : 200)
    }
  }
}

/// The digits of a typed code, before they are hashed.
struct TypedDigits: Sendable {
  let text: String

  var ascii: [UInt8] { Array(text.utf8) }

  private static let count: UInt64 = (0..<TypedCode.digits).reduce(1) { product, _ in product * 10 }
  /// Numbers from here on would make some codes likelier than others.
  private static let fair = UInt64.max - UInt64.max % count

  /// - Parameter bits: draws 64 random bits.
  static func draw(_ bits: () -> UInt64) -> TypedDigits {
    var number = bits()
    while number >= fair { number = bits() }
    let plain = String(number % count)
    return TypedDigits(
      text: String(repeating: "0", count: TypedCode.digits - plain.utf8.count) + plain)
  }
}

/// `POST /stations/{id}/codes`.
package struct TypedCodeBody: Equatable, Sendable {
  package var key: OrderKey
  package var accessPoint: AccessPointID
  package var from: WallTime
  package var until: WallTime
  package var uses: Int64
  /// How long the command is good from now on.
  package var seconds: Int64

  /// As long as a command may be: nobody stands in front of the door yet.
  static let usualLife: Duration = .seconds(Int64(Command.longestLife))
}

extension TypedCodeBody: DescribedObject {
  package static var isTakenWhole: Bool { true }

  package static func described<Coder: MemberCoder>(
    _ body: TypedCodeBody?, by coder: inout Coder
  ) throws(Coder.Failure) -> TypedCodeBody {
    let key = try coder.member("key", body?.key)
    let point = try coder.member("ap", body?.accessPoint)
    let from = try coder.member("from", body?.from)
    let until = try coder.member("until", body?.until)
    try coder.demand(TypedCode.isWindow(from: from, until: until), of: "until")
    let uses = try coder.number("uses", body?.uses, TypedCode.uses)
    let seconds = try coder.optionalNumber("ttl", body?.seconds, 1...Int64(Command.longestLife))
    return TypedCodeBody(
      key: key, accessPoint: point, from: from, until: until, uses: uses,
      seconds: seconds ?? Int64(Command.longestLife))
  }
}
