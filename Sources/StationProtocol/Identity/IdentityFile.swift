// The files of a claimed board, which one program writes and another one reads.

/// One file of the folder; the certificate is written last, so that a claim that was cut off is none.
package enum IdentityFile: String, CaseIterable, Sendable {
  /// The board's private key, for the daemon alone.
  case key = "key.pem"
  case authority = "authority.pem"
  /// `HOST PORT` of the broker.
  case broker
  case certificate = "certificate.pem"

  /// The file of a key of the service, counted from 1.
  package static func serviceKey(_ number: Int) -> String { "service-key-\(number).pem" }
}
