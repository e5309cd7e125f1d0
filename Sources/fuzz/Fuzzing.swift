// What libFuzzer calls: `fuzz PROBE [libFuzzer's own arguments]` runs it on one probe.
//
// The program's main is libFuzzer's own, so there is no main.swift. libFuzzer finds the two
// functions below by their names.
import DecoderProbes
import Glibc
import Linux

/// Keeps the probe's name for the processes that libFuzzer starts of this same program.
private let variable = "WORKER_STATION_PROBE"

/// The probe that this process runs; set before the first input comes, by the only thread.
private nonisolated(unsafe) var chosen: Probe?

/// Takes the probe's name out of the arguments, before libFuzzer reads them.
@_cdecl("LLVMFuzzerInitialize")
func initialize(
  _ count: UnsafeMutablePointer<Int32>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>
) -> Int32 {
  if count.pointee > 1, let first = arguments.pointee[1],
    Probe.all.contains(where: { $0.name == String(cString: first) })
  {
    setenv(variable, first, 1)
    arguments.pointee[1] = arguments.pointee[0]
    arguments.pointee += 1
    count.pointee -= 1
  }
  let name = getenv(variable).map { String(cString: $0) }
  chosen = Probe.all.first { $0.name == name }
  guard chosen != nil else {
    for probe in Probe.all { Output.write("\(probe.name) \(probe.longest)\n") }
    Output.complain("fuzz: name one of these probes; the numbers are the longest inputs, in bytes")
    exit(2)
  }
  return 0
}

@_cdecl("LLVMFuzzerTestOneInput")
func test(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  do throws(Violation) {
    try chosen?.run(Array(UnsafeBufferPointer(start: bytes, count: count)))
  } catch {
    // libFuzzer writes the input down when the process aborts.
    Output.complain("fuzz: \(chosen?.name ?? ""): \(error)")
    abort()
  }
  return 0
}
