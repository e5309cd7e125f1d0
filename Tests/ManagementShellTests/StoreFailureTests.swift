// What the service says of a store that fails: the file, what happened, what to do, and no SQL.
import Foundation
import ManagementCore
import SQL
import SQLite
import StationProtocol
import TestBed
import Testing
import Time

@testable import ManagementShell

@Suite("A store that fails")
struct StoreFailureTests {
  private let folder: WorkFolder
  private let path: String

  init() throws {
    folder = try WorkFolder()
    path = folder.file("m.sqlite")
  }

  @Test("a damaged store keeps the service from starting, and the sentence says what to do")
  func damaged() throws {
    try folder.write(String(repeating: "no database ", count: 1000), to: "m.sqlite")
    try folder.write("x\n", to: "credentials/mqtt-password")
    let configuration = try folder.write(
      """
      [http]
      port = 0
      [credentials]
      directory = \(folder.file("credentials"))
      [store]
      path = \(path)
      """, to: "m.conf")
    let expected =
      "\(path): file is not a database (SQLite 26); the file is damaged: put a backup in its place, "
      + "as the handbook says"
    for words in [["--config", configuration], ["--config", configuration, "--check"]] {
      let ending = try Program.run(Checkout.program("managementd"), words)
      #expect(ending.status == 1)
      #expect(ending.output.contains(expected), "\(ending.output)")
      #expect(!ending.output.contains("PRAGMA"))
    }
  }

  @Test("on a full disk every call says the file and that it needs room, in one line without SQL")
  func full() throws {
    let store = try SQLiteStore(path: path)
    try LedgerSample.fill(store, points: 200)
    try store.database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    var pages: Int64 = 0
    try store.database.prepare("PRAGMA page_count").rows { pages = $0.int64(0) }
    try store.database.execute("PRAGMA max_page_count = \(pages)")
    let expected = "\(path): database or disk is full (SQLite 13); make room on its disk"
    var failures: Set<String> = []
    do throws(StoreFailure) {
      // The pages that are there have some room of their own.
      for number in 1...2000 {
        let member = MemberID("m-\(number)-of-a-crowd")!
        _ = try store.enrol(
          Member(
            id: member, label: String(repeating: "x", count: 64),
            enrolled: WallTime(seconds: 1_800_000_000)), by: "ann")
      }
    } catch {
      failures.insert(error.description)
    }
    do throws(StoreFailure) {
      for number in 1...2000 as ClosedRange<UInt64> {
        let batch = StoreContractTests.batch(
          number, [StoreContractTests.record(.door(.exitRequested(AccessPointID(1)!)))])
        _ = try store.store([batch], at: StoreContractTests.now)
      }
    } catch {
      failures.insert(error.description)
    }
    #expect(failures == [expected])
  }
}
