// Checks that no typed code opens more often than all that was ordered for it allows.
import StationCore
import StationProtocol

/// Sees orders, records and disks, and knows nothing of pools: a code opens a door at which it was
/// ordered, and over all lives of its station not more often than the orders that were begun sum up
/// to. What a power cut takes with it is not counted, as with member codes.
struct TypedCodeChecker {
  private struct Place: Hashable {
    let station: Int
    let point: AccessPointID
    let id: TypedCodeID
  }

  private var given: [CommandID: (place: Place, uses: Int64)] = [:]
  /// The commands that count already.
  private var begun: Set<CommandID> = []
  private var allowed: [Place: Int64] = [:]
  private var opened: [Place: Int64] = [:]
  /// Rows that were counted: a store that was lost has its last ones written once more.
  private var counted: [Int: Set<[UInt8]>] = [:]

  mutating func gives(_ command: CommandChecker.OrderedID) {
    guard case .entry(.setCode(let point, let code)) = command.order else { return }
    let place = Place(station: command.station, point: point, id: code.id)
    given[command.id] = (place, code.uses)
  }

  /// - Returns: what is wrong with a step.
  mutating func step(_ station: Int, _ effects: [Effect]) -> String? {
    for case .store(.journal(let entry)) in effects {
      switch entry.record.body {
      case .command(.accepted(let id, .entry(.setCode), _)):
        guard let order = given[id], begun.insert(id).inserted else { continue }
        allowed[order.place, default: 0] += order.uses
      case .entry(.granted(let point, _, .typed(let id?), _)):
        let place = Place(station: station, point: point, id: id)
        if allowed[place] == nil {
          return "station \(station + 1) opens \(point) for \(id), which nobody has set there"
        }
      default: break
      }
    }
    return nil
  }

  /// - Returns: what is wrong with a row that is durable.
  mutating func durable(_ station: Int, _ row: [UInt8]) -> String? {
    guard counted[station, default: []].insert(row).inserted,
      case .entry(.granted(let point, _, .typed(let id?), _))? = (try? Record(json: row))?.body
    else { return nil }
    let place = Place(station: station, point: point, id: id)
    opened[place, default: 0] += 1
    guard opened[place, default: 0] > allowed[place, default: 0] else { return nil }
    return "station \(station + 1) opens \(point) for \(id) more often than was ordered"
  }

  /// Whether a row may be about a typed code; most are not, and need not be read.
  static func isOfTypedCode(_ row: [UInt8]) -> Bool {
    row.withUnsafeBufferPointer { bytes in
      StaticString("\"typed\"").withUTF8Buffer { key in
        guard bytes.count >= key.count else { return false }
        return (0...bytes.count - key.count).contains { place in
          bytes[place] == key[0] && bytes[place + 1] == key[1]
            && (2..<key.count).allSatisfy { bytes[place + $0] == key[$0] }
        }
      }
    }
  }
}
