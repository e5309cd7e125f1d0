// The file beside the store by which a restored backup is known: how far the store had come.
import Glibc
import Linux
import ManagementCore
import SQL
import StationProtocol

/// `<store>.epoch`: the life of the store and how much it has held, written after every commit. A
/// backup of the store does not contain it, so a store that is behind it has come from a backup,
/// and so has one without it: what was acknowledged since the backup nobody has but the stations.
///
/// It is written in place, 38 bytes without a flush: after a power cut it may be behind the store,
/// which is nothing new, and never ahead of one that is whole.
final class EpochFile {
  /// The content of the file.
  struct Mark: Equatable {
    var epoch: StoreEpoch
    /// Only ever grows in one store: what the ids of its tables sum to.
    var reached: UInt64

    var text: String {
      let number = String(reached)
      let zeros = String(repeating: "0", count: 20 - number.utf8.count)
      return "\(epoch) \(zeros)\(number)\n"
    }

    init(epoch: StoreEpoch, reached: UInt64) {
      self.epoch = epoch
      self.reached = reached
    }

    /// - Returns: nil where the text is not one.
    init?(_ bytes: [UInt8]) {
      let words = String(decoding: bytes, as: UTF8.self).split(separator: "\n").first?
        .split(separator: " ")
      guard let words, words.count == 2, let epoch = StoreEpoch(words[0]),
        let reached = UInt64(words[1])
      else { return nil }
      self.init(epoch: epoch, reached: reached)
    }
  }

  private let path: String
  private let descriptor: Int32
  private let epoch: StoreEpoch
  private var isFaulty = false

  static func path(of store: String) -> String { "\(store).epoch" }

  /// - Returns: nil where there is none that can be read.
  static func mark(of store: String) -> Mark? {
    do throws(SystemError) {
      return Mark(try Files.read(path(of: store), limit: 256))
    } catch {
      return nil
    }
  }

  /// Opens or makes the file. One that cannot be written is said once: then every start counts as
  /// the start on a backup, which costs the stations some messages and loses nothing.
  init(of store: String, _ epoch: StoreEpoch) {
    path = Self.path(of: store)
    self.epoch = epoch
    descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  func note(_ reached: UInt64) {
    let bytes = Array(Mark(epoch: epoch, reached: reached).text.utf8)
    let written = descriptor < 0 ? -1 : pwrite(descriptor, bytes, bytes.count, 0)
    guard written != bytes.count, !isFaulty else { return }
    isFaulty = true
    Log.error("\(SystemError("write", path: path)); a restored backup would not be told from it")
  }
}

extension SQLiteStore {
  /// Finds out whether this store is the one that this machine wrote last, and gives it a new life
  /// where it is not: one that has just been made, one from a backup, one that was moved here.
  /// Called once, before anything is stored.
  package func settleEpoch(path: String) throws(StoreFailure) -> StoreEpoch {
    let known = try epoch()
    let mark = EpochFile.mark(of: path)
    let reached = try reached()
    if let known, let mark, mark.epoch == known, mark.reached <= reached { return known }
    let fresh = StoreEpoch(bits: Randomness.bits)
    try begin(fresh)
    EpochFile(of: path, fresh).note(reached)
    if known != nil {
      let detail = mark.map { "at \(reached), and this machine had \($0.reached)" }
      Log.warning(
        "the store is not the one that was here last (\(detail ?? "no \(EpochFile.path(of: path))")"
          + "): a backup was restored; stations send again how exchanges ended")
    }
    return fresh
  }

  private func epoch() throws(StoreFailure) -> StoreEpoch? {
    try guarded { () throws(DatabaseError) in
      var epoch: StoreEpoch?
      try database.prepare("SELECT epoch FROM store_epoch").rows { epoch = StoreEpoch($0.text(0)) }
      return epoch
    }
  }

  /// From now on the store is another one; the first that stations say of their streams is taken.
  private func begin(_ epoch: StoreEpoch) throws(StoreFailure) {
    try guarded { () throws(DatabaseError) in
      try database.transaction { () throws(DatabaseError) in
        try database.run(
          """
          INSERT INTO store_epoch (place, epoch) VALUES (1, ?1)
          ON CONFLICT (place) DO UPDATE SET epoch = excluded.epoch
          """, .text(epoch.description))
        try database.execute("UPDATE stream SET claimed = NULL, claimed_at = NULL")
      }
    }
  }

  /// Grows with whatever is stored.
  func reached() throws(StoreFailure) -> UInt64 {
    try guarded { () throws(DatabaseError) in
      var sum: Int64 = 0
      try database.prepare(
        """
        SELECT COALESCE((SELECT MAX(id) FROM record), 0) + COALESCE((SELECT MAX(id) FROM minute), 0)
          + COALESCE((SELECT MAX(id) FROM exchange), 0)
          + COALESCE((SELECT MAX(id) FROM movement), 0)
          + COALESCE((SELECT MAX(id) FROM discrepancy), 0)
        """
      ).rows { sum = $0.int64(0) }
      return UInt64(max(0, sum))
    }
  }
}
