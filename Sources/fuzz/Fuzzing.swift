// `fuzz PROBE [libFuzzer's own arguments]` runs libFuzzer on one probe; `fuzz PROBE --dictionary`
// prints the probe's words as libFuzzer reads them.
import CFuzzer
import DecoderProbes
import Glibc
import Linux
import Text

/// Keeps the probe's name for the processes that libFuzzer starts of this same program.
private let variable = "WORKER_STATION_PROBE"

/// The probe that this process runs; set before the first input comes, by the only thread.
private nonisolated(unsafe) var chosen: Probe?

/// - Returns: the exit status; 2 where no probe is named.
func fuzz() -> Int32 {
  var arguments = CommandLine.arguments
  if arguments.count > 1, Probe.all.contains(where: { $0.name == arguments[1] }) {
    setenv(variable, arguments.remove(at: 1), 1)
  }
  let name = getenv(variable).map { String(cString: $0) }
  guard let probe = Probe.all.first(where: { $0.name == name }) else {
    for probe in Probe.all { Output.write("\(probe.name) \(probe.longest)\n") }
    Output.complain("fuzz: name one of these probes; the numbers are the longest inputs, in bytes")
    return 2
  }
  if arguments.dropFirst() == ["--dictionary"] {
    for word in probe.words { Output.write(quoted(word) + "\n") }
    return 0
  }
  chosen = probe
  return run(arguments)
}

private func run(_ arguments: [String]) -> Int32 {
  var count = Int32(arguments.count)
  // libFuzzer keeps them for as long as the process lives.
  var pointers = arguments.map { strdup($0) } + [nil]
  return pointers.withUnsafeMutableBufferPointer { buffer in
    var start = buffer.baseAddress
    return LLVMFuzzerRunDriver(&count, &start, test)
  }
}

/// One input. libFuzzer has a main of its own, which is not used here but wants a function of this
/// name all the same.
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

/// An entry of a dictionary: only what is plain stands as it is.
private func quoted(_ word: String) -> String {
  let text = word.utf8.map { byte in
    let isPlain = (0x20..<0x7F).contains(byte) && byte != 0x22 && byte != 0x5C
    return isPlain ? String(UnicodeScalar(byte)) : "\\x" + Hex.text(UInt64(byte), digits: 2)
  }
  return "\"\(text.joined())\""
}
