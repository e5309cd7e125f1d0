// The program `stationboard`: starts a board, serves it until it is told to end, and tidies up.

import Glibc
import HTTP
import Keys
import Linux
import MemberCode
import Text

package enum BoardProgram {
  /// - Returns: the exit status: 0 after SIGTERM or SIGINT, 2 where the command line is wrong,
  ///   1 where the machine did not give what was needed.
  package static func run(_ words: [String]) -> Int32 {
    if words == ["--help"] {
      Output.write(BoardOptions.usage)
      return 0
    }
    let options: BoardOptions
    do throws(CommandFault) {
      options = try BoardOptions(words)
    } catch {
      Output.complain("stationboard: \(error)\n\n\(BoardOptions.usage)")
      return 2
    }
    do throws(SystemError) {
      try serve(options)
      return 0
    } catch {
      Output.complain("stationboard: \(error)")
      return 1
    }
  }

  private static func serve(_ options: BoardOptions) throws(SystemError) {
    let loop = try EventLoop()
    try loop.receive(signals: [SIGTERM, SIGINT]) { _ in loop.stop() }
    let board = try Board(loop: loop, options: options, desk: try desk(options))
    defer { board.close() }
    let pages: BoardPages
    do throws(HTTPError) {
      pages = try BoardPages(loop: loop, board: board)
    } catch {
      throw SystemError("serve the page", path: error.place, code: error.code)
    }
    defer { pages.close() }
    if let file = options.addressFile {
      try Files.write(Array("\(pages.address)\n".utf8), to: file)
    }
    defer { if let file = options.addressFile { unlink(file) } }
    Log.notice("the simulated board is at http://\(pages.address)/")
    try loop.run()
  }

  private static func desk(_ options: BoardOptions) throws(SystemError) -> CodeDesk? {
    guard let path = options.issuerKey else { return nil }
    let key = try Files.read(path, limit: 65_536)
    do throws(KeyError) {
      return try CodeDesk(key: key, members: options.members)
    } catch {
      throw SystemError("use the key", path: path, detail: error.description)
    }
  }
}
