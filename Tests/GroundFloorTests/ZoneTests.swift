// Time zones as values: offsets, days of every length, and the files of the tz database.
import Testing
import Time

@Suite("Zones")
struct ZoneTests {
  private static let hour: Int64 = 3600

  private func lengths(_ zone: Zone, _ days: ClosedRange<Int>) -> [Int64] {
    days.map { day in
      let length = zone.beginning(ofDay: day + 1) - zone.beginning(ofDay: day)
      return length.components.seconds / 3600
    }
  }

  @Test("a day has 23, 24 or 25 hours, and every moment lies in the day that it began in")
  func lengths() {
    // 29 March 2026 01:00 UTC and 25 October 2026 01:00 UTC.
    let berlin = Zone(
      ZoneName("Europe/Berlin"), firstOffset: 3600,
      [
        Zone.Transition(at: 1_774_746_000, offset: 7200),
        Zone.Transition(at: 1_792_890_000, offset: 3600),
      ])
    let spring = Int(1_774_746_000 / 86_400)
    let autumn = Int(1_792_890_000 / 86_400)
    #expect(lengths(berlin, spring - 1...spring + 1) == [24, 23, 24])
    #expect(lengths(berlin, autumn - 1...autumn + 1) == [24, 25, 24])
    for quarter in Int64(-200)..<200 {
      for change: Int64 in [1_774_746_000, 1_792_890_000] {
        let time = WallTime(seconds: change + quarter * 900)
        let day = berlin.localDay(of: time)
        #expect(berlin.beginning(ofDay: day) <= time && time < berlin.beginning(ofDay: day + 1))
      }
    }
  }

  @Test("where midnight is left out the day begins behind it; where it comes twice, at the first")
  func midnights() {
    let day = 20_000
    let midnight = Int64(day) * 86_400
    let forward = Zone(nil, firstOffset: 0, [Zone.Transition(at: midnight, offset: 3600)])
    #expect(forward.beginning(ofDay: day) == WallTime(seconds: midnight))
    #expect(lengths(forward, day - 1...day) == [24, 23])
    // From 01:00 back to 00:00.
    let back = Zone(nil, firstOffset: 0, [Zone.Transition(at: midnight + Self.hour, offset: -3600)])
    #expect(back.beginning(ofDay: day) == WallTime(seconds: midnight))
    #expect(lengths(back, day - 1...day) == [24, 25])
    // A whole day left out: it has no moment, and the next one begins where it would have.
    let skipped = Zone(nil, firstOffset: -36_000, [Zone.Transition(at: midnight, offset: 50_400)])
    #expect(skipped.localDay(of: WallTime(seconds: midnight - 1)) == day - 1)
    #expect(skipped.localDay(of: WallTime(seconds: midnight)) == day)
  }

  @Test("a mere offset is a zone without transitions")
  func offsets() {
    let zone = Zone(utcOffsetSeconds: -12_600)
    #expect(zone.localDay(of: WallTime(seconds: 12_599)) == -1)
    #expect(zone.localDay(of: WallTime(seconds: 12_600)) == 0)
    #expect(zone.beginning(ofDay: 0) == WallTime(seconds: 12_600))
    #expect(zone.utcOffsetSeconds(at: WallTime(milliseconds: -1)) == -12_600)
  }

  @Test(
    "a name leads nowhere but into the folder of zones",
    arguments: [
      "", "/", "/etc/passwd", "../UTC", "Europe/", "Europe//Berlin", "a.b", "Asia/Shang hai", "亚",
      String(repeating: "a", count: 65),
    ])
  func badNames(text: String) { #expect(ZoneName(text) == nil) }

  /// A file of version 2 with these transitions of the second block, and a footer.
  private func file(_ times: [Int64], kinds: [UInt8], offsets: [Int32], footer: String) -> [UInt8] {
    func bytes(_ number: some FixedWidthInteger) -> [UInt8] {
      withUnsafeBytes(of: number.bigEndian) { Array($0) }
    }
    func header(_ counts: [UInt32]) -> [UInt8] {
      Array("TZif2".utf8) + Array(repeating: 0, count: 15) + counts.flatMap { bytes($0) }
    }
    var file = header([0, 0, 0, 0, 1, 4]) + bytes(Int32(0)) + [0, 0] + Array("UTC\0".utf8)
    file += header([0, 0, 0, UInt32(times.count), UInt32(offsets.count), 4])
    file += times.flatMap { bytes($0) } + kinds
    file += offsets.flatMap { bytes($0) + [0, 0] } + Array("UTC\0".utf8)
    return file + Array("\n\(footer)\n".utf8)
  }

  @Test("the table of a file is read, and its rule goes on behind it")
  func files() throws {
    let rule = "CET-1CEST,M3.5.0,M10.5.0/3"
    let text = file([0, 100], kinds: [1, 0], offsets: [3600, 7200], footer: rule)
    let zone = try #require(Zone(nil, file: text))
    #expect(zone.utcOffsetSeconds(at: WallTime(seconds: -1)) == 3600)
    #expect(zone.utcOffsetSeconds(at: WallTime(seconds: 50)) == 7200)
    #expect(zone.utcOffsetSeconds(at: WallTime(seconds: 100)) == 3600)
    for (second, offset): (Int64, Int) in [
      (1_774_745_999, 3600), (1_774_746_000, 7200), (1_792_889_999, 7200), (1_792_890_000, 3600),
    ] {
      #expect(zone.utcOffsetSeconds(at: WallTime(seconds: second)) == offset)
    }
    // The southern half of the year, a time beyond a day, and no summer time at all.
    for footer in [
      "<-04>4<-03>,M9.1.6/24,M4.1.6/24", "<+0330>-3:30", "EET-2EEST,M4.5.5/0,M10.5.4/24",
    ] {
      let text = file([0], kinds: [0], offsets: [3600], footer: footer)
      #expect(Zone(nil, file: text) != nil)
    }
  }

  @Test("what is no file of a zone, or cut short, or out of order, is none")
  func badFiles() {
    let good = file([0, 100], kinds: [1, 0], offsets: [3600, 7200], footer: "CET-1")
    #expect(Zone(nil, file: good) != nil)
    for count in 0..<good.count - 7 { #expect(Zone(nil, file: Array(good.prefix(count))) == nil) }
    #expect(Zone(nil, file: file([100, 0], kinds: [0, 0], offsets: [0], footer: "")) == nil)
    #expect(Zone(nil, file: file([0], kinds: [1], offsets: [0], footer: "")) == nil)
    #expect(Zone(nil, file: file([0], kinds: [0], offsets: [100_000], footer: "")) == nil)
    var huge = good
    huge[32] = 0xFF
    #expect(Zone(nil, file: huge) == nil)
  }
}
