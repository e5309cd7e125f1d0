// A command as the service keeps it, from the order of a person to the word of the station.
import StationProtocol
import Time

/// How far a command has come, as far as the service knows.
package enum CommandProgress: String, CaseIterable, Sendable {
  /// The station is away: nothing was sent.
  case queued
  /// Handed to the broker, or about to be; whether the station has it is not known.
  case sent
  /// The station has it.
  case received
  /// The station is carrying it out.
  case running
  case done
  case failed
  /// The station does not take it; nothing was begun.
  case rejected
  /// Its time ran out before anything was begun.
  case expired
  /// Nobody knows: the station has not answered, or its daemon ended while it was at it.
  case unknown

  package init(_ state: CommandState) {
    self =
      switch state {
      case .received: .received
      case .running: .running
      case .done: .done
      case .failed: .failed
      case .rejected: .rejected
      case .expired: .expired
      case .unknown: .unknown
      }
  }

  /// Nothing is expected to follow; only a record of the station may still say otherwise.
  package var isFinal: Bool { rank >= Self.unknown.rank }

  /// Each tells more than the lower ones.
  fileprivate var rank: Int {
    switch self {
    case .queued: 0
    case .sent: 1
    case .received: 2
    case .running: 3
    case .unknown: 4
    case .done, .failed, .rejected, .expired: 5
    }
  }
}

/// A command that somebody gave, and how far it has come.
package struct OrderedCommand: Equatable, Sendable {
  package var id: CommandID
  package var station: StationID
  package var order: Order
  package var actor: String
  package var orderedAt: WallTime
  /// When it is too late to begin it.
  package var expires: WallTime
  package var progress: CommandProgress
  /// When the service handed it to the broker.
  package var sentAt: WallTime?
  /// When the service heard that the station has it.
  package var receivedAt: WallTime?
  package var endedAt: WallTime?
  package var fault: OrderFault?
  package var parts: [TestResult]
  /// A record of the station says so. A message can come from an earlier or a later moment than its
  /// place suggests, and is corrected by the record.
  package var isSettled: Bool

  package init(
    id: CommandID, station: StationID, order: Order, actor: String, orderedAt: WallTime,
    expires: WallTime, progress: CommandProgress = .queued, sentAt: WallTime? = nil,
    receivedAt: WallTime? = nil, endedAt: WallTime? = nil, fault: OrderFault? = nil,
    parts: [TestResult] = [], isSettled: Bool = false
  ) {
    self.id = id
    self.station = station
    self.order = order
    self.actor = actor
    self.orderedAt = orderedAt
    self.expires = expires
    self.progress = progress
    self.sentAt = sentAt
    self.receivedAt = receivedAt
    self.endedAt = endedAt
    self.fault = fault
    self.parts = parts
    self.isSettled = isSettled
  }

  /// Whether this tells more than is known.
  package func isNews(_ news: CommandNews) -> Bool {
    // No station can know a command that was not sent.
    guard progress != .queued || news.source == .service else { return false }
    let isMore = news.progress.rank > progress.rank
    guard news.source == .record, news.progress.isFinal else {
      return isMore && !progress.isFinal
    }
    return isMore || !isSettled
  }

  /// Takes note of how far it has come. What comes late or twice changes nothing.
  /// - Returns: whether anything has changed.
  package mutating func advance(_ news: CommandNews, at time: WallTime) -> Bool {
    guard isNews(news) else { return false }
    progress = news.progress
    isSettled = news.source == .record && progress.isFinal
    switch news.progress {
    case .queued: break
    case .sent: sentAt = time
    case .received, .running: receivedAt = receivedAt ?? time
    case .done, .failed, .rejected, .expired, .unknown:
      endedAt = time
      fault = news.fault
      parts = news.parts
    }
    return true
  }
}

/// The word of a station, or of the service itself, on how far a command has come.
package struct CommandNews: Equatable, Sendable {
  package var progress: CommandProgress
  package var fault: OrderFault?
  package var parts: [TestResult]
  package var source: Source

  package enum Source: Equatable, Sendable {
    /// The service knows it by itself.
    case service
    /// A message of the station, which may be lost, late or repeated.
    case message
    /// A record of the station, which is kept and comes in its order.
    case record
  }

  package init(
    _ progress: CommandProgress, _ fault: OrderFault? = nil, parts: [TestResult] = [],
    from source: Source = .service
  ) {
    self.progress = progress
    self.fault = fault
    self.parts = parts
    self.source = source
  }

  package init(_ result: CommandResult) {
    self.init(
      CommandProgress(result.state), result.fault, parts: result.parts, from: .message)
  }

  package init(_ record: CommandRecord) {
    switch record {
    case .accepted: self.init(.received, from: .record)
    case .ended(_, _, let end):
      self.init(
        CommandProgress(end.outcome.state), end.fault, parts: end.parts, from: .record)
    }
  }

  /// Whether this tells more than another.
  func isMore(than other: CommandNews?) -> Bool {
    other.map { progress.rank > $0.progress.rank } ?? true
  }
}

/// A person's request for a command.
package struct CommandRequest: Equatable, Sendable {
  package var station: StationID
  package var order: Order
  /// How long it is good from now on.
  package var life: Duration
  /// The same key is the same command.
  package var key: OrderKey

  package init(_ station: StationID, _ order: Order, life: Duration, key: OrderKey) {
    self.station = station
    self.order = order
    self.life = life
    self.key = key
  }
}

/// The store's answer to a request for a command.
package enum CommandReceipt: Equatable, Sendable {
  /// Written down, now or before under the same key.
  case ordered(OrderedCommand, isNew: Bool)
  /// The key means another order.
  case conflict
}

/// The state that the service wants of a station, and who wanted it.
package struct Wish: Equatable, Sendable {
  package var desired: DesiredConfiguration
  package var actor: String
  package var reason: String
  package var at: WallTime

  package static let longestReason = 200
  /// More wishes than a service has forgotten that was restored from a backup.
  package static let mostForgotten: Int64 = 1000

  package init(
    _ desired: DesiredConfiguration, actor: String, reason: String, at: WallTime
  ) {
    self.desired = desired
    self.actor = actor
    self.reason = reason
    self.at = at
  }
}
