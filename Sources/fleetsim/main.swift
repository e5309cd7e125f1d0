// Runs the fleet simulator. Lines go out one by one, so that a crash leaves its seed behind.
import FleetSimulator
import Glibc
import Linux

let walks = WalkFolder(
  names: { try Files.names(in: $0) }, read: { try Files.read($0) },
  write: { bytes, path in
    if let slash = path.lastIndex(of: "/") { try Files.makeFolder(String(path[..<slash])) }
    try Files.write(bytes, to: path)
  })
var tool = CommandLineTool(walks: walks) { line in
  let bytes = Array((line + "\n").utf8)
  _ = write(1, bytes, bytes.count)
}
exit(
  tool.run(
    Array(CommandLine.arguments.dropFirst()), freshSeed: UInt64.random(in: 0..<1_000_000_000)))
