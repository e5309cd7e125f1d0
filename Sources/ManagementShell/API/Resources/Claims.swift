// Boards that become stations, and boards that are locked out.
import HTTP
import JSON
import Linux
import ManagementCore
import StationProtocol
import Text
import Time

extension Endpoint {
  static var claims: [Endpoint] {
    [
      Endpoint(.post, "/stations/*/claim-codes", .claim, body: NothingBody.init(json:)) {
        api, call, _ in
        try api.makeClaimCode(call)
      },
      Endpoint(.post, "/claims", nil, body: ClaimRequest.init(json:)) { try $0.claim($1, $2) },
      Endpoint(.get, "/stations/*/certificates", .claim, query: [.limit]) {
        try $0.listCertificates($1)
      },
      Endpoint(.post, "/stations/*/certificate-renewals", .claim, body: NothingBody.init(json:)) {
        api, call, _ in
        try api.renewCertificate(call)
      },
      Endpoint(.post, "/stations/*/lock-out", .claim, body: LockOutBody.init(json:)) {
        try $0.lockOut($1, $2)
      },
    ]
  }
}

extension API {
  private static var noAuthority: Problem {
    .unavailable(
      "This service certifies no boards. Name the broker in its configuration, [authority].")
  }

  /// The code is in this answer alone. A station of the name need not be known yet.
  fileprivate func makeClaimCode(_ call: Call) throws -> HTTPResponse {
    guard let station = StationID(call.parameters[0]) else {
      throw Problem.badRequest("A station's id is \(StationID.syntax).")
    }
    guard let authority else { throw Self.noAuthority }
    let now = now()
    let code = try authority.makeCode(for: station, by: call.actor.name, at: now)
    return Self.json(201) {
      $0.field("station", station)
      $0.field("code", code.text)
      $0.field("expires", (now.wall + Claims.life).milliseconds)
    }
  }

  /// No code, a used one, one that is over and a wrong one look alike to whoever has none; each is
  /// one of the wrong tokens of an address, of which there may be few in a minute.
  fileprivate func claim(_ call: Call, _ request: ClaimRequest) throws -> HTTPResponse {
    guard let authority else { throw Self.noAuthority }
    let now = now()
    let accepted: AuthorityDesk.Accepted
    switch try authority.judge(request, at: now) {
    case .accepted(let found): accepted = found
    case .again(let answer): return HTTPResponse(200, type: "application/json", answer.json)
    case .refused:
      throw doorkeeper.wrongToken(of: call.request)
        ?? .notFound(
          "No claim is open for this code: codes are good for 15 minutes, once. Have a manager make "
            + "a new one.")
    }
    return ordering {
      try $0.claim(accepted.remembered, at: now)
    } _: { [self] revoked in
      let station = accepted.claim.station
      Log.notice("\(station): a board was claimed by the code of \(accepted.claim.actor)")
      onClaimed(station)
      authority.claimed(accepted.remembered, revoked: revoked)
      return HTTPResponse(200, type: "application/json", authority.answer(accepted).json)
    }
  }

  fileprivate func listCertificates(_ call: Call) throws -> HTTPResponse {
    let station = try station(call.parameters[0])
    let limit = try call.limit()
    return asking {
      API.list("certificates", try $0.certificates(of: station, limit: limit)) {
        $1.write(to: &$0)
      }
    }
  }

  /// The answer says whether the board is asked now; its certificates show what becomes of it.
  fileprivate func renewCertificate(_ call: Call) throws -> HTTPResponse {
    let station = try view(of: call.parameters[0]).id
    guard let authority else { throw Self.noAuthority }
    let isAsked = authority.renewals.ask(station, isConnected: reaches(station), at: now())
    Log.notice("\(station): \(call.actor.name) wants its certificate renewed")
    return Self.json(202) {
      $0.field("station", station)
      $0.field("asked", isAsked)
    }
  }

  fileprivate func lockOut(_ call: Call, _ body: LockOutBody) throws -> HTTPResponse {
    let station = try view(of: call.parameters[0]).id
    guard let authority else { throw Self.noAuthority }
    let now = now()
    return ordering {
      try $0.lockOut(station, reason: body.reason, by: call.actor.name, at: now)
    } _: { count in
      Log.notice("\(station): its board was locked out by \(call.actor.name): \(body.reason)")
      authority.lockedOut(station)
      return Self.json {
        $0.field("station", station)
        $0.field("revoked", count)
      }
    }
  }
}

/// The body of a call that says everything by its path: an empty object.
package struct NothingBody: Equatable, Sendable {
  package init(json: [UInt8]) throws(JSONError) {
    self = try JSONReader.read(json) { (reader) throws(JSONError) in
      try reader.object { (reader, key) throws(JSONError) in throw reader.unknown(key) }
      return NothingBody()
    }
  }

  private init() {}
}

/// `POST /stations/{id}/lock-out`.
package struct LockOutBody: Equatable, Sendable {
  package var reason: String

  package init(json: [UInt8]) throws(JSONError) {
    var reason: String?
    self = try JSONReader.read(json) { (reader) throws(JSONError) in
      try reader.object { (reader, key) throws(JSONError) in
        switch key {
        case "reason": try reader.read(&reason, key, plain: Wish.longestReason)
        default: throw reader.unknown(key)
        }
      }
      return LockOutBody(reason: try reader.require(reason, "reason"))
    }
  }

  private init(reason: String) { self.reason = reason }
}
