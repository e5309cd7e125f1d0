// Commands as they come and go: signatures are verified here, and what concerns the board is done.
import Issuers
import JSON
import Linux
import MemberCode
import StationCore
import StationProtocol

/// The pinned keys of the service, and what a command does to the daemon itself.
final class CommandRoom: ShellRoom {
  /// Ends the daemon in an orderly way.
  var onRestart: () -> Void = {}
  /// The keys are others: what was refused as unsigned may be signed after all.
  var onKeys: () -> Void = {}

  private let loop: EventLoop
  /// Keys are configured, whether or not one of them can be used, or the board is one that is claimed.
  private let isPinned: Bool
  private let watch: KeyWatch<ServiceKeyFiles>
  private var keys: ServiceKeySet
  private let support: SupportFile
  private let tell: Tell

  /// - Parameter isClaimed: the station shows a certificate; what it is told without a signature of
  ///   the service counts for nothing, whatever became of the files of keys.
  init(
    _ loop: EventLoop, keys: [ServiceKeySettings], isClaimed: Bool, support: SupportFile,
    tell: @escaping Tell
  ) throws(SystemError) {
    self.loop = loop
    self.support = support
    self.tell = tell
    isPinned = isClaimed || !keys.isEmpty
    watch = try ServiceKeys.watch(keys)
    self.keys = watch.files.keys
    try loop.receive(from: watch.reports) { [unowned self] in take($0) }
    try loop.receive(from: support.reports) { tell(.command(.finished($0.id, $0.fault)), nil) }
  }

  func boot() {
    for problem in watch.files.problems { Log.error(problem) }
    guard !isPinned else { return }
    Log.warning(
      "no [service-key NAME] section: whoever owns the broker can have goods turned out and records "
        + "deleted that the service never got; add a section with the public half of the service's "
        + "command-key")
  }

  func start() { lookAtFiles() }

  func stop() {
    watch.stop()
    support.stop()
  }

  private func lookAtFiles() {
    loop.schedule(after: IssuerKeys.interval) { [unowned self] in
      watch.look()
      lookAtFiles()
    }
  }

  private func take(_ files: ServiceKeyFiles) {
    for problem in files.problems { Log.error(problem) }
    Log.notice("the service's keys were read again: \(files.keys.ids.count) can be used")
    keys = files.keys
    onKeys()
  }

  // MARK: - From the broker to the core

  /// Whether an answer is the service's. A station without a section takes any, for development;
  /// one with a section and no key that can be used takes none.
  func isGenuine(_ answer: SealedMessage, on topic: Topic) -> Bool {
    !isPinned || keys.signed(answer, on: topic)
  }

  /// - Throws: where it is not JSON, or not what its topic asks for.
  /// - Returns: why it is refused; nil where the core was told.
  func receive(
    _ payload: [UInt8], on topic: Topic
  ) throws(JSONError) -> MessageRefusal? {
    let message = try SealedMessage(json: payload)
    guard keys.signed(message, on: topic) else {
      if case .desiredConfiguration = topic { tell(.command(.desiredRefused(.unsigned)), nil) }
      return .unsigned
    }
    if case .desiredConfiguration = topic {
      do throws(JSONError) {
        let desired = try DesiredConfiguration(json: message.body.json)
        if let settings = desired.settings,
          settings.digest != PayloadDigest(of: WantedSettings.content(settings.sections))
        {
          throw JSONError(offset: 0, reason: .invalidMember("digest"))
        }
        tell(.command(.desired(desired)), nil)
      } catch {
        tell(.command(.desiredRefused(.unreadable)), nil)
        throw error
      }
    } else {
      tell(.command(.received(try Command(json: message.body.json))), nil)
    }
    return nil
  }

  // MARK: - From the core to the board

  /// - Parameter describe: what is known of the station, as JSON.
  func perform(_ effect: CommandEffect, _ describe: () -> [UInt8]) {
    switch effect {
    case .publishResult, .publishReported: break
    case .setLogLevel(let level):
      Log.notice("the log says \(level.rawValue) and worse from now on")
      Log.least = level.priority
    case .collectSupport(let id): support.write(describe(), for: id)
    case .restart:
      Log.notice("the service has ordered a restart")
      onRestart()
    }
  }
}

extension LogLevel {
  fileprivate var priority: Log.Priority {
    switch self {
    case .error: .error
    case .warning: .warning
    case .notice: .notice
    }
  }
}
