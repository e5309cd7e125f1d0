// Which certificate is shown to the broker, and how another one takes its place.
import Keys
import Linux
import MQTT
import StationProtocol
import Time

/// The board's identity on the loop's thread.
///
/// The service asks for a renewal, as it knows the time and how long a certificate is good. The board
/// makes another key, has it certified, and shows it to the broker at the next attempt. When the
/// broker takes it, it takes the place of the old one, and the service hears of it; when not, the
/// next attempt shows the old one again, and so in turn.
final class IdentityKeeper {
  /// To be sent to the service.
  var onStatement: (IdentityStatement) -> Void = { _ in }
  /// Another certificate is to be shown.
  var onReconnect: () -> Void = {}

  private let worker: WorkerThread<IdentityJob>
  private var files: IdentityFiles
  /// There was a claim when the daemon started, and with it the service's keys were read.
  private let wasClaimed: Bool
  private var turns = IdentityTurns()
  private var isUp = false
  private var askedAt: Instant?
  private var isEndTold = false

  /// A broker that brings the service's wish again and again makes the board no slower than this.
  private static let pause: Duration = .seconds(60)
  /// So long before its certificate ends a board says so in its log.
  private static let warning: Duration = .seconds(30 * 86_400)

  init(_ folder: String, station: StationID, _ loop: EventLoop) throws(SystemError) {
    let reports = try Mailbox<IdentityReport>()
    let writer = IdentityWriter(folder: folder, station: station)
    let found = writer.read()
    files = found
    wasClaimed = (try? found.current.get()) != nil
    worker = WorkerThread(name: "identity", most: 64) {
      var known = found
      return { jobs in
        for job in jobs {
          var problem: String?
          do throws(SystemError) {
            try writer.perform(job)
          } catch {
            problem = "\(error)"
          }
          let found = writer.read()
          if job != .look || found != known {
            reports.send(IdentityReport(job: job, files: found, problem: problem))
          }
          known = found
        }
        return nil
      }
    }
    try loop.receive(from: reports) { [unowned self] in take($0) }
  }

  func stop() { worker.finish() }

  /// Looks for another claim.
  func look() { worker.submit(.look) }

  /// What the next attempt shows.
  func target() -> Result<MQTTTarget, MQTTFault> {
    guard wasClaimed || (try? files.current.get()) == nil else {
      return .failure(
        MQTTFault("this board was claimed since stationd started: systemctl restart stationd"))
    }
    if case .identity(let next) = files.next, turns.showsNext() { return .success(next.target) }
    turns.showCurrent()
    return files.current.map(\.target)
  }

  // MARK: - The session

  /// The broker has taken what was shown.
  func opened() {
    isUp = true
    if turns.isNextShown { worker.submit(.adopt) } else { say(nil) }
    guard case .success(let current) = files.current else { return }
    let left = current.ends - Clock.wall
    guard !isEndTold, left < Self.warning else { return }
    isEndTold = true
    let days = left.components.seconds / 86_400
    Log.warning(
      "this board's certificate ends in \(days) days by the clock: the service renews it while both "
        + "are connected; after its end the board has to be claimed anew")
  }

  func closed() { isUp = false }

  func take(_ reply: IdentityReply, at now: Instant) {
    switch reply {
    case .renew(let serial):
      guard case .success(let current) = files.current, current.serial == serial,
        askedAt.map({ now - $0 >= Self.pause }) ?? true
      else { return }
      askedAt = now
      worker.submit(.makeKey)
    case .issued(let certificate): worker.submit(.keep(certificate))
    }
  }

  private func say(_ request: PEMText?) {
    guard isUp, case .success(let current) = files.current,
      let statement = current.statement(request)
    else { return }
    onStatement(statement)
  }

  // MARK: - The files

  private func take(_ report: IdentityReport) {
    let before = files
    files = report.files
    if let problem = report.problem {
      return Log.error("the certificate is not renewed, and the old one is shown: \(problem)")
    }
    switch report.job {
    case .look: break
    case .makeKey:
      guard case .key(let pem) = files.next, let key = try? KeyHandle(privatePEM: pem) else {
        return
      }
      say(PEMText(CertificateRequest.make(for: key, name: "worker-station board")))
    case .keep:
      guard case .identity(let next) = files.next, before.next != files.next else { return }
      Log.notice("certificate \(next.serial.memberText) was issued to this board: it is tried now")
      turns.nextIsNew()
      onReconnect()
    case .adopt:
      guard case .success(let current) = files.current else { return }
      Log.notice("certificate \(current.serial.memberText) is this board's from now on")
      isEndTold = false
      turns.showCurrent()
      say(nil)
    }
  }
}

/// Which of two identities an attempt shows: the next one first, and then each in turn.
struct IdentityTurns: Equatable {
  private(set) var isNextShown = false
  private var isNextDue = true

  /// Asked before an attempt that could show the next one.
  mutating func showsNext() -> Bool {
    defer { isNextDue = false }
    isNextShown = isNextDue
    return isNextDue
  }

  /// The current one is shown, or the next one is the current one now.
  mutating func showCurrent() {
    isNextShown = false
    isNextDue = true
  }

  /// The next one is another one than before.
  mutating func nextIsNew() { isNextDue = true }
}
