// Runs an installed program to its end, with a deadline, and a folder that goes away with its test.
import Foundation

/// What a program left behind.
struct Ending {
  let status: Int32
  /// Standard output and standard error, as they came.
  let output: String

  /// The programs a test needs are installed by `.ci/install-packages test`.
  static func of(
    _ program: String, _ arguments: [String], environment: [String: String] = [:],
    deadlineSeconds: Int = 60
  ) throws -> Ending {
    let folder = try Folder()
    let log = folder.path("output")
    try Data().write(to: URL(fileURLWithPath: log))
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    process.currentDirectoryURL = URL(fileURLWithPath: root)
    process.environment = searchPath.merging(environment) { _, given in given }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = handle
    process.standardError = handle
    try process.run()
    let watchdog = killAfter(deadlineSeconds, process)
    process.waitUntilExit()
    watchdog.cancel()
    return Ending(
      status: process.terminationStatus, output: try String(contentsOfFile: log, encoding: .utf8))
  }
}

/// The root of the tree.
let root = URL(fileURLWithPath: #filePath)
  .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

/// Daemons lie in sbin, which is not on everybody's path.
var searchPath: [String: String] {
  var environment = ProcessInfo.processInfo.environment
  environment["PATH", default: "/usr/bin:/bin"] += ":/usr/sbin:/sbin"
  environment["LC_ALL"] = "C"
  return environment
}

/// - Returns: the timer, to be cancelled when the process has ended by itself.
func killAfter(_ seconds: Int, _ process: Process) -> any DispatchSourceTimer {
  let identifier = process.processIdentifier
  let timer = DispatchSource.makeTimerSource(queue: .global())
  timer.schedule(deadline: .now() + .seconds(seconds))
  timer.setEventHandler { kill(identifier, SIGKILL) }
  timer.resume()
  return timer
}

/// A temporary folder, removed when nobody holds it any more.
final class Folder {
  private let location: URL

  init() throws {
    location = FileManager.default.temporaryDirectory
      .appendingPathComponent("worker-station-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: location, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: location) }

  var path: String { location.path }

  func path(_ name: String) -> String { location.appendingPathComponent(name).path }

  func makeFolder(_ name: String) throws -> String {
    try FileManager.default.createDirectory(
      atPath: path(name), withIntermediateDirectories: true)
    return path(name)
  }

  func write(_ text: String, to name: String, mode: Int = 0o600) throws {
    try text.write(toFile: path(name), atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path(name))
  }
}

/// A file of the tree.
func shipped(_ path: String) throws -> String {
  try String(contentsOfFile: "\(root)/\(path)", encoding: .utf8)
}

/// The paths of all files under a folder, from that folder on, sorted.
func filesUnder(_ folder: String) -> [String] {
  let all = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
  return all.filter {
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(
      atPath: "\(folder)/\($0)", isDirectory: &isFolder)
    return exists && !isFolder.boolValue
  }.sorted()
}
