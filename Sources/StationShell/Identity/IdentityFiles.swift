// The folder of the board's identity, read and renewed on a thread beside the loop's.
import Keys
import Linux
import MQTT
import StationProtocol

/// Every file of the identity, as a look has found it.
struct IdentityFiles: Equatable, Sendable {
  /// The identity of the board; where it is nobody, why.
  var current: Result<StationIdentity, MQTTFault>
  var next: Next?

  /// The identity that is to follow.
  enum Next: Equatable, Sendable {
    /// A key for which no certificate was issued yet, as PEM.
    case key([UInt8])
    /// Can be shown to the broker.
    case identity(StationIdentity)
  }
}

/// A change of the folder, or a look at it.
enum IdentityJob: Equatable, Sendable {
  case look
  /// Make a key that asks for a certificate.
  case makeKey
  /// Keep the certificate that was issued for that key.
  case keep(PEMText)
  /// The broker has taken what was next: it is the board's identity from now on.
  case adopt
}

/// The outcome of a job.
struct IdentityReport: Equatable, Sendable {
  var job: IdentityJob
  var files: IdentityFiles
  /// Why the job was not done; nil where it was.
  var problem: String?
}

/// The hand that reads and writes the files. Each change is one rename, so that after a power cut the board is what
/// it was before, or what it is after.
struct IdentityWriter: Sendable {
  let folder: String
  let station: StationID

  func read() -> IdentityFiles {
    let current: Result<StationIdentity, MQTTFault>
    do throws(SystemError) {
      current = .success(try StationIdentity(folder, station: station))
    } catch {
      return IdentityFiles(current: .failure(MQTTFault(error.description)))
    }
    return IdentityFiles(current: current, next: next(after: current))
  }

  /// - Returns: nil where there is no usable file: it is written anew when another one is wanted.
  private func next(after current: Result<StationIdentity, MQTTFault>) -> IdentityFiles.Next? {
    guard let bytes = try? StationIdentity.read(folder, .next),
      let key = try? KeyHandle(privatePEM: bytes)
    else { return nil }
    guard let identity = try? StationIdentity(bytes, folder, station: station) else {
      return .key(key.privatePEM)
    }
    // A power cut came between the change and the removal of the file.
    if case .success(let current) = current, identity.serial == current.serial { return nil }
    return .identity(identity)
  }

  func perform(_ job: IdentityJob) throws(SystemError) {
    switch job {
    case .look: return
    case .makeKey:
      if case .key = read().next { return }
      try write(KeyHandle.generateP256().privatePEM, .next)
    case .keep(let certificate): try keep(certificate)
    case .adopt:
      guard case .identity = read().next else { return }
      try write(StationIdentity.read(folder, .next), .board)
      try Files.remove(path(.next))
    }
  }

  private func keep(_ certificate: PEMText) throws(SystemError) {
    guard case .key = read().next else { return }
    let key = try StationIdentity.read(folder, .next)
    let whole = key + certificate.bytes
    do throws(SystemError) {
      _ = try StationIdentity(whole, folder, station: station)
    } catch {
      throw SystemError(
        "use", path: path(.next),
        detail: "the certificate that came is not one of this board's authority for its new key")
    }
    try write(whole, .next)
  }

  private func write(_ bytes: [UInt8], _ file: IdentityFile) throws(SystemError) {
    try Files.write(bytes, to: path(file), mode: 0o600)
  }

  private func path(_ file: IdentityFile) -> String { "\(folder)/\(file.rawValue)" }
}
