// Reads the lists of members, again when their files have changed, and never falls behind them.
import Configuration
import Linux
import StationCore

/// The lists that are in force. What cannot be read leaves what was known in force, also across a
/// restart: a file that is damaged, or gone for the moment in which it is replaced, makes nobody a
/// member again. Lists that were never good say nothing; then codes alone decide, with an alarm.
struct MemberLists {
  private(set) var directory = MemberDirectory()
  var pins: PINBook { list.pins }

  private var list = MemberList()
  private var listFile: ListFile?
  private var revocationsFile: ListFile?
  private let keptList: KeptList?
  private let keptRevocations: KeptList?
  /// The list kept on disk is the one in force.
  private var isListKept = true
  private var areRevocationsKept = true
  /// The findings to tell at the first look.
  private var findings: [String] = []

  /// What a look at the files has brought. The sentences name lines and members, never a PIN or a
  /// card.
  struct Outcome: Equatable {
    var hasChanged = false
    /// The faults that were not told before.
    var problems: [String] = []
    /// The notes that are no faults.
    var notes: [String] = []
  }

  /// Begins with what was kept.
  init(_ paths: MemberFileSettings) {
    listFile = paths.list.map { ListFile($0, limit: MemberList.mostBytes) }
    revocationsFile = paths.revocations.map { ListFile($0, limit: RevocationList.mostBytes) }
    // Every key of an entry takes a few bytes more than a mistake may have left out of the file.
    keptList = paths.keptBeside.map {
      KeptList(path: "\($0).members", limit: 2 * MemberList.mostBytes)
    }
    keptRevocations = paths.keptBeside.map {
      KeptList(path: "\($0).revocations", limit: 2 * RevocationList.mostBytes)
    }
    if listFile != nil, let kept = recall(keptList) { list = MemberList.read(kept).list }
    var revoked = RevocationList()
    if revocationsFile != nil, let kept = recall(keptRevocations) {
      revoked = RevocationList.read(kept).list
    }
    directory = MemberDirectory(revoked: revoked, profiles: list.profiles)
  }

  /// Whether anything is wrong with a list.
  var areFaulty: Bool {
    [listFile, revocationsFile].contains { $0.map { !$0.problems.isEmpty } ?? false }
  }

  /// Reads what has changed since the last look.
  mutating func look() -> Outcome {
    var outcome = Outcome(problems: findings)
    findings = []
    lookAtList(&outcome)
    lookAtRevocations(&outcome)
    keep(&outcome)
    return outcome
  }

  /// The faults of the files as they stand, each bad line, whatever is in force.
  static func check(_ paths: MemberFileSettings) -> [String] {
    var problems: [String] = []
    if let path = paths.list {
      var file = ListFile(path, limit: MemberList.mostBytes)
      switch file.look() {
      case .unchanged: break
      case .changed(let bytes): problems += MemberList.check(bytes).map { "\(path): \($0)" }
      case .unreadable(let problem): problems.append(problem)
      }
    }
    if let path = paths.revocations {
      var file = ListFile(path, limit: RevocationList.mostBytes)
      switch file.look() {
      case .unchanged: break
      case .changed(let bytes):
        problems += RevocationList.read(bytes, naming: Int.max).problems.map { "\(path): \($0)" }
      case .unreadable(let problem): problems.append(problem)
      }
    }
    return problems
  }

  private mutating func lookAtList(_ outcome: inout Outcome) {
    guard var file = listFile else { return }
    defer { listFile = file }
    switch file.look() {
    case .unchanged: return
    case .unreadable(let problem):
      outcome.problems += file.note(["\(problem): what was known before stays in force"])
    case .changed(let bytes):
      let (read, problems) = MemberList.read(bytes, over: list)
      let gone = list.profiles.count - read.profiles.count
      if gone > 0 { outcome.notes.append("\(file.path) names \(gone) members fewer than before") }
      isListKept = isListKept && read == list
      outcome.hasChanged = true
      list = read
      directory = MemberDirectory(revoked: directory.revoked, profiles: list.profiles)
      outcome.problems += file.note(Self.sentences(problems, file.path))
    }
  }

  private mutating func lookAtRevocations(_ outcome: inout Outcome) {
    guard var file = revocationsFile else { return }
    defer { revocationsFile = file }
    switch file.look() {
    case .unchanged: return
    case .unreadable(let problem):
      outcome.problems += file.note(["\(problem): whoever was revoked before stays so"])
    case .changed(let bytes):
      let (read, found) = RevocationList.read(bytes, over: directory.revoked)
      let gone = directory.revoked.count - read.count
      if gone > 0 { outcome.notes.append("\(file.path) names \(gone) members fewer than before") }
      areRevocationsKept = areRevocationsKept && read == directory.revoked
      outcome.hasChanged = true
      directory.revoked = read
      var problems = found.map { "\(file.path): \($0)" }
      if !problems.isEmpty {
        problems.append("\(file.path): \(read.count) members are revoked all the same")
      }
      outcome.problems += file.note(problems)
    }
  }

  private static func sentences(_ problems: [ConfigurationProblem], _ path: String) -> [String] {
    guard !problems.isEmpty else { return [] }
    let most = RevocationList.mostProblems
    var sentences = problems.prefix(most).map { "\(path): \($0)" }
    if problems.count > most {
      sentences.append("\(path): and \(problems.count - most) more mistakes")
    }
    sentences.append("\(path) has mistakes: there what was known before stays in force")
    return sentences
  }

  // MARK: - What is kept

  private mutating func recall(_ kept: KeptList?) -> [UInt8]? {
    do throws(SystemError) {
      return try kept?.read()
    } catch {
      findings.append(error.description)
      return nil
    }
  }

  /// Writes down what is in force, where that has changed; tried again at every look.
  private mutating func keep(_ outcome: inout Outcome) {
    if !isListKept {
      isListKept = Self.write(list.text, keptList, &outcome)
    }
    if !areRevocationsKept {
      areRevocationsKept = Self.write(directory.revoked.text, keptRevocations, &outcome)
    }
  }

  private static func write(
    _ content: [UInt8], _ kept: KeptList?, _ outcome: inout Outcome
  ) -> Bool {
    do throws(SystemError) {
      try kept?.write(content)
      return true
    } catch {
      outcome.problems.append("\(error): a restart would not know the lists that are in force now")
      return false
    }
  }
}
