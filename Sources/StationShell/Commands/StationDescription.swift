// A station as its support bundle describes it.
import JSON
import StationCore
import StationProtocol
import Time

/// Writes how a station stands, in the words of its state messages: no member is in any of them.
enum StationDescription {
  static func json(of station: borrowing Station, at now: Now) -> [UInt8] {
    let outbox = station.outbox
    let (version, operations) = (
      station.configuration.version, station.configuration.operations
    )
    let states = station.states(at: now)
    return JSONWriter.object { writer in
      writer.field("version", version)
      writer.field("stream", outbox.stream.description)
      writer.field("floor", outbox.floor)
      writer.field("next", outbox.next)
      writer.field("clockTrusted", now.isTrusted)
      writer.key("operations")
      writer.array(operations) { $0.value($1.text) }
      writer.key("states")
      writer.object { writer in
        for state in states {
          writer.key(word: state.part.path)
          writer.raw(state.json)
        }
      }
    }
  }
}
