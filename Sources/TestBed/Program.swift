// A program that was started for one run, with all that it said.
import Foundation

/// A child process whose output goes to a file. It never outlives its owner.
package final class Program {
  package let name: String
  package let logPath: String
  private let process = Process()

  /// - Parameter path: of the executable, or a name to be found on PATH.
  package init(
    _ path: String, _ arguments: [String], log: String, environment: [String: String] = [:]
  ) throws {
    name = URL(fileURLWithPath: path).lastPathComponent
    logPath = log
    if !FileManager.default.fileExists(atPath: log) {
      _ = FileManager.default.createFile(atPath: log, contents: nil)
    }
    guard let output = FileHandle(forWritingAtPath: log) else {
      throw TestBedError("cannot write \(log)")
    }
    output.seekToEndOfFile()
    process.executableURL = URL(fileURLWithPath: path.contains("/") ? path : "/usr/bin/env")
    process.arguments = path.contains("/") ? arguments : [path] + arguments
    var variables = ProcessInfo.processInfo.environment
    // mosquitto is a system program and may not be on a user's path.
    variables["PATH"] = (variables["PATH"] ?? "/usr/bin:/bin") + ":/usr/sbin:/sbin"
    process.environment = variables.merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = output
    try Self.withSignalsOpen {
      do {
        try process.run()
      } catch {
        throw TestBedError("cannot start \(path): \(error.localizedDescription)")
      }
    }
  }

  /// A child inherits the signal mask of the thread that starts it, and the threads of a pool
  /// block everything: such a child would never hear that it is to stop.
  private static func withSignalsOpen<Value>(_ body: () throws -> Value) rethrows -> Value {
    var none = sigset_t()
    var before = sigset_t()
    sigemptyset(&none)
    pthread_sigmask(SIG_SETMASK, &none, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    return try body()
  }

  deinit { kill() }

  package var identifier: Int32 { process.processIdentifier }
  package var isRunning: Bool { process.isRunning }
  package var log: String { (try? String(contentsOfFile: logPath, encoding: .utf8)) ?? "" }

  /// Asks it to end, and waits until it has.
  /// - Returns: its exit status.
  @discardableResult
  package func stop(seconds: Double = 10) throws -> Int32 {
    if process.isRunning { process.terminate() }
    try Deadline.wait(seconds, until: "\(name) to stop") { !process.isRunning }
    process.waitUntilExit()
    return process.terminationStatus
  }

  /// Ends it as a power cut would: no handler runs.
  package func kill() {
    guard process.isRunning else { return }
    _ = Foundation.kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  /// Runs a program to its end.
  package static func run(
    _ path: String, _ arguments: [String], input: String? = nil, seconds: Double = 60,
    environment: [String: String] = [:]
  ) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path.contains("/") ? path : "/usr/bin/env")
    process.arguments = path.contains("/") ? arguments : [path] + arguments
    var variables = ProcessInfo.processInfo.environment
    variables["PATH"] = (variables["PATH"] ?? "/usr/bin:/bin") + ":/usr/sbin:/sbin"
    process.environment = variables.merging(environment) { $1 }
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    let inlet = try input.map(Self.unnamedFile)
    // A process object may live on; what it read from must not.
    defer { try? inlet?.close() }
    process.standardInput = inlet ?? FileHandle.nullDevice
    try withSignalsOpen { try process.run() }
    // Weak: the queue keeps what it was given until its time has come, cancelled or not.
    let guardian = DispatchWorkItem { [weak process] in process?.terminate() }
    DispatchQueue.global().asyncAfter(deadline: .now() + seconds, execute: guardian)
    defer { try? output.fileHandleForReading.close() }
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guardian.cancel()
    return (process.terminationStatus, String(decoding: data, as: UTF8.self))
  }

  /// What a program is to read, in a file without a name: through a pipe, a program that answers
  /// before it has read everything would wait for a reader that is still writing.
  private static func unnamedFile(_ text: String) throws -> FileHandle {
    let path = NSTemporaryDirectory() + "/input-\(UUID().uuidString)"
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    defer { unlink(path) }
    guard let handle = FileHandle(forReadingAtPath: path) else {
      throw TestBedError("the input of a program cannot be read again")
    }
    return handle
  }
}
