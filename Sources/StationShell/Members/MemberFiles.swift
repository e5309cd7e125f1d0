// Keeps the lists of members current and compares PINs, on a thread beside the loop's.
import Linux
import StationCore
import StationProtocol

/// The loop's side. Files are looked at every minute and not at a signal: whoever copies a list
/// to a thousand stations need not reach into each of them, and a look is one system call.
/// A PIN takes tens of milliseconds to compare, in which no door waits.
final class MemberFiles {
  enum Report: Sendable {
    case changed(MemberDirectory)
    case compared(
      AccessPointID, StationSettings.Reader.Direction, PINAttempt, number: TypedNumber?)
    case problem(String)
  }

  private enum Job: Sendable {
    case look
    case compare(AccessPointID, StationSettings.Reader.Direction, keys: String)
  }

  static let interval: Duration = .seconds(60)
  /// PINs of one access point that wait to be compared; further ones are not heard. Nobody types
  /// that fast.
  static let mostWaiting = 2

  let reports: Mailbox<Report>
  /// As it was at the start: no code is judged before the lists were read.
  let directory: MemberDirectory
  /// nil where there are no lists: then no PIN is right, and nothing to look at.
  private let worker: WorkerThread<Job>?
  private var waiting: [AccessPointID: Int] = [:]

  init(_ paths: StationSettings.Members) throws(SystemError) {
    let reports = try Mailbox<Report>()
    var lists = MemberLists(paths)
    for problem in lists.look().problems { Log.error(problem) }
    self.reports = reports
    directory = lists.directory
    let start = lists
    guard paths.list != nil || paths.revocations != nil else {
      worker = nil
      return
    }
    worker = WorkerThread(name: "members") {
      var lists = start
      return { jobs in
        for job in jobs {
          switch job {
          case .look:
            let outcome = lists.look()
            for problem in outcome.problems { reports.send(.problem(problem)) }
            if outcome.hasChanged { reports.send(.changed(lists.directory)) }
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
  func look() { worker?.submit(.look) }

  /// Asks whose number and PIN these are; the answer comes as a report.
  func compare(
    _ keys: String, at point: AccessPointID, _ direction: StationSettings.Reader.Direction
  ) {
    guard waiting[point, default: 0] < Self.mostWaiting else { return }
    waiting[point, default: 0] += 1
    guard let worker else {
      let number = PINBook.number(keys)
      return reports.send(.compared(point, direction, .wrong, number: number))
    }
    worker.submit(.compare(point, direction, keys: keys))
  }

  /// To be called for each `compared`.
  func heard(_ point: AccessPointID) { waiting[point, default: 1] -= 1 }

  func stop() { worker?.finish() }
}
