// A folder of its own for one run, gone when the run is.
import Foundation

/// A temporary folder. Sockets lie in it, so its path is kept short.
package final class WorkFolder: Sendable {
  package let path: String

  package init() throws {
    var template = Array("/tmp/station-XXXXXX".utf8CString)
    guard let made = mkdtemp(&template) else { throw TestBedError("no temporary folder") }
    path = String(cString: made)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  package func file(_ name: String) -> String { "\(path)/\(name)" }

  /// Writes a file that others may not read, and the folders above it.
  @discardableResult
  package func write(_ text: String, to name: String) throws -> String {
    let place = URL(fileURLWithPath: file(name))
    try FileManager.default.createDirectory(
      at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: place)
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: place.path)
    return place.path
  }
}

/// The place of the product's programs and files while it runs from its own checkout.
package enum Checkout {
  /// The folder above `Sources`.
  package static let root: String = {
    var folder = URL(fileURLWithPath: #filePath)
    for _ in 0..<3 { folder.deleteLastPathComponent() }
    return folder.path
  }()

  /// The folder of the built programs: that of the running one, or the one around a test bundle.
  package static let programs: String = {
    var folder = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    if let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") {
      folder = URL(fileURLWithPath: own)
    }
    folder.deleteLastPathComponent()
    let name = "stationd"
    if FileManager.default.fileExists(atPath: folder.appendingPathComponent(name).path) {
      return folder.path
    }
    for flavour in ["debug", "release"] {
      let candidate = "\(root)/.build/\(flavour)"
      if FileManager.default.fileExists(atPath: "\(candidate)/\(name)") { return candidate }
    }
    return folder.path
  }()

  package static func program(_ name: String) -> String { "\(programs)/\(name)" }
  package static func file(_ name: String) -> String { "\(root)/\(name)" }
}
