// Lists of members: what they say, what is refused in them, and what a change of the files brings.
import Foundation
import MemberCode
import StationCore
import StationProtocol
import TestBed
import Testing

@testable import StationShell

@Suite("Lists of members")
struct MemberListTests {
  private static let pin = PINHash(pin: Array("258046".utf8))!
  private static let duress = PINHash(pin: Array("258047".utf8))!

  @Test(
    "who checks a list is told that an empty file is none", arguments: ["", " \n", "\u{FEFF}\n"])
  func empty(text: String) throws {
    #expect(MemberList.check(Array(text.utf8)).count == 1)
    #expect(MemberList.check(Array("# nobody yet\n".utf8)).isEmpty)
  }

  private func list(_ text: String) throws -> MemberList {
    let (list, problems) = MemberList.read(Array(text.utf8))
    try #require(problems.isEmpty)
    return list
  }

  private func problems(_ text: String) -> String {
    MemberList.read(Array(text.utf8)).problems.map(\.description).joined(separator: "\n")
  }

  @Test("every key of a member arrives")
  func profile() throws {
    let list = try list(
      """
      [member m-1]
      status = suspended
      access = extended
      role = maintainer
      card = 26:12:34567
      reservation = mon 10:00-12:00
      [member m-2]
      number = 4711
      pin = \(Self.pin.text)
      duress-pin = \(Self.duress.text)
      """)
    let (one, two) = (try #require(MemberID("m-1")), try #require(MemberID("m-2")))
    let reserved = try Schedule(text: "mon 10:00-12:00")
    #expect(
      list.profiles[one]
        == MemberProfile(
          status: .suspended, needsTime: true, isMaintainer: true, card: Card(text: "26:12:34567"),
          reservation: reserved))
    #expect(list.profiles[two] == MemberProfile())
  }

  @Test("a PIN is right with its number alone, and the other one is the one of duress")
  func pins() throws {
    let list = try list(
      """
      [member m-2]
      number = 4711
      pin = \(Self.pin.text)
      duress-pin = \(Self.duress.text)
      [member m-3]
      number = 12
      pin = \(Self.pin.text)
      """)
    let member = try #require(MemberID("m-2"))
    let other = try #require(MemberID("m-3"))
    #expect(list.pins.compare("4711*258046") == .right(member))
    #expect(list.pins.compare("4711*258046#") == .right(member))
    #expect(list.pins.compare("4711*258047") == .duress(member))
    #expect(list.pins.compare("12*258046#") == .right(other))
    for keys in [
      "4711*258048", "4712*258046", "12*258047", "4711", "4711*", "*258046", "", "4711*258046##",
      "4711*25804600000000", "4711*2580x6", "4711#258046",
    ] { #expect(list.pins.compare(keys) == .wrong, "\(keys)") }
  }

  private static let mistakenTexts: [(String, String)] = [
    ("[member m 1]", "line 1: a section is written [name] or [name argument]"),
    ("[member]", "line 1: [member] needs its member id, as in [member m-4711]"),
    (
      "[member m-1]\nstatus = gone",
      "line 2: \"status\" expects one of active, suspended, not \"gone\""
    ),
    (
      "[member m-1]\ncard = 26:1",
      "line 2: \"card\" expects \(Card.form), not \"26:1\""
    ),
    (
      "[member m-1]\nnumber = 4711\npin = 258046",
      "line 3: \"pin\" expects what \"stationctl pin hash\" prints, not \"258046\""
    ),
    ("[member m-1]\nnumber = 4711", "line 1: [member m-1] needs \"number\" and \"pin\" together"),
    (
      "[member m-1]\nreservation = monday",
      "line 2: \"reservation\": \"monday\": neither a day nor hours, as mon-fri and 06:00-22:00 are"
    ),
    (
      "[member m-1]\ncard = 34:7\n[member m-2]\ncard = 34:7",
      "line 4: the card is m-1's already"
    ),
    ("[member m-1]\n[member m-1]", "line 2: [member m-1] stands in line 1 already"),
  ]

  @Test("each mistake is told with its line and what is expected there", arguments: mistakenTexts)
  func mistakes(_ text: String, _ message: String) {
    #expect(problems(text) == message)
  }

  @Test("two members cannot share a number")
  func sharedNumber() {
    let text = "[member m-1]\nnumber = 1\npin = \(Self.pin.text)\n"
    #expect(
      problems(text + text.replacingOccurrences(of: "m-1", with: "m-2"))
        == "line 5: the number is m-1's already")
  }

  // MARK: - Files that change

  private func write(_ text: String, _ path: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
  }

  @Test("files are read again when they have changed, and left alone when they have not")
  func changes() throws {
    let folder = try WorkFolder()
    let (list, revoked) = (folder.file("members.ini"), folder.file("revoked.txt"))
    let (one, two) = (try #require(MemberID("m-1")), try #require(MemberID("m-2")))
    try write("[member m-1]\nstatus = suspended\n", list)
    try write("m-2\n", revoked)
    var lists = MemberLists(MemberFileSettings(list: list, revocations: revoked))
    #expect(lists.look() == MemberLists.Outcome(hasChanged: true))
    #expect(lists.directory.profile(of: one).status == .suspended)
    #expect(lists.directory.revoked.contains(two))
    #expect(lists.look() == MemberLists.Outcome())
    try write("[member m-2]\nstatus = suspended\n", list)
    #expect(lists.look() == MemberLists.Outcome(hasChanged: true))
    #expect(lists.directory.profile(of: one).status == .active)
    #expect(lists.directory.profile(of: two).status == .suspended)
    #expect(lists.directory.revoked.contains(two))
    try write("m-1\n", revoked)
    #expect(lists.look() == MemberLists.Outcome(hasChanged: true))
    #expect(!lists.directory.revoked.contains(two))
    #expect(!lists.areFaulty)
    #expect(lists.directory.profile(of: two).status == .suspended)
  }

  @Test("a missing list leaves the one of before in force, and says so once")
  func missingLater() throws {
    let folder = try WorkFolder()
    let list = folder.file("members.ini")
    let one = try #require(MemberID("m-1"))
    try write("[member m-1]\nstatus = suspended\n", list)
    var lists = MemberLists(MemberFileSettings(list: list))
    _ = lists.look()
    #expect(!lists.areFaulty)
    try FileManager.default.removeItem(atPath: list)
    #expect(lists.look().problems.count == 1)
    #expect(lists.areFaulty)
    #expect(lists.look().problems.isEmpty)
    #expect(lists.areFaulty)
    #expect(lists.directory.profile(of: one).status == .suspended)
    try write("[member m-1]\n", list)
    #expect(lists.look() == MemberLists.Outcome(hasChanged: true))
    #expect(!lists.areFaulty)
    #expect(lists.directory.profile(of: one).status == .active)
  }

  @Test("a damaged list of revocations takes nobody off it")
  func damagedRevocations() throws {
    let folder = try WorkFolder()
    let revoked = folder.file("revoked.txt")
    try write("m-1\nm-2\n", revoked)
    var lists = MemberLists(MemberFileSettings(revocations: revoked))
    _ = lists.look()
    try write("m-3\nm 2\n", revoked)
    let outcome = lists.look()
    #expect(outcome.hasChanged)
    #expect(
      outcome.problems == [
        "\(revoked): line 2: no member id",
        "\(revoked): 3 members are revoked all the same",
      ])
    for id in ["m-1", "m-2", "m-3"] {
      let member = try #require(MemberID(id))
      #expect(lists.directory.revoked.contains(member))
    }
    try write("m-3\n", revoked)
    _ = lists.look()
    #expect(lists.directory.revoked.count == 1)
  }

  @Test("a file that was configured and is not there is told at the start")
  func missing() throws {
    let folder = try WorkFolder()
    var lists = MemberLists(MemberFileSettings(revocations: folder.file("none")))
    #expect(lists.look().problems.count == 1)
    #expect(lists.areFaulty)
    #expect(lists.directory == MemberDirectory())
  }
}
