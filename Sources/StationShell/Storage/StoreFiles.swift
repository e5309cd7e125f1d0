// The files around a station's store: what was set aside, and under which name.
import Glibc
import Linux
import SQL
import SQLite
import StationCore

/// Beside the store `station.sqlite` there may be `.damaged` ones, for a maintainer to look at;
/// `.version-9`, which a later version of this program has written and goes on with when it is
/// installed again; and `.remainder-1`, whose records are sent to the service, and which go then.
enum StoreFiles {
  private static let mostSetAside = 3
  private static let mostRemainders = 99

  /// How many damaged files are kept; a further one takes the place of the last.
  static func setAside(_ path: String) {
    let names = (1...mostSetAside).map { $0 == 1 ? "\(path).damaged" : "\(path).damaged-\($0)" }
    let name = names.first { !Files.exists($0) } ?? names[mostSetAside - 1]
    if move(path, to: name) { Log.error("the damaged store is set aside as \(name)") }
  }

  /// Whether what was stored is gone and something of it is left: SQLite would take a file without a
  /// byte, or none beside a log, for a store that is new.
  static func isEmptied(_ path: String) -> Bool {
    guard let size = size(path) else { return (size("\(path)-wal") ?? 0) > 0 }
    return size == 0
  }

  private static func size(_ path: String) -> Int64? {
    var status = stat()
    return stat(path, &status) == 0 ? Int64(status.st_size) : nil
  }

  /// - Returns: the name under which its records wait; nil where there was no file.
  @discardableResult
  static func makeRemainder(of path: String, as base: String? = nil) -> String? {
    let names = (1...mostRemainders).map { "\(base ?? path).remainder-\($0)" }
    guard let name = names.first(where: { !Files.exists($0) }), move(path, to: name) else {
      return nil
    }
    Log.notice("what \(path) has not sent yet waits in \(name)")
    return name
  }

  /// Keeps a later version's store for that version.
  static func keepNewer(_ path: String) {
    let version = StationStore.version(path) ?? StationStore.migrations.count + 1
    let names = ["\(path).version-\(version)"] + (2...9).map { "\(path).version-\(version).\($0)" }
    guard let name = names.first(where: { !Files.exists($0) }), move(path, to: name) else { return }
    Log.error("the store of a later version is kept as \(name), and used again by that version")
  }

  /// Whether a later version's store waits for it.
  static func hasNewer(_ path: String) -> Bool { !newer(path).isEmpty }

  /// Goes on with the store of the latest version that this program knows, where one was kept; the
  /// stores that were used meanwhile send what they hold.
  static func resume(_ path: String) {
    let known = newer(path).filter { $0.version <= StationStore.migrations.count }
    guard let latest = known.last else { return }
    do throws(DatabaseError) {
      var (store, recovered) = try StationStore.openAside(latest.name)
      if Files.exists(path) {
        let (other, used) = try StationStore.openAside(path)
        other.abandon()
        recovered.take(over: used)
        try store.remember(recovered)
        if recovered.exchange == nil, let exchange = used.exchange {
          try store.remember(exchange)
        }
      }
      for name in [path] + known.dropLast().map(\.name) {
        try store.take(StationStore.keptEnds(aside: name))
      }
      store.abandon()
    } catch {
      // What the store in use remembers is not carried over; every record is sent all the same.
      Log.error("\(latest.name) is gone on with as it was left: \(error)")
    }
    if Files.exists(path) { makeRemainder(of: path) }
    for one in known.dropLast() { makeRemainder(of: one.name, as: path) }
    if move(latest.name, to: path) { Log.notice("the store \(latest.name) is in use again") }
  }

  /// The stores whose records wait to be sent, in the order in which they were set aside.
  static func remainders(_ path: String) -> [String] {
    (1...mostRemainders).map { "\(path).remainder-\($0)" }.filter(Files.exists)
  }

  static func remove(_ path: String) {
    for suffix in ["-wal", "-shm", ""] { unlink("\(path)\(suffix)") }
  }

  /// By their versions.
  private static func newer(_ path: String) -> [(version: Int, name: String)] {
    let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    let start = path.split(separator: "/").last.map { "\($0).version-" } ?? ""
    let names = (try? Files.names(in: folder.isEmpty ? "/" : folder)) ?? []
    return names.compactMap { name -> (version: Int, name: String)? in
      guard name.hasPrefix(start), !name.hasSuffix("-wal"), !name.hasSuffix("-shm"),
        let version = Int(name.dropFirst(start.count).prefix { $0 != "." })
      else { return nil }
      return (version, "\(folder)/\(name)")
    }.sorted { ($0.version, $0.name) < ($1.version, $1.name) }
  }

  /// The file comes last: after a power cut in between, no log of an old file must lie beside a
  /// new one.
  private static func move(_ path: String, to name: String) -> Bool {
    var isMoved = false
    for suffix in ["-wal", "-shm", ""] where Files.exists("\(path)\(suffix)") {
      isMoved = rename("\(path)\(suffix)", "\(name)\(suffix)") == 0
    }
    return isMoved
  }
}
