// A real mosquitto with the configuration and access list that the product ships.
import Foundation

/// The broker of one run, on a loopback port of its own.
package final class Broker {
  package let port: Int
  /// The port for connections by TLS; nil where the broker knows no certificates.
  package let tlsPort: Int?
  private let folder: WorkFolder
  private var program: Program?
  private let access: String

  /// - Parameters:
  ///   - accounts: name to password. The passwords are hashed in their file, in place.
  ///   - connections: how many it takes; nil for as many as shipped.
  ///   - onlooker: the account that may read everything, which the product has not.
  ///   - tls: the folder of the authority whose certificates the broker takes, and the port.
  ///   - owner: the account that may say anything on any topic, as whoever owns a broker can.
  package init(
    _ folder: WorkFolder, accounts: [String: String], connections: Int? = nil,
    onlooker: String? = nil, owner: String? = nil, tls: (authority: String, port: Int)? = nil
  ) throws {
    self.folder = folder
    tlsPort = tls?.port
    port = try FreePort.find()
    let shipped = try String(
      contentsOfFile: Checkout.file("firmware-config/mosquitto/worker-station.conf"),
      encoding: .utf8)
    try folder.write(
      shipped.replacingOccurrences(of: "\nlistener 1883 ", with: "\nlistener \(port) ")
        .replacingOccurrences(of: "/etc/mosquitto/", with: folder.file("broker/"))
        .replacingOccurrences(
          of: "\nmax_connections 1000", with: "\nmax_connections \(connections ?? 1000)"),
      to: "broker/conf.d/worker-station.conf")
    if let tls { try Self.write(tls.authority, tls.port, in: folder) }
    var access = try String(
      contentsOfFile: Checkout.file("firmware-config/mosquitto/access.acl"), encoding: .utf8)
    if let onlooker { access += "\nuser \(onlooker)\ntopic read #\n" }
    if let owner { access += "\nuser \(owner)\ntopic readwrite #\n" }
    self.access = access
    try folder.write(access, to: Self.accessFile)
    try Self.write(accounts, in: folder)
    // Started by root it would become the user mosquitto, who may not read this folder.
    try folder.write(
      """
      \(geteuid() == 0 ? "user root" : "")
      persistence_location \(folder.file("broker/"))
      log_dest stderr
      include_dir \(folder.file("broker/conf.d"))

      """, to: "broker/mosquitto.conf")
    try start()
  }

  private static func write(_ accounts: [String: String], in folder: WorkFolder) throws {
    let passwords = try folder.write(
      accounts.map { "\($0.key):\($0.value)\n" }.sorted().joined(),
      to: "broker/worker-station.passwd")
    let hashing = try Program.run("mosquitto_passwd", ["-U", passwords])
    guard hashing.status == 0 else { throw TestBedError("mosquitto_passwd: \(hashing.output)") }
  }

  /// Gives the accounts other passwords. It ends the sessions of those whose password was another
  /// one.
  package func change(_ accounts: [String: String]) throws {
    try Self.write(accounts, in: folder)
    try reload()
  }

  /// The shipped configuration of the listener for certificates, with the authority's own files.
  private static func write(
    _ authority: String, _ port: Int, in folder: WorkFolder
  ) throws {
    let shipped = try String(
      contentsOfFile: Checkout.file("firmware-config/mosquitto/worker-station-tls.conf"),
      encoding: .utf8)
    try folder.write(
      shipped.replacingOccurrences(of: "\nlistener 8883", with: "\nlistener \(port) 127.0.0.1")
        .replacingOccurrences(of: "/etc/mosquitto/worker-station/", with: "\(authority)/"),
      to: "broker/conf.d/worker-station-tls.conf")
  }

  package func start() throws {
    program = try Program(
      "mosquitto", ["-c", folder.file("broker/mosquitto.conf")], log: folder.file("broker.log"))
    try Deadline.wait(until: "mosquitto to listen (see \(folder.file("broker.log")))") {
      guard program?.isRunning == true else {
        throw TestBedError("mosquitto ended: \(program?.log ?? "")")
      }
      return FreePort.isServed(port)
    }
  }

  private static let accessFile = "broker/worker-station.acl"

  /// Keeps what is said on a topic from an account, which stays connected: one that says it is told
  /// so, and one that would hear it hears nothing.
  package func holdBack(_ topic: String, from account: String) throws {
    try folder.write(
      access + "\nuser \(account)\ntopic deny \(topic)\n", to: Self.accessFile)
    try reload()
  }

  /// Ends every `holdBack`.
  package func letThrough() throws {
    try folder.write(access, to: Self.accessFile)
    try reload()
  }

  /// Has it read its access list, certificates and the list of revoked ones again.
  package func reload() throws {
    guard let program else { return }
    let before = program.log.components(separatedBy: "Reloading config").count
    _ = Foundation.kill(program.identifier, SIGHUP)
    try Deadline.wait(until: "mosquitto to read its files again") {
      program.log.components(separatedBy: "Reloading config").count > before
    }
  }

  package func kill() { program?.kill() }
  /// Lets it write down what it keeps, as it does every five minutes.
  package func save() {
    if let program, program.isRunning { _ = Foundation.kill(program.identifier, SIGUSR1) }
  }
  /// The file in which it keeps that.
  package var storePath: String { folder.file("broker/mosquitto.db") }
  package func stop() throws { try program?.stop() }
  /// The number of its process; 0 while there is none.
  package var identifier: Int32 { program?.identifier ?? 0 }
  package var isRunning: Bool { program?.isRunning ?? false }
}
