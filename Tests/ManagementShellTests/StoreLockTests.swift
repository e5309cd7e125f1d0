// One store has one service.
import Foundation
import TestBed
import Testing

@Suite("The store's lock")
struct StoreLockTests {
  private let live: LiveManagement
  private var folder: WorkFolder { live.folder }
  private var store: String { folder.file("management/management.sqlite") }

  init() throws { live = try LiveManagement() }

  /// A second configuration, on a port of its own.
  private func configuration(store: String) throws -> String {
    let first = try String(
      contentsOfFile: folder.file("management/managementd.conf"), encoding: .utf8)
    let other = first.split(separator: "\n", omittingEmptySubsequences: false).map {
      line -> String in
      switch line.prefix(7) {
      case "port = " where !line.hasSuffix(" \(live.broker.port)"): "port = 0"
      case "path = ": "path = \(store)"
      case "address": "address-file = \(folder.file("other-address"))"
      default: String(line)
      }
    }
    return try folder.write(other.joined(separator: "\n"), to: "other.conf")
  }

  @Test("a second service on the same store, by any name of it, is refused in a sentence")
  func second() throws {
    let link = folder.file("linked.sqlite")
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: store)
    for path in [store, link] {
      let ending = try Program.run(
        Checkout.program("managementd"), ["--config", try configuration(store: path)])
      #expect(ending.status == 1)
      let reason =
        "another managementd has it; stop it, or set another path in [store]"
      #expect(ending.output.hasSuffix("error: cannot use \(path): \(reason)\n"))
      #expect(!FileManager.default.fileExists(atPath: folder.file("other-address")))
    }
    #expect(live.management.isRunning)
    #expect(try live.health()["store"] as? Bool == true)
  }

  @Test("a store in use can be checked, and one whose service was killed is free at once")
  func free() throws {
    #expect(try live.management.check().status == 0)
    live.management.kill()
    let path = try configuration(store: store)
    let other = try Program(
      Checkout.program("managementd"), ["--config", path], log: folder.file("other.log"))
    try Deadline.wait(until: "the other service") {
      FileManager.default.fileExists(atPath: folder.file("other-address"))
    }
    #expect(other.isRunning)
    #expect(try live.management.check().status == 0)
    #expect(try other.stop() == 0)
  }
}
