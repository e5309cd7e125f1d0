// A service with its authority, a broker that takes certificates, and boards to be claimed.
import Foundation
import Keys
import MemberCode

/// A broker that takes certificates alone from the network, the service, and boards that are claimed.
package final class ClaimBed {
  package let folder: WorkFolder
  package let broker: Broker
  package let management: ManagementUnderTest
  private let issuer = SigningKey.generate()
  private var stations: [StationUnderTest] = []

  /// - Parameters:
  ///   - life: of a station's certificate, as the configuration has it.
  ///   - onlooker: an account of the broker's listener without TLS that hears everything.
  package init(
    life: String = "8760 h", onlooker: (name: String, password: String)? = nil
  ) throws {
    folder = try WorkFolder()
    var authority = AuthorityPlan(port: try FreePort.find())
    authority.life = life
    management = try ManagementUnderTest(
      folder, brokerPort: authority.port, password: "none",
      issuerKey: String(decoding: issuer.privatePEM, as: UTF8.self), authority: authority)
    broker = try Broker(
      folder, accounts: [onlooker?.name ?? "nobody": onlooker?.password ?? UUID().uuidString],
      onlooker: onlooker?.name,
      tls: (ManagementUnderTest.authorityFolder(folder), authority.port))
    try Deadline.wait(until: "the service to reach its broker (\(management.log))") {
      try isLinked()
    }
  }

  deinit {
    for station in stations { try? station.stop() }
    management.kill()
    broker.kill()
  }

  package func identity(_ board: String) -> String { folder.file("boards/\(board)") }

  /// Types a code at a board.
  package func claim(_ code: String, at board: String) throws -> (status: Int32, output: String) {
    try FileManager.default.createDirectory(
      atPath: folder.file("boards"), withIntermediateDirectories: true)
    return try Program.run(
      Checkout.program("stationctl"),
      ["claim", "--service", "http://\(management.address)", "--identity", identity(board)],
      input: "\(code)\n")
  }

  /// The daemon of a board, with what its claim has brought.
  package func station(_ name: String, board: String) throws -> StationUnderTest {
    var plan = StationPlan(
      name: name, password: "none", brokerPort: 1,
      issuerKey: String(decoding: issuer.publicPEM, as: UTF8.self))
    plan.settings = ["broker": ["login": "certificate", "identity": identity(board)]]
    plan.demoIssuer = String(decoding: issuer.privatePEM, as: UTF8.self)
    plan.members = ["m-1"]
    plan.walkStep = 20
    let station = try StationUnderTest(plan, in: folder)
    stations.append(station)
    return station
  }

  /// Serial numbers of a station's certificates and whether each counts, newest first.
  package func certificates(of name: String) throws -> [(serial: String, counts: Bool)] {
    let answer = try management.api.call("GET", "/stations/\(name)/certificates?limit=1000")
    return (answer.object["certificates"] as? [[String: Any]] ?? []).map {
      ($0["serial"] as? String ?? "", $0["revokedAt"] is NSNull)
    }
  }

  /// The key and the certificate of a board, as its file has them.
  package func boardFile(_ board: String) throws -> [UInt8] {
    try Self.bytes("\(identity(board))/board.pem")
  }

  package func serial(of board: String) throws -> String {
    try Certificate(pem: boardFile(board)).serial.description
  }

  /// The service's own authority, for certificates that the service would not make.
  package func authority() throws -> CertificateAuthority {
    let file = try Self.bytes(ManagementUnderTest.authorityFolder(folder) + "/authority.key")
    guard
      let authority = CertificateAuthority(
        key: try KeyHandle(privatePEM: file), certificate: try Certificate(pem: file))
    else { throw TestBedError("the authority's key is another one's") }
    return authority
  }

  private static func bytes(_ path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
  }

  package func isLinked() throws -> Bool {
    try HTTPClient(base: "http://\(management.address)").call("GET", "/health")
      .object["broker"] as? Bool == true
  }

  package func isOnline(_ name: String) throws -> Bool {
    try management.station(name)["online"] as? Bool == true
  }

  /// A client with a board's certificate that listens until it is let in no more.
  package func listener(as board: String) throws -> Program {
    let script = try folder.write(
      """
      #!/bin/bash
      failures=0
      while ((failures < 3)); do
        if mosquitto_sub "$@"; then failures=0; else failures=$((failures + 1)); fi
        sleep 0.2
      done
      """, to: "listen")
    return try Program(
      "bash", [script] + words(board) + ["-t", "ws/v1/service/status"],
      log: folder.file("listen.log"))
  }

  /// mosquitto's own client that writes down what is said on a topic, as the onlooker.
  package func listener(
    to topic: String, as account: (name: String, password: String)
  ) throws -> Program {
    try folder.write("-u \(account.name)\n-P \(account.password)\n", to: "ear/mosquitto_sub")
    return try Program(
      "mosquitto_sub", ["-p", "\(broker.port)", "-V", "5", "-q", "1", "-t", topic],
      log: folder.file("ear.log"), environment: ["XDG_CONFIG_HOME": folder.file("ear")])
  }

  private func words(_ board: String) -> [String] {
    let files = identity(board)
    return [
      "-h", "127.0.0.1", "-p", "\(broker.tlsPort ?? 0)", "--cafile", "\(files)/authority.pem",
      "--cert", "\(files)/board.pem", "--key", "\(files)/board.pem", "-V", "mqttv5",
    ]
  }

  /// mosquitto's own client with a board's certificate.
  package func client(_ program: String, as board: String, _ more: [String]) throws -> (
    status: Int32, output: String
  ) {
    try Program.run(program, words(board) + more)
  }
}
