// The words of a facility on the screen of its exchange machine.
import StationProtocol

/// The facility's own words on the screen of the exchange machine.
package struct ScreenLabels: Equatable, Sendable {
  /// The articles' names.
  package var articles: [ArticleID: Text]
  /// Above the goods; nil for none.
  package var notice: Text?

  /// The same words in both languages of the station.
  package struct Text: Equatable, Sendable {
    package var chinese: String
    package var english: String

    package init(chinese: String, english: String) {
      self.chinese = chinese
      self.english = english
    }
  }

  package init(articles: [ArticleID: Text] = [:], notice: Text? = nil) {
    self.articles = articles
    self.notice = notice
  }
}
