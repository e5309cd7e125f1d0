// Runs the fleet simulator, in a process that is watched. Lines go out one by one.
import FleetSimulator
import Glibc
import Linux

func simulate(_ arguments: [String], tellAt lines: UInt64?) throws(SystemError) -> Int32 {
  let walks = WalkFolder(
    names: { try Files.names(in: $0) }, read: { try Files.read($0) },
    write: { bytes, path in
      if let slash = path.lastIndex(of: "/") { try Files.makeFolder(String(path[..<slash])) }
      try Files.write(bytes, to: path)
    })
  let watchman = getppid()
  let watch = Watch(words: try Watchman.map(Watchman.descriptor), stopAt: lines) { story in
    for line in story { Watchman.write("  \(line)") }
    exit(0)
  }
  var tool = CommandLineTool(walks: walks, watch: watch) { line in
    // Nobody listens any more.
    guard getppid() == watchman else { exit(CommandLineTool.crash) }
    if lines == nil { Watchman.write(line) }
  }
  return tool.run(arguments, freshSeed: UInt64.random(in: 0..<1_000_000_000))
}

let arguments = Array(CommandLine.arguments.dropFirst())
do throws(SystemError) {
  if arguments.first == Watchman.mark, arguments.count > 1 {
    exit(try simulate(Array(arguments.dropFirst(2)), tellAt: UInt64(arguments[1])))
  }
  exit(try Watchman().run(arguments))
} catch {
  Watchman.write("fleetsim: \(error)")
  exit(CommandLineTool.crash)
}
