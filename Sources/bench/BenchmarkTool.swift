// The command line of the benchmarks: which parts run, and what their outcome means.
import Linux
import Text
import Time

/// Runs parts one after the other and says at the end which bounds do not hold.
enum BenchmarkTool {
  private static let usage = """
    usage: bench [--strict] [--json FILE] [PART...]

    Each figure goes to FILE (.build/bench.jsonl) as one JSON object a line, and to the screen.
    Exit status: 0 when every part could be measured, 1 when one could not or, with --strict,
    when a bound does not hold, 2 for a wrong call.

    Parts, all of them when none is named:

    """

  /// - Returns: the exit status.
  static func run(_ arguments: [String]) -> Int32 {
    do throws(CommandFault) {
      let words = try CommandWords(arguments, flags: ["--strict", "--help"], options: ["--json"])
      if words.has("--help") {
        Output.write(usage + list + "\n")
        return 0
      }
      let names = words.operands
      if let unknown = names.first(where: { name in !Part.all.contains { $0.name == name } }) {
        return refuse("there is no part \"\(unknown)\"")
      }
      return measure(
        Part.all.filter { names.isEmpty || names.contains($0.name) },
        into: words["--json"] ?? ".build/bench.jsonl", words.has("--strict"))
    } catch {
      return refuse("\(error)")
    }
  }

  private static func measure(_ parts: [Part], into path: String, _ isStrict: Bool) -> Int32 {
    do throws(SystemError) {
      let report = try Report(path: path)
      var unmeasured: [String] = []
      for part in parts {
        let start = Clock.now
        report.begin(part)
        do {
          try part.run(report)
        } catch {
          unmeasured.append(part.name)
          Output.complain("bench: \(part.name) could not be measured: \(error)")
        }
        report.end(part, after: Clock.now - start)
      }
      try report.conclude()
      return unmeasured.isEmpty && (report.broken.isEmpty || !isStrict) ? 0 : 1
    } catch {
      Output.complain("bench: \(error)")
      return 1
    }
  }

  private static func refuse(_ reason: String) -> Int32 {
    Output.complain("bench: \(reason)\n\n" + usage + list)
    return 2
  }

  private static var list: String {
    Part.all.map { Report.padded("  \($0.name)", 24) + $0.what }.joined(separator: "\n")
  }
}
