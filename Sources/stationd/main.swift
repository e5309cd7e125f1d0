// The station daemon; all that it does is in StationShell.
import Glibc
import StationShell

exit(StationCommand.main(Array(CommandLine.arguments.dropFirst())))
