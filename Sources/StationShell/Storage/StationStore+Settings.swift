// The service's settings in a store, for a program that only looks.
import Glibc
import JSON
import Linux
import SQL
import SQLite
import StationCore

/// Why a store does not say which settings it remembers, as a sentence.
struct UnreadableSettings: Error, Equatable, CustomStringConvertible {
  let description: String
}

extension StationStore {
  /// The settings in a store that a daemon may have in use: the connection only reads, and a
  /// write-ahead log lets the daemon write meanwhile.
  /// - Returns: nil where there is no store, or none that was ever told of settings.
  static func keptSettings(at path: String) throws(UnreadableSettings) -> KeptSettings? {
    guard try isThere(path) else { return nil }
    var state: String?
    do throws(DatabaseError) {
      let database = try Database(path: path, mode: .readOnly)
      defer { database.close() }
      var isKnown = false
      try database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'settings'").rows { _ in
        isKnown = true
      }
      // A store of an earlier version has no such table.
      guard isKnown else { return nil }
      try database.prepare("SELECT state FROM settings").rows { state = $0.text(0) }
    } catch {
      throw UnreadableSettings(description: "\(error)")
    }
    guard let state else { return nil }
    do throws(JSONError) {
      return try KeptSettings(json: Array(state.utf8))
    } catch {
      throw UnreadableSettings(description: "\(path): its table of settings is damaged: \(error)")
    }
  }

  private static func isThere(_ path: String) throws(UnreadableSettings) -> Bool {
    let isThere: Bool
    do throws(SystemError) {
      isThere = try FileIdentity.of(path) != nil
    } catch {
      let advice = error.code == EACCES ? "; root may read it" : ""
      throw UnreadableSettings(description: "\(error)\(advice)")
    }
    guard !StoreFiles.isEmptied(path) else {
      throw UnreadableSettings(description: "\(path) has been emptied: what it held is lost")
    }
    return isThere
  }
}
