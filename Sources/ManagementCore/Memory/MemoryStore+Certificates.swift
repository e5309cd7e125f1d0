// Certificates in plain collections.
import StationProtocol
import Time

extension MemoryStore {
  package func claim(_ certificate: StationCertificate, at now: Now) -> Int {
    if registrations[certificate.station] == nil {
      registrations[certificate.station] = StationNames(certificate.station)
    }
    let count = revoke(certificate.station, at: now)
    certificates.append(certificate)
    book.note(.claim(certificate))
    return count
  }

  package func lockOut(
    _ station: StationID, reason: String, by actor: String, at now: Now
  ) -> Int {
    let count = revoke(station, at: now)
    book.note(.lockOut(station, revoked: count, reason: reason, by: actor, at: now))
    return count
  }

  package func renew(_ certificate: StationCertificate, of serial: String, at now: Now) -> Bool {
    let station = certificate.station
    let isShown = certificates.contains {
      $0.serial == serial && $0.station == station && $0.revokedAt == nil
    }
    guard isShown else { return false }
    _ = revoke(station, at: now) { $0.serial != serial }
    certificates.append(certificate)
    book.note(.renewal(certificate))
    return true
  }

  package func recall(_ certificate: StationCertificate) {
    guard !certificates.contains(where: { $0.serial == certificate.serial }) else { return }
    if registrations[certificate.station] == nil {
      registrations[certificate.station] = StationNames(certificate.station)
    }
    certificates.append(certificate)
  }

  package func revoke(_ serials: [String], at now: Now) {
    for index in certificates.indices
    where serials.contains(certificates[index].serial) && certificates[index].revokedAt == nil {
      certificates[index].revokedAt = now.wall
    }
  }

  package func supersede(by serial: String, of station: StationID, at now: Now) -> Int {
    let later = certificates.drop { $0.serial != serial }.map(\.serial)
    return later.isEmpty ? 0 : revoke(station, at: now) { !later.contains($0.serial) }
  }

  private func revoke(
    _ station: StationID, at now: Now, where isMeant: (StationCertificate) -> Bool = { _ in true }
  ) -> Int {
    var count = 0
    for index in certificates.indices
    where certificates[index].station == station && certificates[index].revokedAt == nil
      && isMeant(certificates[index])
    {
      certificates[index].revokedAt = now.wall
      count += 1
    }
    return count
  }

  package func certificates(of station: StationID, limit: Int) -> [StationCertificate] {
    Array(certificates.reversed().lazy.filter { $0.station == station }.prefix(limit))
  }

  package func allCertificates() -> [StationCertificate] { certificates }
}
