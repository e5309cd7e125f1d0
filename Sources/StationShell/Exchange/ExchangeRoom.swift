// The exchange machine and the screen beside it.
import Linux
import StationCore
import StationProtocol

/// Both are there where the configuration has a machine.
final class ExchangeRoom: ShellRoom {
  private let machine: any ExchangeMachine
  private let screen: StationScreen

  init(_ settings: MachineSettings, _ loop: EventLoop, tell: @escaping Tell) {
    machine = settings.driver.machine(settings, loop)
    screen = StationScreen(loop: loop, settings)
    machine.onReport = { tell(.exchange(.reported($0, of: $1)), nil) }
    machine.onSilence = { tell(.exchange(.silent($0)), nil) }
    screen.onEvent = { tell($0, nil) }
  }

  func start() {
    machine.start()
    screen.start()
  }

  func stop() {
    machine.stop()
    screen.stop()
  }

  func perform(_ effect: ExchangeEffect) {
    switch effect {
    case .dispense(let slot, let serial): machine.dispense(slot, serial: serial)
    case .checkMachine(let slot): machine.check(slot)
    case .showScreen(let screen): self.screen.show(screen)
    }
  }

  /// A card that no list names, for the keeper; nil where there is nothing to be read any more.
  func show(_ card: Card?) { screen.show(card) }
}

extension MachineDriver {
  fileprivate func machine(_ settings: MachineSettings, _ loop: EventLoop) -> any ExchangeMachine {
    switch self {
    case .channelBoard: ChannelBoard(loop: loop, settings)
    }
  }
}
