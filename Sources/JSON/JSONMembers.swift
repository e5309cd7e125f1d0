// An object's members noted by where they stand, to be read in the order of whoever asks.

/// The members of one object. It points into the text, so it is good only inside the closure that
/// the reader is handed to.
///
/// The meaning of an object can hang on one of its members, which may stand last. So the object is
/// gone over once, which checks its syntax and that no name stands twice, and then each member is
/// read where it stands.
public struct JSONMembers {
  /// The most members of an object that is read in this way.
  public static let most = 32
  /// How many such objects may lie in each other: the places of all of them take 1,024 bytes, the most
  /// that Swift puts on the stack.
  public static let levels = 4
  /// The most bytes of a text in which it stands.
  public static let longestText = 1 << 20

  /// The place of a member, in one word: a record is read thousands of times a second, and this
  /// needs neither an allocation nor a count of references.
  private struct Place {
    var bits: UInt64

    init(bits: UInt64) { self.bits = bits }

    /// - Parameters:
    ///   - key: of the quotation mark before its name, in bytes from the start of the text.
    ///   - name: empty where it is not written in plain ASCII.
    ///   - value: of its value, in bytes from the start of the text.
    init(key: Int, name: UnsafeBufferPointer<UInt8>, value: Int) {
      bits = UInt64(key) << 44 | UInt64(value) << 24 | Self.mark(of: name)
    }

    /// Length, first and last byte of a name: most names differ in one of them.
    static func mark(of name: UnsafeBufferPointer<UInt8>) -> UInt64 {
      guard let first = name.first, let last = name.last else { return 0 }
      return UInt64(last) << 16 | UInt64(first) << 8 | UInt64(name.count)
    }

    var key: Int { Int(bits >> 44) }
    var value: Int { Int(bits >> 24 & 0xF_FFFF) }
    var mark: UInt64 { bits & 0xFF_FFFF }
    var length: Int { Int(bits & 0xFF) }
  }

  /// As many as `most`, which belong to the reader's level.
  private let places: UnsafeMutablePointer<UInt64>
  private var count = 0
  /// A name is not written in plain ASCII.
  private var hasOther = false
  /// A bit for each member that was taken.
  private var taken: UInt32 = 0
  /// Members are mostly asked for in the order in which they stand.
  private var next = 0
  /// A cursor behind the object.
  private var end: JSONReader

  /// Goes over the object at the cursor and leaves the cursor behind it.
  /// - Throws: where it is no object, holds more than `most` members, or one name twice, or lies too
  ///   deep.
  public init(_ reader: inout JSONReader) throws(JSONError) {
    guard reader.level < Self.levels else { throw reader.error(.tooDeep) }
    end = reader
    places = reader.places + Self.most * reader.level
    guard reader.bytes.count <= Self.longestText else {
      throw reader.error(.tooLong(limit: Self.longestText))
    }
    try reader.object { (reader, key) throws(JSONError) in try note(key, &reader) }
    end = reader
  }

  private mutating func note(_ key: JSONKey, _ reader: inout JSONReader) throws(JSONError) {
    guard index(of: key) == nil else {
      throw JSONError(offset: key.offset, reason: .repeatedMember(key.name))
    }
    guard count < Self.most else {
      throw JSONError(offset: key.offset, reason: .expected("at most \(Self.most) members"))
    }
    let name = key.plainName ?? UnsafeBufferPointer(start: nil, count: 0)
    if name.isEmpty { hasOther = true }
    places[count] = Place(key: key.offset, name: name, value: reader.offset).bits
    count += 1
    _ = try reader.anything()
  }

  /// Takes a member.
  /// - Returns: a cursor on its value; nil where the object has no such member.
  public mutating func take(_ name: StaticString) -> JSONReader? {
    guard let index = index(of: name) else { return nil }
    taken |= 1 << UInt32(index)
    next = index + 1
    return cursor(at: index)
  }

  /// The error for a member that must be there and is not.
  public func missing(_ name: StaticString) -> JSONError {
    end.error(.missingMember("\(name)"))
  }

  /// The error for a member whose value is not acceptable beside the others.
  public func invalid(_ name: StaticString) -> JSONError {
    (index(of: name).map(cursor) ?? end).error(.invalidMember("\(name)"))
  }

  /// The error for a member that must not stand beside the others; nil where it does not stand.
  public func unexpected(_ name: StaticString) -> JSONError? {
    index(of: name).map(unknown)
  }

  /// The error for the first member that nobody took; nil where each was taken.
  public var surplus: JSONError? {
    (0..<count).first { taken & 1 << UInt32($0) == 0 }.map(unknown)
  }

  private func unknown(_ index: Int) -> JSONError {
    let place = Place(bits: places[index])
    return JSONError(offset: place.key, reason: .unknownMember(self.name(of: index)))
  }

  /// Read again where it stands: it was found to be a string before.
  private func name(of index: Int) -> String {
    var reader = end
    reader.offset = Place(bits: places[index]).key
    return (try? reader.string()) ?? ""
  }

  private func cursor(at index: Int) -> JSONReader {
    var reader = end
    reader.offset = Place(bits: places[index]).value
    reader.depth += 1
    reader.level += 1
    return reader
  }

  private func index(of name: StaticString) -> Int? {
    let utf8 = UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
    let mark = Place.mark(of: utf8)
    if next < count, isPlain(next, utf8, mark) { return next }
    if let index = index(ofPlain: utf8, mark) { return index }
    return hasOther ? index(ofDecoded: "\(name)") : nil
  }

  private func index(of key: JSONKey) -> Int? {
    if let plain = key.plainName, let index = index(ofPlain: plain, Place.mark(of: plain)) {
      return index
    }
    return hasOther || key.plainName == nil ? index(ofDecoded: key.name) : nil
  }

  /// By bytes: letters that Unicode holds for the same, such as the sign of Kelvin and a K, make
  /// different names.
  private func index(ofDecoded name: String) -> Int? {
    var name = name
    return name.withUTF8 { index(ofPlain: $0, Place.mark(of: $0)) }
      ?? (0..<count).first {
        Place(bits: places[$0]).length == 0 && self.name(of: $0).utf8.elementsEqual(name.utf8)
      }
  }

  private func index(ofPlain name: UnsafeBufferPointer<UInt8>, _ mark: UInt64) -> Int? {
    for index in 0..<count where isPlain(index, name, mark) { return index }
    return nil
  }

  /// Whether a member has this name, written in plain ASCII.
  private func isPlain(
    _ index: Int, _ name: UnsafeBufferPointer<UInt8>, _ mark: UInt64
  ) -> Bool {
    let place = Place(bits: places[index])
    guard place.mark == mark, !name.isEmpty else { return false }
    for byte in 0..<name.count where end.bytes[place.key + 1 + byte] != name[byte] { return false }
    return true
  }
}
