// A change of settings for many stations: a draft first, then sent in waves.
import StationProtocol
import Time

/// One change for many stations. It is a draft until somebody sends it. Waves go out one after the
/// other: the next one when every station of the last is well with its settings, and none where one
/// is not.
package struct SettingsRollout: Equatable, Sendable {
  package var id: Int64
  package var change: SettingsChange
  /// The stations in the order in which they are sent, each once; no wave is empty.
  package var waves: [[StationID]]
  package var reason: String
  /// The person who has made the draft.
  package var actor: String
  package var at: WallTime
  package var state: State
  /// The waves that were sent.
  package var sentWaves: Int
  /// The revision that each station was sent.
  package var sent: [StationID: Int64]
  /// The stations that nobody waits for any more.
  package var passed: Set<StationID>
  /// The reason for which it stopped; nil where it has not.
  package var halt: Halt?

  /// The most stations of one.
  package static let most = 1000
  /// How long a wave is waited for before the next one is held back.
  package static let patience: Duration = .seconds(900)

  package enum State: String, CaseIterable, Sendable {
    /// Nothing was sent. Becomes `running` or `cancelled`.
    case draft
    /// A wave is out. Becomes `done`, `stopped` or `cancelled`.
    case running
    /// A station is not well, or somebody has stopped it. Becomes `running` or `cancelled`.
    case stopped
    case done
    case cancelled
  }

  /// The station at which it stopped, and how its settings stand there.
  package struct Halt: Equatable, Sendable {
    /// nil where a person stopped it.
    package var station: StationID?
    package var text: String

    package init(_ station: StationID?, _ text: String) {
      self.station = station
      self.text = text
    }
  }

  package init(
    id: Int64, _ change: SettingsChange, waves: [[StationID]], reason: String, actor: String,
    at: WallTime, state: State = .draft, sentWaves: Int = 0, sent: [StationID: Int64] = [:],
    passed: Set<StationID> = [], halt: Halt? = nil
  ) {
    self.passed = passed
    self.id = id
    self.change = change
    self.waves = waves
    self.reason = reason
    self.actor = actor
    self.at = at
    self.state = state
    self.sentWaves = sentWaves
    self.sent = sent
    self.halt = halt
  }

  /// One station first, then a tenth of all, then the rest.
  package static func waves(of stations: [StationID]) -> [[StationID]] {
    let second = max(1, stations.count / 10)
    return [
      Array(stations.prefix(1)), Array(stations.dropFirst().prefix(second)),
      Array(stations.dropFirst(1 + second)),
    ].filter { !$0.isEmpty }
  }

  /// The next step of one that is running.
  package enum Verdict: Equatable, Sendable {
    case wait
    /// Every station of the last wave is well: the next wave, or the end where there is none.
    case goOn
    case stop(Halt)
  }

  /// - Parameters:
  ///   - isOverdue: the last wave was waited for long enough.
  ///   - standing: of the newest settings of a station; nil for one that is not known any more.
  package func verdict(
    isOverdue: Bool, standing: (StationID) -> SettingsStanding?
  ) -> Verdict {
    guard state == .running else { return .wait }
    guard sentWaves > 0 else { return .goOn }
    var isWaiting = false
    for station in waves[sentWaves - 1] where !passed.contains(station) {
      switch standing(station) {
      case .inForce?, nil: break
      case .refused?, .unwell?, .restarts?, .foreign?, SettingsStanding.none?:
        return .stop(Halt(station, standing(station)?.rawValue ?? ""))
      case .pending?, .trial?:
        if isOverdue { return .stop(Halt(station, standing(station)?.rawValue ?? "")) }
        isWaiting = true
      }
    }
    return isWaiting ? .wait : .goOn
  }
}

/// A person's decision about one.
package enum RolloutDecision: String, CaseIterable, Sendable {
  /// The first wave, or the one at which it stopped and those after it.
  case send
  /// The rest, without the station at which it stopped.
  case pass
  case stop
  case cancel
}

/// The store's answer to a draft.
package enum RolloutReceipt: Equatable, Sendable {
  case drafted(SettingsRollout, isNew: Bool)
  /// The key means another draft.
  case conflict
}

/// A wave that was sent, and the roll-out since.
package struct SentWave: Equatable, Sendable {
  package var rollout: SettingsRollout
  /// In the order of the wave.
  package var wishes: [Order]

  package struct Order: Equatable, Sendable {
    package var station: StationID
    package var wish: Wish
  }

  package init(_ rollout: SettingsRollout, _ wishes: [Order]) {
    self.rollout = rollout
    self.wishes = wishes
  }
}

extension SettingsRollout {
  /// Whether a draft asks for the same.
  package func isSame(
    _ change: SettingsChange, _ waves: [[StationID]], _ reason: String
  ) -> Bool {
    self.change == change && self.waves == waves && self.reason == reason
  }

  /// - Returns: whether it is in another state now; one that has ended is not.
  package mutating func move(to state: State, _ halt: Halt?) -> Bool {
    let next: [State] =
      switch self.state {
      case .draft: [.running, .cancelled]
      case .running: [.stopped, .done, .cancelled]
      case .stopped: [.running, .cancelled]
      case .done, .cancelled: []
      }
    guard next.contains(state) else { return false }
    self.state = state
    self.halt = halt
    return true
  }

  /// Carries out a person's decision.
  /// - Returns: whether it is in another state now.
  package mutating func decide(_ decision: RolloutDecision, by actor: String) -> Bool {
    switch decision {
    case .send:
      // Whoever was well stays so: the change is in his settings already.
      let isAgain = state == .stopped && halt?.station.map(isInLastWave) == true
      guard move(to: .running, nil) else { return false }
      if isAgain { sentWaves -= 1 }
    case .pass:
      guard state == .stopped, let station = halt?.station else { return false }
      passed.insert(station)
      return move(to: .running, nil)
    case .stop: return move(to: .stopped, Halt(nil, "\(actor) stopped it"))
    case .cancel: return move(to: .cancelled, nil)
    }
    return true
  }

  private func isInLastWave(_ station: StationID) -> Bool {
    sentWaves > 0 && waves[sentWaves - 1].contains(station)
  }

  /// Sends the next wave by an engine's own change of one station's settings. A station that would
  /// take none of it stops the rest.
  /// - Parameter change: changes one station, from whatever it has.
  package mutating func sendNext<Failure: Error>(
    _ change: (StationID) throws(Failure) -> (receipt: SettingsReceipt, revision: Int64)
  ) throws(Failure) -> [SentWave.Order] {
    guard sentWaves < waves.count else {
      state = .done
      return []
    }
    var orders: [SentWave.Order] = []
    for station in waves[sentWaves] where !passed.contains(station) {
      let (receipt, revision) = try change(station)
      switch receipt {
      case .wished(let wish): orders.append(SentWave.Order(station: station, wish: wish))
      case .unchanged, .stale: break
      case .faulty(let faults):
        state = .stopped
        halt = Halt(station, faults.first?.text ?? "")
        continue
      }
      sent[station] = revision
    }
    guard state == .running else { return orders }
    sentWaves += 1
    return orders
  }
}
