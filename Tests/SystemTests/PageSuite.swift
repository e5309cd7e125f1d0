// The steps that tests of the dashboard's pages share.
import TestBed
import Testing

/// A suite about one page, in browsers of people with different tokens and languages.
protocol PageSuite {
  /// The page's name, which is its element's id too.
  var page: String { get }
  var system: WholeSystem { get }
}

extension PageSuite {
  /// - Parameter address: behind `#/`, with a query or without.
  func open(_ address: String, token: String, language: String) throws -> Browser {
    let browser = try Browser(system.folder, language: language)
    let sign = address.contains("?") ? "&" : "?"
    try browser.open("http://\(system.management.address)/#/\(address)\(sign)token=\(token)")
    return browser
  }

  func fill(_ selector: String, _ text: String, in browser: Browser) throws {
    try browser.run("document.querySelector(arguments[0]).value = arguments[1];", [selector, text])
  }

  func shows(_ text: String, in browser: Browser) throws {
    try browser.wait(
      until: text,
      "return document.getElementById(arguments[1]).innerText.includes(arguments[0]);",
      [text, page])
  }

  /// Keys of the catalogues have a dot between small letters and no space; no sentence has.
  func isInWords(_ browser: Browser) throws {
    let key = /(members|points|vending|order|account|movement|discrepancy|record)\.[a-z]/
    #expect(try browser.text().firstMatch(of: key) == nil)
  }
}
