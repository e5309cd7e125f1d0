// One station as the API and the dashboard show it.
import JSON
import StationProtocol
import Time

/// A station's tile: live state with its age, and the counts of today.
package struct StationView: Equatable, Sendable {
  package var id: StationID
  package var life: StationLife
  /// nil where it is not known: the service has no link, or has heard no status through it.
  package var isOnline: Bool?
  /// Seconds since the station was last heard, 0 while it is online; nil where it never was.
  package var ageSeconds: Int64?
  /// When `ageSeconds` is next another one; nil while time does not change it.
  package var ageChanges: WallTime?
  package var today: VisitCounts
  /// When that day ends at the station's place.
  package var dayEnds: WallTime

  package init(id: StationID, life: StationLife, isLinkUp: Bool, at now: Now) {
    self.id = id
    self.life = life
    isOnline = isLinkUp && life.isStatusCurrent ? life.status?.isOnline : nil
    let mark = isOnline == true ? nil : life.lastHeard ?? life.since
    let age = mark.map { max(0, (now.wall.milliseconds - $0.milliseconds) / 1000) }
    ageSeconds = isOnline == true ? 0 : age
    ageChanges = mark.flatMap { mark in age.map { mark + .seconds($0 + 1) } }
    today = life.today(now)
    dayEnds = life.dayEnds(now)
  }

  package func write(to writer: inout JSONWriter) {
    writer.object { object in
      object.field("id", id)
      object.key("names")
      object.object {
        $0.field("en", life.names.english)
        $0.field("zh", life.names.chinese)
      }
      object.key("retired")
      if let retirement = life.retirement {
        object.object {
          $0.field("by", retirement.actor)
          $0.field("at", retirement.at.milliseconds)
          $0.field("reason", retirement.reason)
        }
      } else {
        object.null()
      }
      object.key("online")
      if let isOnline { object.value(isOnline) } else { object.null() }
      object.nullable("since", life.since?.milliseconds)
      object.nullable("lastHeard", life.lastHeard?.milliseconds)
      object.nullable("ageSeconds", ageSeconds)
      object.key("version")
      if let version = life.birth?.version { object.value(version) } else { object.null() }
      object.nullable("protocol", life.birth?.protocolVersion)
      object.key("capabilities")
      object.array(life.birth?.capabilities ?? []) { $0.value($1.text) }
      object.key("operations")
      object.array(life.birth?.operations ?? []) { $0.value($1.text) }
      writeConfiguration(to: &object)
      writeSettings(to: &object)
      object.key("clockTrusted")
      if let isTrusted = life.isClockTrusted { object.value(isTrusted) } else { object.null() }
      object.nullable("zone", life.zone?.name?.text)
      writeIssuers(to: &object)
      writeDoors(to: &object)
      writeOccupancy(to: &object)
      write(life.climate, "climate", to: &object)
      write(life.energy, "energy", to: &object)
      writeVending(to: &object)
      object.key("alarms")
      object.array(life.alarms + life.findings.alarms) { writer, alarm in
        writer.object {
          $0.field("alarm", alarm.alarm.rawValue)
          $0.field("severity", alarm.alarm.severity.rawValue)
          $0.nullable("accessPoint", alarm.accessPoint.map { Int64($0.number) })
          $0.field("since", alarm.since.milliseconds)
        }
      }
      object.key("today")
      object.object {
        $0.field("entries", today.entries)
        $0.field("exits", today.exits)
        $0.field("granted", today.granted)
        $0.field("refused", today.refused)
      }
    }
  }

  /// The keys with which the station verifies codes; one without an id could not be read.
  private func writeIssuers(to writer: inout JSONWriter) {
    writer.key("issuers")
    writer.array(life.birth?.issuers ?? []) { writer, issuer in
      writer.object {
        $0.field("name", issuer.name)
        $0.nullable("key", issuer.keyText)
      }
    }
  }

  /// The wish, and the station's answer to it: they differ until it has heard.
  private func writeConfiguration(to writer: inout JSONWriter) {
    writer.key("lockDown")
    writer.object { object in
      object.field("wanted", life.wish?.desired.isLockedDown ?? false)
      object.field("revision", life.wish?.desired.revision ?? 0)
      object.nullable("by", life.wish?.actor)
      object.nullable("reason", life.wish?.reason)
      object.nullable("at", life.wish?.at.milliseconds)
      object.key("inForce")
      if let reported = life.reported {
        object.value(reported.isLockedDown)
      } else {
        object.null()
      }
      object.nullable("reportedRevision", life.reported?.revision)
      object.nullable("refusal", life.reported?.refusal?.fault.rawValue)
    }
  }

  /// The standing of the newest settings.
  package var settingsStanding: SettingsStanding {
    SettingsStanding(life.wish?.desired.settings, life.reported?.settings)
  }

  /// The settings that are wanted, and where they have got to.
  private func writeSettings(to writer: inout JSONWriter) {
    writer.key("settings")
    writeSettingsStanding(to: &writer)
  }

  /// The same as an object of its own.
  package func writeSettingsStanding(to writer: inout JSONWriter) {
    let wanted = life.wish?.desired.settings
    let report = life.reported?.settings
    writer.object { object in
      object.field("standing", settingsStanding.rawValue)
      object.nullable("wanted", wanted?.revision)
      object.nullable("inForce", report?.inForce?.revision)
      object.nullable("setback", report?.setback?.revision)
      object.key("reasons")
      object.array(report?.setback?.reasons ?? []) { $1.write(to: &$0) }
    }
  }

  private func writeDoors(to writer: inout JSONWriter) {
    writer.key("doors")
    writer.array(life.doors.sorted { $0.key < $1.key }) { writer, door in
      writer.object {
        $0.field("accessPoint", door.key.number)
        $0.field("command", door.value.command.rawValue)
        $0.field("lock", door.value.lock.rawValue)
        $0.field("door", door.value.door.rawValue)
        $0.field("secured", door.value.secured.rawValue)
        $0.field("alarm", door.value.alarm.rawValue)
        $0.field("mode", door.value.mode.rawValue)
        $0.field("at", door.value.at.milliseconds)
      }
    }
  }

  private func write(
    _ sensors: SensorsPayload?, _ name: StaticString, to writer: inout JSONWriter
  ) {
    writer.key(name)
    guard let sensors else { return writer.null() }
    writer.object {
      $0.key("sensors")
      $0.array(sensors.sensors) { writer, sensor in sensor.write(to: &writer) }
      $0.field("at", sensors.at.milliseconds)
    }
  }

  private func writeVending(to writer: inout JSONWriter) {
    writer.key("vending")
    guard let vending = life.vending else { return writer.null() }
    writer.object { object in
      object.nullable("stop", vending.stop?.rawValue)
      object.nullable("exchange", vending.exchange?.description)
      object.key("slots")
      object.array(vending.slots) { writer, slot in
        writer.object {
          $0.field("slot", slot.slot.number)
          $0.field("article", slot.article.text)
          $0.field("price", slot.price.number)
          $0.field("capacity", slot.capacity)
          $0.nullable("stock", slot.stock)
          $0.nullable("bestBefore", slot.bestBefore.map { Int64($0) })
          $0.nullable("quarantine", slot.quarantine?.word)
        }
      }
      object.field("at", vending.at.milliseconds)
    }
  }

  private func writeOccupancy(to writer: inout JSONWriter) {
    writer.key("occupancy")
    guard let occupancy = life.occupancy else { return writer.null() }
    writer.object {
      $0.field("inside", occupancy.inside)
      $0.field("in", occupancy.entered)
      $0.field("out", occupancy.left)
      $0.field("corrections", occupancy.corrections)
      $0.field("refused", occupancy.refused)
      $0.nullable("capacity", occupancy.capacity)
      $0.field("stale", occupancy.isStale)
      $0.field("at", occupancy.at.milliseconds)
    }
  }
}
