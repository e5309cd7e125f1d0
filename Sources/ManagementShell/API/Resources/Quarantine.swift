// The quarantine: messages of stations that could not be read.
import HTTP
import JSON
import ManagementCore
import StationProtocol

extension Endpoint {
  static var quarantine: [Endpoint] {
    [
      Endpoint(.get, "/quarantine", .viewQuarantine, query: [.before, .limit]) {
        try $0.listQuarantine($1)
      }
    ]
  }
}

extension API {
  fileprivate func listQuarantine(_ call: Call) throws -> HTTPResponse {
    let before = try call.number(.before)
    let limit = try call.limit()
    return asking { store in
      API.list("quarantine", try store.quarantine(before: before, limit: limit)) {
        $1.write(to: &$0)
      }
    }
  }
}

extension Quarantined {
  /// The raw bytes as text; what is no UTF-8 is shown as U+FFFD.
  fileprivate func write(to writer: inout JSONWriter) {
    writer.object {
      $0.field("id", id)
      $0.field("station", station)
      $0.key("stream")
      if let stream { $0.value(stream.description) } else { $0.null() }
      $0.key("seq")
      if let seq { $0.value(seq) } else { $0.null() }
      $0.field("received", received.milliseconds)
      $0.field("reason", reason)
      $0.field("raw", String(decoding: raw, as: UTF8.self))
    }
  }
}
