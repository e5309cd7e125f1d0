// What records say of who wanted to come in.

/// Somebody was let in or refused.
package enum EntryRecord: RecordFamily {
  /// The note says what a manager should know of it beyond the grant.
  /// The member is there but for a typed code, which tells not who typed it.
  case granted(AccessPointID, member: MemberID?, Credential, note: GrantNote? = nil)
  /// The fault is there exactly where the reason is `malformed`.
  case refused(
    AccessPointID, reason: Denial, fault: CodeFault? = nil, member: MemberID?, Credential)
  /// Refusals above the rate that is recorded one by one; at most `RecordBounds.mostRefusals`.
  case refusalsCounted(AccessPointID, count: Int64)

  package enum Kind: String, CaseIterable, Sendable {
    case granted = "entry-granted"
    case refused = "entry-refused"
    case refusalsCounted = "refusals-counted"
  }

  package var kind: Kind {
    switch self {
    case .granted: .granted
    case .refused: .refused
    case .refusalsCounted: .refusalsCounted
    }
  }

  /// The member who was let in or refused, where the code or the card told who that is.
  package var member: MemberID? {
    switch self {
    case .granted(_, let member, _, _): member
    case .refused(_, _, _, let member, _): member
    case .refusalsCounted: nil
    }
  }

  package static func described<Coder: MemberCoder>(
    _ kind: Kind, _ record: EntryRecord?, by coder: inout Coder
  ) throws(Coder.Failure) -> EntryRecord {
    let point = try coder.member("ap", record?.accessPoint)
    switch kind {
    case .granted:
      let old = record.flatMap {
        if case .granted(_, let member, let credential, let note) = $0 {
          (member: member, credential: credential, note: note)
        } else {
          nil
        }
      }
      let member = try coder.optional("member", old?.member)
      let credential = try coder.credential(old?.credential)
      if credential.kind == .typed {
        try coder.demand(credential.typed != nil, of: "credential")
        try coder.demand(member == nil, of: "member")
      } else {
        _ = try coder.present(member, "member")
      }
      return .granted(
        point, member: member, credential, note: try coder.optional("note", old?.note))
    case .refused:
      let old = record.flatMap {
        if case .refused(_, let reason, let fault, let member, let credential) = $0 {
          (reason: reason, fault: fault, member: member, credential: credential)
        } else {
          nil
        }
      }
      let reason = try coder.member("reason", old?.reason)
      return .refused(
        point, reason: reason,
        fault: try coder.member("fault", old?.fault, where: reason == .malformed),
        member: try coder.optional("member", old?.member),
        try coder.credential(old?.credential))
    case .refusalsCounted:
      let count = record.flatMap {
        if case .refusalsCounted(_, let count) = $0 { count } else { nil }
      }
      return .refusalsCounted(
        point, count: try coder.number("count", count, 0...RecordBounds.mostRefusals))
    }
  }

  package var accessPoint: AccessPointID {
    switch self {
    case .granted(let point, _, _, _), .refused(let point, _, _, _, _),
      .refusalsCounted(let point, _):
      point
    }
  }
}

extension MemberCoder {
  /// A code, which almost every record of an entry speaks of, goes without saying.
  fileprivate mutating func credential(_ credential: Credential?) throws(Failure) -> Credential {
    let kind = credential?.kind
    let told = try optional("with", kind == .code ? nil : kind)
    // What nobody writes is not read either.
    try demand(told != .code, of: "with")
    switch told ?? .code {
    case .code: return .code(try member("code", credential?.digest))
    case .card: return .card(try member("code", credential?.digest))
    case .pin:
      try forbid("code")
      return .pin
    case .typed:
      try forbid("code")
      return .typed(try optional("credential", credential?.typed))
    }
  }
}

extension GrantNote: MemberWord {}
extension Denial: MemberWord {}
extension CodeFault: MemberWord {}
extension Credential.Kind: MemberWord {}
