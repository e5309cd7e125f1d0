// The program `machineboard`: the simulated board of an exchange machine by itself.
import Glibc
import Linux
import Text

package enum MachineProgram {
  package static let usage = """
    usage: machineboard --line PATH [--control PATH] [--turn MS] [--fell FILE]
    The board of an exchange machine, simulated on a pseudo-terminal.

      --line PATH      becomes a link to the serial line that a daemon opens
      --control PATH   local socket that takes the lines below and answers each with one
      --turn MS        how long a motor turns, 1 to 60000 ms (2500)
      --fell FILE      gets a line COLUMN SERIAL for each article that falls


    """ + MachineOrder.usage

  package struct Options: Equatable {
    package var machine = SimulatedMachine.Setting(path: "")
    package var control: String?

    package init(_ arguments: [String]) throws(CommandFault) {
      let words = try CommandWords(
        arguments, options: ["--line", "--control", "--fell", "--turn"])
      try words.takeNoOperands()
      machine.path = try words.required("--line")
      control = words["--control"]
      machine.fellFile = words["--fell"]
      if let time = try words.number("--turn", in: Int64(1)...60_000) {
        machine.turnTime = .milliseconds(time)
      }
      for (name, value) in [("--line", machine.path), ("--control", control)] where value == "" {
        throw .valueMissing(name)
      }
    }
  }

  /// - Returns: the exit status: 0 after SIGTERM or SIGINT, 2 where the command line is wrong,
  ///   1 where the system did not give what was needed.
  package static func run(_ words: [String]) -> Int32 {
    if words == ["--help"] {
      Output.write(usage)
      return 0
    }
    let options: Options
    do throws(CommandFault) {
      options = try Options(words)
    } catch {
      Output.complain("machineboard: \(error)\n\n\(usage)")
      return 2
    }
    do throws(SystemError) {
      let loop = try EventLoop()
      try loop.receive(signals: [SIGTERM, SIGINT]) { _ in loop.stop() }
      let machine = try SimulatedMachine(loop: loop, options.machine)
      defer { machine.close() }
      let control = try options.control.map { path throws(SystemError) in
        try MachineControl(loop: loop, path: path, machine)
      }
      defer { control?.close() }
      keepOpen(machine, loop)
      Log.notice("the simulated exchange machine is at \(options.machine.path)")
      try loop.run()
      return 0
    } catch {
      Output.complain("machineboard: \(error)")
      return 1
    }
  }
}

extension MachineProgram {
  /// Nobody tells this program that a daemon has died, whose exclusive use of the line outlives it.
  private static func keepOpen(_ machine: SimulatedMachine, _ loop: EventLoop) {
    machine.release()
    loop.schedule(after: .milliseconds(250)) { keepOpen(machine, loop) }
  }
}

/// The socket on which the machine is worked: a line each way for every order.
final class MachineControl {
  /// The most callers at a time; further ones are turned away.
  static let mostCallers = 8

  private let loop: EventLoop
  private let machine: SimulatedMachine
  private let listener: LocalListener
  private var callers: [LocalConnection] = []

  init(loop: EventLoop, path: String, _ machine: SimulatedMachine) throws(SystemError) {
    self.loop = loop
    self.machine = machine
    listener = try LocalListener(path: path)
    try loop.watch(listener.descriptor, for: .read) { [unowned self] _ in self.admit() }
  }

  func close() {
    for caller in callers { loop.unwatch(caller.descriptor) }
    callers = []
    loop.unwatch(listener.descriptor)
  }

  private func admit() {
    while let caller = listener.accept() {
      guard callers.count < Self.mostCallers else { continue }
      do throws(SystemError) {
        try loop.watch(caller.descriptor, for: .read) { [unowned self, unowned caller] _ in
          self.serve(caller)
        }
        callers.append(caller)
      } catch {
        Log.error("a caller is not served: \(error)")
      }
    }
  }

  private func serve(_ caller: LocalConnection) {
    guard let lines = caller.lines() else { return drop(caller) }
    for line in lines {
      let answer =
        MachineOrder(line: line).map(machine.perform)
        ?? "refused: unknown command; known: \(MachineOrder.forms)"
      guard caller.send(line: answer) else { return drop(caller) }
    }
  }

  private func drop(_ caller: LocalConnection) {
    loop.unwatch(caller.descriptor)
    callers.removeAll { $0 === caller }
  }
}
