// What libFuzzer calls: `fuzz PROBE [libFuzzer's own arguments]` runs it on one probe, and
// `fuzz PROBE --dictionary` prints the probe's words as libFuzzer reads them.
//
// The program's main is libFuzzer's own, so there is no main.swift. libFuzzer finds the two
// functions below by their names.
import DecoderProbes
import Glibc
import Linux
import StationProtocol

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
  guard let chosen else {
    for probe in Probe.all { Output.write("\(probe.name) \(probe.longest)\n") }
    Output.complain("fuzz: name one of these probes; the numbers are the longest inputs, in bytes")
    exit(2)
  }
  if count.pointee == 2, arguments.pointee[1].map({ String(cString: $0) }) == "--dictionary" {
    for word in chosen.words { Output.write(quoted(word) + "\n") }
    exit(0)
  }
  return 0
}

/// An entry of a dictionary: only what is plain stands as it is.
private func quoted(_ word: String) -> String {
  let text = word.utf8.map { byte in
    let isPlain = (0x20..<0x7F).contains(byte) && byte != 0x22 && byte != 0x5C
    return isPlain ? String(UnicodeScalar(byte)) : "\\x" + Hex.text(UInt64(byte), digits: 2)
  }
  return "\"\(text.joined())\""
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
