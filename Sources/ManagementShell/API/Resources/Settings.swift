// Settings of stations: what the service wants, how that differs, and how far it has got.
import Configuration
import HTTP
import JSON
import Linux
import ManagementCore
import MemberCode
import StationProtocol
import Text
import Time

extension Endpoint {
  static var settings: [Endpoint] {
    [
      Endpoint(.get, "/stations/*/settings", .viewStations) { try $0.showSettings($1) },
      Endpoint(
        .put, "/stations/*/settings", .setRules, body: SettingsBody.init(json:)
      ) { try $0.changeSettings($1, $2) },
      Endpoint(
        .post, "/stations/*/settings/differences", .viewStations, body: SettingsDraft.init(json:)
      ) { try $0.compareSettings($1, $2) },
      Endpoint(
        .get, "/stations/*/settings/revisions", .viewStations, query: [.limit, .before]
      ) { try $0.listSettings($1) },
      Endpoint(.get, "/settings-keys", .viewStations) { try $0.listSettingsKeys($1) },
    ]
  }
}

extension API {
  static let digest: SettingsDigest = { PayloadDigest(of: $0) }

  fileprivate func showSettings(_ call: Call) throws -> HTTPResponse {
    let view = try view(of: call.parameters[0])
    return asking {
      try $0.settings(of: view.id, before: nil, limit: 1).first
    } _: { settings in
      Self.answer(settings, view)
    }
  }

  private static func answer(
    _ settings: StationSettings?, _ view: StationView
  ) -> HTTPResponse {
    json { object in
      object.key("settings")
      if let settings { settings.write(to: &object) } else { object.null() }
      object.key("wanted")
      object.array(view.life.wish?.desired.settings?.sections ?? []) { $1.write(to: &$0) }
      object.key("station")
      view.writeSettingsStanding(to: &object)
    }
  }

  /// The station is not waited for: how far the settings have got is in its view.
  fileprivate func changeSettings(_ call: Call, _ body: SettingsBody) throws -> HTTPResponse {
    let view = try view(of: call.parameters[0])
    guard commandEpoch != nil else { throw Self.noCommandKey }
    let request = SettingsRequest(
      view.id, body.draft.change, expected: body.expected,
      above: view.life.reported?.revision ?? 0, reason: body.reason)
    let now = now()
    return ordering {
      let receipt = try $0.change(request, by: call.actor.name, at: now, digest: Self.digest)
      return (receipt, try $0.settings(of: request.station, before: nil, limit: 1).first)
    } _: { [self] receipt, settings in
      switch receipt {
      case .wished(let wish):
        Log.notice(
          "\(view.id): settings of revision \(wish.desired.revision) are wanted by "
            + "\(call.actor.name): \(body.reason)")
        onCommand(.wished(view.id, wish))
      case .unchanged: break
      case .stale(let revision):
        throw Problem.conflict(
          "The settings of station \(view.id) are of revision \(revision) by now, not "
            + "\(body.expected). Look at the difference again. Nothing was changed.")
      case .faulty(let faults): throw Self.problem(of: faults)
      }
      return Self.answer(settings, try self.view(of: call.parameters[0]))
    }
  }

  private static func problem(of faults: [SettingsReason]) -> Problem {
    let lines = faults.map { fault in
      let place = [fault.place, fault.key].compactMap { $0 }.joined(separator: " ")
      return place.isEmpty ? fault.text : "\(place): \(fault.text)"
    }
    let told = lines.prefix(20).joined(separator: "; ")
    return .badRequest("No station would take these settings: \(told). Nothing was changed.")
  }

  /// Shows the difference that a draft makes, and its faults; nothing is written.
  fileprivate func compareSettings(_ call: Call, _ draft: SettingsDraft) throws -> HTTPResponse {
    let station = try view(of: call.parameters[0]).id
    return asking { store in
      let current = try store.settings(of: station, before: nil, limit: 1).first
      let before = current?.sections ?? []
      let after = draft.change.applied(to: before)
      let faults = StationSettings.faults(
        of: StationSettings.composed(after, try store.prices(of: station)))
      return JSONWriter.object { object in
        object.field("revision", current?.revision ?? 0)
        object.key("differences")
        object.array(SettingsDifference.between(before, after)) { $1.write(to: &$0) }
        object.key("faults")
        object.array(faults) { $1.write(to: &$0) }
      }
    }
  }

  fileprivate func listSettings(_ call: Call) throws -> HTTPResponse {
    let station = try station(call.parameters[0])
    let before = try call.number(.before)
    let limit = try call.limit()
    return asking { store in
      API.list("revisions", try store.settings(of: station, before: before, limit: limit)) {
        $1.write(to: &$0)
      }
    }
  }

  /// Every key that may be set, for whoever makes an editor of them.
  fileprivate func listSettingsKeys(_ call: Call) throws -> HTTPResponse {
    Self.json { object in
      object.key("sections")
      object.array(ServiceKeys.table.sections) { writer, section in
        writer.object { object in
          object.field("section", section.name)
          object.field("meaning", section.sentence)
          object.field("isList", ServiceKeys.lists.contains(section.name))
          object.field("isNamed", section.isRepeated)
          object.key("keys")
          object.array(section.keys) { writer, key in
            writer.object {
              $0.field("key", key.name)
              $0.field("expects", key.kind.form)
              $0.nullable("standard", key.presence.standard)
              $0.field("meaning", key.sentence)
            }
          }
        }
      }
    }
  }

  /// The prices that were agreed on hold at the machine as well.
  func repriceAll(by actor: String) {
    store.ask {
      try $0.stations().map(\.id)
    } _: { [self] result in
      guard case .success(let stations) = result else {
        return Log.error("agreed prices are not sent to the machines: the store does not answer")
      }
      reprice(stations, by: actor)
    }
  }

  /// The same at some stations.
  func reprice(_ stations: [StationID], by actor: String) {
    guard commandEpoch != nil else { return }
    let reported = Dictionary(
      stations.map { ($0, stationView($0)?.life.reported?.revision ?? 0) }, uniquingKeysWith: max)
    let now = now()
    store.order {
      try $0.reprice(reported, by: actor, at: now, digest: Self.digest)
    } _: { [self] result in
      switch result {
      case .success(let wishes):
        for (station, wish) in wishes { onCommand(.wished(station, wish)) }
      case .failure(let error):
        Log.error("agreed prices are not sent to the machines: \(error)")
      }
    }
  }
}

extension ConfigurationTable.Section {
  fileprivate var isRepeated: Bool {
    if case .repeated = occurrence { true } else { false }
  }
}

extension ConfigurationTable.Presence {
  fileprivate var standard: String? {
    if case .standard(let text) = self { text } else { nil }
  }
}
