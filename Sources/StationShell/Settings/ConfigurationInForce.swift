// The configuration in force: the board's file with the settings of the service, as one text.
import Configuration
import StationCore
import StationProtocol
import Text

/// A file and the settings that the station's store holds, put together as the station does. The text
/// is a configuration file itself: each note is a comment.
struct ConfigurationInForce {
  private let path: String
  private let table: ConfigurationTable
  private let kept: KeptSettings
  /// The reason for which the store was not read.
  private let fault: String?
  /// The reasons for which the settings of the store do not fit the file; empty where they do.
  private let misfits: [SettingsReason]
  private let sections: SourcedSections

  /// - Parameters:
  ///   - file: one that was found good.
  ///   - kept: what the store holds; nothing where it was not read, for the reason in `fault`.
  ///   - book: of this file.
  init(
    of file: INI, at path: String, _ kept: KeptSettings, fault: String?, table: ConfigurationTable,
    book: SettingsBook
  ) {
    self.path = path
    self.table = table
    self.kept = kept
    self.fault = fault
    var settings = kept.inForce
    var misfits: [SettingsReason] = []
    if let wanted = settings,
      case .problems(let problems) = book.facility(with: wanted.sections)
    {
      misfits = problems.map(SettingsReason.init)
      settings = nil
    }
    self.misfits = misfits
    sections = SourcedSections(file.sections, with: settings)
  }

  /// The notes, then each section in the order of the table.
  var text: String {
    let blocks =
      [notes.flatMap(ConfigurationTable.comment)] + table.sections.flatMap(sections.blocks)
    return blocks.map { $0.map { "\($0)\n" }.joined() }.joined(separator: "\n")
  }

  // MARK: - Notes

  private var notes: [String] {
    [
      "The configuration of the file \(Excerpt(path, longest: 4096)) and of the service's settings. "
        + "stationd reads the file when it starts."
    ] + state + setback + [
      "A key behind # is not set and has its default. The notes name each key that the service may "
        + "set as well; every other key belongs to the file alone."
    ]
  }

  private var state: [String] {
    if let fault {
      return [
        "The service's settings are not known: \(Self.visible(fault)). This text shows the file alone."
      ]
    }
    guard let inForce = kept.inForce else {
      return ["No settings of the service are in force: the file alone is."]
    }
    guard misfits.isEmpty else {
      return [
        "Revision \(inForce.revision) of the service's settings is in the store and does not fit this "
          + "file. This text shows the file alone. The reasons:"
      ] + Self.lines(misfits)
    }
    var sentence = "Revision \(inForce.revision) of the service's settings is in force"
    if let trial = kept.trial {
      let before = trial.before.map { "revision \($0.revision)" } ?? "the file alone"
      sentence += ", on trial: where the station fails with it, \(before) is in force again"
    }
    return ["\(sentence)."]
  }

  private var setback: [String] {
    guard let setback = kept.setback else { return [] }
    let outcome =
      switch setback.cause {
      case .refused: "was refused, and nothing of it was taken"
      case .unwell: "was given up, because the station failed with it"
      case .restarts: "was given up, because stationd ended twice while it was on trial"
      }
    let sentence = "Revision \(setback.revision) of the service's settings \(outcome)"
    guard !setback.reasons.isEmpty else { return ["\(sentence)."] }
    return ["\(sentence). The reasons:"] + Self.lines(setback.reasons)
  }

  private static func lines(_ reasons: [SettingsReason]) -> [String] {
    Excerpt.named(reasons) { reason in
      let place = [reason.place, reason.key].compactMap { $0 }.joined(separator: " ")
      return visible("- \(place)\(place.isEmpty ? "" : ": ")\(reason.text)")
    }
  }

  /// A text of others on one line.
  private static func visible(_ text: String) -> String { Excerpt(text, longest: 2048).description }
}
