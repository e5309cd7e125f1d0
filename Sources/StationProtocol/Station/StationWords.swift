// What a station says of its daemon and its link.

/// How the previous life of the daemon ended.
package enum Ending: String, CaseIterable, Sendable {
  case newStore = "new-store"
  case clean
  case unclean
}

/// Why a station refuses a message that the broker brought.
package enum MessageRefusal: String, CaseIterable, Sendable {
  /// On a topic that is not one of this station's.
  case unknownTopic = "unknown-topic"
  /// Kept by the broker from an earlier time: nothing that a station obeys may be.
  case retained
  /// Too large, not JSON, or not what its topic asks for.
  case unreadable
  /// An acknowledgement of another stream, of records that were never written, or of a batch that
  /// this station has not sent.
  case foreignAcknowledgement = "foreign-acknowledgement"
  /// A reply to a question that has the id of the one under way, and is another one.
  case foreignReply = "foreign-reply"
  /// A message that needs the service's signature, without one by any of its keys.
  case unsigned
  /// A command whose time had run out when it came, or of an earlier life of this station.
  case stale
}
