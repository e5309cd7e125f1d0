// What a running process has used of processor and memory, as the kernel counts it.
import Linux

/// Looks at one process, by its number.
struct ProcessMeter {
  let identifier: Int32

  /// Processor time of all its threads that live, in nanoseconds. `stat` counts ticks of 10 ms;
  /// the scheduler's own account is exact (proc(5), `/proc/PID/task/TID/schedstat`).
  func processorNanoseconds() throws(SystemError) -> Int64 {
    var sum: Int64 = 0
    for thread in try Files.names(in: "/proc/\(identifier)/task") {
      let line = try text("task/\(thread)/schedstat")
      sum += line.split(separator: " ").first.flatMap { Int64($0) } ?? 0
    }
    return sum
  }

  /// The memory that the process holds, in MiB.
  struct Memory {
    /// All pages that are present, those it shares with others included.
    var resident: Double
    /// Pages of its own that it has written.
    var privateDirty: Double
  }

  func memory() throws(SystemError) -> Memory {
    let lines = try text("smaps_rollup").split(separator: "\n")
    func mebibytes(_ name: String) -> Double {
      let line = lines.first { $0.hasPrefix("\(name):") }
      let number = line?.split(separator: " ").dropFirst().first.flatMap { Double($0) }
      return (number ?? 0) / 1024
    }
    return Memory(resident: mebibytes("Rss"), privateDirty: mebibytes("Private_Dirty"))
  }

  private func text(_ name: String) throws(SystemError) -> String {
    String(decoding: try Files.read("/proc/\(identifier)/\(name)"), as: UTF8.self)
  }
}
