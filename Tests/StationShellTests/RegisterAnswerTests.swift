// Answers of Modbus among whatever bytes a line adds to them.
import Modbus
import Testing

@Suite("Modbus answers")
struct RegisterAnswerTests {
  private static let question = RegisterQuestion(unit: 1, function: 4, address: 0x48, count: 2)
  private static let good: [UInt8] = framed([1, 4, 4, 0x43, 0x66, 0x33, 0x33])
  private static let registers = RegisterAnswer.Content.registers([0x4366, 0x3333])

  private static func framed(_ bytes: [UInt8]) -> [UInt8] { bytes + RegisterQuestion.sum(bytes) }

  /// What is found in the bytes, which come in two pieces, whichever.
  private func found(
    _ bytes: [UInt8], _ question: RegisterQuestion = Self.question
  ) -> Set<RegisterAnswer.Content?> {
    var all: [RegisterAnswer.Content?] = []
    for cut in 0...bytes.count {
      var answer = RegisterAnswer(to: question)
      let first = answer.receive(bytes[..<cut])
      all.append(first ?? answer.receive(bytes[cut...]))
    }
    return Set(all)
  }

  @Test("the question is as the specification's example has it")
  func question() {
    // MODBUS over Serial Line, function 3, unit 1, register 0, 2 registers.
    #expect(
      RegisterQuestion(unit: 1, function: 3, address: 0, count: 2).bytes
        == [0x01, 0x03, 0x00, 0x00, 0x00, 0x02, 0xC4, 0x0B])
  }

  @Test("an answer is found behind an echo, zeros and noise, however it is cut")
  func resynchronised() {
    let echo = Self.question.bytes
    for lead in [
      [], [0], [0, 0, 0], [0xFF], echo, [0] + echo, echo + [0], [0] + echo + [0, 0xF8],
    ] {
      #expect(found(lead + Self.good) == [Self.registers], "\(lead)")
    }
    #expect(found(Self.good + [0, 0]) == [Self.registers])
    #expect(found(Self.question.bytes + Self.framed([1, 0x84, 2])) == [.exception(2)])
    // A false start that looks like the head of an answer.
    #expect(found([1, 4, 4, 9] + Self.good) == [Self.registers])
  }

  @Test("what is damaged, of another unit, function or length is no answer")
  func refused() {
    var damaged = Self.good
    damaged[4] ^= 1
    let others = [
      damaged, Self.framed([2, 4, 4, 0, 0, 0, 0]), Self.framed([1, 3, 4, 0, 0, 0, 0]),
      Self.framed([1, 4, 2, 0, 0]), Self.question.bytes, [], [0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    ]
    for bytes in others { #expect(found(bytes) == [nil], "\(bytes)") }
  }

  @Test("silence is told from noise")
  func noise() {
    func isNoise(_ bytes: [UInt8]) -> Bool {
      var answer = RegisterAnswer(to: Self.question)
      _ = answer.receive(bytes)
      return answer.isNoise
    }
    #expect(!isNoise([]))
    #expect(!isNoise([0, 0]))
    #expect(!isNoise(Self.question.bytes))
    #expect(!isNoise([1, 4, 4, 0x43]))
    #expect(!isNoise([1, 0x84]))
    #expect(isNoise([0xFF]))
    #expect(isNoise(Self.framed([2, 4, 4, 0, 0, 0, 0])))
    #expect(isNoise(Array(Self.good.dropLast()) + [0]))
  }

  @Test("a line that babbles fills no memory and hides no answer")
  func babble() {
    var answer = RegisterAnswer(to: Self.question)
    for _ in 0..<100 { #expect(answer.receive([UInt8](repeating: 0x55, count: 1000)) == nil) }
    #expect(answer.receive(Self.good) == Self.registers)
  }
}
