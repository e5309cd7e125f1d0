// The files of a claimed board, which one program writes and another one reads.

/// One file of the folder; `board` is complete last, so that a claim that was cut off is none.
package enum IdentityFile: String, CaseIterable, Sendable {
  case authority = "authority.pem"
  /// `HOST PORT` of the broker.
  case broker
  /// The board's private key and its certificate, in one file: a renewal replaces both at once, and
  /// no power cut leaves one without the other. For the daemon alone.
  case board = "board.pem"
  /// Another key, and its certificate as soon as there is one: what `board` is to be next. The
  /// daemon's own.
  case next = "next.pem"

  /// The file of a key of the service, counted from 1.
  package static func serviceKey(_ number: Int) -> String { "service-key-\(number).pem" }
}
