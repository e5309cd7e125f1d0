// Topics and the identifiers in them.
import StationProtocol

extension Probe {
  static let topics = [
    Probe("topic", longest: 160, words: Words.topics) { (bytes) throws(Violation) in
      let text = String(decoding: bytes, as: UTF8.self)
      let isSame = { (other: String?) in other.map { $0.utf8.elementsEqual(text.utf8) } ?? true }
      try expect(isSame(Topic(path: text)?.path), "a topic has one path")
      try expect(isSame(StatePart(path: text)?.path), "a part has one path")
      try expect(isSame(StationID(text)?.description), "a station has one name")
      try expect(isSame(MemberID(text)?.description), "a member has one name")
      try expect(isSame(StreamID(text)?.description), "a stream has one name")
      try expect(isSame(CodeDigest(text)?.description), "a digest has one text")
      guard let station = StationID(text) else { return }
      for topic in Topic.said(by: station) + Topic.heard(by: station) {
        try expect(Topic(path: topic.path) == topic, "a topic comes back from its path")
      }
    }
  ]
}
