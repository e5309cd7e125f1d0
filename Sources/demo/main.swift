// A broker, the management service and three stations on this machine, to play with or to watch.
import Foundation
import TestBed

exit(Demo.run(arguments: Array(CommandLine.arguments.dropFirst())))
