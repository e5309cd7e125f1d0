// A watcher of the event stream that comes back after a break where it had left off.
import Foundation

/// Keeps every record event of the service across any number of connections, as a browser does
/// with `Last-Event-ID`.
package final class StreamFollower {
  private let management: ManagementUnderTest
  private var ended: [EventStream.Event] = []
  private var stream: EventStream?

  package init(_ management: ManagementUnderTest) throws {
    self.management = management
    // From the very first record on.
    stream = try EventStream(management.api, "/events/stream", lastEventID: "0")
  }

  /// Everything heard that has an id, in the order in which it came.
  package var records: [EventStream.Event] {
    (ended + (stream?.events ?? [])).filter { $0.name == "record" }
  }

  /// Connects again, after the last event that was heard.
  package func reconnect() throws {
    if let stream {
      stream.close()
      ended += stream.events
    }
    stream = nil
    let last = records.last?.id ?? "0"
    stream = try EventStream(management.api, "/events/stream", lastEventID: last)
  }

  package func close() { stream?.close() }

  /// The place of each record, as `station/stream/seq`.
  package static func places(of records: [EventStream.Event]) -> [String] {
    records.map {
      let object = $0.object
      return "\(object["station"] ?? "")/\(object["stream"] ?? "")/\(object["seq"] ?? "")"
    }
  }
}
