// A secret that a daemon is given: where it lies, and what to say where it does not.
import Glibc

/// A credential by its name. systemd places a copy for the unit (`LoadCredential=`) of a file that
/// only root reads; a configured folder takes its place where there is no systemd.
package struct UnitCredential: Sendable {
  package let name: String
  /// The file that the shipped unit takes it from.
  package let home: String

  package init(_ name: String, home: String) {
    self.name = name
    self.home = home
  }

  private static let mostBytes = 65_536

  /// The file in which this process finds the credential; nil where nobody said.
  private func path(_ directory: String?) -> String? {
    let folder = directory ?? getenv("CREDENTIALS_DIRECTORY").map { String(cString: $0) }
    return folder.map { "\($0)/\(name)" }
  }

  /// The outcome of looking for the credential.
  package enum Content: Sendable {
    /// Without surrounding space.
    case text(String)
    /// There is none, or systemd left an empty line in its place. Names the file to be written.
    case missing(SystemError)
  }

  /// - Parameter directory: the configured folder, which goes before `$CREDENTIALS_DIRECTORY`.
  /// - Throws: where something is there that is no credential.
  package func find(directory: String?) throws(SystemError) -> Content {
    guard let path = path(directory) else {
      return .missing(
        SystemError(
          "find the credential \(name)",
          detail: "no credentials directory is configured, and systemd names none; the unit takes "
            + "it from \(home)"))
    }
    return try content(of: path, mend: directory == nil ? home : path)
  }

  /// Its text; a missing one is an error too.
  package func read(directory: String?) throws(SystemError) -> String {
    switch try find(directory: directory) {
    case .text(let text): return text
    case .missing(let error): throw error
    }
  }

  /// Its text as it is now. A unit's credentials are those of its start: its `ExecReload=` hands a
  /// new copy over in the unit's folder, and it is taken from there.
  /// - Throws: also where nothing was handed over: what systemd has is older than what is in force.
  package func readAgain(directory: String?) throws(SystemError) -> String {
    if directory == nil, let folder = getenv("RUNTIME_DIRECTORY").map({ String(cString: $0) }) {
      let path = "\(folder)/\(name)"
      guard Files.exists(path) else {
        throw SystemError(
          "read the credential \(name)", path: path,
          detail: "no new one was handed over: write it to \(home), then systemctl reload the unit")
      }
      defer { unlink(path) }
      return try read(directory: folder)
    }
    return try read(directory: directory)
  }

  /// What `--check-config` finds: where the daemon would, or, run by hand, where the unit would.
  package func check(directory: String?) throws(SystemError) -> Content {
    let path = path(directory) ?? home
    return try content(of: path, mend: directory == nil ? home : path)
  }

  /// Whether it can be looked at at all: the shipped folder is root's own.
  package func isWithinReach(directory: String?) -> Bool {
    if path(directory) != nil { return true }
    let folder = home[..<(home.lastIndex(of: "/") ?? home.startIndex)]
    return access(String(folder), R_OK | X_OK) == 0
  }

  private func content(of path: String, mend: String) throws(SystemError) -> Content {
    let operation = "read the credential \(name)"
    let bytes: [UInt8]
    do throws(SystemError) {
      bytes = try Files.read(path, limit: Self.mostBytes)
    } catch {
      let named = SystemError(operation, path: path, detail: error.reason)
      guard error.code == ENOENT else { throw named }
      return .missing(named)
    }
    let space: Set<UInt8> = [0x20, 0x09, 0x0A, 0x0D]
    let trimmed = bytes.drop { space.contains($0) }.reversed().drop { space.contains($0) }
    guard !trimmed.isEmpty else {
      let detail = path == mend ? "it is empty" : "it is missing or empty: write it to \(mend)"
      return .missing(SystemError(operation, path: path, detail: detail))
    }
    guard let text = String(validating: Array(trimmed.reversed()), as: UTF8.self) else {
      throw SystemError(operation, path: path, detail: "it is not text")
    }
    return .text(text)
  }
}
