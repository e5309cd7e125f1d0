// The readers, and what is known of issuers and members: what is shown becomes events.
import GPIO
import Issuers
import Linux
import MemberCode
import StationCore
import StationProtocol
import Time

/// Judges signatures as they come. Whether a card or a PIN is somebody's is looked up on a thread.
final class EntryRoom: ShellRoom {
  private let loop: EventLoop
  private let readers: StationReaders
  private let issuers: KeyWatch<IssuerFiles>
  private var verifier: CodeVerifier
  private let members: MemberFiles
  private let unknownCard: UnknownCard
  private let tell: Tell

  init(
    _ station: StationID, _ loop: EventLoop, readers: [ReaderSettings], issuers: [IssuerSettings],
    members: MemberFileSettings, tell: @escaping Tell
  ) throws(SystemError) {
    self.loop = loop
    self.tell = tell
    self.readers = StationReaders(readers, loop)
    self.issuers = try IssuerKeys.watch(issuers)
    verifier = CodeVerifier(self.issuers.files.keys)
    self.members = try MemberFiles(members, of: station)
    unknownCard = UnknownCard(path: members.unknownCard)
    try loop.receive(from: self.members.reports) { [unowned self] in take($0) }
    try loop.receive(from: self.issuers.reports) { [unowned self] in take($0) }
    self.readers.onFrame = { [unowned self] in take($1, at: $0) }
    self.readers.onShown = { [unowned self] in
      if let point = $0.accessPoint { take($1, at: point, $0.direction) }
    }
    self.readers.onEvent = { tell($0, nil) }
  }

  /// Tells the core issuers and lists first: a member who is revoked is so from the first code on.
  func boot() {
    tell(.entry(.directoryChanged(members.directory)), nil)
    tell(.entry(.listsJudged(areFaulty: members.areFaulty)), nil)
    take(issuers.files)
    lookAtFiles()
    // A daemon that was killed may have left a number there.
    show(nil)
  }

  func start() { readers.start() }

  func stop() {
    readers.stop()
    show(nil)
    members.stop()
    issuers.stop()
  }

  /// A card or keys at the board of an access point.
  func take(_ shown: BoardCredential, at number: Int) {
    if let point = AccessPointID(number) { take(shown, at: point, .inward) }
  }

  /// A card that no list names, for the keeper; nil where there is nothing to be read any more.
  func show(_ card: Card?) { unknownCard.show(card) }

  // MARK: - What is shown

  private func take(_ frame: ScanFraming.Frame, at reader: ReaderSettings) {
    // The service checks a code once more before anything is sold; a door has no use for its text.
    let presentation = presentation(of: frame, withText: reader.accessPoint == nil)
    guard let point = reader.accessPoint else {
      return tell(.exchange(.codeShown(presentation)), nil)
    }
    switch reader.direction {
    case .inward: tell(.entry(.presented(point, .code(presentation))), nil)
    case .outward: tell(.entry(.leaveRequested(point, .code(presentation))), nil)
    }
  }

  private func presentation(
    of frame: ScanFraming.Frame, withText: Bool
  ) -> StationCore.Presentation {
    switch frame {
    case .unusable(let fault, let start):
      return StationCore.Presentation(
        digest: CodeDigest(of: start), verdict: .refused(.malformed(fault)))
    case .code(let bytes):
      let (verdict, text) = authenticate(bytes)
      switch verdict {
      case .genuine(let code):
        return StationCore.Presentation(
          digest: code.digest,
          verdict: .genuine(code.claims, code: code.digest, terms: code.terms),
          text: withText ? CodeText(text) : nil)
      case .refused(let refusal, let digest):
        return StationCore.Presentation(digest: digest, verdict: .refused(refusal))
      }
    }
  }

  /// A code may begin with a space, and a scanner may put one before it: the bytes as they came
  /// are tried first.
  /// - Returns: the bytes that were judged, too.
  private func authenticate(
    _ bytes: [UInt8]
  ) -> (verdict: MemberCode.Presentation, text: [UInt8]) {
    let verdict = verifier.authenticate(bytes)
    guard bytes.first == UInt8(ascii: " "), case .refused(.malformed, _) = verdict else {
      return (verdict, bytes)
    }
    let inner = Array(bytes.drop { $0 == UInt8(ascii: " ") })
    return inner.isEmpty ? (verdict, bytes) : (verifier.authenticate(inner), inner)
  }

  private func take(
    _ shown: BoardCredential, at point: AccessPointID, _ direction: ReaderSettings.Direction
  ) {
    switch shown {
    case .card(let bits, let number):
      guard let width = Card.Width(rawValue: bits), let card = Card(width, number: number) else {
        return
      }
      // A hash hides little of a number with so few bits; it keeps the number itself out of records.
      let digest = CodeDigest(of: Array("card \(card)".utf8))
      members.show(
        CardPresentation(card, digest: digest), at: point, direction)
    case .keys(let keys):
      if direction == .inward, let digits = Self.typedDigits(keys) {
        members.hash(digits, at: point)
      } else {
        members.compare(keys, at: point, direction)
      }
    }
  }

  /// The digits of a typed code, and `#` behind them where the keypad sends it; nil of any other keys.
  private static func typedDigits(_ keys: String) -> [UInt8]? {
    let digits = Array((keys.hasSuffix("#") ? keys.dropLast() : keys[...]).utf8)
    let isTyped =
      digits.count == TypedCode.digits && digits.allSatisfy { (48...57).contains($0) }
    return isTyped ? digits : nil
  }

  // MARK: - What is known

  private func lookAtFiles() {
    loop.schedule(after: MemberFiles.interval) { [unowned self] in
      members.look()
      issuers.look()
      lookAtFiles()
    }
  }

  private func take(_ files: IssuerFiles) {
    for problem in files.problems { Log.error(problem) }
    let ids = files.issuers.compactMap { issuer in issuer.keyText.map { "\(issuer.name) \($0)" } }
    if ids.isEmpty {
      Log.error("no key of an issuer can be used: every code will be refused")
    } else {
      Log.notice("issuer keys: \(ids.joined(separator: ", "))")
    }
    verifier = CodeVerifier(files.keys)
    tell(.entry(.issuersRead(files.issuers)), nil)
  }

  private func take(_ report: MemberFiles.Report) {
    switch report {
    case .changed(let directory):
      Log.notice("the lists of members were read again")
      tell(.entry(.directoryChanged(directory)), nil)
    case .shown(let point, let direction, let card):
      members.heard(point)
      switch direction {
      case .inward: tell(.entry(.presented(point, .card(card))), nil)
      case .outward: tell(.entry(.leaveRequested(point, .card(card))), nil)
      }
    case .compared(let point, let direction, let attempt, let number):
      members.heard(point)
      switch direction {
      case .inward: tell(.entry(.presented(point, .pin(attempt, number: number))), nil)
      case .outward: tell(.entry(.leaveRequested(point, .pin(attempt, number: number))), nil)
      }
    case .typed(let point, let hash):
      members.heard(point)
      tell(.entry(.presented(point, hash.map { .typed($0) } ?? .pin(.wrong))), nil)
    case .problem(let problem): Log.error(problem)
    case .note(let note): Log.notice(note)
    case .judged(let areFaulty): tell(.entry(.listsJudged(areFaulty: areFaulty)), nil)
    }
  }
}
