// The rules by which a member may be kept out, in their order.
import StationProtocol
import Time

/// The person who wants to come in, and with what.
package struct EntryRequest: Equatable, Sendable {
  /// nil for whoever typed a code, which tells not who that is.
  package var member: MemberID?
  package var credential: Credential
  /// The code for which the door is released, typed or shown; nil with a card or a PIN.
  package var code: CodeDigest?
  /// Shown under threat.
  package var isDuress: Bool
  /// Looks after the station, by the code itself or by the list.
  package var isMaintainer: Bool
  /// Needs the door for longer, by the code itself or by the list.
  package var needsTime: Bool

  package init(
    member: MemberID?, credential: Credential, code: CodeDigest? = nil, isDuress: Bool = false,
    isMaintainer: Bool = false, needsTime: Bool = false
  ) {
    self.member = member
    self.credential = credential
    self.code = code
    self.isDuress = isDuress
    self.isMaintainer = isMaintainer
    self.needsTime = needsTime
  }
}

/// What a decision depends on beyond what was shown.
package struct EntryContext: Equatable, Sendable {
  package var policy: EntryPolicy
  /// The time by which codes are judged; nil where the station does not know it.
  package var time: WallTime?
  /// The same time, or the best that there is, on the wall of the room.
  package var local: LocalTime
  package var directory: MemberDirectory
  package var marks: ReplayMarks
  package var whereabouts: Whereabouts
  /// The people inside, and those let in who have not passed the door yet; 0 where no capacity is
  /// set.
  package var inside: Int64
  /// The code for which this door is released at this moment.
  package var openFor: CodeDigest?
  /// The other door of an interlock is not sensed closed, or can be opened.
  package var isPartnerOpen: Bool
  package var mode: DoorMode
  /// Too many wrong PINs or cards came before: this one has to wait, whatever it is.
  package var isHeld = false
  /// The service lets nobody in by this reader.
  package var isReaderHeld = false
  /// The code of this access point that was typed; nil where none of its codes was.
  package var typed: KeptCode?
  package var now: Instant

  package init(
    policy: EntryPolicy, time: WallTime?, local: LocalTime,
    directory: MemberDirectory = MemberDirectory(), marks: ReplayMarks = ReplayMarks(),
    whereabouts: Whereabouts = Whereabouts(), inside: Int64 = 0, openFor: CodeDigest? = nil,
    isPartnerOpen: Bool = false, mode: DoorMode = .codeOnly, now: Instant
  ) {
    self.policy = policy
    self.time = time
    self.local = local
    self.directory = directory
    self.marks = marks
    self.whereabouts = whereabouts
    self.inside = inside
    self.openFor = openFor
    self.isPartnerOpen = isPartnerOpen
    self.mode = mode
    self.now = now
  }
}

/// One rule: when it speaks against a member, and whether a maintainer is above it.
package struct EntryRule: Sendable {
  package enum Finding: Equatable, Sendable {
    /// Nothing speaks against it.
    case passes
    /// Comes in, with a note in the record.
    case noted(GrantNote)
    case refused
  }

  package let denial: Denial
  /// A maintainer comes in all the same, and the record says so. Not where the rule is about
  /// whose credential it is, and not where two open doors would undo what an interlock is for:
  /// there a maintainer waits until the other one is shut, like anybody.
  package let yieldsToMaintainers: Bool
  package let examine: @Sendable (EntryRequest, EntryContext) -> Finding

  /// In the order in which they are examined, after those of the credential itself.
  package static let all: [EntryRule] = [
    EntryRule(.revoked) { $0.member.map($1.directory.revoked.contains) ?? false },
    EntryRule(.replayed) { request, context in
      request.code.map(context.marks.contains) ?? false
    },
    EntryRule(.suspended) { request, context in
      request.member.map { context.directory.profile(of: $0).status == .suspended } ?? false
    },
    EntryRule(.closed, yieldsToMaintainers: true) { !$1.policy.hours.holds(at: $1.local) },
    EntryRule(.notReserved, yieldsToMaintainers: true, isWithoutReservation),
    EntryRule(denial: .passedBack, yieldsToMaintainers: true, examine: passback),
    EntryRule(.interlocked) { $1.isPartnerOpen },
    EntryRule(denial: .full, yieldsToMaintainers: true, examine: capacity),
    EntryRule(.lockedDown, yieldsToMaintainers: true) { $1.mode == .lockDown },
    EntryRule(.maintenance, yieldsToMaintainers: true) { $1.mode == .maintenance },
    EntryRule(.readerHeld, yieldsToMaintainers: true) { $1.isReaderHeld },
  ]

  private init(
    denial: Denial, yieldsToMaintainers: Bool,
    examine: @escaping @Sendable (EntryRequest, EntryContext) -> Finding
  ) {
    self.denial = denial
    self.yieldsToMaintainers = yieldsToMaintainers
    self.examine = examine
  }

  private init(
    _ denial: Denial, yieldsToMaintainers: Bool = false,
    _ holds: @escaping @Sendable (EntryRequest, EntryContext) -> Bool
  ) {
    self.init(denial: denial, yieldsToMaintainers: yieldsToMaintainers) {
      holds($0, $1) ? .refused : .passes
    }
  }

  /// Walks the grounds.
  /// - Returns: the first that refuses; otherwise what the record has to note, where anything.
  package static func judge(
    _ request: EntryRequest, _ context: EntryContext
  ) -> Result<GrantNote?, Refusal> {
    var notes: [GrantNote] = request.isDuress ? [.duress] : []
    for ground in all {
      switch ground.examine(request, context) {
      case .passes: break
      case .noted(let note): notes.append(note)
      case .refused:
        guard request.isMaintainer, ground.yieldsToMaintainers else {
          return .failure(Refusal(denial: ground.denial))
        }
        notes.append(.override)
      }
    }
    return .success(GrantNote.inOrder.first(where: notes.contains))
  }

  package struct Refusal: Error, Equatable, Sendable {
    package let denial: Denial
  }
}

// MARK: - Grounds that take more than a line

extension EntryRule {
  @Sendable private static func isWithoutReservation(
    _ request: EntryRequest, _ context: EntryContext
  ) -> Bool {
    // The window of a typed code is its reservation.
    guard case .required(let grace) = context.policy.reservation, let member = request.member
    else { return false }
    let windows = context.directory.profile(of: member).reservation ?? .never
    return !windows.holds(at: context.local, grace: grace)
  }

  @Sendable private static func passback(
    _ request: EntryRequest, _ context: EntryContext
  ) -> Finding {
    guard context.policy.antiPassback != .off, let member = request.member,
      let entered = context.whereabouts.entered(member)
    else { return .passes }
    switch context.policy.antiPassback {
    case .off: return .passes
    case .soft: return .noted(.passedBack)
    case .hard: return .refused
    case .timed(let interval):
      return context.now - entered < interval ? .refused : .passes
    }
  }

  @Sendable private static func capacity(
    _ request: EntryRequest, _ context: EntryContext
  ) -> Finding {
    let capacity = context.policy.capacity
    guard let most = capacity.most, context.inside >= most else { return .passes }
    return capacity.rule == .hard ? .refused : .noted(.overCapacity)
  }
}

extension GrantNote {
  /// The notes in the order in which the first that applies is written.
  fileprivate static let inOrder: [GrantNote] = [.duress, .override, .passedBack, .overCapacity]
}
