// The keys of the service that a station obeys, as they lie in files.
import Foundation
import Issuers
import MemberCode
import StationProtocol
import TestBed
import Testing

@Suite("Keys of the service")
struct ServiceKeysTests {
  private let folder: WorkFolder
  private let topic: Topic

  init() throws {
    folder = try WorkFolder()
    topic = .command(try #require(StationID("gate-1")))
  }

  private func section(_ name: String) -> ServiceKeySettings {
    ServiceKeySettings(name: name, path: folder.file("\(name).pem"))
  }

  private func write(_ key: SigningKey, to name: String) throws {
    try folder.write(String(decoding: key.publicPEM, as: UTF8.self), to: "\(name).pem")
  }

  @Test("each file is judged for itself, and a key of another kind is none of the service")
  func files() throws {
    let key = SigningKey.generate()
    try write(key, to: "current")
    try folder.write("nothing\n", to: "broken.pem")
    let found = ServiceKeys.read([section("broken"), section("current"), section("missing")])
    #expect(found.keys.ids == [key.id])
    #expect(found.problems.count == 2)
    #expect(
      found.problems[0].hasPrefix("[service-key broken]: \(folder.file("broken.pem")): no PEM"))
    #expect(
      found.problems[1].hasPrefix(
        "[service-key missing]: cannot open \(folder.file("missing.pem")):"))
  }

  @Test("a look at the files ends the word of the key that was replaced, without a restart")
  func rotated() throws {
    let (old, new) = (SigningKey.generate(), SigningKey.generate())
    try write(old, to: "current")
    let watch = try ServiceKeys.watch([section("current"), section("next")])
    let message = Array(#"{"op":"identify"}"#.utf8)
    func look() throws -> ServiceKeyFiles {
      watch.look()
      var report: ServiceKeyFiles?
      try Deadline.wait(until: "a report of the keys") {
        report = watch.reports.drain().last
        return report != nil
      }
      return try #require(report)
    }
    func obeys(_ keys: ServiceKeySet, _ key: SigningKey) -> Bool {
      keys.signed(key.seal(message, for: topic), on: topic)
    }
    #expect(obeys(watch.files.keys, old) && !obeys(watch.files.keys, new))
    try write(new, to: "next")
    let both = try look()
    #expect(obeys(both.keys, old) && obeys(both.keys, new))
    try FileManager.default.removeItem(atPath: folder.file("current.pem"))
    let late = try look()
    #expect(!obeys(late.keys, old) && obeys(late.keys, new))
    watch.stop()
  }
}
