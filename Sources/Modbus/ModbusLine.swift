// A serial line with Modbus RTU devices, of which registers are read.
import CModbus
import Glibc
import Linux
import StationProtocol

/// The master of a line. Each call blocks until the answer is there or its time is over, so it
/// belongs on a thread that nothing waits for. Owns libmodbus's context and with it the line.
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
    let microseconds = UInt32(clamping: options.patience.components.attoseconds / 1_000_000_000_000)
    modbus_set_response_timeout(
      context, UInt32(clamping: options.patience.components.seconds), microseconds)
    // None for single bytes: otherwise a device that dribbles one at a time keeps us for minutes.
    modbus_set_byte_timeout(context, 0, 0)
    guard modbus_connect(context) == 0 else {
      let error = ModbusError("open", options.path)
      modbus_free(context)
      throw error
    }
    // libmodbus waits by select, which ends the process at a descriptor beyond its set.
    guard modbus_get_socket(context) < FD_SETSIZE else {
      modbus_close(context)
      modbus_free(context)
      errno = EMFILE
      throw ModbusError("open", options.path)
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
    var registers = [UInt16](repeating: 0, count: count)
    guard modbus_set_slave(context, Int32(unit)) == 0 else {
      throw ModbusError("address unit \(unit) on", options.path)
    }
    let read =
      switch table {
      case .holding: modbus_read_registers(context, Int32(address), Int32(count), &registers)
      case .input: modbus_read_input_registers(context, Int32(address), Int32(count), &registers)
      }
    guard read == count else {
      let error = ModbusError(
        "read \(table.rawValue) register \(address) of unit \(unit) on", options.path)
      // An exception is an answer.
      if error.kind != .exception { quietUntil = Clock.now + Self.rest }
      throw error
    }
    return registers
  }
}

/// What went wrong on a line or with a device.
package struct ModbusError: Error, Equatable, Sendable, CustomStringConvertible {
  package let operation: String
  package let path: String
  /// errno, or one of libmodbus's numbers beyond all of those.
  package let code: Int32

  init(_ operation: String, _ path: String) {
    self.operation = operation
    self.path = path
    code = errno
  }

  /// What it is, for whoever has to do something about it.
  package enum Kind: Equatable, Sendable {
    /// The line itself does not work: it is to be opened again.
    case line
    /// Nothing came, or not in time: unplugged, without power, another unit or speed.
    case silence
    /// The device says that it will not: a register that it does not have.
    case exception
    /// What came was damaged, or not an answer to this.
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
