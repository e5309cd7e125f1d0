// The dashboard as a browser shows it, while a real station works.
import Foundation
import TestBed
import Testing

@Suite(.serialized) struct DashboardTests {
  @Test(
    "a browser shows the station, that it is online, and the person inside",
    arguments: ["en", "zh"])
  func dashboard(language: String) throws {
    let system = try WholeSystem(stations: ["browser-1"], members: ["m-1"], walkStep: 20)
    try system.management.name("browser-1", "Station of the test", "测试驿站")
    let station = system.stations[0]
    try station.order("/code", ["kind": "good", "member": "m-1"])
    try Deadline.wait(until: "the strike") { try station.accessPoint()["strike"] as? Bool == true }
    try station.order("/walk", ["action": "in"])
    try station.order("/code", ["kind": "expired"])
    try Deadline.wait(until: "one inside and one refused, in the API") {
      let view = try system.management.station("browser-1")
      let inside = (view["occupancy"] as? [String: Any])?["inside"] as? Int
      let refused = (view["today"] as? [String: Any])?["refused"] as? Int
      return inside == 1 && refused == 1
    }
    let page = try Self.render(
      "http://\(system.management.address)/#token=\(system.management.token)", language: language,
      in: system.folder)
    #expect(page.contains(language == "en" ? "Station of the test" : "测试驿站"))
    #expect(page.contains("1 / 1"))
    let words = try Self.catalogue(language)
    let online = try #require(words["station.online"])
    #expect(page.contains(online))
    #expect(!page.contains("problem."), "a text is missing in the catalogue")
    try system.stop()
  }

  /// The page's elements after its scripts have run and its stream has spoken.
  private static func render(
    _ address: String, language: String, in folder: WorkFolder
  ) throws -> String {
    let rendered = try Program.run(
      "chromium",
      [
        "--headless=new", "--no-sandbox", "--disable-gpu", "--lang=\(language)",
        "--accept-lang=\(language)", "--user-data-dir=\(folder.file("browser"))",
        "--virtual-time-budget=5000", "--dump-dom", address,
      ], seconds: 90)
    guard rendered.status == 0 else { throw TestBedError(rendered.output) }
    return rendered.output
  }

  private static func catalogue(_ language: String) throws -> [String: String] {
    let data = try Data(
      contentsOf: URL(fileURLWithPath: Checkout.file("Sources/Texts/\(language).json")))
    return try JSONDecoder().decode([String: String].self, from: data)
  }
}
