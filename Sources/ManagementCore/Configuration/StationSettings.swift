// The settings of a station at the service: each revision as somebody wanted it, with the agreed prices.
import Configuration
import JSON
import StationProtocol
import Time

/// The digest of bytes, which only the shell can make.
package typealias SettingsDigest = @Sendable ([UInt8]) -> PayloadDigest

/// One revision of a station's settings. All are kept: going back is a new revision with the content
/// of an old one.
package struct StationSettings: Equatable, Sendable {
  package var revision: Int64
  /// The keys as they were set, without prices: those are the ledger's.
  package var sections: [SettingsSection]
  package var actor: String
  package var reason: String
  package var at: WallTime

  package init(
    revision: Int64, sections: [SettingsSection], actor: String, reason: String, at: WallTime
  ) {
    self.revision = revision
    self.sections = sections
    self.actor = actor
    self.reason = reason
    self.at = at
  }

  /// The settings as a station gets them: each slot has the price that was agreed for it.
  package static func composed(
    _ sections: [SettingsSection], _ prices: [SlotPrice]
  ) -> [SettingsSection] {
    guard let price = SettingsWord("price") else { return sections }
    return sections.map { section in
      guard section.name.text == "slot",
        let slot = section.argument.flatMap({ SlotID(spelled: $0.text) }),
        let agreed = prices.first(where: { $0.slot == slot })
      else { return section }
      var priced = section
      let index = priced.values.firstIndex { $0.key.text == "article" }.map { $0 + 1 } ?? 0
      priced.values.insert(
        SettingsSection.Value(price, String(agreed.price.number)), at: index)
      return priced
    }
  }

  /// The faults that can be told without the board: every key by itself, and hours. The station
  /// judges the rest.
  package static func faults(of composed: [SettingsSection]) -> [SettingsReason] {
    let overlay = Overlay([], with: composed.map(\.ini), lists: [])
    let (configuration, problems) = ServiceKeys.table.survey(overlay.merged)
    var faults = ConfigurationError(problems).problems.map { problem in
      SettingsReason(problem, at: problem.line.map(overlay.place(of:)))
    }
    let entry = configuration.section("entry")
    for key in ["opening-hours", "free-hours", "holidays"] where entry.isSet(key) {
      let text = entry.optionalText(key) ?? ""
      do throws(ScheduleFault) {
        _ =
          try key == "holidays"
          ? Schedule.always.closed(on: text) : Schedule(text: text)
      } catch {
        faults.append(SettingsReason(place: "[entry]", key: key, "\(error)"))
      }
    }
    return faults
  }
}

extension SettingsReason {
  /// - Parameter place: nil for what is missing as a whole.
  fileprivate init(_ problem: ConfigurationProblem, at place: Overlay.Place?) {
    let isUnpriced = place?.section == "slot" && problem.message.contains("\"price\"")
    self.init(
      place: place?.title, key: place?.key,
      isUnpriced
        ? "no price was agreed for this slot: agree on one first" : problem.message)
  }
}

/// A person's request to change the settings of a station.
package struct SettingsRequest: Equatable, Sendable {
  package var station: StationID
  package var change: SettingsChange
  /// The revision that the person saw; 0 where there was none.
  package var expected: Int64
  /// The revision that the station has reported; the new one is above it.
  package var reported: Int64
  package var reason: String

  package static let longestReason = Wish.longestReason
  /// In bytes of JSON: what a signed message has room for.
  package static let largest = 49_152

  package init(
    _ station: StationID, _ change: SettingsChange, expected: Int64, above reported: Int64,
    reason: String
  ) {
    self.station = station
    self.change = change
    self.expected = expected
    self.reported = reported
    self.reason = reason
  }
}

/// The store's answer to such a request.
package enum SettingsReceipt: Equatable, Sendable {
  case wished(Wish)
  /// Nothing would be another than it is.
  case unchanged
  /// Somebody else has changed them since; the revision that holds.
  case stale(Int64)
  /// Not settings that a station could take.
  case faulty([SettingsReason])
}

/// The ground on which an engine changes the settings of a station, and the rule by which it does.
package struct SettingsGround: Equatable, Sendable {
  package var settings: StationSettings?
  package var wish: Wish?
  package var prices: [SlotPrice]

  package init(settings: StationSettings?, wish: Wish?, prices: [SlotPrice]) {
    self.settings = settings
    self.wish = wish
    self.prices = prices
  }

  /// The next revision, to be written together: what was set, and the wish.
  package struct Next: Equatable, Sendable {
    package var settings: StationSettings
    package var wish: Wish
  }

  package enum Verdict: Equatable, Sendable {
    case next(Next)
    case receipt(SettingsReceipt)
  }

  package func judge(
    _ request: SettingsRequest, by actor: String, at now: Now, _ digest: SettingsDigest
  ) -> Verdict {
    let current = settings?.revision ?? 0
    guard request.expected == current else { return .receipt(.stale(current)) }
    let before = settings?.sections ?? []
    let sections = request.change.applied(to: before)
    guard sections != before else { return .receipt(.unchanged) }
    let priced = request.change.sections.contains { section in
      section.values?.contains { section.name.text == "slot" && $0.key.text == "price" } == true
    }
    let composed = StationSettings.composed(sections, prices)
    var faults = StationSettings.faults(of: composed)
    if priced {
      faults.append(
        SettingsReason(
          place: "[slot]", key: "price", "the price of a slot is agreed on in the ledger alone"))
    }
    if WantedSettings.content(composed).count > SettingsRequest.largest
      || composed.count > WantedSettings.mostSections
    {
      faults.append(SettingsReason("the settings are larger than a station can be told"))
    }
    guard faults.isEmpty else { return .receipt(.faulty(faults)) }
    return .next(
      next(
        sections, composed, above: request.reported, reason: request.reason, by: actor, at: now,
        digest))
  }

  /// The revision that follows from prices agreed since; nil where the station has them already, or
  /// the service sets nothing there.
  package func repriced(
    above reported: Int64, by actor: String, at now: Now, _ digest: SettingsDigest
  ) -> Next? {
    guard let settings, let wanted = wish?.desired.settings else { return nil }
    let composed = StationSettings.composed(settings.sections, prices)
    guard composed != wanted.sections, StationSettings.faults(of: composed).isEmpty else {
      return nil
    }
    return next(
      settings.sections, composed, above: reported, reason: "another price was agreed", by: actor,
      at: now, digest)
  }

  private func next(
    _ sections: [SettingsSection], _ composed: [SettingsSection], above reported: Int64,
    reason: String, by actor: String, at now: Now, _ digest: SettingsDigest
  ) -> Next {
    let revision = max(wish?.desired.revision ?? 0, reported) + 1
    let wanted = WantedSettings(
      revision: revision, digest: digest(WantedSettings.content(composed)), sections: composed)
    let desired = DesiredConfiguration(
      revision: revision, isLockedDown: wish?.desired.isLockedDown ?? false, settings: wanted)
    return Next(
      settings: StationSettings(
        revision: revision, sections: sections, actor: actor, reason: reason, at: now.wall),
      wish: Wish(
        desired, actor: wish?.actor ?? actor, reason: wish?.reason ?? reason,
        at: wish?.at ?? now.wall))
  }
}
