// Reads the lists of members, again when their files have changed, and never falls behind them.
import Glibc
import Linux
import StationCore
import StationProtocol

/// The lists as they were last read. What cannot be read leaves what was known in force: a file
/// that is damaged, or gone for the moment in which it is replaced, makes nobody a member again.
struct MemberLists {
  private(set) var directory = MemberDirectory()
  private(set) var pins = PINBook()

  private let paths: StationSettings.Members
  private var list = MemberList()
  private var listVersion: Version?
  private var revocationsVersion: Version?
  private var hasLooked = false

  /// What tells one content of a file from another without reading it. The time of the last change
  /// is the inode's, which moves with its owner and mode too: a file may become readable.
  private struct Version: Equatable {
    var inode: UInt64
    var size: Int64
    var seconds: Int
    var nanoseconds: Int

    init?(_ path: String) {
      var status = stat()
      guard stat(path, &status) == 0 else { return nil }
      inode = UInt64(status.st_ino)
      size = Int64(status.st_size)
      seconds = Int(status.st_ctim.tv_sec)
      nanoseconds = Int(status.st_ctim.tv_nsec)
    }
  }

  /// What a look at the files has brought.
  struct Outcome: Equatable {
    var hasChanged = false
    /// For the log. They name lines and members, never a PIN or a card.
    var problems: [String] = []
  }

  init(_ paths: StationSettings.Members) { self.paths = paths }

  /// Reads what has changed since the last look.
  mutating func look() -> Outcome {
    var outcome = Outcome()
    defer { hasLooked = true }
    if let path = paths.list {
      let version = Version(path)
      if !hasLooked || version != listVersion { readList(path, &outcome) }
      listVersion = version
    }
    if let path = paths.revocations {
      let version = Version(path)
      if !hasLooked || version != revocationsVersion { readRevocations(path, &outcome) }
      revocationsVersion = version
    }
    return outcome
  }

  private mutating func readList(_ path: String, _ outcome: inout Outcome) {
    do throws(SystemError) {
      let bytes = try Files.read(path, limit: MemberList.mostBytes)
      do throws(ConfigurationError) {
        list = try MemberList(bytes)
        pins = list.pins
        directory = MemberDirectory(revoked: directory.revoked, profiles: list.profiles)
        outcome.hasChanged = true
      } catch {
        for problem in error.problems.prefix(RevocationList.mostProblems) {
          outcome.problems.append("\(path): \(problem)")
        }
        outcome.problems.append("\(path) has mistakes: what was known before stays in force")
      }
    } catch {
      outcome.problems.append("\(error): what was known before stays in force")
    }
  }

  private mutating func readRevocations(_ path: String, _ outcome: inout Outcome) {
    do throws(SystemError) {
      let bytes = try Files.read(path, limit: RevocationList.mostBytes)
      let (read, problems) = RevocationList.read(bytes)
      // In a file with mistakes a line may be missing that was good before.
      directory.revoked = problems.isEmpty ? read : read.union(directory.revoked)
      outcome.hasChanged = true
      outcome.problems += problems.map { "\(path): \($0)" }
      if !problems.isEmpty {
        outcome.problems.append(
          "\(path): \(directory.revoked.count) members are revoked all the same")
      }
    } catch {
      outcome.problems.append("\(error): whoever was revoked before stays so")
    }
  }
}
