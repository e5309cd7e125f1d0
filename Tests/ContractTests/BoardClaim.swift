// The request of a board that has a claim code.
import Foundation
import Keys
import StationProtocol
import TestBed

enum BoardClaim {
  static let template = #"{"claim":"CLAIM","request":"REQUEST","proof":"PROOF"}"#

  /// Has a code made, and fills in what a board with that code sends.
  static func body(
    _ template: String = template, for station: String, at management: ManagementUnderTest
  ) throws -> Data {
    guard let code = ClaimCode(try management.claimCode(for: station)) else {
      throw TestBedError("a code that is none")
    }
    let request = PEMText(CertificateRequest.make(for: .generateP256(), name: station))
    let bytes = MessageProof.make(ClaimRequest.content(request), key: code.secret)
    guard let proof = ClaimProof(bytes) else { throw TestBedError("a proof that is none") }
    return Data(
      template.replacing("CLAIM", with: code.name.memberText)
        .replacing("REQUEST", with: request.text.replacing("\n", with: "\\n"))
        .replacing("PROOF", with: proof.memberText).utf8)
  }
}
