// The broker's files for fleets of any size: shipped as printed, and taken by a real broker.
import Foundation
import ManagementShell
import StationProtocol
import TestBed
import Testing

@Suite("The broker's files")
struct BrokerFileTests {
  private static func numbers(_ text: String) -> [String: Int] {
    var numbers: [String: Int] = [:]
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      let words = line.split(separator: " ")
      if words.count == 2, let number = Int(words[1]) { numbers[String(words[0])] = number }
    }
    return numbers
  }

  @Test("the shipped files are those for 950 stations", arguments: BrokerFile.allCases)
  func shipped(_ file: BrokerFile) throws {
    let printed = try Program.run(
      Checkout.program("managementd"), ["--print-broker-file", file.rawValue])
    #expect(printed.status == 0)
    let path = Checkout.file("firmware-config/mosquitto/\(file.rawValue)")
    let shipped = try String(contentsOfFile: path, encoding: .utf8)
    #expect(
      shipped == printed.output, "make it again: managementd --print-broker-file \(file.rawValue)")
  }

  @Test("limits grow with the fleet, and never fall below those of a small one")
  func limits() {
    let sizes = [1, 950, 1000, 5000, 30_000, BrokerFile.most]
    for key in ["max_connections", "max_queued_messages", "max_queued_bytes", "memory_limit"] {
      let all = sizes.map { Self.numbers(BrokerFile.plain.text(stations: $0))[key] ?? 0 }
      #expect(all == all.sorted() && all[0] > 0, "\(key): \(all)")
    }
    for stations in sizes {
      let plain = Self.numbers(BrokerFile.plain.text(stations: stations))
      let secure = Self.numbers(BrokerFile.secure.text(stations: stations))
      #expect(plain["max_connections"] == stations + 50)
      #expect(secure["max_connections"] == stations + 50)
      let topics = StationID("x").map { Topic.said(by: $0).count } ?? 0
      #expect(plain["max_queued_messages"] ?? 0 >= topics * stations)
      #expect(
        plain["memory_limit"] ?? 0 >= 100 * topics * RecordBatch.longestJSON + stations * 65_536)
      let tells = BrokerFile.plain.text(stations: stations).contains("LimitNOFILE=")
      #expect(tells == (stations > 950), "\(stations)")
    }
  }

  @Test("a broker takes the files of a large fleet")
  func taken() throws {
    let folder = try WorkFolder()
    let port = try FreePort.find()
    try folder.write(BrokerFile.access.text(stations: 30_000), to: "worker-station.acl")
    try folder.write("", to: "worker-station.passwd")
    let text = BrokerFile.plain.text(stations: 30_000)
      .replacing("listener 1883 ", with: "listener \(port) ")
      .replacing("/etc/mosquitto/", with: folder.file(""))
    let path = try folder.write(
      (geteuid() == 0 ? "user root\n" : "") + text, to: "mosquitto.conf")
    let broker = try Program("mosquitto", ["-c", path], log: folder.file("broker.log"))
    defer { broker.kill() }
    try Deadline.wait(until: "mosquitto to listen") {
      guard broker.isRunning else { throw TestBedError(broker.log) }
      return FreePort.isServed(port)
    }
    #expect(!broker.log.contains("Error") && !broker.log.contains("Unknown"), "\(broker.log)")
  }

  @Test(
    "another name, or a fleet of no size, is refused in a sentence",
    arguments: [
      [], ["passwd"], ["access.acl", "0"], ["access.acl", "x"], ["access.acl", "1", "2"],
    ])
  func refused(_ words: [String]) throws {
    let told = try Program.run(
      Checkout.program("managementd"), ["--print-broker-file"] + words)
    #expect(told.status == 2 && told.output.contains("takes one of access.acl"), "\(told.output)")
  }
}
