// Whether the files of an open store are still those that their names lead to.
import Glibc
import Linux
import SQL
import SQLite

/// SQLite goes on with files that were removed or replaced, and nothing fails: but what is written
/// then is gone with the process.
struct StorePlace {
  /// The store's file, behind symbolic links.
  let path: String
  /// By suffix; a file that was not there at the opening is not missed.
  private var identities: [String: FileIdentity] = [:]

  /// The index of the log holds nothing that the log does not.
  private static let (log, index) = ("-wal", "-shm")
  private static let mostForeign = 99

  /// To be made just after the opening; nil for a store in memory.
  init?(_ database: Database) {
    guard let path = database.file else { return nil }
    self.path = path
    for suffix in ["", Self.log, Self.index] {
      identities[suffix] = try? FileIdentity.of(path + suffix)
    }
  }

  /// Whether a file of the store is not found under its name any more. Where a name cannot be
  /// looked at, that is another trouble than this.
  var isLost: Bool {
    ["", Self.log, Self.index].contains { suffix in
      guard let own = identities[suffix] else { return suffix.isEmpty }
      do throws(SystemError) {
        return try FileIdentity.of(path + suffix) != own
      } catch {
        return false
      }
    }
  }

  /// Makes room for a whole copy of the store: what somebody has put there is kept under a name of
  /// its own, and no log stays that belongs to another file than the copy.
  /// - Returns: false where something foreign cannot be moved; nothing is overwritten then.
  func makeWay() -> Bool {
    let foreign = [Self.log, ""].filter { Files.exists(path + $0) && !isOwn($0) }
    if !foreign.isEmpty {
      let names = (1...Self.mostForeign).map { "\(path).foreign-\($0)" }
      let free = names.first { name in
        !Files.exists(name) && !Files.exists(name + Self.log)
      }
      guard let free else { return false }
      for suffix in foreign where rename(path + suffix, free + suffix) != 0 { return false }
      Log.error(
        "what was put in the place of \(path) is kept as \(free); to use it, stop stationd first")
    }
    if isOwn(Self.log) { unlink(path + Self.log) }
    unlink(path + Self.index)
    return true
  }

  private func isOwn(_ suffix: String) -> Bool {
    guard let own = identities[suffix], let there = try? FileIdentity.of(path + suffix) else {
      return false
    }
    return there == own
  }
}
