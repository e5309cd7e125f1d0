// How long it takes from the kernel's time of an edge until the event is on the disk.
import Foundation
import Linux
import TestBed
import Testing
import Time

@Suite("From an edge to the journal")
struct JournalTimeTests {
  private static let trace = "/var/lib/worker-station/edges"

  /// A door that is forced open is committed at once; that it was shut goes along with the next.
  @Test("each edge of a contact is one record on the disk, a moment after the kernel's time of it")
  func edgeToJournal() throws {
    let sim = try GPIOSim()
    try sim.pull(1, up: true)
    let station = try InstalledStation(
      """
      [access-point 1]
      strike-line = \(sim.chip):0
      contact-line = \(sim.chip):1
      """,
      service: [
        "Environment=LD_PRELOAD=/usr/lib/edge-trace.so",
        "Environment=EDGE_TRACE=\(Self.trace)",
      ])
    try station.start()
    var times: [Double] = []
    for _ in 0..<150 {
      let begin = Clock.now
      // The commit of what came before is over: a sync that begins from now on is this edge's.
      let edges = try Self.lines("edge").count
      try sim.pull(1, up: false)
      let edge = try Deadline.wait(for: "the edge") {
        try Self.lines("edge").dropFirst(edges).first?.first
      }
      let end = try Deadline.wait(for: "the commit") {
        try Self.lines("sync").first { $0[0] > edge }?[1]
      }
      times.append((end - edge) / 1e6)
      try sim.pull(1, up: true)
      let closing = try Deadline.wait(for: "the other edge") {
        try Self.lines("edge").dropFirst(edges + 1).first?.first
      }
      // That the alarm is over is committed at once as well.
      try Deadline.wait(until: "its commit") {
        try Self.lines("sync").contains { $0[0] > closing }
      }
      // A contact that opens and shuts more often than 60 times in ten seconds is mistrusted.
      try Deadline.wait(until: "a pace that a door has") {
        Clock.now >= begin + .milliseconds(180)
      }
    }
    let kinds = try station.records()
    #expect(kinds.filter { $0 == "door-opened" }.count == times.count)
    times.sort()
    print(
      String(
        format: "From the kernel's time of an edge to the end of its commit, %d edges: "
          + "p50 %.1f ms, p99 %.1f ms, most %.1f ms, of which 5 ms are the settling time.",
        times.count, times[times.count / 2], times[times.count * 99 / 100], times.last ?? 0))
  }

  /// The numbers of the trace's lines that begin with this word.
  private static func lines(_ word: String) throws -> [[Double]] {
    let text = (try? String(contentsOfFile: trace, encoding: .utf8)) ?? ""
    return text.split(separator: "\n").filter { $0.hasPrefix(word + " ") }
      .map { $0.split(separator: " ").dropFirst().compactMap { Double($0) } }
  }
}
