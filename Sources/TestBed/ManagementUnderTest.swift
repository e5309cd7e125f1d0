// The management service of one run, as a real process.
import Foundation
import MemberCode

/// What the service's authority is for, in a run that has one.
package struct AuthorityPlan: Sendable {
  /// The broker's port for connections by TLS, on loopback.
  package var port: Int
  /// Whether the service itself shows a certificate to the broker.
  package var showsCertificate = true
  /// How long a station's certificate is good.
  package var life = "8760 h"

  package init(port: Int) { self.port = port }
}

/// A running managementd, with a token for its API.
package final class ManagementUnderTest {
  package let token = "demo-\(UUID().uuidString.lowercased())"
  /// The token of somebody who may only look.
  package let viewerToken = "view-\(UUID().uuidString.lowercased())"
  /// The token of a second person with the first one's rights.
  package let colleagueToken = "four-\(UUID().uuidString.lowercased())"
  /// Each of another person who may only look.
  package let watcherTokens: [String]
  /// The public part of the key with which the service signs what stations obey, as PEM.
  package private(set) var commandKey: String
  package private(set) var address = ""
  package let folder: WorkFolder
  /// More of the daemon's environment.
  private let environment: [String: String]
  private var daemon: Program?

  /// - Parameters:
  ///   - issuerKey: PEM of the private key with which codes are issued.
  ///   - password: of the account `service` at the broker.
  ///   - watchers: how many more may look.
  ///   - http: more lines of the section `[http]`.
  ///   - httpsKey: PEM of the key of its own certificate, where that is a credential.
  package init(
    _ folder: WorkFolder, brokerPort: Int, password: String, issuerKey: String,
    environment: [String: String] = [:], watchers: Int = 0, http: [String] = [],
    httpsKey: String? = nil, authority: AuthorityPlan? = nil
  ) throws {
    self.folder = folder
    watcherTokens = (0..<watchers).map { "watch-\($0)-\(UUID().uuidString.lowercased())" }
    self.environment = environment
    try folder.write(password + "\n", to: "management/credentials/mqtt-password")
    try folder.write(
      "demo:manager:\(token)\nguest:viewer:\(viewerToken)\ncolleague:manager:\(colleagueToken)\n"
        + watcherTokens.enumerated().map { "watcher-\($0):viewer:\($1)\n" }.joined(),
      to: "management/credentials/api-tokens")
    try folder.write(issuerKey, to: "management/credentials/issuer-key")
    commandKey = try Self.makeCommandKey(in: folder)
    if let httpsKey { try folder.write(httpsKey, to: "management/credentials/https-key") }
    try folder.write(
      """
      [http]
      port = \(try FreePort.find())
      address-file = \(folder.file("management/address"))
      \(http.joined(separator: "\n"))
      [pages]
      web = \(Checkout.file("Sources/ManagementShell/Web"))
      texts = \(Checkout.file("Sources/Texts"))
      [broker]
      port = \(brokerPort)
      login = \(authority?.showsCertificate == true ? "certificate" : "password")
      longest-pause = 2 s
      \(authority.map { Self.section($0, folder) } ?? "")
      [credentials]
      directory = \(folder.file("management/credentials"))
      [store]
      path = \(folder.file("management/management.sqlite"))

      """, to: "management/managementd.conf")
    try start()
  }

  private static func section(_ authority: AuthorityPlan, _ folder: WorkFolder) -> String {
    """
    [authority]
    broker = 127.0.0.1
    broker-port = \(authority.port)
    directory = \(authorityFolder(folder))
    station-life = \(authority.life)
    """
  }

  /// The folder of the authority's files.
  package static func authorityFolder(_ folder: WorkFolder) -> String {
    folder.file("management/authority")
  }

  /// Has a claim code made for a station.
  package func claimCode(for station: String) throws -> String {
    let answer = try api.call("POST", "/stations/\(station)/claim-codes", json: "{}")
    guard answer.status == 201, let code = answer.object["code"] as? String else {
      throw TestBedError("claim code for \(station): \(answer.status) \(answer.text)")
    }
    return code
  }

  private static func makeCommandKey(in folder: WorkFolder) throws -> String {
    let key = SigningKey.generate()
    try folder.write(
      String(decoding: key.privatePEM, as: UTF8.self), to: "management/credentials/command-key")
    return String(decoding: key.publicPEM, as: UTF8.self)
  }

  /// Gives it another key to sign with, from its next start on.
  package func replaceCommandKey() throws { commandKey = try Self.makeCommandKey(in: folder) }

  /// Starts it, again on the port that it had, and waits until it listens.
  package func start() throws {
    let addressPath = folder.file("management/address")
    try? FileManager.default.removeItem(atPath: addressPath)
    let daemon = try Program(
      Checkout.program("managementd"),
      ["--config", folder.file("management/managementd.conf")],
      log: folder.file("management/managementd.log"), environment: environment)
    self.daemon = daemon
    address = try addressFile(addressPath, of: daemon)
  }

  /// How much input of a kind it has refused of a station.
  package func refusals(of kind: String, at station: String) throws -> Int {
    let all = try api.call("GET", "/refused-input").object["refused"] as? [[String: Any]] ?? []
    let one = all.first { $0["kind"] as? String == kind && $0["station"] as? String == station }
    return one?["count"] as? Int ?? 0
  }

  /// Runs `--check` on its store, whether it runs or not.
  package func check() throws -> (status: Int32, output: String) {
    let ending = try Program.run(
      Checkout.program("managementd"),
      ["--config", folder.file("management/managementd.conf"), "--check"])
    return (ending.status, ending.output)
  }

  package func kill() { daemon?.kill() }
  @discardableResult
  package func stop() throws -> Int32 { try daemon?.stop() ?? 0 }
  package var log: String { daemon?.log ?? "" }
  /// The number of its process; 0 while there is none.
  package var identifier: Int32 { daemon?.identifier ?? 0 }
  package var isRunning: Bool { daemon?.isRunning ?? false }

  /// The most memory that it has had resident so far, in KiB.
  package func peakMemory() throws -> Int {
    let status = try String(
      contentsOfFile: "/proc/\(daemon?.identifier ?? 0)/status", encoding: .utf8)
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    guard let kibibytes = line?.split(separator: " ").compactMap({ Int($0) }).first else {
      throw TestBedError("no memory of managementd")
    }
    return kibibytes
  }

  package var api: HTTPClient { api(as: token) }

  private func api(as token: String) -> HTTPClient {
    HTTPClient(
      base: "http://\(address)/api/v1", headers: ["Authorization": "Bearer \(token)"])
  }

  /// Every stored record of a station, in the order in which the service stored them.
  package func records(of station: String) throws -> [[String: Any]] {
    var all: [[String: Any]] = []
    var before: Int?
    while true {
      let bound = before.map { "&before=\($0)" } ?? ""
      let answer = try api.call("GET", "/events?station=\(station)&limit=200\(bound)")
      guard answer.status == 200, let page = answer.object["events"] as? [[String: Any]] else {
        throw TestBedError("GET /events: \(answer.status) \(answer.text)")
      }
      all += page
      guard let last = page.last?["id"] as? Int, page.count == 200 else { return all.reversed() }
      before = last
    }
  }

  package func station(_ name: String) throws -> [String: Any] {
    try api.call("GET", "/stations/\(name)").object
  }

  /// Names a station for the people who look at the dashboard.
  package func name(_ station: String, _ english: String, _ chinese: String) throws {
    let answer = try api.call(
      "PUT", "/stations/\(station)", json: "{\"en\":\"\(english)\",\"zh\":\"\(chinese)\"}")
    guard answer.status == 200 else {
      throw TestBedError("PUT /stations: \(answer.status) \(answer.text)")
    }
  }

  /// Orders a station to do something.
  /// - Parameter order: the members of the operation, as JSON without braces.
  /// - Returns: the command's id.
  package func order(
    _ station: String, _ order: String, seconds: Int = 30, key: String? = nil
  ) throws -> String {
    let key = key ?? UUID().uuidString.lowercased()
    let answer = try api.call(
      "POST", "/stations/\(station)/commands",
      json: #"{"key":"\#(key)",\#(order),"ttl":\#(seconds)}"#)
    guard answer.status == 202, let id = answer.object["id"] as? String else {
      throw TestBedError("POST commands \(order): \(answer.status) \(answer.text)")
    }
    return id
  }

  /// How far a command has come.
  package func command(_ id: String, of station: String) throws -> [String: Any] {
    try api.call("GET", "/stations/\(station)/commands/\(id)").object
  }

  /// Waits until nothing more is expected of a command.
  @discardableResult
  package func waitForEnd(
    of id: String, at station: String, seconds: Double = 20
  ) throws -> [String: Any] {
    var last = ""
    return try Deadline.wait(seconds, for: "the end of command \(id), which is \(last)") {
      let command = try command(id, of: station)
      last = command["state"] as? String ?? ""
      return command["endedAt"] is Int ? command : nil
    }
  }

  /// Makes a typed code that is good for an hour.
  /// - Returns: its name, and what is typed.
  package func makeCode(
    at station: String, accessPoint: Int = 1, uses: Int = 1
  ) throws -> (credential: String, digits: String) {
    let now = Int(Date().timeIntervalSince1970 * 1000)
    let answer = try api.call(
      "POST", "/stations/\(station)/codes",
      json: #"{"key":"\#(UUID().uuidString.lowercased())","ap":\#(accessPoint),"#
        + #""from":\#(now - 60_000),"until":\#(now + 3_600_000),"uses":\#(uses)}"#)
    guard answer.status == 202, let credential = answer.object["credential"] as? String,
      let digits = answer.object["digits"] as? String
    else { throw TestBedError("POST codes: \(answer.status) \(answer.text)") }
    return (credential, digits)
  }

  /// A typed code of a station as the service lists it; nil where it does not.
  package func code(_ credential: String, at station: String) throws -> [String: Any]? {
    let codes = try api.call("GET", "/stations/\(station)/codes").object
    return (codes["codes"] as? [[String: Any]])?.first {
      $0["credential"] as? String == credential
    }
  }

  /// The names of the typed codes that a station reports and the service did not set.
  package func foreignCodes(at station: String) throws -> [String] {
    let codes = try api.call("GET", "/stations/\(station)/codes").object
    return (codes["foreign"] as? [[String: Any]] ?? []).compactMap {
      $0["credential"] as? String
    }
  }

  /// Waits until the station reports a code.
  package func waitForCode(_ credential: String, at station: String) throws {
    try Deadline.wait(until: "the code \(credential) to be set at \(station)") {
      try code(credential, at: station)?["setThere"] as? Bool == true
    }
  }

  /// Wants lock-down of a station, or its end.
  package func lockDown(_ station: String, _ isOn: Bool) throws {
    let answer = try api.call(
      "PUT", "/stations/\(station)/lock-down",
      json: #"{"lockDown":\#(isOn),"reason":"test"}"#)
    guard answer.status == 200 else {
      throw TestBedError("PUT lock-down: \(answer.status) \(answer.text)")
    }
  }

  /// Changes settings of a station from the revision that they have.
  /// - Parameter sections: a JSON array, as the API takes it.
  /// - Returns: the new revision.
  @discardableResult
  package func set(_ sections: String, at station: String) throws -> Int {
    let path = "/stations/\(station)/settings"
    let current = try api.call("GET", path).object["settings"] as? [String: Any]
    let expected = current?["revision"] as? Int ?? 0
    let answer = try api.call(
      "PUT", path, json: #"{"expected":\#(expected),"reason":"test","sections":\#(sections)}"#)
    let settings = answer.object["settings"] as? [String: Any]
    guard answer.status == 200, let revision = settings?["revision"] as? Int else {
      throw TestBedError("PUT \(path): \(answer.status) \(answer.text)")
    }
    return revision
  }

  /// Agrees on the price of a slot.
  package func agree(on price: Int, ofSlot slot: Int, at station: String) throws {
    let path = "/stations/\(station)/prices/\(slot)"
    let answer = try api.call("PUT", path, json: #"{"price":\#(price)}"#)
    if answer.status == 202 { return try agree(on: answer.object["pending"] as? Int) }
    guard answer.status == 200 else {
      throw TestBedError("PUT \(path): \(answer.status) \(answer.text)")
    }
  }

  /// Waits until the settings of a station have got so far.
  package func waitForSettings(
    _ standing: String, at station: String, seconds: Double = 20
  ) throws {
    var told = ""
    try Deadline.wait(seconds, until: "the settings of \(station) to be \(standing): \(told)") {
      let settings = try self.station(station)["settings"] as? [String: Any] ?? [:]
      told = "\(settings)"
      return settings["standing"] as? String == standing
    }
  }

  /// Enrols a member and returns the pseudonym.
  package func enrol(_ member: String) throws -> String {
    let answer = try api.call("POST", "/members", json: "{\"id\":\"\(member)\"}")
    guard answer.status == 201, let id = answer.object["id"] as? String else {
      throw TestBedError("POST /members: \(answer.status) \(answer.text)")
    }
    return id
  }

  /// Makes points that may be granted; where that needs a second person, one agrees.
  package func issue(_ amount: Int, reason: String) throws {
    try agree(on: try order("/issues", amount, reason))
  }

  private func agree(on pending: Int?) throws {
    guard let pending else { return }
    let path = "/pending-orders/\(pending)/decision"
    let answer = try api(as: colleagueToken).call(
      "POST", path, json: #"{"key":"agree-\#(pending)","decision":"approve"}"#)
    guard answer.status == 201 else {
      throw TestBedError("POST \(path): \(answer.status) \(answer.text)")
    }
  }

  /// Gives points to a member; where that needs a second person, one agrees.
  package func grant(_ amount: Int, to member: String, reason: String) throws {
    try agree(on: try order("/members/\(member)/grants", amount, reason))
  }

  /// Asks for points for a member, more than one person grants alone.
  package func askForGrant(_ amount: Int, to member: String, reason: String) throws {
    guard try order("/members/\(member)/grants", amount, reason) != nil else {
      throw TestBedError("\(amount) points were granted by one person")
    }
  }

  /// - Returns: the id under which it waits for a second person, if it does.
  private func order(_ path: String, _ amount: Int, _ reason: String) throws -> Int? {
    let key = UUID().uuidString.lowercased()
    let answer = try api.call(
      "POST", path,
      json: #"{"key":"\#(key)","amount":\#(amount),"reason":"\#(reason)"}"#)
    guard answer.status == 201 else {
      throw TestBedError("POST \(path): \(answer.status) \(answer.text)")
    }
    return answer.object["movement"] is Int ? nil : answer.object["pending"] as? Int
  }

  /// Issues a code and returns what the QR symbol holds.
  package func code(for member: String) throws -> String {
    let answer = try api.call("POST", "/members/\(member)/codes", json: "{}")
    guard let payload = answer.object["payload"] as? String else {
      throw TestBedError("no code was issued: the service answered \(answer.status) \(answer.text)")
    }
    return payload
  }
}
