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
  private let loop: EventLoop
  private var saidAt: Instant?
  /// The next word, where the last one was a moment ago.
  private var later: Timer?
  /// The last wish of the service that was followed, and when; its nonce is gone when it was answered.
  private var wish: (nonce: RenewalNonce?, at: Instant)?
  private var isEndTold = false

  /// A broker that brings the service's wish again and again makes the board no slower than this.
  private static let pause: Duration = .seconds(60)
  /// A broker that says again and again that the service came up has as many signatures made at most.
  private static let shortPause: Duration = .seconds(2)
  /// So long before its certificate ends a board says so in its log.
  private static let warning: Duration = .seconds(30 * 86_400)

  init(_ folder: String, station: StationID, _ loop: EventLoop) throws(SystemError) {
    self.loop = loop
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

  func stop() {
    later?.cancel()
    worker.finish()
  }

  /// Looks for another claim.
  func look() { worker.submit(.look) }

  /// The certificate for the next attempt, with the broker.
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
  func opened(with target: MQTTTarget?) {
    isUp = true
    if case .identity(let next) = files.next, next.target == target {
      worker.submit(.adopt)
    } else {
      say(nil)
    }
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

  /// The service has come up, and knows nothing of this session.
  func serviceCameUp(at now: Instant) {
    guard let said = saidAt, now - said < Self.shortPause else { return say(nil) }
    guard later == nil else { return }
    later = loop.schedule(at: said + Self.shortPause) { [unowned self] in
      later = nil
      say(nil)
    }
  }

  func take(_ reply: IdentityReply, at now: Instant) {
    switch reply {
    case .renew(let serial, let nonce):
      guard case .success(let current) = files.current, current.serial == serial,
        wish.map({ now - $0.at >= Self.pause }) ?? true
      else { return }
      wish = (nonce, now)
      worker.submit(.makeKey)
    case .issued(let certificate):
      // One for each wish: the broker may bring any number.
      guard wish?.nonce != nil else { return }
      wish?.nonce = nil
      worker.submit(.keep(certificate))
    }
  }

  private func say(_ request: IdentityStatement.Request?) {
    saidAt = Clock.now
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
      guard let nonce = wish?.nonce, case .key(let pem) = files.next,
        let key = try? KeyHandle(privatePEM: pem)
      else { return }
      let text = PEMText(CertificateRequest.make(for: key, name: "worker-station board"))
      say(IdentityStatement.Request(text, nonce: nonce))
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
  private var isNextDue = true

  /// Asked before an attempt that could show the next one.
  mutating func showsNext() -> Bool {
    defer { isNextDue = false }
    return isNextDue
  }

  /// The current one is shown, or the next one is the current one now.
  mutating func showCurrent() { isNextDue = true }

  /// The next one is another one than before.
  mutating func nextIsNew() { isNextDue = true }
}
