// The public test vectors beside the tests, and keys made from their parameters.

import Foundation
import MemberCode

enum Vectors {
  private static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().appendingPathComponent("Vectors")

  static func files(_ kind: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(
      atPath: folder.appendingPathComponent(kind).path
    ).filter { $0.hasSuffix(".json") }.sorted()
  }

  static func read<Content: Decodable>(_ kind: String, _ file: String) throws -> Content {
    let data = try Data(contentsOf: folder.appendingPathComponent("\(kind)/\(file)"))
    return try JSONDecoder().decode(Content.self, from: data)
  }

  /// One example of cose-wg/Examples.
  struct Cose: Decodable {
    struct Input: Decodable {
      struct Sign0: Decodable {
        struct Key: Decodable {
          var crv: String
          var x: String?
          var y: String?
          var x_hex: String?
          var y_hex: String?
        }
        var key: Key
        var external: String?
      }
      var sign0: Sign0
    }
    struct Intermediates: Decodable { var ToBeSign_hex: String }
    struct Output: Decodable { var cbor: String }

    var fail: Bool?
    var input: Input
    var intermediates: Intermediates
    var output: Output

    var bytes: [UInt8] { hex(output.cbor) }
    var externalData: [UInt8] { hex(input.sign0.external ?? "") }
  }

  /// One file of Wycheproof.
  struct Wycheproof: Decodable {
    struct Group: Decodable {
      struct Test: Decodable {
        var tcId: Int
        var comment: String
        var msg: String
        var sig: String
        var result: String
      }
      var publicKeyPem: String
      var tests: [Test]
    }
    var numberOfTests: Int
    var testGroups: [Group]
  }
}

extension Vectors.Cose.Input.Sign0.Key {
  /// The key as the PEM file a station would be given; nil outside P-256 and Ed25519.
  var pem: [UInt8]? {
    switch crv {
    case "P-256":
      let prefix = "3059301306072a8648ce3d020106082a8648ce3d03010703420004"
      return Self.pem(hex(prefix) + coordinate(x, x_hex) + coordinate(y, y_hex))
    case "Ed25519":
      return Self.pem(hex("302a300506032b6570032100") + coordinate(x, x_hex))
    default:
      return nil
    }
  }

  private func coordinate(_ base64: String?, _ digits: String?) -> [UInt8] {
    if let digits { return hex(digits) }
    let plain = (base64 ?? "").replacing("-", with: "+").replacing("_", with: "/")
    let padding = String(repeating: "=", count: (4 - plain.count % 4) % 4)
    return Array(Data(base64Encoded: plain + padding) ?? Data())
  }

  static func pem(_ der: [UInt8]) -> [UInt8] {
    let body = Data(der).base64EncodedString(options: .lineLength64Characters)
    return Array("-----BEGIN PUBLIC KEY-----\n\(body)\n-----END PUBLIC KEY-----\n".utf8)
  }
}
