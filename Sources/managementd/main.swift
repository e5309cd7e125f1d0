// The management service's daemon; all that it does is in ManagementShell.
import Glibc
import ManagementShell

exit(ManagementCommand.main(Array(CommandLine.arguments.dropFirst())))
