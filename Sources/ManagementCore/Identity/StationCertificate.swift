// The certificates that the service has issued to its stations.
import JSON
import StationProtocol
import Time

/// One certificate, as the service remembers it.
package struct StationCertificate: Equatable, Sendable {
  /// 32 hexadecimal digits.
  package var serial: String
  package var station: StationID
  package var issuedAt: WallTime
  /// The last moment at which it counts.
  package var ends: WallTime
  /// The actor who made the claim code; `service` where the board has renewed it.
  package var actor: String
  /// Since when it counts no more; nil while it does.
  package var revokedAt: WallTime?

  package init(
    serial: String, station: StationID, issuedAt: WallTime, ends: WallTime, actor: String,
    revokedAt: WallTime? = nil
  ) {
    self.serial = serial
    self.station = station
    self.issuedAt = issuedAt
    self.ends = ends
    self.actor = actor
    self.revokedAt = revokedAt
  }

  /// The certificate as the API shows it.
  package func write(to writer: inout JSONWriter) {
    writer.object {
      $0.field("serial", serial)
      $0.field("issuedAt", issuedAt.milliseconds)
      $0.field("ends", ends.milliseconds)
      $0.field("by", actor)
      $0.nullable("revokedAt", revokedAt?.milliseconds)
    }
  }
}

/// The side of a `ManagementStore` that keeps certificates. Each method is one transaction.
package protocol CertificateStore: CertificateQueries {
  /// Remembers that a board was claimed: its certificate counts from now on, and every other one of
  /// its station does not, because there is one board for a station.
  /// - Returns: how many of the station's certificates counted until now.
  func claim(_ certificate: StationCertificate, at now: Now) throws(StoreFailure) -> Int
  /// Remembers that a certificate was renewed. Both count until the board has shown the new one; what
  /// was issued to its station beside them counts no more.
  /// - Parameter serial: of the certificate that the board has shown.
  /// - Returns: false where that one does not count: nothing was changed.
  func renew(
    _ certificate: StationCertificate, of serial: String, at now: Now
  ) throws(StoreFailure) -> Bool
  /// Remembers a certificate that the authority has issued and this store has lost, where it does not
  /// know it: it came back from a backup.
  func recall(_ certificate: StationCertificate) throws(StoreFailure)
  /// These count no more, whatever the store says.
  func revoke(_ serials: [String], at now: Now) throws(StoreFailure)
  /// A board has shown this certificate: those that were issued to its station before count no more.
  /// - Returns: how many counted until now.
  func supersede(
    by serial: String, of station: StationID, at now: Now
  ) throws(StoreFailure) -> Int
  /// Locks a station's board out until it is claimed anew.
  /// - Returns: how many certificates counted until now.
  func lockOut(
    _ station: StationID, reason: String, by actor: String, at now: Now
  ) throws(StoreFailure) -> Int
}

/// The questions that the certificates answer.
package protocol CertificateQueries: AnyObject {
  /// The certificates of a station, newest first.
  func certificates(of station: StationID, limit: Int) throws(StoreFailure) -> [StationCertificate]
  /// The certificates of every station, oldest first.
  func allCertificates() throws(StoreFailure) -> [StationCertificate]
}

extension AuditEntry {
  package static func claim(_ certificate: StationCertificate) -> AuditEntry {
    entry(.claim, certificate)
  }

  package static func renewal(_ certificate: StationCertificate) -> AuditEntry {
    entry(.renewal, certificate)
  }

  private static func entry(_ action: Action, _ certificate: StationCertificate) -> AuditEntry {
    let contents = JSONWriter.object {
      $0.field("station", certificate.station)
      $0.field("serial", certificate.serial)
      $0.field("ends", certificate.ends.milliseconds)
    }
    return AuditEntry(
      at: certificate.issuedAt, actor: certificate.actor, action,
      contents: String(decoding: contents, as: UTF8.self))
  }

  package static func lockOut(
    _ station: StationID, revoked: Int, reason: String, by actor: String, at now: Now
  ) -> AuditEntry {
    let contents = JSONWriter.object {
      $0.field("station", station)
      $0.field("certificates", revoked)
      $0.field("reason", reason)
    }
    return AuditEntry(
      at: now.wall, actor: actor, .lockOut, contents: String(decoding: contents, as: UTF8.self))
  }
}
