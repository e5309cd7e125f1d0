// Payloads that no topic asks for: broken, foreign, endless, or almost right.

/// Bytes for a message or a request body, none of which any part of the product accepts.
package enum AbusePayloads {
  package static let all: [[UInt8]] =
    texts.map { Array($0.utf8) } + [
      [], [0], [0xFF, 0xFE, 0x7B, 0x00], [0xEF, 0xBB, 0xBF, 0x7B, 0x7D],
      [UInt8](repeating: 0x5B, count: 10_000),
      Array(String(repeating: "{\"a\":", count: 10_000).utf8),
      Array("{\"stream\":\"".utf8) + [UInt8](repeating: 0x30, count: 50_000),
    ]

  private static let texts = [
    "{", "}", "null", "true", "0", "\"text\"", "[]", "{}", "{}{}", "{\"a\":}", "{a:1}", "{'a':1}",
    "{\"a\":1,}", "[1,2", "\u{FEFF}{}", "<xml/>", "temperature=21.5", "ON",
    "{\"stream\":\"0000000000000001\",\"upto\":-1}",
    "{\"stream\":\"0000000000000001\",\"upto\":1e99}",
    "{\"stream\":\"0000000000000001\",\"first\":0,\"records\":[{}]}",
    "{\"stream\":\"0000000000000001\",\"first\":1,\"records\":{}}",
    "{\"stream\":\"0000000000000001\",\"first\":1,\"first\":1,\"records\":[]}",
    "{\"online\":true}", "{\"online\":\"yes\",\"at\":0}", "{\"temp\":21.5,\"hum\":40}",
    "{\"x\":\"\\ud800\"}", "{\"x\":\"\\u0000\"}",
    "{\"seq\":99999999999999999999,\"at\":0}",
  ]
}
