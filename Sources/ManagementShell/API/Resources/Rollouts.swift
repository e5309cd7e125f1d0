// Settings for many stations: drafts, their differences, and waves.
import HTTP
import JSON
import Linux
import ManagementCore
import StationProtocol
import Text

extension Endpoint {
  static var rollouts: [Endpoint] {
    [
      Endpoint(.post, "/settings-rollouts", .setRules, body: RolloutBody.init(json:)) {
        try $0.draftRollout($1, $2)
      },
      Endpoint(.get, "/settings-rollouts", .viewStations, query: [.limit, .before]) {
        try $0.listRollouts($1)
      },
      Endpoint(.get, "/settings-rollouts/*", .viewStations) { try $0.showRollout($1) },
      Endpoint(
        .post, "/settings-rollouts/*/decision", .setRules, body: RolloutDecisionBody.init(json:)
      ) { try $0.decideRollout($1, $2) },
    ]
  }
}

extension API {
  /// A draft is for stations that are known; nothing is sent.
  fileprivate func draftRollout(_ call: Call, _ body: RolloutBody) throws -> HTTPResponse {
    for station in body.stations { _ = try view(of: station.text) }
    let waves = SettingsRollout.waves(of: body.stations)
    let now = now()
    return ordering {
      try $0.draft(
        body.change, for: waves, key: body.key, reason: body.reason, by: call.actor.name, at: now)
    } _: { [self] receipt in
      guard case .drafted(let rollout, let isNew) = receipt else {
        throw Problem.conflict("The key \"\(body.key)\" means another draft. Nothing was written.")
      }
      return answer(rollout, status: isNew ? 201 : 200)
    }
  }

  private func answer(_ rollout: SettingsRollout, status: Int = 200) -> HTTPResponse {
    var writer = JSONWriter()
    rollout.write(to: &writer, standing: standing)
    return HTTPResponse(status, type: "application/json", writer.bytes)
  }

  private func standing(_ station: StationID) -> SettingsStanding? {
    stationView(station)?.settingsStanding
  }

  fileprivate func listRollouts(_ call: Call) throws -> HTTPResponse {
    let before = try call.number(.before)
    let limit = try call.limit()
    return asking {
      try $0.rollouts(before: before, limit: limit)
    } _: { [self] rollouts in
      HTTPResponse(
        200, type: "application/json",
        Self.list("rollouts", rollouts) { $1.write(to: &$0, standing: self.standing) })
    }
  }

  fileprivate func showRollout(_ call: Call) throws -> HTTPResponse {
    let id = try Self.id(call.parameters[0], "roll-out")
    return asking {
      try $0.rollout(id)
    } _: { [self] rollout in
      guard let rollout else { throw Self.noRollout(id) }
      return answer(rollout)
    }
  }

  private static func noRollout(_ id: Int64) -> Problem {
    .notFound("There is no roll-out \(id).")
  }

  fileprivate func decideRollout(
    _ call: Call, _ body: RolloutDecisionBody
  ) throws -> HTTPResponse {
    let id = try Self.id(call.parameters[0], "roll-out")
    guard commandEpoch != nil else { throw Self.noCommandKey }
    let now = now()
    return ordering {
      try $0.decide(id, body.decision, by: call.actor.name, at: now)
    } _: { [self] outcome in
      guard let (rollout, isChanged) = outcome else { throw Self.noRollout(id) }
      guard isChanged else {
        throw Problem.conflict(
          "The roll-out \(id) is \(rollout.state.rawValue): \(body.decision.rawValue) means nothing "
            + "now.")
      }
      Log.notice("roll-out \(id): \(body.decision.rawValue), by \(call.actor.name)")
      onRollout(rollout)
      return answer(rollout)
    }
  }
}
