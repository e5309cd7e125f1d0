// A QR symbol as text: for a terminal, and as an SVG image for a page.

extension QRSymbol {
  /// Half blocks, two modules to a character, each line ended by a line feed. Colours are set
  /// outright, because a symbol in a dark terminal's own colours would be inverted.
  package func terminal() -> String {
    var text = ""
    for row in stride(from: extent.lowerBound, to: extent.upperBound, by: 2) {
      text += "\u{1B}[30;107m"
      for column in extent {
        switch (isDark(column: column, row: row), isDark(column: column, row: row + 1)) {
        case (true, true): text += "█"
        case (true, false): text += "▀"
        case (false, true): text += "▄"
        case (false, false): text += " "
        }
      }
      text += "\u{1B}[0m\n"
    }
    return text
  }

  /// One path of dark runs on a white square, a module to a unit, to be scaled by the page.
  package func svg() -> String {
    var path = ""
    for row in 0..<side {
      var column = 0
      while column < side {
        let start = column
        while column < side, isDark(column: column, row: row) { column += 1 }
        let run = column - start
        if run > 0 {
          path += "M\(start + Self.quietZone) \(row + Self.quietZone)h\(run)v1h-\(run)z"
        }
        column += 1
      }
    }
    let width = extent.count
    return """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(width) \(width)" \
      shape-rendering="crispEdges"><path fill="#fff" d="M0 0h\(width)v\(width)h-\(width)z"/>\
      <path d="\(path)"/></svg>
      """
  }
}
