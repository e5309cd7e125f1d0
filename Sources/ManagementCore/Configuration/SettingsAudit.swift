// Settings as the audit trail and the API show them.
import JSON
import StationProtocol
import Time

extension AuditEntry {
  /// - Parameter before: the sections of the revision before.
  package static func settings(
    _ settings: StationSettings, after before: [SettingsSection], of station: StationID
  ) -> AuditEntry {
    let contents = JSONWriter.object { writer in
      writer.field("station", station)
      writer.field("revision", settings.revision)
      writer.field("reason", settings.reason)
      writer.key("changes")
      writer.array(SettingsDifference.between(before, settings.sections)) { $1.write(to: &$0) }
    }
    return AuditEntry(
      at: settings.at, actor: settings.actor, .settings,
      contents: String(decoding: contents, as: UTF8.self))
  }
}

extension SettingsDifference {
  package func write(to writer: inout JSONWriter) {
    writer.object {
      $0.field("section", section.text)
      $0.nullable("name", argument?.text)
      $0.field("key", key.text)
      $0.nullable("before", before)
      $0.nullable("after", after)
    }
  }
}

extension StationSettings {
  package func write(to writer: inout JSONWriter) {
    writer.object { object in
      object.field("revision", revision)
      object.key("sections")
      object.array(sections) { $1.write(to: &$0) }
      object.field("by", actor)
      object.field("reason", reason)
      object.field("at", at.milliseconds)
    }
  }
}

extension AuditEntry {
  /// - Parameter rollout: as it is from now on.
  package static func rollout(
    _ rollout: SettingsRollout, by actor: String, at time: WallTime
  ) -> AuditEntry {
    let contents = JSONWriter.object { writer in
      writer.field("rollout", rollout.id)
      writer.field("state", rollout.state.rawValue)
      writer.field("stations", rollout.waves.reduce(0) { $0 + $1.count })
      writer.field("reason", rollout.reason)
    }
    return AuditEntry(
      at: time, actor: actor, .rollout, contents: String(decoding: contents, as: UTF8.self))
  }
}

extension SettingsChange {
  package func write(to writer: inout JSONWriter) {
    writer.array(sections) { writer, section in
      writer.object { object in
        object.field("section", section.name.text)
        if let argument = section.argument { object.field("name", argument.text) }
        object.key("values")
        guard let values = section.values else { return object.null() }
        object.object { keys in
          for value in values {
            keys.key(word: value.key.text)
            if let text = value.text { keys.value(text) } else { keys.null() }
          }
        }
      }
    }
  }
}

extension SettingsRollout {
  /// - Parameter standing: of the newest settings of a station, and its revision in force.
  package func write(
    to writer: inout JSONWriter, standing: (StationID) -> SettingsStanding?
  ) {
    writer.object { object in
      object.field("id", id)
      object.field("state", state.rawValue)
      object.field("reason", reason)
      object.field("by", actor)
      object.field("at", at.milliseconds)
      object.key("sections")
      change.write(to: &object)
      object.key("halt")
      if let halt {
        object.object {
          $0.nullable("station", halt.station?.text)
          $0.field("text", halt.text)
        }
      } else {
        object.null()
      }
      object.field("sentWaves", sentWaves)
      object.key("waves")
      object.array(waves) { writer, wave in
        writer.array(wave) { writer, station in
          writer.object {
            $0.field("station", station.text)
            $0.nullable("sent", sent[station])
            $0.field("passed", passed.contains(station))
            $0.nullable("standing", sent[station] == nil ? nil : standing(station)?.rawValue)
          }
        }
      }
    }
  }
}
