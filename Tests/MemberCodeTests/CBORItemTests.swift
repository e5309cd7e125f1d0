// CBOR from outside: the items that are accepted, and those that are refused with their place.

import StationProtocol
import TestBed
import Testing

@testable import MemberCode

@Suite("CBOR from outside")
struct CBORItemTests {
  private func fault(_ bytes: [UInt8]) -> CBORFault? {
    do throws(CBORFault) {
      try CBORItem.check(bytes)
      return nil
    } catch {
      return error
    }
  }

  /// What a look at the decoded item finds; nil where there is no item.
  private func read<Value>(_ bytes: [UInt8], _ look: (CBORItem) -> Value?) -> Value? {
    do throws(CodeFault) {
      return try CBORItem.read(bytes) { (item) throws(CodeFault) in look(item) }
    } catch {
      return nil
    }
  }

  @Test(
    "one item of any acceptable kind passes",
    arguments: [
      "00", "17", "1818", "1b000000e8d4a51000", "20", "3903e6", "40", "4401020304", "60",
      "62c3bc", "80", "83010203", "a0", "a201020304", "a20102200f", "c06131", "d2f4", "f4", "f5",
      "f6", "f7", "f93c00", "fa47c35000", "fb3ff199999999999a", "f97e00",
      "9fff", "9f0102ff", "bfff", "bf01020304ff", "1800", "190000", "d8128101", "d23903e6",
      "a2016131 1a0000000261 32",
    ])
  func acceptable(item: String) {
    #expect(fault(hex(item)) == nil)
    #expect(read(hex(item)) { _ in true } == true)
  }

  @Test(
    "what is cut short, runs on, or is not CBOR is refused with its place",
    arguments: [
      ("", CBORFault.truncated), ("18", .truncated), ("1b00", .truncated), ("41", .truncated),
      ("81", .truncated), ("a101", .truncated), ("9f", .truncated), ("bf01", .truncated),
      ("d2", .truncated), ("5bffffffffffffffff", .truncated), ("9bffffffffffffffff", .truncated),
      ("bbffffffffffffffff", .truncated), ("9affffffff01", .truncated),
      ("0000", .trailingBytes(offset: 1)), ("8000", .trailingBytes(offset: 1)),
      ("1c", .badHead(offset: 0)), ("5d", .badHead(offset: 0)), ("1f", .badHead(offset: 0)),
      ("3f", .badHead(offset: 0)), ("df00", .badHead(offset: 0)), ("ff", .badHead(offset: 0)),
      ("81ff", .badHead(offset: 1)), ("a1ff", .badHead(offset: 1)), ("d2ff", .badHead(offset: 1)),
      ("bf01ff", .badHead(offset: 2)), ("fc", .badHead(offset: 0)),
      ("5f4101ff", .chunkedString(offset: 0)), ("7f6161ff", .chunkedString(offset: 0)),
      ("e0", .simpleValue(offset: 0)), ("f3", .simpleValue(offset: 0)),
      ("f8ff", .simpleValue(offset: 0)), ("f820", .simpleValue(offset: 0)),
      ("62c328", .notUTF8(offset: 0)), ("8163eda080", .notUTF8(offset: 1)),
      ("a1f500", .badKey(offset: 1)), ("a1f93c0000", .badKey(offset: 1)),
      ("a18000", .badKey(offset: 1)), ("a1a000", .badKey(offset: 1)),
      ("a1c10000", .badKey(offset: 1)),
    ])
  func refused(item: String, expected: CBORFault) {
    #expect(fault(hex(item)) == expected)
    #expect(read(hex(item)) { _ in true } == nil)
  }

  @Test(
    "a key that occurs twice is refused however it is encoded and wherever it stands",
    arguments: [
      ("a201000100", 3), ("a20100180100", 3), ("a200001b000000000000000000", 3),
      ("a2613100613100", 4), ("a24131004131 00", 4), ("a26131007801 3100", 4), ("a220002000", 3),
      ("bf01000100ff", 3), ("81a201000100", 4), ("a101a201000100", 5), ("c1a201000100", 4),
      ("a3010002000100", 5),
    ])
  func duplicates(item: String, offset: Int) {
    #expect(fault(hex(item)) == .duplicateKey(offset: offset))
  }

  @Test("keys that only look alike are different")
  func differentKeys() {
    #expect(fault(hex("a4 0100 2000 413100 613100")) == nil)
  }

  @Test(
    "nesting ends at 16, for arrays, maps and tags alike",
    arguments: [
      (hex("81"), hex("00")), (hex("9f"), hex("00")), (hex("a100"), hex("00")),
      (hex("c1"), hex("00")),
    ])
  func depth(head: [UInt8], leaf: [UInt8]) {
    func nested(_ depth: Int) -> [UInt8] {
      (0..<depth).flatMap { _ in head } + leaf
        + (head == [0x9F] ? Array(repeating: 0xFF, count: depth) : [])
    }
    #expect(fault(nested(16)) == nil)
    #expect(fault(nested(17)) == .tooDeep)
    #expect(fault(nested(500)) == .tooDeep)
    #expect(fault(nested(10_000)) == .tooLong)
  }

  @Test("size and number of items are bounded")
  func bounds() {
    #expect(fault(hex("5903fd") + Array(repeating: 0, count: 1021)) == nil)
    #expect(fault(hex("5903fe") + Array(repeating: 0, count: 1022)) == .tooLong)
    #expect(fault(hex("98ff") + Array(repeating: 0, count: 255)) == nil)
    #expect(fault(hex("990100") + Array(repeating: 0, count: 256)) == .tooManyItems)
  }

  @Test(
    "what is written is as short as can be and reads back",
    arguments: [
      (0, "00"), (23, "17"), (24, "1818"), (255, "18ff"), (256, "190100"), (65_536, "1a00010000"),
      (4_294_967_296, "1b0000000100000000"), (-1, "20"), (-24, "37"), (-25, "3818"),
      (-999, "3903e6"), (Int64.max, "1b7fffffffffffffff"), (Int64.min, "3b7fffffffffffffff"),
    ])
  func integers(value: Int64, encoded: String) {
    #expect(number(value) == hex(encoded))
    #expect(read(hex(encoded)) { $0.integer } == value)
  }

  @Test("an integer beyond 64 bits with sign is no integer here")
  func hugeIntegers() {
    #expect(read(hex("1bffffffffffffffff")) { $0.integer } == nil)
    #expect(read(hex("3b8000000000000000")) { $0.integer } == nil)
  }

  @Test(
    "numbers of every width are read",
    arguments: [
      ("f93c00", 1.0), ("f90001", 0x1p-24), ("f903ff", 0x3FFp-24), ("f90400", 0x1p-14),
      ("f97bff", 65_504), ("f9c400", -4), ("f97c00", .infinity), ("f9fc00", -.infinity),
      ("fa3fc00000", 1.5), ("fb3ff199999999999a", 1.1),
      ("1a6b49d200", 1_800_000_000),
      ("29", -10),
    ])
  func numbers(item: String, value: Double) {
    #expect(read(hex(item)) { $0.number } == value)
  }

  @Test("not-a-number is read as such in every width", arguments: ["f97e00", "fa7fc00000"])
  func notANumber(item: String) {
    #expect(read(hex(item)) { $0.number }?.isNaN == true)
  }

  @Test("true, null and text are no numbers", arguments: ["f5", "f6", "6131", "4131", "c101"])
  func notNumbers(item: String) {
    #expect(read(hex(item)) { $0.number } == nil)
  }
}
