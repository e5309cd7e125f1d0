// All readers of a station, whatever they hang on, and how they stand.
import GPIO
import Linux
import StationCore

/// Opens the readers of the settings and says what they read, and what is wrong with them.
final class StationReaders {
  typealias Setting = ReaderSettings

  var onFrame: (Setting, ScanFraming.Frame) -> Void = { _, _ in }
  /// Cards and keys of readers on GPIO lines.
  var onShown: (Setting, BoardCredential) -> Void = { _, _ in }
  /// Readers that come, go and chatter, as the core is told of them.
  var onEvent: (Event) -> Void = { _ in }

  private var scanners: [(setting: Setting, reader: any CodeReader)] = []
  private var wiegand: [(setting: Setting, reader: WiegandReader)] = []
  private var presence: ReaderPresence
  /// The readers of which the wires chatter, by name.
  private var chattering: [Setting] = []
  /// The last fault of each reader's frames, by its name.
  private var faults: [String: WiegandFault] = [:]

  init(_ settings: [Setting], _ loop: EventLoop) {
    presence = ReaderPresence(settings)
    for setting in settings {
      let framing = ScanFraming(idleGap: setting.idleGap)
      switch setting.source {
      case .serial(let device, let speed):
        scanners.append(
          (setting, BarcodeReader(loop: loop, path: device, speed: speed, framing: framing)))
      case .keyboard(let search):
        scanners.append((setting, KeyboardScanner(loop: loop, search: search, framing: framing)))
      case .wiegand(let data0, let data1):
        wiegand.append(
          (setting, WiegandReader(loop: loop, data0: data0, data1: data1, gap: setting.idleGap)))
      }
    }
  }

  func start() {
    for (setting, scanner) in scanners {
      scanner.onFrame = { [unowned self] in onFrame(setting, $0) }
      scanner.onConnection = { [unowned self] in connection(setting, $0, $1) }
      scanner.start()
    }
    for (setting, reader) in wiegand {
      reader.onShown = { [unowned self] in
        faults[setting.name] = nil
        onShown(setting, $0)
      }
      reader.onRefused = { [unowned self] in refuse(setting, $0, $1) }
      reader.onConnection = { [unowned self] in connection(setting, $0, $1) }
      reader.onChatter = { [unowned self] in chatter(setting, $0) }
      reader.start()
    }
  }

  func stop() {
    for (_, scanner) in scanners { scanner.stop() }
    for (_, reader) in wiegand { reader.stop() }
  }

  private func connection(_ setting: Setting, _ isConnected: Bool, _ reason: String) {
    if isConnected {
      Log.notice("reader \(setting.name) is there")
    } else {
      Log.warning("reader \(setting.name): \(reason)")
    }
    if let event = presence.changed(setting, isConnected: isConnected) { onEvent(event) }
  }

  /// What cannot be believed is a refusal like a code of which half is missing. Its bits are part
  /// of a card's number or of a PIN: of them nobody is told.
  private func refuse(_ setting: Setting, _ fault: WiegandFault, _ bits: [Bool]) {
    // A reader with a loose wire says so with every card: the log has it once.
    if faults.updateValue(fault, forKey: setting.name) != fault {
      Log.warning("reader \(setting.name): \(fault); it was refused")
    }
    onFrame(setting, .unusable(.noise, start: Array("wiegand ".utf8) + bits.map { $0 ? 1 : 0 }))
  }

  private func chatter(_ setting: Setting, _ isChattering: Bool) {
    if isChattering {
      Log.error("reader \(setting.name): its wires chatter, and are not believed until quiet")
    } else {
      Log.notice("reader \(setting.name): its wires are quiet again")
    }
    chattering.removeAll { $0.name == setting.name }
    if isChattering { chattering.append(setting) }
    let anyChatters = chattering.contains { $0.accessPoint == setting.accessPoint }
    onEvent(.wires(.inputChattered(setting.accessPoint, .reader, isChattering: anyChatters)))
  }
}
