// Entries of the audit trail about stations.
import JSON
import StationProtocol
import Time

extension AuditEntry {
  package static func naming(
    _ station: StationID, _ names: StationNames, by actor: String, at now: Now
  ) -> AuditEntry {
    let contents = JSONWriter.object {
      $0.field("station", station)
      $0.field("en", names.english)
      $0.field("zh", names.chinese)
    }
    return AuditEntry(
      at: now.wall, actor: actor, .name, contents: String(decoding: contents, as: UTF8.self))
  }

  package static func zone(
    _ zone: ZoneName?, of station: StationID, by actor: String, at now: Now
  ) -> AuditEntry {
    let contents = JSONWriter.object {
      $0.field("station", station)
      $0.nullable("zone", zone?.text)
    }
    return AuditEntry(
      at: now.wall, actor: actor, .zone, contents: String(decoding: contents, as: UTF8.self))
  }

  package static func retirement(
    _ station: StationID, _ isRetired: Bool, reason: String, by actor: String, at now: Now
  ) -> AuditEntry {
    let contents = JSONWriter.object {
      $0.field("station", station)
      $0.field("retired", isRetired)
      $0.field("reason", reason)
    }
    return AuditEntry(
      at: now.wall, actor: actor, .retire, contents: String(decoding: contents, as: UTF8.self))
  }
}
