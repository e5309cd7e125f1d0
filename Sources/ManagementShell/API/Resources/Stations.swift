// Stations: which there are, what they are called, and whether they are in use.
import HTTP
import JSON
import Linux
import ManagementCore
import StationProtocol
import Text
import Time

extension Endpoint {
  static var stations: [Endpoint] {
    [
      Endpoint(.get, "/stations", .viewStations) { try $0.listStations($1) },
      Endpoint(.get, "/stations/*", .viewStations) { try $0.showStation($1) },
      Endpoint(
        .put, "/stations/*", .nameStations, body: StationNaming.init(json:)
      ) { try $0.nameStation($1, $2) },
      Endpoint(
        .put, "/stations/*/retirement", .nameStations, body: RetirementOrder.init(json:)
      ) { try $0.retireStation($1, $2) },
    ]
  }
}

extension API {
  fileprivate func listStations(_ call: Call) throws -> HTTPResponse {
    HTTPResponse(200, type: "application/json", stationList())
  }

  /// - Throws: `notFound` where no station of that name was ever heard of.
  func view(of name: String) throws(Problem) -> StationView {
    guard let station = StationID(name), let view = stationView(station) else {
      throw .notFound("No station \"\(Excerpt(name))\" has ever been heard of.")
    }
    return view
  }

  fileprivate func showStation(_ call: Call) throws -> HTTPResponse {
    let view = try view(of: call.parameters[0])
    var writer = JSONWriter(capacity: 1024)
    view.write(to: &writer)
    return HTTPResponse(200, type: "application/json", writer.bytes)
  }

  /// Names a station, also one that has not spoken yet.
  fileprivate func nameStation(_ call: Call, _ asked: StationNaming) throws -> HTTPResponse {
    guard let station = StationID(call.parameters[0]) else {
      throw Problem.badRequest("A station's id is \(StationID.syntax).")
    }
    if case .some(.some(let zone)) = asked.zone, ZoneFiles.zone(zone) == nil {
      throw Problem.badRequest("There is no time zone \"\(zone)\" in the tz database.")
    }
    let now = now()
    return ordering { store in
      try store.name(station, asked.names, by: call.actor.name, at: now)
      if let zone = asked.zone {
        try store.setZone(zone, of: station, by: call.actor.name, at: now)
      }
      guard let registration = try store.stations().first(where: { $0.id == station }) else {
        throw Problem.internal
      }
      return registration
    } _: { [self] registration in
      onNamed(registration)
      return try showStation(call)
    }
  }

  /// Takes a station out of use, or back into it. Who did it stands with it, and in the log.
  fileprivate func retireStation(_ call: Call, _ order: RetirementOrder) throws -> HTTPResponse {
    let now = now()
    let unknown = Problem.notFound(
      "No station \"\(Excerpt(call.parameters[0]))\" has ever been heard of.")
    guard let station = StationID(call.parameters[0]) else { throw unknown }
    return ordering {
      try $0.retire(station, order.isRetired, reason: order.reason, by: call.actor.name, at: now)
    } _: { [self] isKnown in
      guard isKnown else { throw unknown }
      let retirement =
        order.isRetired
        ? Retirement(actor: call.actor.name, at: now.wall, reason: order.reason) : nil
      Log.notice(
        "\(station) is \(order.isRetired ? "retired" : "in use again") by \(call.actor.name): "
          + order.reason)
      onRetired(station, retirement)
      return try showStation(call)
    }
  }
}

/// `PUT /stations/{id}`.
package struct StationNaming: Equatable, Sendable {
  package var names: StationNames
  /// By which its days are counted; null is what the station says. nil leaves it as it is.
  package var zone: ZoneName??

  package init(json: [UInt8]) throws(JSONError) {
    var zone: ZoneName??
    names = try JSONReader.read(json) { (reader) throws(JSONError) in
      var english: String?
      var chinese: String?
      try reader.object { (reader, key) throws(JSONError) in
        switch key {
        case "en": try reader.read(&english, key, plain: StationNames.mostCharacters)
        case "zh": try reader.read(&chinese, key, plain: StationNames.mostCharacters)
        case "zone":
          try reader.read(&zone, key) { (reader) throws(JSONError) in
            if reader.takeNull() { return ZoneName?.none }
            let start = reader.offset
            guard let name = ZoneName(try reader.string()) else {
              throw JSONError(
                offset: start, reason: .invalidMember("zone", expected: ZoneName.syntax))
            }
            return name
          }
        default: throw reader.unknown(key)
        }
      }
      return StationNames(
        english: try reader.require(english, "en"), chinese: try reader.require(chinese, "zh"))
    }
    self.zone = zone
  }
}

/// `PUT /stations/{id}/retirement`.
package struct RetirementOrder: Equatable, Sendable {
  package var isRetired: Bool
  package var reason: String

  package init(json: [UInt8]) throws(JSONError) {
    var retired: Bool?
    var reason: String?
    self = try JSONReader.read(json) { (reader) throws(JSONError) in
      try reader.object { (reader, key) throws(JSONError) in
        switch key {
        case "retired":
          try reader.read(&retired, key) { (reader) throws(JSONError) in try reader.bool() }
        case "reason": try reader.read(&reason, key, plain: Retirement.longestReason)
        default: throw reader.unknown(key)
        }
      }
      return RetirementOrder(
        isRetired: try reader.require(retired, "retired"),
        reason: try reader.require(reason, "reason"))
    }
  }

  private init(isRetired: Bool, reason: String) {
    self.isRetired = isRetired
    self.reason = reason
  }
}
