// The support bundle: what a maintainer asks for first, in one file on the board.
import Glibc
import JSON
import Linux
import StationProtocol

/// Writes the bundle on a thread of its own, because an SD card may stall. One file, written anew
/// each time: a card has no room for a history of them.
final class SupportFile {
  struct Report: Sendable {
    let id: CommandID
    /// nil where it was written.
    let fault: OrderFault?
  }

  private struct Job: Sendable {
    let id: CommandID
    let station: [UInt8]
  }

  let reports: Mailbox<Report>
  private let worker: WorkerThread<Job>

  /// - Parameter path: of the file.
  init(path: String, store: String) throws(SystemError) {
    let reports = try Mailbox<Report>()
    self.reports = reports
    worker = WorkerThread(name: "support") {
      { jobs in
        for job in jobs {
          do throws(SystemError) {
            try Files.write(Self.bundle(job.station, store: store), to: path, mode: 0o600)
            Log.notice("the support bundle is in \(path)")
            reports.send(Report(id: job.id, fault: nil))
          } catch {
            Log.error("the support bundle cannot be written: \(error)")
            reports.send(Report(id: job.id, fault: .notWritten))
          }
        }
        return nil
      }
    }
  }

  func write(_ station: [UInt8], for id: CommandID) {
    worker.submit(Job(id: id, station: station))
  }

  func stop() { worker.finish() }

  /// The station as it says itself, and the board below it. No member, code or secret is in either.
  private static func bundle(_ station: [UInt8], store: String) -> [UInt8] {
    JSONWriter.object { writer in
      writer.field("written", Clock.wall.milliseconds)
      writer.key("station")
      writer.raw(station)
      writer.key("board")
      writer.object {
        for (name, path) in files { $0.nullable(name, text(of: path)) }
        for (name, suffix) in [("store", ""), ("storeLog", "-wal")] as [(StaticString, String)] {
          $0.nullable(name, size(of: store + suffix))
        }
        $0.nullable("freeBytes", freeBytes(beside: store))
      }
    }
  }

  /// The kernel's figures of the board and of this process.
  private static let files: [(StaticString, String)] = [
    ("kernel", "/proc/version"), ("uptime", "/proc/uptime"), ("load", "/proc/loadavg"),
    ("memory", "/proc/meminfo"), ("process", "/proc/self/status"),
    ("bytesWritten", "/proc/self/io"),
    ("temperature", "/sys/class/thermal/thermal_zone0/temp"),
  ]

  private static func text(of path: String) -> String? {
    do throws(SystemError) {
      return String(decoding: try Files.read(path, limit: 8192), as: UTF8.self)
    } catch {
      return nil
    }
  }

  private static func size(of path: String) -> Int64? {
    var status = stat()
    return stat(path, &status) == 0 ? Int64(status.st_size) : nil
  }

  private static func freeBytes(beside path: String) -> Int64? {
    var status = statvfs()
    return statvfs(path, &status) == 0 ? Int64(status.f_bavail) * Int64(status.f_frsize) : nil
  }
}
