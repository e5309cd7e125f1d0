// The words of a long closed list, found by their bytes.

/// Finds a word without a comparison with each of the others: by its length first.
struct WordTable<Word: RawRepresentable<String> & Sendable>: Sendable {
  /// By their length in bytes.
  private let words: [[(utf8: [UInt8], word: Word)]]

  init(_ all: [Word]) {
    let longest = all.map(\.rawValue.utf8.count).max() ?? 0
    var words = [[(utf8: [UInt8], word: Word)]](repeating: [], count: longest + 1)
    for word in all {
      words[word.rawValue.utf8.count].append((Array(word.rawValue.utf8), word))
    }
    self.words = words
  }

  func find(_ utf8: UnsafeBufferPointer<UInt8>) -> Word? {
    guard words.indices.contains(utf8.count) else { return nil }
    return words[utf8.count].first { utf8.elementsEqual($0.utf8) }?.word
  }
}
