// Settings as the audit trail and the API show them.
import JSON
import StationProtocol

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
