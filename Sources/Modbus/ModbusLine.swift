// A serial line with Modbus RTU devices, of which registers are read.
import CModbus
import Glibc
import Linux
import Time

/// The master of a line. Each call blocks until the answer is there or its time is over, so it
/// belongs on a thread that nothing waits for. Owns libmodbus's context and with it the line; what
/// is said on it is of this module, because libmodbus gives up at the first byte that is not the
/// answer's.
package final class ModbusLine {
  package struct Options: Equatable, Sendable {
    package var path: String
    /// In baud.
    package var speed: Int
    package var parity: Parity
    package var stopBits: Int
    /// From the request's end to the answer's: the whole of it, not each byte.
    package var patience: Duration

    package init(
      path: String, speed: Int = 9600, parity: Parity = .none, stopBits: Int = 1,
      patience: Duration = .milliseconds(500)
    ) {
      self.path = path
      self.speed = speed
      self.parity = parity
      self.stopBits = stopBits
      self.patience = patience
    }
  }

  package enum Parity: String, CaseIterable, Sendable {
    case none
    case even
    case odd
  }

  /// Which of a device's tables a register is in.
  package enum Table: String, CaseIterable, Sendable {
    /// Function 3.
    case holding
    /// Function 4.
    case input

    var function: UInt8 {
      switch self {
      case .holding: 3
      case .input: 4
      }
    }
  }

  /// After a question without an answer nothing is asked for so long. Answers bear no mark of
  /// their question: one that comes late would be taken for the next one's, and volts for watts.
  private static let rest: Duration = .seconds(2)

  private let options: Options
  private let context: OpaquePointer
  private var quietUntil: Instant?

  /// Opens the line; no device is asked for anything yet.
  package init(_ options: Options) throws(ModbusError) {
    let letter =
      switch options.parity {
      case .none: UInt8(ascii: "N")
      case .even: UInt8(ascii: "E")
      case .odd: UInt8(ascii: "O")
      }
    guard
      let context = modbus_new_rtu(
        options.path, Int32(options.speed), CChar(letter), 8, Int32(options.stopBits))
    else { throw ModbusError("set up", options.path) }
    guard modbus_connect(context) == 0 else {
      let error = ModbusError("open", options.path)
      modbus_free(context)
      throw error
    }
    self.options = options
    self.context = context
  }

  deinit {
    modbus_close(context)
    modbus_free(context)
  }

  /// Reads registers that follow each other.
  package func read(
    _ table: Table, _ address: Int, count: Int, unit: Int
  ) throws(ModbusError) -> [UInt16] {
    if let quietUntil { Clock.rest(until: quietUntil) }
    quietUntil = nil
    modbus_flush(context)
    let question = RegisterQuestion(
      unit: UInt8(unit), function: table.function, address: UInt16(address), count: count)
    let code: Int32
    switch ask(question) {
    case .registers(let registers): return registers
    case .exception(let number): code = modbus_error_of_exception(Int32(number))
    case .none(let error):
      quietUntil = Clock.now + Self.rest
      code = error
    }
    throw ModbusError(
      "read \(table.rawValue) register \(address) of unit \(unit) on", options.path, code: code)
  }

  private enum Outcome {
    case registers([UInt16])
    /// An exception is an answer.
    case exception(UInt8)
    /// - Parameter error: why there is no answer, as `ModbusError` has it.
    case none(error: Int32)
  }

  /// Writes the question and looks for its answer in whatever comes, until its time is over: an
  /// adapter may hand back the question first, or a byte that its own switching made.
  private func ask(_ question: RegisterQuestion) -> Outcome {
    let line = modbus_get_socket(context)
    let bytes = question.bytes
    guard write(line, bytes, bytes.count) == bytes.count else { return .none(error: errno) }
    let end = Clock.now + options.patience
    var answer = RegisterAnswer(to: question)
    var chunk = [UInt8](repeating: 0, count: 256)
    while true {
      let left = end - Clock.now
      guard left > .zero else {
        return .none(error: answer.isNoise ? modbus_error_bad_answer() : ETIMEDOUT)
      }
      var watch = pollfd(fd: line, events: Int16(POLLIN), revents: 0)
      let milliseconds = Int32(clamping: left.wholeNanoseconds / 1_000_000 + 1)
      let ready = poll(&watch, 1, milliseconds)
      if ready < 0, errno != EINTR { return .none(error: errno) }
      guard ready > 0 else { continue }
      let count = Glibc.read(line, &chunk, chunk.count)
      if count == 0 { return .none(error: EIO) }
      if count < 0 {
        if errno == EAGAIN || errno == EINTR { continue }
        return .none(error: errno)
      }
      switch answer.receive(chunk[..<count]) {
      case .registers(let registers): return .registers(registers)
      case .exception(let number): return .exception(number)
      case nil: break
      }
    }
  }
}

/// What went wrong on a line or with a device.
package struct ModbusError: Error, Equatable, Sendable, CustomStringConvertible {
  package let operation: String
  package let path: String
  /// errno, or one of libmodbus's numbers beyond all of those.
  package let code: Int32

  init(_ operation: String, _ path: String, code: Int32 = errno) {
    self.operation = operation
    self.path = path
    self.code = code
  }

  /// The kind of fault, for the code that has to act on it.
  package enum Kind: Equatable, Sendable {
    /// The line itself does not work: it is to be opened again.
    case line
    /// Nothing came, or not in time: unplugged, without power, another unit or speed.
    case silence
    /// The device says that it will not: a register that it does not have.
    case exception
    /// The bytes that came were damaged, or no answer to this request.
    case noise
  }

  package var kind: Kind {
    if code == ETIMEDOUT { return .silence }
    if modbus_error_is_exception(code) != 0 { return .exception }
    return modbus_error_is_of_library(code) != 0 ? .noise : .line
  }

  package var description: String {
    let advice =
      switch kind {
      case .line: "is the adapter plugged in, and is it this device?"
      case .silence: "is it powered and wired, and are speed, parity and unit as set at the meter?"
      case .exception: "is this the meter of the configured model?"
      case .noise: "are both ends of the line terminated, and is every unit there once?"
      }
    return "cannot \(operation) \(path): \(String(cString: modbus_strerror(code))); \(advice)"
  }
}
