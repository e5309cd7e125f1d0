// A QR scanner that plays a keyboard, found and opened again for as long as it takes.
import Linux
import Time

/// Reads codes from an input device on the loop. The device is grabbed, so that nothing it types
/// reaches a console. One that types without end is heard at a bounded rate; what the kernel then
/// has no room for makes the code under way unusable.
final class KeyboardScanner: CodeReader {
  var onFrame: (ScanFraming.Frame) -> Void = { _ in }
  var onConnection: (_ isConnected: Bool, _ reason: String) -> Void = { _, _ in }

  /// Events that are taken in one turn of the loop. The kernel keeps 64 of a keyboard.
  static let mostAtOnce = 256
  /// Events within a second, some 3,000 characters: more than any scanner types, which sends 1,000
  /// reports a second at most (USB 2.0 5.7.4, full speed) and needs two of them for a character.
  static let mostInSecond = 20_000

  private let loop: EventLoop
  private let search: InputDeviceSearch
  private let mostAtOnce: Int
  private let mostInSecond: Int
  private var framing: ScanFraming
  private var keys = ScanKeys()
  private var device: InputDevice?
  private var idle: Timer?
  private var retry: Timer?
  /// Reads on where the descriptor does not tell of what waits, or after a rest.
  private var again: Timer?
  private var secondEnds = Instant(nanoseconds: 0)
  private var taken = 0
  /// Why it is not there; nil while it is.
  private var reason: String?

  init(
    loop: EventLoop, search: InputDeviceSearch, framing: ScanFraming,
    mostAtOnce: Int = KeyboardScanner.mostAtOnce,
    mostInSecond: Int = KeyboardScanner.mostInSecond
  ) {
    self.loop = loop
    self.search = search
    self.framing = framing
    self.mostAtOnce = mostAtOnce
    self.mostInSecond = mostInSecond
  }

  func start() {
    do throws(SystemError) {
      let device = try open()
      try watch(device)
      self.device = device
      keys = ScanKeys(held: device.heldKeys)
      reason = nil
      onConnection(true, "")
    } catch {
      lose(error.description)
    }
  }

  func stop() {
    retry?.cancel()
    close()
  }

  private func open() throws(SystemError) -> InputDevice {
    var devices: [InputDeviceIdentity] = []
    if !search.isPath { devices = try InputDeviceIdentity.all() }
    let paths = try search.candidates(among: devices)
    var failure: SystemError?
    for path in paths {
      do throws(SystemError) {
        return try InputDevice(path)
      } catch {
        failure = failure ?? error
      }
    }
    throw failure ?? SystemError("find", path: search.description, detail: "there is none")
  }

  private func watch(_ device: InputDevice) throws(SystemError) {
    try loop.watch(device.descriptor, for: .read) { [weak self] _ in self?.read() }
  }

  private func read() {
    guard let device else { return }
    guard let events = device.read(most: mostAtOnce) else { return lose("the device is gone") }
    // By the kernel's stamps: a pause of this daemon is none of the scanner's.
    for (at, event) in events { deliver(framing.receive(keys.take(event), at: at)) }
    // Whoever was told may have stopped all this.
    guard device === self.device else { return }
    schedule()
    count(events.count, at: Clock.now)
    guard again?.isPending != true, device.hasMore else { return }
    again = loop.schedule(after: .zero) { [weak self] in self?.read() }
  }

  /// A device that says too much is not heard until the second is over.
  private func count(_ events: Int, at now: Instant) {
    if now >= secondEnds {
      secondEnds = now + .seconds(1)
      taken = 0
    }
    taken += events
    guard taken > mostInSecond, let device else { return }
    loop.unwatch(device.descriptor)
    again?.cancel()
    again = loop.schedule(at: secondEnds) { [weak self] in
      guard let self, let device = self.device else { return }
      do throws(SystemError) {
        try watch(device)
      } catch {
        return lose(error.description)
      }
      // What was taken from the kernel before and not yet delivered: no descriptor tells of it.
      read()
    }
  }

  private func deliver(_ frames: [ScanFraming.Frame]) {
    for frame in frames { onFrame(frame) }
  }

  private func schedule() {
    idle?.cancel()
    guard let deadline = framing.deadline else { return }
    idle = loop.schedule(at: deadline) { [weak self] in
      guard let self else { return }
      // What has come since belongs to the code, however late this is.
      read()
      deliver(framing.passed(at: Clock.now))
      schedule()
    }
  }

  private func close() {
    idle?.cancel()
    again?.cancel()
    if let device { loop.unwatch(device.descriptor) }
    device = nil
    // Half a code is no presentation.
    framing = ScanFraming(idleGap: framing.idleGap)
  }

  private func lose(_ reason: String) {
    close()
    retry?.cancel()
    retry = loop.schedule(after: .seconds(1)) { [weak self] in self?.start() }
    guard self.reason != reason else { return }
    self.reason = reason
    onConnection(false, reason)
  }
}
