// The bodies of the API's requests: read strictly, into what each asks for.
import JSON
import ManagementCore
import StationProtocol
import Time

/// `POST /members`.
package struct MemberEnrolment: Equatable, Sendable {
  static let longestLabel = 64

  /// nil where the service shall make a pseudonym that says nothing.
  package var id: MemberID?
  package var label: String?

  package init(json: [UInt8]) throws(JSONError) {
    var id: MemberID?
    var label: String?
    try JSONReader.read(json) { (reader) throws(JSONError) in
      try reader.object { (reader, key) throws(JSONError) in
        switch key {
        case "id":
          try reader.read(&id, key, text: { MemberID($0) }, expecting: MemberID.syntax)
        case "label": try reader.read(&label, key, plain: Self.longestLabel)
        default: throw reader.unknown(key)
        }
      }
    }
    self.id = id
    self.label = label
  }
}

/// `PATCH /members/{id}`.
package struct StatusChange: Equatable, Sendable {
  package var status: Member.Status

  package init(json: [UInt8]) throws(JSONError) {
    status = try JSONReader.read(json) { (reader) throws(JSONError) in
      var status: Member.Status?
      try reader.object { (reader, key) throws(JSONError) in
        guard case "status" = key else { throw reader.unknown(key) }
        try reader.read(
          &status, key, text: Member.Status.init(rawValue:),
          expecting: Member.Status.allCases.map(\.rawValue).joined(separator: " or "))
      }
      return try reader.require(status, "status")
    }
  }
}

/// `PUT /stations/{id}`.
package struct StationNaming: Equatable, Sendable {
  package var names: StationNames
  /// By which its days are counted; null is what the station says. nil leaves it as it is.
  package var zone: ZoneName??

  package init(json: [UInt8]) throws(JSONError) {
    var zone: ZoneName??
    names = try JSONReader.read(json) { (reader) throws(JSONError) in
      var english: String?
      var chinese: String?
      try reader.object { (reader, key) throws(JSONError) in
        switch key {
        case "en": try reader.read(&english, key, plain: StationNames.mostCharacters)
        case "zh": try reader.read(&chinese, key, plain: StationNames.mostCharacters)
        case "zone":
          try reader.read(&zone, key) { (reader) throws(JSONError) in
            if reader.takeNull() { return ZoneName?.none }
            let start = reader.offset
            guard let name = ZoneName(try reader.string()) else {
              throw JSONError(
                offset: start, reason: .invalidMember("zone", expected: ZoneName.syntax))
            }
            return name
          }
        default: throw reader.unknown(key)
        }
      }
      return StationNames(
        english: try reader.require(english, "en"), chinese: try reader.require(chinese, "zh"))
    }
    self.zone = zone
  }
}

/// `PUT /stations/{id}/retirement`.
package struct RetirementOrder: Equatable, Sendable {
  package var isRetired: Bool
  package var reason: String

  package init(json: [UInt8]) throws(JSONError) {
    var retired: Bool?
    var reason: String?
    self = try JSONReader.read(json) { (reader) throws(JSONError) in
      try reader.object { (reader, key) throws(JSONError) in
        switch key {
        case "retired":
          try reader.read(&retired, key) { (reader) throws(JSONError) in try reader.bool() }
        case "reason": try reader.read(&reason, key, plain: Retirement.longestReason)
        default: throw reader.unknown(key)
        }
      }
      return RetirementOrder(
        isRetired: try reader.require(retired, "retired"),
        reason: try reader.require(reason, "reason"))
    }
  }

  private init(isRetired: Bool, reason: String) {
    self.isRetired = isRetired
    self.reason = reason
  }
}

/// `POST /members/{id}/codes`, which asks for nothing: no body, or an object without members.
package struct CodeRequest: Equatable, Sendable {
  package init(json: [UInt8]) throws(JSONError) {
    guard !json.isEmpty else { return }
    try JSONReader.read(json) { (reader) throws(JSONError) in
      try reader.object { (reader, key) throws(JSONError) in throw reader.unknown(key) }
    }
  }
}
