// Holds the broker's access list and its limits to the topics and sizes of the product.
import StationProtocol
import Testing

@Suite("The broker's files follow the product's topics and sizes")
struct AccessListTests {
  /// `write` or `read` to the paths of the patterns, with `%u` for the station.
  private static func patterns(_ text: String) -> [String: [String]] {
    var patterns: [String: [String]] = [:]
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ").map(String.init)
      guard words.count == 3, words[0] == "pattern" else { continue }
      patterns[words[1], default: []].append(words[2])
    }
    return patterns
  }

  private static func lines(_ path: String) throws -> String {
    try #require(Tree.files.first { $0.path == path }, "no file \(path)").text
  }

  private static func paths(_ topics: [Topic], of station: StationID) -> [String] {
    topics.map { $0.path.replacing("/\(station)/", with: "/%u/", maxReplacements: 1) }
  }

  @Test("a station may write exactly the topics on which stations speak, each by its full name")
  func exact() throws {
    let station = try #require(StationID("x"))
    let patterns = Self.patterns(try Self.lines("firmware-config/mosquitto/access.acl"))
    let written = patterns["write"] ?? []
    #expect(written == Self.paths(Topic.said(by: station), of: station))
    #expect(patterns["read"] == Self.paths(Topic.heard(by: station), of: station))
    #expect(patterns.keys.sorted() == ["read", "write"])
    let all = patterns.values.flatMap { $0 }
    #expect(all.allSatisfy { !$0.contains("#") && !$0.contains("+") })
  }

  @Test("nobody but the service has a line of another kind")
  func others() throws {
    let text = try Self.lines("firmware-config/mosquitto/access.acl")
    let rest = text.split(separator: "\n").filter {
      !$0.hasPrefix("#") && !$0.hasPrefix("pattern ")
    }
    #expect(rest == ["user service", "topic readwrite \(Topic.prefix)/#"])
  }

  @Test(
    "the broker's limits follow the largest batch, and 100 stolen logins do not fill its memory")
  func limits() throws {
    let text = try Self.lines("firmware-config/mosquitto/worker-station.conf")
    func number(_ key: String) throws -> Int {
      let line = text.split(separator: "\n").first { $0.hasPrefix("\(key) ") }
      return try #require(line.flatMap { Int($0.dropFirst(key.count + 1)) }, "no \(key)")
    }
    #expect(try number("message_size_limit") == RecordBatch.longestJSON)
    #expect(try number("max_packet_size") == RecordBatch.longestJSON + 8192)
    let station = try #require(StationID("x"))
    let kept = Topic.said(by: station).count * RecordBatch.longestJSON
    #expect(try number("memory_limit") > 100 * kept)
  }
}
