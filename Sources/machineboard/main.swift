// The simulated board of an exchange machine; all that it does is in SimulatedBoard.
import Glibc
import SimulatedBoard

exit(MachineProgram.run(Array(CommandLine.arguments.dropFirst())))
