// One header bucket of a COSE message: algorithm, key id, and what must be understood.

import StationProtocol

/// The parameters of RFC 9052 section 3.1 that a member code uses. Others are passed over, unless
/// the message says that they are critical.
struct CoseHeader {
  enum Label {
    static let algorithm: Int64 = 1
    static let critical: Int64 = 2
    static let keyID: Int64 = 4
    /// The parameters whose meaning is followed here.
    static let understood = [algorithm, critical, keyID]
  }
  static let es256: Int64 = -7
  static let edDSA: Int64 = -8

  private(set) var algorithm: CoseAlgorithm?
  private(set) var keyID: [UInt8]?
  /// The labels that a reader must understand; nil where the parameter is absent.
  private(set) var critical: [Int64]?
  private var numbers: [Int64] = []
  private var names: [String] = []

  var isEmpty: Bool { numbers.isEmpty && names.isEmpty }

  /// - Parameter protected: the content of the byte string: nothing, or an encoded map.
  init(protected: [UInt8], within bounds: CodeBounds) throws(CodeFault) {
    guard !protected.isEmpty else {
      self.init()
      return
    }
    let header: CoseHeader
    do throws(CodeFault) {
      header = try CBORItem.read(protected, within: bounds) { (item) throws(CodeFault) in
        try CoseHeader(item: item)
      }
    } catch {
      throw error == .notCBOR ? .badHeader : error
    }
    // A critical parameter must be there to be obeyed, and known (section 3.1, `crit`).
    if let critical = header.critical {
      guard !critical.isEmpty,
        critical.allSatisfy({ Label.understood.contains($0) && header.numbers.contains($0) })
      else { throw .badHeader }
    }
    self = header
  }

  /// - Throws: `badHeader` where the item is no map or a parameter has the wrong type.
  init(item: CBORItem) throws(CodeFault) {
    guard let pairs = item.pairs else { throw .badHeader }
    numbers.reserveCapacity(pairs.count)
    for (key, value) in pairs {
      if let name = key.text {
        names.append(name)
        continue
      }
      guard let number = key.integer else { throw .badHeader }
      numbers.append(number)
      switch number {
      case Label.algorithm:
        guard let algorithm = Self.algorithm(value) else { throw .badHeader }
        self.algorithm = algorithm
      case Label.keyID:
        guard let keyID = value.bytes else { throw .badHeader }
        self.keyID = keyID
      case Label.critical:
        guard let labels = value.elements else { throw .badHeader }
        // A label by name is none of those understood: 0 is reserved and stands for it.
        critical = labels.map { $0.integer ?? 0 }
      default:
        break
      }
    }
  }

  private init() {}

  /// A parameter that stands in both buckets makes the message malformed (section 3).
  func isDisjoint(from other: CoseHeader) -> Bool {
    !numbers.contains(where: other.numbers.contains) && !names.contains(where: other.names.contains)
  }

  private static func algorithm(_ value: CBORItem) -> CoseAlgorithm? {
    switch value.integer {
    case es256: return .es256
    case edDSA: return .edDSA
    case .some: return .other
    case nil: return value.text == nil ? nil : .other
    }
  }
}
