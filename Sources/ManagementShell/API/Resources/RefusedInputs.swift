// Refused input since the service started, counted for the people who run it.
import HTTP
import JSON
import ManagementCore
import StationProtocol

extension Endpoint {
  static var refusedInputs: [Endpoint] {
    [
      Endpoint(.get, "/refused-input", .viewQuarantine) { try $0.listRefusedInput($1) }
    ]
  }
}

extension API {
  fileprivate func listRefusedInput(_ call: Call) throws -> HTTPResponse {
    let refused = refused()
    return Self.json { writer in
      writer.field("since", refused.since.milliseconds)
      writer.key("refused")
      writer.array(refused.all) { $1.write(to: &$0) }
      writer.key("notices")
      writer.array(notices()) { $0.value($1) }
    }
  }
}

extension RefusedInput.Entry {
  fileprivate func write(to writer: inout JSONWriter) {
    writer.object {
      $0.field("source", kind.source.rawValue)
      $0.field("kind", kind.rawValue)
      $0.key("station")
      if let station { $0.value(station.text) } else { $0.null() }
      $0.field("count", count)
      $0.field("last", last.milliseconds)
      $0.field("reason", reason)
    }
  }
}
