// A real mosquitto with the shipped configuration, on a port of its own, for one test.
import Foundation

final class Broker {
  let port: Int
  /// What it said until it was ready.
  let startLog: String
  private let folder: Folder
  private let process: Process
  private let output: Pipe

  /// Starts it the way Debian does: a main file that reads the shipped one out of a folder.
  /// - Parameter accounts: name to password; the file is hashed in place by mosquitto_passwd.
  init(accounts: [String: String]) throws {
    for _ in 1...5 {
      let port = try freePort()
      let folder = try Self.configuration(port: port, accounts: accounts)
      let (process, output, log) = try Self.start(folder)
      if log.contains(" running\n") {
        self.folder = folder
        self.process = process
        self.output = output
        self.port = port
        startLog = log
        return
      }
      process.waitUntilExit()
      // Another process may take the port between the look and the start: look for another one.
      guard log.contains("Address already in use") else { throw Refusal(description: log) }
    }
    throw Refusal(description: "no free port found in five attempts")
  }

  deinit {
    // Not SIGTERM: tests run on threads that block it, and a child inherits that.
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  struct Refusal: Error, CustomStringConvertible { let description: String }

  /// Runs a client as one of the accounts; the password is in a file, as it should be.
  func client(_ program: String, as account: String?, _ arguments: [String]) throws -> Ending {
    let home = account.map { folder.path("home-\($0)") } ?? folder.path("nobody")
    return try Ending.of(
      program, ["-h", "127.0.0.1", "-p", "\(port)", "-V", "5"] + arguments,
      environment: ["XDG_CONFIG_HOME": home, "HOME": home], deadlineSeconds: 20)
  }

  private static func configuration(port: Int, accounts: [String: String]) throws -> Folder {
    let folder = try Folder()
    _ = try folder.makeFolder("conf.d")
    _ = try folder.makeFolder("store")
    let shippedConfiguration = try shipped("firmware-config/mosquitto/worker-station.conf")
    try folder.write(
      shippedConfiguration
        .replacingOccurrences(of: "\nlistener 1883 ", with: "\nlistener \(port) ")
        .replacingOccurrences(of: "/etc/mosquitto/", with: "\(folder.path)/"),
      to: "conf.d/worker-station.conf")
    try folder.write(
      try shipped("firmware-config/mosquitto/access.acl"), to: "worker-station.acl")
    try folder.write(
      accounts.map { "\($0.key):\($0.value)\n" }.sorted().joined(), to: "worker-station.passwd")
    let hashing = try Ending.of("mosquitto_passwd", ["-U", folder.path("worker-station.passwd")])
    guard hashing.status == 0 else { throw Refusal(description: hashing.output) }
    for (name, password) in accounts {
      for program in ["mosquitto_pub", "mosquitto_sub"] {
        _ = try folder.makeFolder("home-\(name)")
        try folder.write("-u \(name)\n-P \(password)\n", to: "home-\(name)/\(program)")
      }
    }
    // Started by root it would become the user mosquitto, who may not read this folder.
    try folder.write(
      (geteuid() == 0 ? "user root\n" : "")
        + "persistence_location \(folder.path)/store/\nlog_dest stderr\n"
        + "include_dir \(folder.path)/conf.d\n",
      to: "mosquitto.conf")
    return folder
  }

  /// - Returns: when it says that it runs, or has ended.
  private static func start(_ folder: Folder) throws -> (Process, Pipe, String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["mosquitto", "-c", folder.path("mosquitto.conf")]
    process.environment = searchPath
    process.standardInput = FileHandle.nullDevice
    let output = Pipe()
    process.standardError = output
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    let watchdog = killAfter(20, process)
    defer { watchdog.cancel() }
    var log = ""
    while !log.contains(" running\n") {
      let data = output.fileHandleForReading.availableData
      if data.isEmpty { break }
      log += String(decoding: data, as: UTF8.self)
    }
    // A broker that talks on must not wait for a reader.
    output.fileHandleForReading.readabilityHandler = { _ = $0.availableData }
    return (process, output, log)
  }
}

/// A port that nobody listened on a moment ago.
func freePort() throws -> Int {
  let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
  defer { close(descriptor) }
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
  var length = socklen_t(MemoryLayout<sockaddr_in>.size)
  let status = withUnsafeMutablePointer(to: &address) { pointer in
    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      bind(descriptor, $0, length) == 0 ? getsockname(descriptor, $0, &length) : -1
    }
  }
  guard status == 0 else { throw Broker.Refusal(description: "no port: \(errno)") }
  return Int(UInt16(bigEndian: address.sin_port))
}
