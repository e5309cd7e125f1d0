// Asks the checker, which reads the contracts with libraries that are not the product's.
import Foundation
import TestBed
import Testing

/// One of the two contract files.
enum Contract: String, CaseIterable, CustomTestStringConvertible {
  case messages = "Sources/StationProtocol/asyncapi.yaml"
  case calls = "Sources/ManagementShell/Web/openapi.yaml"

  var testDescription: String { rawValue }
  var path: String { Checkout.file(rawValue) }
  var text: String { get throws { try String(contentsOfFile: path, encoding: .utf8) } }
}

enum Checker {
  /// Asks about a contract file.
  /// - Parameter path: of the file; a changed copy bears the name of the original.
  /// - Returns: the lines of the answer.
  static func ask(_ question: String, _ path: String, input: String? = nil) throws -> [Substring] {
    // The libraries are Debian's, and so is the one interpreter that is sure to find them.
    let answer = try Program.run(
      "/usr/bin/python3",
      ["-B", Checkout.file("Tests/ContractTests/Checker/contract.py"), question, path],
      input: input)
    guard answer.status == 0 else { throw TestBedError("contract.py: \(answer.output)") }
    return answer.output.split(separator: "\n")
  }

  static func ask(_ question: String, _ contract: Contract) throws -> [Substring] {
    try ask(question, contract.path)
  }

  /// Puts many questions at once, since each start of the interpreter takes its time.
  /// - Returns: an answer for each question.
  static func ask<Question: Encodable, Answer: Decodable>(
    _ question: String, _ contract: Contract, _ questions: [Question]
  ) throws -> [Answer] {
    let lines = try questions.map {
      String(decoding: try JSONEncoder().encode($0), as: UTF8.self) + "\n"
    }
    let answers = try ask(question, contract.path, input: lines.joined()).map {
      try JSONDecoder().decode(Answer.self, from: Data($0.utf8))
    }
    guard answers.count == questions.count else {
      throw TestBedError("\(questions.count) questions, \(answers.count) answers")
    }
    return answers
  }
}

/// A message as the checker is asked about it.
struct SentMessage: Encodable, Hashable {
  var topic: String
  var payload: Data
  /// As they were sent, where that is known.
  var qos: Int?
  var retained: Bool?
  /// It may have members that nobody has described, as what is read may; what the product says
  /// has none.
  var takesMore = false

  struct Verdict: Decodable {
    /// Nil where no channel has this address.
    var channel: String?
    var fault: String?
  }

  static func verdicts(_ messages: [SentMessage]) throws -> [Verdict] {
    try Checker.ask("messages", .messages, messages)
  }
}
