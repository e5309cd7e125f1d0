// Why records are missing from a stream.

/// Why sequence numbers are missing from a stream.
package enum GapReason: String, CaseIterable, Sendable {
  /// The outbox was full; the oldest records gave way.
  case full
  /// The service was restored from a backup that is older than the station's floor.
  case restored
}
