// PEM files (RFC 7468) as blocks of a label and DER bytes, read and written by libcrypto.

import CCrypto

package enum PEM {
  package static let mostBytes = 65_536
  private static let mostBlocks = 16

  package struct Block {
    package var label: String
    package var der: [UInt8]
    /// Encrypted the old way, by a header inside the block.
    package var hasHeader: Bool

    package init(label: String, der: [UInt8], hasHeader: Bool) {
      self.label = label
      self.der = der
      self.hasHeader = hasHeader
    }
  }

  /// All blocks of a file in their order; text around them is passed over.
  /// - Throws: `tooLong`, or `notPEM` where there is no block.
  package static func blocks(_ file: [UInt8]) throws(KeyError) -> [Block] {
    guard file.count <= mostBytes else { throw .tooLong }
    let blocks = file.withUnsafeBytes { bytes -> [Block] in
      guard let memory = BIO_new_mem_buf(bytes.baseAddress, Int32(bytes.count)) else { return [] }
      defer { BIO_free(memory) }
      var blocks: [Block] = []
      while blocks.count < mostBlocks, let block = next(memory) { blocks.append(block) }
      // The end of the file is an entry in the thread's error queue.
      ERR_clear_error()
      return blocks
    }
    guard !blocks.isEmpty else { throw .notPEM }
    return blocks
  }

  private static func next(_ memory: OpaquePointer) -> Block? {
    var label: UnsafeMutablePointer<CChar>?
    var header: UnsafeMutablePointer<CChar>?
    var content: UnsafeMutablePointer<UInt8>?
    var length = 0
    guard PEM_read_bio(memory, &label, &header, &content, &length) == 1,
      let label, let header, let content
    else { return nil }
    defer {
      CRYPTO_free(label, nil, 0)
      CRYPTO_free(header, nil, 0)
      CRYPTO_clear_free(content, length, nil, 0)
    }
    return Block(
      label: String(cString: label),
      der: Array(UnsafeBufferPointer(start: content, count: length)),
      hasHeader: header.pointee != 0)
  }

  /// One block as text, ending with a line feed.
  package static func text(label: String, der: [UInt8]) -> [UInt8] {
    guard let memory = BIO_new(BIO_s_mem()) else { return [] }
    // Freeing a memory BIO also wipes it.
    defer { BIO_free(memory) }
    guard PEM_write_bio(memory, label, "", der, der.count) > 0 else { return [] }
    return Array(unsafeUninitializedCapacity: der.count * 2 + 256) { space, count in
      count = Int(max(0, BIO_read(memory, space.baseAddress, Int32(space.count))))
    }
  }
}
