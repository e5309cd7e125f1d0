// Runs the fleet simulator. Lines go out one by one, so that a crash leaves its seed behind.
import FleetSimulator
import Glibc

var tool = CommandLineTool { line in
  let bytes = Array((line + "\n").utf8)
  _ = write(1, bytes, bytes.count)
}
exit(
  tool.run(
    Array(CommandLine.arguments.dropFirst()), freshSeed: UInt64.random(in: 0..<1_000_000_000)))
