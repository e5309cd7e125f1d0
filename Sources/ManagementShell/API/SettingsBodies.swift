// The bodies of requests about settings of stations, as JSON.
import JSON
import ManagementCore
import StationProtocol

/// `POST /stations/{id}/settings/differences`.
package struct SettingsDraft: Equatable, Sendable {
  package var change: SettingsChange

  package init(json: [UInt8]) throws(JSONError) {
    var change: SettingsChange?
    self = try JSONReader.read(json) { (reader) throws(JSONError) in
      try reader.object { (reader, key) throws(JSONError) in
        switch key {
        case "sections": try reader.read(&change, key, SettingsChange.read)
        default: throw reader.unknown(key)
        }
      }
      return SettingsDraft(change: try reader.require(change, "sections"))
    }
  }

  /// - Parameter changes: the array alone, as a store has it.
  package init(changes: [UInt8]) throws(JSONError) {
    change = try JSONReader.read(changes, SettingsChange.read)
  }

  init(change: SettingsChange) { self.change = change }
}

/// `POST /settings-rollouts`.
package struct RolloutBody: Equatable, Sendable {
  package var key: OrderKey
  package var reason: String
  /// Each once, in the order in which they are to be sent.
  package var stations: [StationID]
  package var change: SettingsChange

  package init(json: [UInt8]) throws(JSONError) {
    var key: OrderKey?
    var reason: String?
    var stations: [StationID]?
    var change: SettingsChange?
    self = try JSONReader.read(json) { (reader) throws(JSONError) in
      try reader.object { (reader, name) throws(JSONError) in
        switch name {
        case "key": try reader.read(&key, name, text: { OrderKey($0) })
        case "reason": try reader.read(&reason, name, plain: SettingsRequest.longestReason)
        case "stations": try reader.read(&stations, name, Self.stations)
        case "sections": try reader.read(&change, name, SettingsChange.read)
        default: throw reader.unknown(name)
        }
      }
      return RolloutBody(
        key: try reader.require(key, "key"), reason: try reader.require(reason, "reason"),
        stations: try reader.require(stations, "stations"),
        change: try reader.require(change, "sections"))
    }
  }

  private init(key: OrderKey, reason: String, stations: [StationID], change: SettingsChange) {
    self.key = key
    self.reason = reason
    self.stations = stations
    self.change = change
  }

  private static func stations(_ reader: inout JSONReader) throws(JSONError) -> [StationID] {
    var list: [StationID] = []
    var known: Set<StationID> = []
    let start = reader.offset
    try reader.array(limit: SettingsRollout.most) { (reader) throws(JSONError) in
      let place = reader.offset
      guard let station = StationID(try reader.string()), known.insert(station).inserted else {
        throw JSONError(offset: place, reason: .invalidMember("stations"))
      }
      list.append(station)
    }
    guard !list.isEmpty else {
      throw JSONError(offset: start, reason: .invalidMember("stations"))
    }
    return list
  }
}

/// `POST /settings-rollouts/{id}/decision`.
package struct RolloutDecisionBody: Equatable, Sendable {
  package var decision: RolloutDecision

  package init(json: [UInt8]) throws(JSONError) {
    var decision: RolloutDecision?
    self = try JSONReader.read(json) { (reader) throws(JSONError) in
      try reader.object { (reader, key) throws(JSONError) in
        switch key {
        case "decision": try reader.read(&decision, key, text: { RolloutDecision(rawValue: $0) })
        default: throw reader.unknown(key)
        }
      }
      return RolloutDecisionBody(decision: try reader.require(decision, "decision"))
    }
  }

  private init(decision: RolloutDecision) { self.decision = decision }
}

/// `PUT /stations/{id}/settings`.
package struct SettingsBody: Equatable, Sendable {
  package var draft: SettingsDraft
  package var expected: Int64
  package var reason: String

  package init(json: [UInt8]) throws(JSONError) {
    var change: SettingsChange?
    var expected: Int64?
    var reason: String?
    self = try JSONReader.read(json) { (reader) throws(JSONError) in
      try reader.object { (reader, key) throws(JSONError) in
        switch key {
        case "sections": try reader.read(&change, key, SettingsChange.read)
        case "expected":
          try reader.read(&expected, key, integer: { $0 >= 0 ? $0 : nil })
        case "reason": try reader.read(&reason, key, plain: SettingsRequest.longestReason)
        default: throw reader.unknown(key)
        }
      }
      return SettingsBody(
        draft: SettingsDraft(change: try reader.require(change, "sections")),
        expected: try reader.require(expected, "expected"),
        reason: try reader.require(reason, "reason"))
    }
  }

  private init(draft: SettingsDraft, expected: Int64, reason: String) {
    self.draft = draft
    self.expected = expected
    self.reason = reason
  }
}

extension SettingsChange {
  /// Sections with their values; `null` for what is taken out.
  fileprivate static func read(
    _ reader: inout JSONReader
  ) throws(JSONError) -> SettingsChange {
    var sections: [Section] = []
    try reader.array(limit: WantedSettings.mostSections) { (reader) throws(JSONError) in
      let start = reader.offset
      let section = try section(&reader)
      guard
        !sections.contains(where: {
          $0.name == section.name && $0.argument == section.argument
        })
      else { throw JSONError(offset: start, reason: .invalidMember("sections")) }
      sections.append(section)
    }
    return SettingsChange(sections)
  }

  private static func section(_ reader: inout JSONReader) throws(JSONError) -> Section {
    var name: SettingsWord?
    var argument: SettingsWord?
    var values: [Value]??
    let form = "1 to \(SettingsWord.longest) of a-z, 0-9 and -"
    try reader.object { (reader, key) throws(JSONError) in
      switch key {
      case "section":
        try reader.read(&name, key, text: { SettingsWord($0) }, expecting: form)
      case "name": try reader.read(&argument, key, text: { SettingsWord($0) }, expecting: form)
      case "values": try reader.read(&values, key, Self.values)
      default: throw reader.unknown(key)
      }
    }
    return Section(
      try reader.require(name, "section"), argument, try reader.require(values, "values"))
  }

  private static func values(_ reader: inout JSONReader) throws(JSONError) -> [Value]? {
    if reader.takeNull() { return nil }
    var list: [Value] = []
    try reader.object { (reader, key) throws(JSONError) in
      guard !list.contains(where: { $0.key.text == key.name }) else {
        throw JSONError(offset: key.offset, reason: .repeatedMember(key.name))
      }
      guard let word = SettingsWord(key.name), list.count < SettingsSection.mostValues else {
        throw reader.unknown(key)
      }
      let isOut = reader.takeNull()
      list.append(
        Value(word, isOut ? nil : try reader.string(limit: SettingsSection.longestValue)))
    }
    return list
  }
}
