// stationctl: what a maintainer types. Hands the words typed to the table of commands.

import Glibc

exit(CommandLineTool.run(Array(CommandLine.arguments.dropFirst())))
