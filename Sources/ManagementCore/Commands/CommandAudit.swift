// Entries of the audit trail about commands and wishes.
import JSON
import StationProtocol
import Time

extension AuditEntry {
  /// - Parameter command: as it was given.
  package static func command(_ command: OrderedCommand) -> AuditEntry {
    let contents = JSONWriter.object {
      $0.field("station", command.station)
      $0.field("command", command.id.text)
      command.order.writeShown(to: &$0)
    }
    return AuditEntry(
      at: command.orderedAt, actor: command.actor, .command,
      contents: String(decoding: contents, as: UTF8.self))
  }

  package static func wish(_ wish: Wish, of station: StationID) -> AuditEntry {
    let contents = JSONWriter.object {
      $0.field("station", station)
      $0.field("lockDown", wish.desired.isLockedDown)
      $0.field("revision", wish.desired.revision)
      $0.field("reason", wish.reason)
    }
    return AuditEntry(
      at: wish.at, actor: wish.actor, .lockDown,
      contents: String(decoding: contents, as: UTF8.self))
  }
}

extension OrderedCommand {
  /// The command as the API shows it.
  package func write(to writer: inout JSONWriter) {
    writer.object {
      $0.field("id", id.text)
      $0.field("station", station)
      order.writeShown(to: &$0)
      $0.field("by", actor)
      $0.field("state", progress.rawValue)
      $0.nullable("fault", fault?.rawValue)
      $0.key("parts")
      $0.array(parts) { writer, part in
        writer.object {
          $0.field("part", part.part.rawValue)
          $0.nullable("ap", part.accessPoint.map { Int64($0.number) })
          $0.field("well", part.isWell)
        }
      }
      $0.field("orderedAt", orderedAt.milliseconds)
      $0.field("expires", expires.milliseconds)
      $0.nullable("sentAt", sentAt?.milliseconds)
      $0.nullable("receivedAt", receivedAt?.milliseconds)
      $0.nullable("endedAt", endedAt?.milliseconds)
    }
  }
}

extension Order {
  /// The operation and its members for people to read. Of a typed code the hash is left out: whoever
  /// may read commands or the audit trail could try all digits by it.
  fileprivate func writeShown(to writer: inout JSONWriter) {
    guard case .entry(.setCode(let point, let code)) = self else {
      return writeMembers(to: &writer)
    }
    writer.field("op", kind.rawValue)
    writer.field("ap", Int64(point.number))
    writer.field("credential", code.id.text)
    writer.field("from", code.from.milliseconds)
    writer.field("until", code.until.milliseconds)
    writer.field("uses", code.uses)
  }
}
