// The members whose codes, cards and PINs are worth nothing any more.
import StationProtocol
import Text

/// Member ids in one sorted run of bytes, with the place of each: 100,000 of them are one buffer
/// and one table, no object for each, and a look-up compares 17 of them.
package struct RevocationList: Equatable, Sendable {
  package static let mostMembers = 100_000
  /// What a file of that many members may take, with room for comments.
  package static let mostBytes = 8 << 20
  /// Bad lines that are named one by one; the rest are counted.
  package static let mostProblems = 20

  /// The ids, sorted by their bytes, without anything between them.
  private let bytes: [UInt8]
  /// The place of each id's first byte, and of the end of the last one.
  private let starts: [UInt32]

  /// Nobody is revoked.
  package init() {
    bytes = []
    starts = [0]
  }

  package init(_ members: [MemberID]) {
    self.init(text: Array(members.map { $0.text + "\n" }.joined().utf8))
  }

  /// One id a line; empty lines and lines that begin with `#` count for nothing. A line that is no
  /// id is passed over: half a list that can be read still shuts out that half.
  package init(text: [UInt8]) {
    self = Self.read(text).list
  }

  /// - Parameter most: so many bad lines are named.
  /// - Returns: the list, and a sentence for each bad line with its number.
  package static func read(
    _ text: [UInt8], naming most: Int = mostProblems
  ) -> (list: RevocationList, problems: [String]) {
    guard text.count <= mostBytes else {
      let cut = read(Array(text.prefix(mostBytes)))
      return (cut.list, cut.problems + ["only the first \(mostBytes) bytes count"])
    }
    guard !TextMark.isUTF16(text) else {
      return (RevocationList(), ["the file is UTF-16: save it as UTF-8"])
    }
    var ids: [Range<Int>] = []
    var badLines: [Int] = []
    var line = 0
    var start = TextMark.skipped(text).startIndex
    text.withUnsafeBufferPointer { text in
      while start < text.count {
        line += 1
        let end = text[start...].firstIndex(of: UInt8(ascii: "\n")) ?? text.count
        let id = trimmed(text, start..<end)
        if !id.isEmpty, text[id.lowerBound] != UInt8(ascii: "#") {
          if isMember(text, id) { ids.append(id) } else { badLines.append(line) }
        }
        start = end + 1
      }
    }
    var problems = badLines.prefix(most).map { "line \($0): no member id" }
    if badLines.count > most {
      problems.append("and \(badLines.count - most) more lines that are no member id")
    }
    if ids.count > mostMembers {
      problems.append("\(ids.count) members, of which the first \(mostMembers) count")
      ids.removeLast(ids.count - mostMembers)
    }
    return (RevocationList(text, ids), problems)
  }

  /// The list in force after reading a file: whoever it names, and while anything is wrong with it
  /// also whoever was revoked before. A file that names fewer than before and breaks off in a line
  /// looks cut off, and so does one without a word.
  package static func read(
    _ text: [UInt8], over known: RevocationList
  ) -> (list: RevocationList, problems: [String]) {
    var (list, problems) = read(text)
    let both = list.union(known)
    let missing = both.count - list.count
    let isBlank = TextMark.skipped(text).allSatisfy { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
    if missing > 0, isBlank {
      problems.append("the file is empty: a list without members holds a comment at least")
    } else if missing > 0, text.last != UInt8(ascii: "\n") {
      problems.append(
        "\(missing) members are gone and the last line has no end: the file looks cut off")
    }
    return (problems.isEmpty ? list : both, problems)
  }

  /// One id a line, as it is read.
  package var text: [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count + count)
    for (start, end) in zip(starts, starts.dropFirst()) {
      text += bytes[Int(start)..<Int(end)]
      text.append(UInt8(ascii: "\n"))
    }
    return text
  }

  /// - Parameter ids: places in the text, in any order, also twice.
  private init(_ text: [UInt8], _ ids: [Range<Int>]) {
    var sorted: [UInt8] = []
    var starts: [UInt32] = [0]
    text.withUnsafeBufferPointer { text in
      let ordered = ids.sorted { Self.order(text, $0, text, $1) < 0 }
      sorted.reserveCapacity(ids.reduce(0) { $0 + $1.count })
      starts.reserveCapacity(ids.count + 1)
      var last: Range<Int>?
      for id in ordered {
        if let last, Self.order(text, last, text, id) == 0 { continue }
        sorted.append(contentsOf: text[id])
        starts.append(UInt32(sorted.count))
        last = id
      }
    }
    bytes = sorted
    self.starts = starts
  }

  package var count: Int { starts.count - 1 }

  /// The members of both lists.
  package func union(_ other: RevocationList) -> RevocationList {
    let place = { (list: RevocationList, shift: Int) in
      zip(list.starts, list.starts.dropFirst()).map { Int($0) + shift..<Int($1) + shift }
    }
    return RevocationList(bytes + other.bytes, place(self, 0) + place(other, bytes.count))
  }

  package func contains(_ member: MemberID) -> Bool {
    guard count > 0 else { return false }
    var id = member.text
    return id.withUTF8 { id in
      bytes.withUnsafeBufferPointer { bytes in
        var low = 0
        var high = count
        while low < high {
          let middle = (low + high) / 2
          let entry = Int(starts[middle])..<Int(starts[middle + 1])
          let order = Self.order(bytes, entry, id, 0..<id.count)
          if order == 0 { return true }
          if order < 0 { low = middle + 1 } else { high = middle }
        }
        return false
      }
    }
  }

  /// Below zero where the first comes before the second, by their bytes and then their lengths.
  private static func order(
    _ one: UnsafeBufferPointer<UInt8>, _ first: Range<Int>,
    _ other: UnsafeBufferPointer<UInt8>, _ second: Range<Int>
  ) -> Int {
    for index in 0..<min(first.count, second.count) {
      let difference =
        Int(one[first.lowerBound + index]) - Int(other[second.lowerBound + index])
      if difference != 0 { return difference }
    }
    return first.count - second.count
  }

  private static func trimmed(
    _ text: UnsafeBufferPointer<UInt8>, _ line: Range<Int>
  ) -> Range<Int> {
    let isBlank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
    var range = line
    while let last = range.last, isBlank(text[last]) { range = range.dropLast() }
    while let first = range.first, isBlank(text[first]) { range = range.dropFirst() }
    return range
  }

  /// What `MemberID` takes, without making one for each of 100,000 lines.
  private static func isMember(_ text: UnsafeBufferPointer<UInt8>, _ id: Range<Int>) -> Bool {
    id.count <= 64
      && id.allSatisfy {
        switch text[$0] {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
          UInt8(ascii: "."), UInt8(ascii: ":"):
          true
        default: false
        }
      }
  }
}
