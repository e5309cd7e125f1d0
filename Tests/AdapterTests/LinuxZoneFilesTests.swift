// Zones of the tz database, beside what the system's own tools make of them.
import Linux
import TestBed
import Testing
import Time

@Suite("Zone files")
struct ZoneFilesTests {
  @Test(
    "every zone has the offsets that date(1) says, through its table and beyond",
    arguments: [
      "Europe/Berlin", "Asia/Shanghai", "America/Santiago", "Africa/Cairo", "Asia/Kolkata",
      "Pacific/Apia", "Australia/Lord_Howe", "America/St_Johns", "Africa/Casablanca", "Etc/UTC",
      "Asia/Gaza", "Antarctica/Troll",
    ])
  func likeDate(name: String) throws {
    let known = try #require(ZoneName(name))
    let zone = try #require(ZoneFiles.zone(known))
    // Every 11 days and some hours from 1975 to 2060.
    let seconds = stride(from: Int64(157_766_400), to: 2_840_140_800, by: 1_000_003).map { $0 }
    let folder = try WorkFolder()
    let list = try folder.write(seconds.map { "@\($0)\n" }.joined(), to: "times")
    let told = try Program.run("date", ["-f", list, "+%:::z"], environment: ["TZ": name])
    let offsets = told.output.split(separator: "\n").map { Self.offset($0) }
    #expect(told.status == 0 && offsets.count == seconds.count)
    for (second, offset) in zip(seconds, offsets) {
      let own = zone.utcOffsetSeconds(at: WallTime(seconds: second))
      #expect(own == offset, "\(name) at \(second)")
    }
  }

  /// `+08`, `-03:30` or `+00:19:32`, in seconds.
  private static func offset(_ text: Substring) -> Int {
    let parts = text.dropFirst().split(separator: ":").compactMap { Int($0) }
    let sum = zip(parts, [3600, 60, 1]).reduce(0) { $0 + $1.0 * $1.1 }
    return text.first == "-" ? -sum : sum
  }

  @Test("a name that the tz database does not have is no zone, and a folder of it is none")
  func unknown() throws {
    #expect(ZoneFiles.zone(try #require(ZoneName("Asia/Nowhere"))) == nil)
    #expect(ZoneFiles.zone(try #require(ZoneName("Asia"))) == nil)
  }

  @Test("the machine's own zone agrees with its C library")
  func local() throws {
    let zone = try #require(ZoneFiles.local())
    for second in stride(from: Int64(0), to: 2_000_000_000, by: 50_000_017) {
      let time = WallTime(seconds: second)
      #expect(zone.utcOffsetSeconds(at: time) == Clock.utcOffsetSeconds(at: time))
    }
  }
}
