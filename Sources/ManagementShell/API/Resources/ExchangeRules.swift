// The rules of exchanges: limits for all, prices of slots.
import HTTP
import JSON
import ManagementCore
import StationProtocol

extension Endpoint {
  static var exchangeRules: [Endpoint] {
    [
      Endpoint(.get, "/exchange-limits", .viewStations) { try $0.showLimits($1) },
      Endpoint(
        .put, "/exchange-limits", .setRules, body: LimitsBody.init(json:)
      ) { try $0.setLimits($1, $2) },
      Endpoint(.get, "/stations/*/prices", .viewStations) { try $0.listPrices($1) },
      Endpoint(
        .put, "/stations/*/prices/*", .setRules, body: PriceBody.init(json:)
      ) { try $0.setPrice($1, $2) },
    ]
  }
}

extension API {
  fileprivate func showLimits(_ call: Call) throws -> HTTPResponse {
    asking { store in
      var writer = JSONWriter()
      try store.exchangeLimits().write(to: &writer)
      return writer.bytes
    }
  }

  fileprivate func setLimits(_ call: Call, _ body: LimitsBody) throws -> HTTPResponse {
    return try set(.limits(body.limits), body.key, call.actor) { [self] in
      try showLimits(call)
    }
  }

  fileprivate func listPrices(_ call: Call) throws -> HTTPResponse {
    let station = try station(call.parameters[0])
    return asking { store in
      let prices = try store.prices(of: station)
      return JSONWriter.object { writer in
        writer.key("prices")
        writer.array(prices) { writer, price in
          writer.object {
            $0.field("slot", price.slot.number)
            $0.field("price", price.price.number)
          }
        }
      }
    }
  }

  fileprivate func setPrice(_ call: Call, _ body: PriceBody) throws -> HTTPResponse {
    let station = try station(call.parameters[0])
    guard let number = RequestNumber.read(call.parameters[1], in: 1...Int64(SlotID.most)),
      let slot = SlotID(Int(number))
    else { throw Problem.notFound("A slot is a number from 1 to \(SlotID.most).") }
    return try set(.price(station, slot, body.price), body.key, call.actor) { [self] in
      reprice([station], by: call.actor.name)
      return try listPrices(call)
    }
  }
}
