// stationctl pin hash: a PIN as a member list holds it.

import MemberCode

enum PINHashCommand {
  static let command = Command(
    words: ["pin", "hash"],
    purpose: "reads a PIN from standard input and prints it hashed, for a member list",
    options: [],
    run: run)

  /// Never an argument: those stand in the list of processes and in the shell's history.
  @Sendable private static func run(_ values: CommandValues) throws(CommandFailure) -> Int32 {
    var pin = try Files.readInput(most: 64)
    while let last = pin.last, [0x0A, 0x0D].contains(last) { pin.removeLast() }
    guard PINHash.isPIN(pin) else {
      throw values.failure("a PIN has 4 to 12 digits, and nothing else")
    }
    guard let hash = PINHash(pin: pin) else { throw CommandFailure("there is too little memory") }
    StandardStream.output.write(hash.text + "\n")
    return 0
  }
}
