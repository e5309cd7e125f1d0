// The board's file and the service's settings, put together and judged beside the board.
import Configuration
import StationProtocol

/// The part of the board's file that the service may set as well, and the board that all of it must
/// fit; fixed while the daemon runs.
package struct SettingsBook: Equatable, Sendable {
  /// Sections and keys of `ServiceKeys` alone, with their lines in the file.
  package let file: [INI.Section]
  package let board: BoardFacts

  /// - Parameter file: all of it; what the service may not set is passed over.
  package init(_ file: [INI.Section], on board: BoardFacts) {
    self.file = file.compactMap { section in
      guard let place = ServiceKeys.table.sections.first(where: { $0.name == section.name }) else {
        return nil
      }
      var kept = section
      kept.entries = section.entries.filter { entry in
        place.keys.contains { $0.name == entry.key }
      }
      return kept
    }
    self.board = board
  }

  /// A problem of both together.
  package struct Problem: Equatable, Sendable {
    /// nil where something is missing as a whole.
    package var place: Overlay.Place?
    package var message: String
  }

  /// The outcome of putting both together.
  package enum Outcome: Equatable, Sendable {
    case facility(Facility)
    /// In the order of the merged lines; at least one.
    case problems([Problem])
  }

  /// - Parameter settings: those of the service; none for the file alone.
  package func facility(with settings: [SettingsSection] = []) -> Outcome {
    let overlay = overlay(with: settings)
    let (configuration, faults) = ServiceKeys.table.survey(overlay.merged)
    var problems = faults
    var facility: Facility?
    // What is wrong by itself is not judged beside the rest.
    if problems.isEmpty {
      var reader = FacilityReader(configuration, on: board)
      facility = reader.facility()
      problems = reader.problems
    }
    guard let facility, problems.isEmpty else {
      return .problems(
        ConfigurationError(problems).problems.map { problem in
          Problem(place: problem.line.map(overlay.place(of:)), message: problem.message)
        })
    }
    return .facility(facility)
  }

  /// Both together, key by key.
  package func overlay(with settings: [SettingsSection]) -> Overlay {
    Overlay(file, with: settings.map(\.ini), lists: ServiceKeys.lists)
  }
}

extension SettingsReason {
  /// - Parameter problem: of settings that the service wants.
  package init(_ problem: SettingsBook.Problem) {
    self.init(place: problem.place?.title, key: problem.place?.key, problem.message)
  }
}
