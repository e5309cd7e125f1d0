// What the service found of a member code that came with a question.
import StationProtocol

/// A station's word for a member is worth no more than its password, which can be stolen. So a code
/// comes with each question, and the service checks it by the keys of its own configuration.
package enum CodeProof: Equatable, Sendable {
  /// The signature is good, its issuer may sign for this member, and the station is one that it is
  /// meant for. The digest names the code, however it was written.
  case genuine(MemberID, CodeDigest)
  case refused(CodeRefusal)

  /// Why the question is not answered; nil where the code is this member's.
  package func refusal(for member: MemberID) -> ExchangeRefusal? {
    switch self {
    case .genuine(member, _): nil
    case .genuine: .conflict
    case .refused(let refusal): ExchangeRefusal(refusal)
    }
  }
}
