// What fleetsim does with walk files: it makes them, and scores the station's count against them.

/// The folder of walk files; the command's own program knows real folders.
package struct WalkFolder: Sendable {
  package var names: @Sendable (_ folder: String) throws -> [String]
  package var read: @Sendable (_ path: String) throws -> [UInt8]
  package var write: @Sendable (_ bytes: [UInt8], _ path: String) throws -> Void

  package init(
    names: @escaping @Sendable (_ folder: String) throws -> [String],
    read: @escaping @Sendable (_ path: String) throws -> [UInt8],
    write: @escaping @Sendable (_ bytes: [UInt8], _ path: String) throws -> Void
  ) {
    self.names = names
    self.read = read
    self.write = write
  }
}

struct WalkCommands {
  /// What the score has to be for the command to exit with 0.
  struct Thresholds: Equatable {
    /// In hundredths of a per cent.
    var least: Int64?
    var worstResidual: Int64?

    func areMet(by score: WalkScore) -> Bool {
      score.rightShare >= least ?? 0 && score.wrongResets == 0
        && score.worstResidual <= worstResidual ?? .max
    }
  }

  struct Order: Equatable {
    var seed: UInt64
    var mix: WalkMix
    var files = 10
    var people = 60
    var isDay = false
  }

  let folder: WalkFolder
  let write: (String) -> Void

  func perform(_ order: WalkArguments) -> Int32 {
    switch order {
    case .score(let path, let thresholds): score(path, thresholds)
    case .generate(let path, let order): generate(path, order)
    }
  }

  /// Plays every `*.walks` file of a folder.
  func score(_ path: String, _ thresholds: Thresholds) -> Int32 {
    var sum = WalkScore()
    var problems = 0
    do {
      let names = try folder.names(path).filter { $0.hasSuffix(".walks") }
      guard !names.isEmpty else {
        write("fleetsim: no *.walks in \(path)")
        return CommandLineTool.usage
      }
      for name in names {
        do {
          let file = try WalkFile(try folder.read("\(path)/\(name)"))
          let score = WalkScore(WalkPlayer.play(file), WalkScene(file).truths)
          write("\(name)  \(score.line)")
          sum += score
        } catch {
          write("\(name): \(error)")
          problems += 1
        }
      }
    } catch {
      write("fleetsim: \(error)")
      return CommandLineTool.usage
    }
    write("all  \(sum.line)")
    if problems > 0 { return CommandLineTool.usage }
    return thresholds.areMet(by: sum) ? CommandLineTool.right : CommandLineTool.wrong
  }

  func generate(_ path: String, _ order: Order) -> Int32 {
    write("seed \(order.seed), mix \(order.mix.text)")
    do {
      for number in 1...order.files {
        var generator = WalkGenerator(order.mix, seed: order.seed, file: number)
        let file =
          order.isDay ? generator.day(visits: order.people) : generator.people(order.people)
        let name = "\(order.isDay ? "day" : "walk")-\(String(1000 + number).dropFirst()).walks"
        let title = "# seed \(order.seed), file \(number), mix \(order.mix.text)\n"
        try folder.write(Array((title + file.text).utf8), "\(path)/\(name)")
        write("\(name)  people \(file.people.count)")
      }
      return CommandLineTool.right
    } catch {
      write("fleetsim: \(error)")
      return CommandLineTool.usage
    }
  }
}
