// Programs run by the tests: openssl, zbarimg and the stationctl that was built beside them.

import Foundation

/// How a program ended and what it wrote.
struct Outcome {
  var status: Int32
  var output: [UInt8]
  var errors: String

  var text: String { String(decoding: output, as: UTF8.self) }
}

/// A folder for one test's files, removed with the last reference to it.
final class Workspace {
  let path: String

  init() throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("member-code-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    path = folder.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { "\(path)/\(name)" }

  @discardableResult
  func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    try Data(bytes).write(to: URL(fileURLWithPath: file(name)))
    return file(name)
  }

  func read(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: file(name))))
  }

  /// Runs a program in the folder. Input comes from a file, so that a program that does not read
  /// it breaks no pipe.
  func run(_ program: String, _ arguments: [String], input: [UInt8] = []) throws -> Outcome {
    let process = Process()
    process.executableURL = URL(
      fileURLWithPath: program.contains("/") ? program : "/usr/bin/\(program)")
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: path)
    let name = UUID().uuidString
    try write("\(name).in", input)
    for suffix in ["out", "err"] { try write("\(name).\(suffix)", []) }
    func handle(_ suffix: String, forWriting: Bool) throws -> FileHandle {
      let url = URL(fileURLWithPath: file("\(name).\(suffix)"))
      return try forWriting ? FileHandle(forWritingTo: url) : FileHandle(forReadingFrom: url)
    }
    process.standardInput = try handle("in", forWriting: false)
    process.standardOutput = try handle("out", forWriting: true)
    process.standardError = try handle("err", forWriting: true)
    try process.run()
    process.waitUntilExit()
    return Outcome(
      status: process.terminationStatus, output: try read("\(name).out"),
      errors: String(decoding: try read("\(name).err"), as: UTF8.self))
  }

  func openssl(_ arguments: String...) throws -> Outcome {
    let outcome = try run("openssl", arguments)
    guard outcome.status == 0 else { throw ToolFailure(errors: outcome.errors) }
    return outcome
  }

  /// Makes a private key: `name.pem`, with its public key in `name.pub` and a certificate in
  /// `name.crt`.
  func makeKey(_ name: String, _ algorithm: String...) throws {
    let outcome = try run(
      "openssl", ["genpkey", "-algorithm"] + algorithm + ["-out", "\(name).pem"])
    guard outcome.status == 0 else { throw ToolFailure(errors: outcome.errors) }
    _ = try openssl("pkey", "-in", "\(name).pem", "-pubout", "-out", "\(name).pub")
    _ = try openssl(
      "req", "-x509", "-key", "\(name).pem", "-subj", "/CN=test", "-days", "2", "-out",
      "\(name).crt")
  }

  func makeP256Key(_ name: String) throws {
    try makeKey(name, "EC", "-pkeyopt", "ec_paramgen_curve:P-256")
  }

  func stationctl(_ arguments: [String], input: String = "") throws -> Outcome {
    try run(Self.stationctl, arguments, input: Array(input.utf8))
  }

  /// Test bundle and products lie in one folder.
  private static let stationctl: String = {
    let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    return tests.deletingLastPathComponent().appendingPathComponent("stationctl").path
  }()
}

struct ToolFailure: Error { var errors: String }
