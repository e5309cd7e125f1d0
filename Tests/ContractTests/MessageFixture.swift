// The messages that the product reads and writes, and the folders of their fixtures.
import Foundation
import JSON
import StationProtocol
import TestBed

/// A kind of message: its folder, a topic of its channel, and the product's own way with it.
enum MessageKind: String, CaseIterable, Sendable {
  case status
  case birth
  case door
  case occupancy
  case climate
  case energy
  case vending
  case codes
  case alarms
  case out
  case ack
  case request
  case reply
  case serviceStatus = "service-status"
  case command
  case result
  case desired
  case reported
  case identity
  case identityReply = "identity-reply"

  var topic: String {
    switch self {
    case .status: "ws/v1/gate-1/status"
    case .birth: "ws/v1/gate-1/birth"
    case .door: "ws/v1/gate-1/state/door/1"
    case .climate: "ws/v1/gate-1/state/climate"
    case .energy: "ws/v1/gate-1/state/energy"
    case .occupancy: "ws/v1/gate-1/state/occupancy"
    case .vending: "ws/v1/gate-1/state/vending"
    case .codes: "ws/v1/gate-1/state/codes"
    case .request: "ws/v1/gate-1/req"
    case .reply: "ws/v1/gate-1/rep"
    case .alarms: "ws/v1/gate-1/state/alarms"
    case .out: "ws/v1/gate-1/out"
    case .ack: "ws/v1/gate-1/ack"
    case .serviceStatus: "ws/v1/service/status"
    case .command: "ws/v1/gate-1/cmd"
    case .result: "ws/v1/gate-1/cmd/result"
    case .desired: "ws/v1/gate-1/config/desired"
    case .reported: "ws/v1/gate-1/config/reported"
    case .identity: "ws/v1/gate-1/identity"
    case .identityReply: "ws/v1/gate-1/identity/reply"
    }
  }

  /// What the product makes of a text: its own encoding of what it has read, or why not.
  func roundTrip(_ text: [UInt8]) -> Result<[UInt8], Refusal> {
    do throws(JSONError) {
      switch self {
      case .status: return .success(try StatusPayload(json: text).json)
      case .birth: return .success(try BirthPayload(json: text).json)
      case .door: return .success(try DoorPayload(json: text).json)
      case .climate, .energy: return .success(try SensorsPayload(json: text).json)
      case .occupancy: return .success(try OccupancyPayload(json: text).json)
      case .vending: return .success(try VendingPayload(json: text).json)
      case .codes: return .success(try CodesPayload(json: text).json)
      case .request: return .success(try StationRequest(json: text).json)
      case .reply: return Self.sealed(try SealedMessage(json: text), as: StationReply.self)
      case .alarms: return .success(try AlarmsPayload(json: text).json)
      case .out: return Self.batch(try RecordBatch(json: text))
      case .ack: return Self.sealed(try SealedMessage(json: text), as: Acknowledgement.self)
      case .serviceStatus: return .success(try ServiceStatusPayload(json: text).json)
      case .command: return Self.sealed(try SealedMessage(json: text), as: Command.self)
      case .result: return .success(try CommandResult(json: text).json)
      case .desired:
        return Self.sealed(try SealedMessage(json: text), as: DesiredConfiguration.self)
      case .reported: return .success(try ReportedConfiguration(json: text).json)
      case .identity: return .success(try IdentityStatement(json: text).json)
      case .identityReply: return .success(try IdentityReply(json: text).json)
      }
    } catch {
      return .failure(Refusal(text: "\(error)"))
    }
  }

  /// A signed message with its body read and written again.
  private static func sealed<Body: DescribedObject>(
    _ message: SealedMessage, as _: Body.Type
  ) -> Result<[UInt8], Refusal> {
    do throws(JSONError) {
      let body = try Body(json: message.body.json)
      return .success(
        SealedMessage(
          body: SealedBody(body.json), key: message.key, signature: message.signature
        ).json)
    } catch {
      return .failure(Refusal(text: "body: \(error)"))
    }
  }

  /// A batch with each of its records read and written again.
  private static func batch(_ batch: RecordBatch) -> Result<[UInt8], Refusal> {
    var records: [[UInt8]] = []
    for (index, record) in batch.records.enumerated() {
      do throws(JSONError) {
        records.append(try Record(json: Array(record)).json)
      } catch {
        return .failure(Refusal(text: "record \(index): \(error)"))
      }
    }
    return .success(
      RecordBatch(
        stream: batch.stream, first: batch.first, records: records, isKept: batch.isKept
      ).json)
  }

  struct Refusal: Error {
    var text: String
  }
}
