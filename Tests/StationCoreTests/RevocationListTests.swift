// Tests the list of those who are revoked: found, not found, damaged, and large.
import StationCore
import StationProtocol
import Testing

@Suite struct RevocationListTests {
  private func member(_ text: String) -> MemberID { MemberID(text)! }

  @Test("whoever is on the list is revoked, and nobody else, whatever the order of the lines")
  func contains() {
    let (list, problems) = RevocationList.read(
      Array("# the lost phones\nm-3\r\n\nm-1 \n\tm-2\nm-1\nm".utf8))
    #expect(problems.isEmpty)
    #expect(list.count == 4)
    for id in ["m-1", "m-2", "m-3", "m"] { #expect(list.contains(member(id)), "\(id)") }
    for id in ["m-", "m-11", "m-0", "M-1", "n", "a"] {
      #expect(!list.contains(member(id)), "\(id)")
    }
    #expect(!RevocationList().contains(member("m-1")))
  }

  @Test("a bad line is told by its number, and the rest counts all the same")
  func badLines() {
    let (list, problems) = RevocationList.read(Array("m-1\nno member\nm-2\n中文\nm-3".utf8))
    #expect(problems == ["line 2: no member id", "line 4: no member id"])
    #expect(["m-1", "m-2", "m-3"].allSatisfy { list.contains(member($0)) })
    let many = RevocationList.read(Array(String(repeating: "?\n", count: 25).utf8))
    #expect(many.problems.count == 21)
    #expect(many.problems.last == "and 5 more lines that are no member id")
  }

  @Test("a list is bounded in its members and its bytes")
  func bounds() {
    let lines = (0...RevocationList.mostMembers).map { "m-\($0)\n" }.joined()
    let (list, problems) = RevocationList.read(Array(lines.utf8))
    #expect(list.count == RevocationList.mostMembers)
    #expect(problems == ["100001 members, of which the first 100000 count"])
    #expect(list.contains(member("m-99999")))
    #expect(!list.contains(member("m-100000")))
    var large = Array("m-1\n".utf8)
    large += Array(repeating: UInt8(ascii: "#"), count: RevocationList.mostBytes)
    #expect(RevocationList.read(large).list.contains(member("m-1")))
    #expect(RevocationList.read(large).problems == ["only the first 8388608 bytes count"])
  }

  @Test("a byte order mark hides nobody, and UTF-16 is named for what it is")
  func marks() {
    let (list, problems) = RevocationList.read([0xEF, 0xBB, 0xBF] + Array("m-1\nm-2\n".utf8))
    #expect(problems.isEmpty)
    #expect(list.contains(member("m-1")) && list.contains(member("m-2")))
    let wide = RevocationList.read([0xFE, 0xFF, 0, 0x6D])
    #expect(wide.list.count == 0)
    #expect(wide.problems == ["the file is UTF-16: save it as UTF-8"])
  }

  @Test("a list that is written down is read as the same")
  func text() {
    let list = RevocationList([member("b"), member("a"), member("a-1")])
    #expect(list.text == Array("a\na-1\nb\n".utf8))
    #expect(RevocationList(text: list.text) == list)
  }

  @Test("two lists together revoke whoever is on either")
  func union() {
    let both = RevocationList([member("b"), member("a")])
      .union(RevocationList([member("b"), member("c")]))
    #expect(both.count == 3)
    #expect(["a", "b", "c"].allSatisfy { both.contains(member($0)) })
    #expect(RevocationList().union(RevocationList()).count == 0)
  }

  @Test("a list agrees with a set of names", arguments: 0..<20)
  func agrees(seed: Int) {
    var dice = SeededGenerator(seed: UInt64(seed))
    let names = (0..<200).map { _ in "m-\(dice.roll(300))" }
    let list = RevocationList(names.compactMap { MemberID($0) })
    #expect(list.count == Set(names).count)
    for number in 0..<300 {
      #expect(list.contains(member("m-\(number)")) == names.contains("m-\(number)"))
    }
  }
}
