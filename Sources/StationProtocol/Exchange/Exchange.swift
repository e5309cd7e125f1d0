// The points exchange in words: what is sold, to whom, for how much, and how it can end.
import JSON

/// An amount of points that moves or that something costs: 1 to a million, never nothing.
package struct Points: Hashable, Sendable, Comparable, CustomStringConvertible {
  package static let most: Int64 = 1_000_000
  package let number: Int64

  /// - Returns: nil outside 1...`most`.
  package init?(_ number: Int64) {
    guard (1...Self.most).contains(number) else { return nil }
    self.number = number
  }

  package var description: String { String(number) }
  package static func < (one: Points, other: Points) -> Bool { one.number < other.number }
}

/// A slot of an exchange machine: 1 to 80, the column of its board.
package struct SlotID: Hashable, Sendable, Comparable, CustomStringConvertible {
  package static let most = 80
  package let number: Int

  /// - Returns: nil outside 1...80.
  package init?(_ number: Int) {
    guard (1...Self.most).contains(number) else { return nil }
    self.number = number
  }

  /// - Returns: nil where the text is not a slot's number in its one spelling.
  package init?(spelled text: String) {
    guard let number = Int(text), String(number) == text else { return nil }
    self.init(number)
  }

  package var description: String { String(number) }
  package static func < (one: SlotID, other: SlotID) -> Bool { one.number < other.number }
}

/// A kind of goods: 1 to 32 of `a-z`, `0-9` and `-`.
package struct ArticleID: Hashable, Sendable, Comparable, CustomStringConvertible {
  package let text: String

  /// - Returns: nil where the text is empty, too long, or holds any other character.
  package init?(_ text: some StringProtocol) {
    guard isPlainWord(text, limit: 32) else { return nil }
    self.text = String(text)
  }

  package var description: String { text }
  package static func < (one: ArticleID, other: ArticleID) -> Bool { one.text < other.text }
}

/// One exchange, for ever: the stream of the station and the number in it of the record that says
/// what is intended. It is asked about only once that record is durable, so no id ever means two
/// exchanges. Written as the stream, `-`, and the number.
package struct ExchangeID: Hashable, Sendable, Comparable, CustomStringConvertible {
  package let stream: StreamID
  package let seq: UInt64

  package init(stream: StreamID, seq: UInt64) {
    self.stream = stream
    self.seq = seq
  }

  /// - Returns: nil unless the text is exactly what `description` gives.
  package init?(_ text: some StringProtocol) {
    let parts = text.utf8.split(
      separator: UInt8(ascii: "-"), maxSplits: 1, omittingEmptySubsequences: false
    ).map { String(decoding: $0, as: UTF8.self) }
    guard parts.count == 2, let stream = StreamID(parts[0]), let seq = UInt64(parts[1]),
      (1...UInt64(JSONReader.largest)).contains(seq), String(seq) == parts[1]
    else { return nil }
    self.init(stream: stream, seq: seq)
  }

  package var description: String { "\(stream)-\(seq)" }
  package static func < (one: ExchangeID, other: ExchangeID) -> Bool {
    (one.stream, one.seq) < (other.stream, other.seq)
  }
}

/// What a member is about to get, and for how much.
package struct Exchange: Hashable, Sendable {
  package var id: ExchangeID
  package var member: MemberID
  package var slot: SlotID
  package var article: ArticleID
  package var price: Points

  package init(
    id: ExchangeID, member: MemberID, slot: SlotID, article: ArticleID, price: Points
  ) {
    self.id = id
    self.member = member
    self.slot = slot
    self.article = article
    self.price = price
  }
}

/// How an exchange ended. It costs points where the article was dispensed, and nowhere else.
package enum ExchangeOutcome: Hashable, Sendable {
  /// The drop was seen.
  case dispensed
  /// No motor turned: it was not to be.
  case refused(ExchangeRefusal)
  /// No motor turned: the member thought better of it.
  case cancelled
  /// The machine says that nothing fell, or cannot say that anything did.
  case failed(MachineFault)
  /// Whether anything fell will never be known; the member is not charged, the slot is to be
  /// counted.
  case unknown(UnknownOutcome)

  package var isCharged: Bool { self == .dispensed }

  /// How records call it.
  package enum Kind: String, CaseIterable, Sendable {
    case dispensed
    case refused
    case cancelled
    case failed
    case unknown
  }

  package var kind: Kind {
    switch self {
    case .dispensed: .dispensed
    case .refused: .refused
    case .cancelled: .cancelled
    case .failed: .failed
    case .unknown: .unknown
    }
  }

  /// The word that tells more; nil where there is no more to tell.
  package var reason: String? {
    switch self {
    case .dispensed, .cancelled: nil
    case .refused(let refusal): refusal.rawValue
    case .failed(let fault): fault.rawValue
    case .unknown(let unknown): unknown.rawValue
    }
  }

  /// - Returns: nil where the reason is not one of this kind.
  package init?(_ kind: Kind, reason: String?) {
    switch (kind, reason) {
    case (.dispensed, nil): self = .dispensed
    case (.cancelled, nil): self = .cancelled
    case (.refused, let reason?):
      guard let refusal = ExchangeRefusal(rawValue: reason) else { return nil }
      self = .refused(refusal)
    case (.failed, let reason?):
      guard let fault = MachineFault(rawValue: reason) else { return nil }
      self = .failed(fault)
    case (.unknown, let reason?):
      guard let unknown = UnknownOutcome(rawValue: reason) else { return nil }
      self = .unknown(unknown)
    default: return nil
    }
  }
}

/// Why no exchange takes place: one closed list, shown to the worker and to the manager.
package enum ExchangeRefusal: String, CaseIterable, Sendable {
  // What the code itself says; the words are those of `Denial`.
  case malformed
  case unsupportedAlgorithm = "unsupported-algorithm"
  case unknownKey = "unknown-key"
  case badSignature = "bad-signature"
  case clockUntrusted = "clock-untrusted"
  /// The key is one that this station knows, and its issuer's time is over.
  case issuerEnded = "issuer-ended"
  case notYetValid = "not-yet-valid"
  case expired
  case tooLongLived = "too-long-lived"
  case noSubject = "no-subject"
  /// Made for another place.
  case wrongAudience = "wrong-audience"
  /// Signed by an issuer that may not sign for this member, or not for this trait.
  case beyondIssuer = "beyond-issuer"
  case revoked
  /// This code has paid before.
  case replayed
  /// The membership rests; the station's list says so, or the service.
  case suspended

  // What the machine says.
  /// Nothing has been heard of it.
  case machineLost = "machine-lost"
  /// Its own door stands open.
  case machineOpen = "machine-open"
  case dropSensorFaulty = "drop-sensor-faulty"
  /// Nothing is left in the slot.
  case soldOut = "sold-out"
  /// Past its best-before day, or nobody knows the day.
  case outOfDate = "out-of-date"
  /// The slot is not used until somebody has looked at it.
  case quarantined
  /// No slot of this number is on sale.
  case unknownSlot = "unknown-slot"
  /// Work is being done at the station.
  case maintenance
  /// The journal is so full that an exchange might not be told.
  case journalFull = "journal-full"
  /// Nothing that it writes down lasts: its store cannot be written.
  case noStore = "no-store"
  /// Somebody else's exchange is under way.
  case busy

  // What the management service says, or does not say.
  /// There is no link to it.
  case noUplink = "no-uplink"
  /// The service did not answer in time.
  case noAnswer = "no-answer"
  case unknownMember = "unknown-member"
  case insufficientPoints = "insufficient-points"
  /// As many exchanges as a member may have in a day.
  case dailyLimit = "daily-limit"
  /// As many of this article as a member may have in a day.
  case articleLimit = "article-limit"
  /// More exchanges, points or new members in an hour than one station may have.
  case stationLimit = "station-limit"
  /// The price at the station is not the one that was agreed for this slot.
  case priceDiffers = "price-differs"
  /// The same id came with other contents.
  case conflict
  /// The exchange is settled already.
  case settled
  /// The service cannot decide now; nothing was moved.
  case serviceBusy = "service-busy"
  /// The daemon stopped, or lost power, before a motor turned.
  case interrupted

  package init(_ refusal: CodeRefusal) {
    self =
      switch refusal {
      case .malformed: .malformed
      case .unsupportedAlgorithm: .unsupportedAlgorithm
      case .unknownKey: .unknownKey
      case .badSignature: .badSignature
      case .issuerEnded: .issuerEnded
      case .notYetValid: .notYetValid
      case .expired: .expired
      case .tooLongLived: .tooLongLived
      case .noSubject: .noSubject
      case .wrongAudience: .wrongAudience
      case .beyondIssuer: .beyondIssuer
      }
  }
}

/// What an exchange machine says went wrong in a slot.
package enum MachineFault: String, CaseIterable, Sendable {
  /// The machine says no more than that it failed.
  case failed
  /// The spiral did not stand where it belongs; the motor was not started.
  case notHome = "not-home"
  case didNotTurn = "did-not-turn"
  /// The motor did not come back to where it belongs.
  case didNotReturn = "did-not-return"
  /// The motor turned, and the drop sensor saw nothing.
  case dropNotSeen = "drop-not-seen"
  /// Whether anything fell cannot be seen.
  case dropSensorFaulty = "drop-sensor-faulty"
}

/// Why it will never be known whether an article fell.
package enum UnknownOutcome: String, CaseIterable, Sendable {
  /// Power went, or the daemon ended, between the order and the answer.
  case interrupted
  /// The machine fell silent, so it may have started anew and forgotten.
  case silent
  /// The machine was busy without end.
  case endless
  /// The answer came sooner than any motor turns: it speaks of something else.
  case stale
}

/// The word of a slot that the service took out of use; no fault has it.
package enum SlotWithdrawal: String, CaseIterable, Sendable {
  case withdrawn
}

/// Why a slot is not used until somebody has looked at it.
package enum QuarantineCause: Hashable, Sendable {
  case fault(MachineFault)
  case unknown(UnknownOutcome)
  /// The service took the slot out of use.
  case withdrawn

  package var word: String {
    switch self {
    case .fault(let fault): fault.rawValue
    case .unknown(let unknown): unknown.rawValue
    case .withdrawn: SlotWithdrawal.withdrawn.rawValue
    }
  }

  package init?(_ word: String) {
    if SlotWithdrawal(rawValue: word) != nil {
      self = .withdrawn
    } else if let fault = MachineFault(rawValue: word) {
      self = .fault(fault)
    } else if let unknown = UnknownOutcome(rawValue: word) {
      self = .unknown(unknown)
    } else {
      return nil
    }
  }
}

extension Points: MemberNumber {
  package init?(member number: Int64) { self.init(number) }
  package var memberNumber: Int64 { number }
}

extension SlotID: MemberNumber {
  package init?(member number: Int64) { self.init(Int(number)) }
  package var memberNumber: Int64 { Int64(number) }
}

extension ArticleID: MemberText {
  package init?(member text: String) { self.init(text) }
  package var memberText: String { text }
}

extension ExchangeID: MemberText {
  package init?(member text: String) { self.init(text) }
  package var memberText: String { description }
}
