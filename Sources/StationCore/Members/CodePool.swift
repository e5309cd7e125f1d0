// The typed codes of one access point: which of them open it, and how often still.
import StationProtocol
import Time

/// At most `TypedCode.most` codes, each under its own name. The digits of none of them are known
/// here: what was typed comes hashed, with the salt of this access point.
package struct CodePool: Equatable, Sendable {
  /// In the order of their names.
  private(set) var codes: [KeptCode] = []

  package init() {}

  package mutating func recover(_ kept: KeptCode) { put(kept) }

  /// The code whose digits were typed. Of two with the same digits the one that still opens.
  package func find(_ hash: TypedCodeHash) -> KeptCode? {
    codes.first { $0.code.hash == hash && $0.left > 0 } ?? codes.first { $0.code.hash == hash }
  }

  /// Takes a code in, or another one in its place. The same one keeps the uses that were counted.
  /// - Parameter time: codes that were over before it give way where there is no room; nil where
  ///   nobody knows how late it is.
  /// - Returns: what has changed; nil where there is no room.
  package mutating func set(_ code: TypedCode, at time: WallTime?) -> [PoolChange]? {
    if let known = codes.first(where: { $0.code.id == code.id }) {
      guard known.code != code else { return [] }
      put(KeptCode(code))
      return [.kept(KeptCode(code))]
    }
    var changes: [PoolChange] = []
    if codes.count >= TypedCode.most {
      guard let over = firstOver(at: time) else { return nil }
      changes.append(.removed(over))
      codes.removeAll { $0.code.id == over }
    }
    put(KeptCode(code))
    return changes + [.kept(KeptCode(code))]
  }

  /// - Returns: what has changed; nil where there is no such code.
  package mutating func remove(_ id: TypedCodeID) -> PoolChange? {
    guard let index = codes.firstIndex(where: { $0.code.id == id }) else { return nil }
    codes.remove(at: index)
    return .removed(id)
  }

  /// The door was opened for whoever typed this code.
  package mutating func use(_ id: TypedCodeID) -> PoolChange? {
    guard let index = codes.firstIndex(where: { $0.code.id == id }) else { return nil }
    codes[index].used += 1
    return .kept(codes[index])
  }

  private func firstOver(at time: WallTime?) -> TypedCodeID? {
    guard let time else { return nil }
    return codes.filter { $0.code.until <= time }.min { $0.code.until < $1.code.until }?.code.id
  }

  private mutating func put(_ kept: KeptCode) {
    codes.removeAll { $0.code.id == kept.code.id }
    let place = codes.firstIndex { kept.code.id < $0.code.id } ?? codes.endIndex
    codes.insert(kept, at: place)
  }
}

extension KeptCode {
  /// Why it does not open now, whoever typed it; nil where it does.
  func denial(at time: WallTime) -> Denial? {
    if time < code.from { return .typedCodeEarly }
    if time >= code.until { return .typedCodeOver }
    return left == 0 ? .typedCodeUsed : nil
  }
}
