// Failures as the library and a broker tell them, in words for a log.
import CMosquitto
import Linux

enum BrokerWords {
  /// - Parameter status: of a call into the library.
  static func text(of status: Int32) -> String {
    if status == MOSQ_ERR_ERRNO.rawValue { return SystemError("connect").description }
    // The library's own words for this are "Unknown error."
    if status == MOSQ_ERR_UNKNOWN.rawValue || status == MOSQ_ERR_KEEPALIVE.rawValue {
      return "the broker broke off, or did not answer in time"
    }
    return mosquitto_strerror(status).map { String(cString: $0) } ?? "error \(status)"
  }

  /// - Parameter code: the broker's reason (MQTT 5, section 2.4).
  static func reason(_ code: Int32) -> String {
    mosquitto_reason_string(code).map { String(cString: $0) } ?? "code \(code)"
  }
}
