// Why a store keeps something apart, in the same words whatever its engine.
import StationProtocol
import Time

/// Words and records that every engine writes alike.
package enum StoreReasons {
  package static let notKept = "only ends of exchanges are kept by stations"
  package static let conflict = "conflict: this number already means another record"

  /// The record that the service writes where a stream begins later than it should.
  package static func gap(from: UInt64, to: UInt64, at now: Now) -> Record {
    Record(
      at: now.wall, isTrusted: now.isTrusted,
      body: .stream(.gap(from: from, to: to, reason: .restored)))
  }
}
