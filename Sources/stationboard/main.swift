// The simulated hardware of one station; all that it does is in SimulatedBoard.
import Glibc
import SimulatedBoard

exit(BoardProgram.run(Array(CommandLine.arguments.dropFirst())))
