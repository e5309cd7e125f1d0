// A typed code that the service has set at a station, and what the station says of it.
import JSON
import StationProtocol
import Time

/// A typed code by the commands about it: the one that sets it, and the last one that removes it.
package struct StationCode: Equatable, Sendable {
  package let accessPoint: AccessPointID
  package let code: TypedCode
  package var setting: OrderedCommand
  /// nil where nobody has wanted it away.
  package var removal: OrderedCommand?

  /// - Returns: nil where the command sets no code.
  package init?(_ setting: OrderedCommand, removal: OrderedCommand? = nil) {
    guard case .entry(.setCode(let point, let code)) = setting.order else { return nil }
    (accessPoint, self.code) = (point, code)
    self.setting = setting
    self.removal = removal
  }

  /// The station has removed it, or had none of the name.
  package var isRemoved: Bool {
    guard let removal else { return false }
    return removal.progress == .done
      || (removal.progress == .failed && removal.fault == .nothingToDo)
  }

  /// Whether a request under the same key means this code: the digits are new each time.
  package func isMeant(by request: TypedCodeRequest) -> Bool {
    setting.station == request.station && accessPoint == request.accessPoint
      && code.from == request.code.from && code.until == request.code.until
      && code.uses == request.code.uses
  }
}

/// A person's request for a typed code, with the hash of the digits that were drawn for it.
package struct TypedCodeRequest: Equatable, Sendable {
  package var station: StationID
  package var accessPoint: AccessPointID
  package var code: TypedCode
  /// How long the command is good from now on.
  package var life: Duration
  /// The same key is the same code.
  package var key: OrderKey

  package init(
    _ station: StationID, _ accessPoint: AccessPointID, _ code: TypedCode, life: Duration,
    key: OrderKey
  ) {
    self.station = station
    self.accessPoint = accessPoint
    self.code = code
    self.life = life
    self.key = key
  }

  /// The command that sets the code.
  package var command: CommandRequest {
    CommandRequest(station, .entry(.setCode(accessPoint, code)), life: life, key: key)
  }
}

/// The store's answer to an order about a typed code.
package enum CodeReceipt: Equatable, Sendable {
  /// Written down with its command, now or before.
  case ordered(StationCode, isNew: Bool)
  /// The key means something else.
  case conflict
}

/// The typed codes of one station: what was ordered beside what the station reports.
package struct StationCodes: Equatable, Sendable {
  package struct Row: Equatable, Sendable {
    package let ours: StationCode
    /// nil where the station does not say that it has this code.
    package let there: SetCode?
  }

  /// The codes that the service has set and not seen removed, as they were given.
  package let rows: [Row]
  /// The codes that the station reports and the service did not set, or has removed; also one of
  /// its names with another end.
  package let foreign: [SetCode]
  /// When the station reported; nil where it has not.
  package let reportedAt: WallTime?

  package init(_ ours: [StationCode], _ report: CodesPayload?) {
    let reported = report?.codes ?? []
    rows = ours.filter { !$0.isRemoved }.map { code in
      Row(ours: code, there: reported.first { code.isReported(by: $0) })
    }
    let known = rows.compactMap(\.there)
    foreign = reported.filter { !known.contains($0) }
    reportedAt = report?.at
  }

  package func write(to writer: inout JSONWriter) {
    writer.object {
      $0.key("codes")
      $0.array(rows) { writer, row in
        writer.object { row.ours.writeMembers(to: &$0, there: row.there) }
      }
      $0.key("foreign")
      $0.array(foreign) { writer, code in
        writer.object {
          $0.field("ap", Int64(code.accessPoint.number))
          $0.field("credential", code.id.text)
          $0.field("left", code.left)
          $0.field("until", code.until.milliseconds)
        }
      }
      $0.nullable("reportedAt", reportedAt?.milliseconds)
    }
  }
}

extension StationCode {
  fileprivate func isReported(by set: SetCode) -> Bool {
    set.accessPoint == accessPoint && set.id == code.id && set.until == code.until
      && set.left <= code.uses
  }

  /// The members of the code as the API shows it.
  /// - Parameter there: as the station has it; nil where it does not say so.
  package func writeMembers(to writer: inout JSONWriter, there: SetCode?) {
    writer.field("credential", code.id.text)
    writer.field("station", setting.station)
    writer.field("ap", Int64(accessPoint.number))
    writer.field("from", code.from.milliseconds)
    writer.field("until", code.until.milliseconds)
    writer.field("uses", code.uses)
    writer.field("by", setting.actor)
    writer.key("setting")
    setting.write(to: &writer)
    writer.key("removal")
    if let removal { removal.write(to: &writer) } else { writer.null() }
    writer.field("setThere", there != nil)
    writer.nullable("left", there?.left)
  }
}
