// Tells the story, or starts everything and leaves the stations to a person.
import Foundation
import TestBed
import Text

enum Demo {
  /// The names are shown on the dashboard, in either language.
  static let stations = [
    (id: "rencheng-01", english: "Rencheng 1, Taibai Road", chinese: "任城一号驿站 太白路"),
    (id: "haizhu-02", english: "Haizhu 2, Binjiang", chinese: "海珠二号驿站 滨江"),
    (id: "binhai-03", english: "Binhai 3, Port", chinese: "滨海三号驿站 港口"),
  ]
  /// What a person who plays with the stations finds at each of them.
  static let settings = [
    "entry": ["capacity": "8"], "fire": ["wiring": "two-lines"],
    "relay lights": ["off-after": "30 s"], "relay climate": ["off-after": "1 min"],
  ]
  static let members = ["m-courier", "m-rider", "m-cleaner"]

  private static let usage = """
    usage: demo [--once | --story CHAPTER[,CHAPTER...]]

      --once      tells the whole story, its chapters side by side, and ends
      --story     tells some of its chapters

    Chapters:

    """

  /// - Returns: 0 where every step of the story happened, or a person ended the demo.
  static func run(arguments: [String]) -> Int32 {
    do {
      let words = try CommandWords(arguments, flags: ["--once"], options: ["--story"])
      try words.takeNoOperands()
      if let names = words["--story"] {
        let chapters = try names.split(separator: ",").map { name in
          guard let chapter = Chapter.all.first(where: { $0.name == name }) else {
            throw TestBedError("the story has no chapter \(name)")
          }
          return chapter
        }
        return Chapter.tell(chapters) ? 0 : 1
      }
      if words.has("--once") { return Chapter.tell(Chapter.all) ? 0 : 1 }
    } catch {
      let chapters = Chapter.all.map { "  \($0.name)  \($0.about)" }
      say("demo: \(error)\n\n\(usage)\(chapters.joined(separator: "\n"))")
      return 2
    }
    do {
      try play()
      return 0
    } catch {
      say("demo: \(error)")
      return 1
    }
  }

  /// Leaves the stations to a person until the demo is interrupted.
  private static func play() throws {
    let system = try WholeSystem(
      stations: stations.map(\.id), members: members, settings: settings,
      memberList: MemberListText.demo(), hasDevices: true, hasMachine: true
    ) { say("demo: starting \($0)") }
    defer { try? system.stop() }
    for station in stations {
      try system.management.name(station.id, station.english, station.chinese)
    }
    for member in members { _ = try system.management.enrol(member) }
    // So that whoever plays has something to spend.
    try system.management.issue(10_000, reason: "the demo's budget")
    for member in members {
      try system.management.grant(300, to: member, reason: "to play with")
    }
    explain(system)
    waitForInterrupt()
    say("\ndemo: stopping")
  }

  static func say(_ line: String) {
    FileHandle.standardOutput.write(Data("\(line)\n".utf8))
  }

  private static func explain(_ system: WholeSystem) {
    say(
      """

        Look here first: open the dashboard and the page of \(stations[0].id) side by side, press
        "show a good code", then "walk in".

      """)
    say("  Dashboard  http://\(system.management.address)/#token=\(system.management.token)")
    for station in system.stations {
      let name = station.plan.name
      let space = String(repeating: " ", count: max(1, 12 - name.count))
      let screen = (try? station.screen.base) ?? ""
      say("  \(name)\(space)\(station.board.base)/   the machine's screen \(screen)/")
    }
    say(
      """

        What to try, each with the dashboard in a second window:
          show a good code, then "walk in": the door opens, one more is inside
          show the same code again after the door has closed: refused, used already
          open "wrong codes" and show them: refused, each with its reason; the dashboard's
            page of events says what it means, and counts what the service itself refused
          prop the door open for 30 s, or force it: an alarm
          hold a card to the reader, or type a number and a PIN; \(MemberListText.duressKeys) is
            what a member types under threat: the door opens as ever, the dashboard alarms
          walk in and stay: the lights and the heating come on, and the dashboard shows how warm
            and how stale the air gets, and what that takes
          on the dashboard's page of members find m-courier: each entry and refusal, with its
            reason; say that the phone is lost: no more codes are issued
          fire, lock-down, emergency, a cut wire, a jammed lock: each raises its alarm, and the
            dashboard shows it until it is over
          press exit: the door opens, always
          turn the maintenance key, fill a slot at the machine's screen, turn it back; pick an
            article there, then show a code to the machine's reader: it falls, the points move
          jam the slot, or hide the drop: nothing is paid, and the dashboard asks for a look
          kill the broker (pkill -f \(system.folder.path)/broker), walk in all the same

        Files and logs of this run: \(system.folder.path)
        Ctrl-C stops everything.
      """)
  }

  private static func waitForInterrupt() {
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGINT)
    sigaddset(&signals, SIGTERM)
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    var received: Int32 = 0
    sigwait(&signals, &received)
  }
}
