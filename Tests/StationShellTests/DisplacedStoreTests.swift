// Stores whose files are removed or replaced while they are in use.
import Foundation
import Linux
import SQL
import SQLite
import StationCore
import StationProtocol
import TestBed
import Testing

@testable import StationShell

@Suite("Stores that lose their place")
struct DisplacedStoreTests {
  private let folder: WorkFolder
  private let path: String
  private let reports: Mailbox<Journal.Report>
  private let stream = StreamID(bits: 0xA)

  init() throws {
    folder = try WorkFolder()
    try folder.write("", to: "data/.keep")
    path = folder.file("data/station.sqlite")
    reports = try Mailbox<Journal.Report>()
  }

  /// A writer on a file with the records 1 to 3, of which the first was acknowledged.
  private func writer(at place: String? = nil, pause: Duration = .zero) throws -> JournalWriter {
    let place = place ?? path
    let (store, _) = try StationStore.open(path: place, fresh: stream)
    let writer = JournalWriter(path: place, store: store, reports: reports, pause: pause)
    _ = writer.perform((1...3).map { .append(entry($0), stream) })
    _ = writer.perform([
      .trim(1, stream), .remember([.latch(.fire, isSet: true)], .relaxed, stream),
    ])
    _ = writer.perform([])
    _ = reports.drain()
    return writer
  }

  /// What was told of the place of the store.
  private func told() -> [String] {
    reports.drain().compactMap { report in
      switch report {
      case .displaced: "displaced"
      case .kept: "kept"
      case .replaced: "replaced"
      default: nil
      }
    }
  }

  /// What a start would find after the daemon was killed at this moment.
  private func expectWhole(
    at place: String? = nil, next: UInt64, _ source: SourceLocation = #_sourceLocation
  ) throws {
    let place = place ?? path
    let cut = folder.file("cut.sqlite")
    for suffix in ["", "-wal"] where Files.exists(place + suffix) {
      try FileManager.default.copyItem(atPath: place + suffix, toPath: cut + suffix)
    }
    let (store, found) = try StationStore.open(path: cut, fresh: StreamID(bits: 1))
    #expect(found.stream == stream && found.ending == .unclean, sourceLocation: source)
    #expect((found.floor, found.next) == (2, next), sourceLocation: source)
    #expect(found.latches == [.fire], sourceLocation: source)
    #expect(
      try store.records(in: 2...next - 1).rows == (2..<next).map { entry($0).record.json },
      sourceLocation: source)
    store.abandon()
    StoreFiles.remove(cut)
  }

  private func names() throws -> [String] {
    try Files.names(in: folder.file("data")).filter {
      !$0.hasSuffix("-wal") && !$0.hasSuffix("-shm")
    }
  }

  @Test(
    "a store that is removed is at its place again with all its records, and it is told",
    arguments: ["rm all", "rm file", "rm log", "rm index", "mv all", "mv file"])
  func removed(kind: String) throws {
    let writer = try writer(pause: .seconds(30))
    let words = kind.split(separator: " ")
    for suffix in ["", "-wal", "-shm"] {
      switch (words[1], suffix) {
      case ("all", _), ("file", ""), ("log", "-wal"), ("index", "-shm"): break
      default: continue
      }
      if words[0] == "rm" {
        #expect(unlink(path + suffix) == 0)
      } else {
        #expect(rename(path + suffix, path + ".old" + suffix) == 0)
      }
    }
    // Nobody has looked yet, and SQLite does not mind.
    _ = writer.perform([.append(entry(4), stream)])
    #expect(told() == [])
    _ = writer.perform([.look])
    #expect(told() == ["displaced", "kept"])
    try expectWhole(next: 5)
    #expect(writer.perform([.append(entry(5), stream), .look]) == nil)
    #expect(told() == [])
    try expectWhole(next: 6)
    #expect(try names() == ["station.sqlite"] + (words[0] == "mv" ? ["station.sqlite.old"] : []))
    _ = writer.perform([.close])
    let (store, found) = try StationStore.open(path: path, fresh: StreamID(bits: 1))
    #expect(found.stream == stream && found.ending == .clean && found.next == 6)
    store.abandon()
  }

  @Test("an orderly end in the minute before the look loses nothing")
  func orderlyEnd() throws {
    let writer = try writer()
    StoreFiles.remove(path)
    _ = writer.perform([.append(entry(4), stream), .look, .close])
    let (store, found) = try StationStore.open(path: path, fresh: StreamID(bits: 1))
    #expect(found.stream == stream && found.ending == .clean && found.next == 5)
    store.abandon()
  }

  @Test("what somebody has put in the store's place is kept under a name of its own, each time")
  func foreign() throws {
    let writer = try writer()
    for round in 1...2 as ClosedRange<UInt64> {
      StoreFiles.remove(path)
      let other = StreamID(bits: 0xB + round)
      let (store, _) = try StationStore.open(path: path, fresh: other)
      try store.commit(batch([entry(9)]))
      // Its log lies beside it, as after a copy of both.
      _ = writer.perform([.append(entry(3 + round), stream), .look])
      #expect(told() == ["displaced", "kept"])
      store.abandon()
      try expectWhole(next: 4 + round)
      let kept = try StationStore.openAside("\(path).foreign-\(round)")
      #expect(kept.recovered.stream == other && kept.recovered.next == 10)
      kept.store.abandon()
    }
    #expect(
      try names() == ["station.sqlite", "station.sqlite.foreign-1", "station.sqlite.foreign-2"])
    _ = writer.perform([.close])
  }

  @Test("while its place cannot be written, a store goes on, and is there as soon as it can be")
  func noPlace() throws {
    let writer = try writer()
    try FileManager.default.removeItem(atPath: folder.file("data"))
    #expect(writer.perform([.append(entry(4), stream), .look]) != nil)
    #expect(told() == ["displaced"])
    #expect(writer.perform([.append(entry(5), stream), .look]) != nil)
    #expect(told() == [])
    try folder.write("", to: "data/.keep")
    #expect(writer.perform([]) == nil)
    #expect(told() == ["kept"])
    try expectWhole(next: 6)
    _ = writer.perform([.close])
  }

  @Test("a store that is removed again and again is not written anew at once each time")
  func again() throws {
    let writer = try writer(pause: .seconds(30))
    for expected in [["displaced", "kept"], ["displaced"]] {
      StoreFiles.remove(path)
      _ = writer.perform([.look])
      #expect(told() == expected)
    }
    _ = writer.perform([.close])
    #expect(told() == ["kept"])
  }

  @Test("a store behind a symbolic link is found whole, and comes back to where the link leads")
  func link() throws {
    let link = folder.file("link.sqlite")
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
    let writer = try writer(at: link)
    _ = writer.perform([.look])
    #expect(told() == [])
    StoreFiles.remove(path)
    _ = writer.perform([.append(entry(4), stream), .look])
    #expect(told() == ["displaced", "kept"])
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == path)
    try expectWhole(next: 5)
    _ = writer.perform([.close])
  }

  @Test("a store in memory has no place to lose")
  func memory() throws {
    let (store, _) = try StationStore.open(path: ":memory:", fresh: stream)
    let writer = JournalWriter(path: path, store: store, reports: reports)
    #expect(writer.perform([.look]) == nil)
    #expect(told() == [])
  }

  @Test("stationd whose store and lock are removed goes on from them after an orderly end")
  func daemon() throws {
    let bench = try DaemonBench()
    let daemon = try bench.start()
    for suffix in ["", "-wal", "-shm", ".lock"] { #expect(unlink(bench.store + suffix) == 0) }
    #expect(try daemon.stop() == 0)
    #expect(daemon.log.contains("the lock of \(bench.store) was removed; it is made again"))
    #expect(daemon.log.contains("the store is at \(bench.store) again"))
    let (store, found) = try StationStore.open(path: bench.store, fresh: StreamID(bits: 1))
    #expect(found.boot == 2 && found.ending == .clean && found.next > 1)
    store.abandon()
  }

  @Test("a lock whose file was removed is known to keep nobody away")
  func lock() throws {
    let first = try #require(try FileLock(beside: path))
    #expect(first.isInPlace)
    #expect(unlink("\(path).lock") == 0)
    #expect(!first.isInPlace)
    let second = try #require(try FileLock(beside: path))
    #expect(second.isInPlace && !first.isInPlace)
  }
}
