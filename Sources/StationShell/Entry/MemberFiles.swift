// Keeps the lists of members current, compares PINs and hashes typed codes, on a thread beside the
// loop's.
import Linux
import MemberCode
import StationCore
import StationProtocol

/// The loop's side. Files are looked at every minute and not at a signal: whoever copies a list
/// to a thousand stations need not reach into each of them, and a look is one system call. Cards
/// and PINs are good until the list says otherwise, so the list is looked at before each of them:
/// whoever was suspended a moment ago does not come in.
/// A PIN takes tens of milliseconds to compare, and a typed code to hash, in which no door waits.
final class MemberFiles {
  enum Report: Sendable {
    case changed(MemberDirectory)
    /// The card as it was shown, after what the look before it has brought.
    case shown(AccessPointID, ReaderSettings.Direction, CardPresentation)
    case compared(
      AccessPointID, ReaderSettings.Direction, PINAttempt, number: TypedNumber?)
    /// The digits of a typed code, hashed; nil where there is no memory for it.
    case typed(AccessPointID, TypedCodeHash?)
    case problem(String)
    case note(String)
    /// Whether anything is wrong with a list.
    case judged(areFaulty: Bool)
  }

  private enum Job: Sendable {
    case look
    case show(AccessPointID, ReaderSettings.Direction, CardPresentation)
    case compare(AccessPointID, ReaderSettings.Direction, keys: String)
    case hash(AccessPointID, digits: [UInt8])
  }

  static let interval: Duration = .seconds(60)
  /// Cards and PINs of one access point that wait; further ones are not heard. Nobody types that
  /// fast.
  static let mostWaiting = 2

  let reports: Mailbox<Report>
  /// As it was at the start: no code is judged before the lists were read.
  let directory: MemberDirectory
  let areFaulty: Bool
  /// Without lists no PIN is right, and there is nothing to look at.
  private let hasLists: Bool
  private let worker: WorkerThread<Job>
  private var waiting: [AccessPointID: Int] = [:]

  /// - Parameter station: whose typed codes are hashed.
  init(_ paths: MemberFileSettings, of station: StationID) throws(SystemError) {
    let reports = try Mailbox<Report>()
    var lists = MemberLists(paths)
    let outcome = lists.look()
    for problem in outcome.problems { Log.error(problem) }
    for note in outcome.notes { Log.notice(note) }
    self.reports = reports
    directory = lists.directory
    areFaulty = lists.areFaulty
    let start = lists
    hasLists = paths.list != nil || paths.revocations != nil
    worker = WorkerThread(name: "members") {
      var lists = start
      var areFaulty = start.areFaulty
      return { jobs in
        for job in jobs {
          if case .hash(let point, let digits) = job {
            let hash = TypedCodeHash(digits: digits, station: station, accessPoint: point)
            reports.send(.typed(point, hash))
            continue
          }
          let outcome = lists.look()
          for problem in outcome.problems { reports.send(.problem(problem)) }
          for note in outcome.notes { reports.send(.note(note)) }
          if outcome.hasChanged { reports.send(.changed(lists.directory)) }
          if lists.areFaulty != areFaulty {
            areFaulty = lists.areFaulty
            reports.send(.judged(areFaulty: areFaulty))
          }
          switch job {
          case .hash: break
          case .look: reports.send(.judged(areFaulty: areFaulty))
          case .show(let point, let direction, let card):
            reports.send(.shown(point, direction, card))
          case .compare(let point, let direction, let keys):
            reports.send(
              .compared(
                point, direction, lists.pins.compare(keys), number: PINBook.number(keys)))
          }
        }
        return nil
      }
    }
  }

  /// Asks for a look at the files; what has changed comes as a report.
  func look() { if hasLists { worker.submit(.look) } }

  /// Asks for a look at the files before this card is judged; it comes back as a report.
  func show(
    _ card: CardPresentation, at point: AccessPointID, _ direction: ReaderSettings.Direction
  ) {
    guard waiting[point, default: 0] < Self.mostWaiting else { return }
    waiting[point, default: 0] += 1
    guard hasLists else { return reports.send(.shown(point, direction, card)) }
    worker.submit(.show(point, direction, card))
  }

  /// Asks whose number and PIN these are; the answer comes as a report.
  func compare(
    _ keys: String, at point: AccessPointID, _ direction: ReaderSettings.Direction
  ) {
    guard waiting[point, default: 0] < Self.mostWaiting else { return }
    waiting[point, default: 0] += 1
    guard hasLists else {
      let number = PINBook.number(keys)
      return reports.send(.compared(point, direction, .wrong, number: number))
    }
    worker.submit(.compare(point, direction, keys: keys))
  }

  /// Asks for the hash of a typed code; it comes as a report.
  func hash(_ digits: [UInt8], at point: AccessPointID) {
    guard waiting[point, default: 0] < Self.mostWaiting else { return }
    waiting[point, default: 0] += 1
    worker.submit(.hash(point, digits: digits))
  }

  /// To be called for each `shown`, `compared` and `typed`.
  func heard(_ point: AccessPointID) { waiting[point, default: 1] -= 1 }

  func stop() { worker.finish() }
}
