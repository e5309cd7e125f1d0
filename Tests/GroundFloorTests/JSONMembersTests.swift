// Tests that the members of an object are found in any order, and nothing is taken twice.
import JSON
import Testing

@Suite("Members of an object")
struct JSONMembersTests {
  private func members<Value>(
    _ text: String, _ body: (inout JSONMembers) throws(JSONError) -> Value
  ) throws -> Value {
    try JSONReader.read(Array(text.utf8)) { (reader) throws(JSONError) in
      var members = try JSONMembers(&reader)
      return try body(&members)
    }
  }

  private static func integer(
    _ name: StaticString, _ members: inout JSONMembers
  ) throws(JSONError) -> Int64? {
    guard var cursor = members.take(name) else { return nil }
    return try cursor.integer()
  }

  @Test(
    "members are found in whichever order they stand and are asked for",
    arguments: [
      #"{"a":1,"b":2,"c":3}"#, #"{"c":3,"a":1,"b":2}"#, #"{ "b" : 2 , "c":3, "a" :1 }"#,
      #"{"b":2,"x":{"a":7,"b":[{"c":8}]},"a":1,"c":3}"#, #"{"\u0062":2,"a":1,"c":3}"#,
    ])
  func order(_ text: String) throws {
    for names in [["a", "b", "c"], ["c", "b", "a"], ["b", "a", "c"]] {
      let found = try members(text) { (members) throws(JSONError) in
        var found: [String: Int64] = [:]
        for name in names {
          switch name {
          case "a": found["a"] = try Self.integer("a", &members)
          case "b": found["b"] = try Self.integer("b", &members)
          default: found["c"] = try Self.integer("c", &members)
          }
        }
        return found
      }
      #expect(found == ["a": 1, "b": 2, "c": 3])
    }
  }

  @Test(
    "names that are alike in length, first and last letter are told apart",
    arguments: [3, 4, 63, 64])
  func alike(_ length: Int) throws {
    let one = "a" + String(repeating: "b", count: length - 2) + "a"
    let other = "a" + String(repeating: "c", count: length - 2) + "a"
    let text = #"{"\#(one)":1,"\#(other)":2,"aba":3,"a":4}"#
    if length == 3 {
      #expect(throws: JSONError.self) { try members(text) { (_) throws(JSONError) in } }
    } else {
      let found = try members(text) { (members) throws(JSONError) in
        [try Self.integer("aba", &members), try Self.integer("a", &members)]
      }
      #expect(found == [3, 4])
    }
    #expect(throws: JSONError.self) {
      try members(#"{"\#(one)":1,"\#(one)":2}"#) { (_) throws(JSONError) in }
    }
  }

  @Test(
    "a name is its bytes, not what Unicode holds for the same",
    arguments: ["{\"\u{212A}\":1,\"K\":2}", "{\"\\u212A\":1,\"K\":2}"])
  func bytes(_ text: String) throws {
    #expect(
      try members(text) { (members) throws(JSONError) in try Self.integer("K", &members) } == 2)
    let other = text.replacing(",\"K\":2", with: "")
    #expect(
      try members(other) { (members) throws(JSONError) in try Self.integer("K", &members) } == nil)
  }

  @Test("noted objects lie in each other four deep, lists between them do not count")
  func levels() throws {
    /// How many noted objects lie in each other, each in two lists of the one around it.
    func depth(_ members: inout JSONMembers) throws(JSONError) -> Int64 {
      var inner: Int64 = 0
      if var cursor = members.take("in") {
        try cursor.array(limit: 1) { (reader) throws(JSONError) in
          try reader.array(limit: 1) { (reader) throws(JSONError) in
            var members = try JSONMembers(&reader)
            inner = try depth(&members)
          }
        }
      }
      // Read last: the places of the objects within are others.
      guard let own = try Self.integer("own", &members), own == inner else {
        throw members.missing("own")
      }
      return inner + 1
    }
    let four = #"{"own":3,"in":[[{"own":2,"in":[[{"own":1,"in":[[{"own":0}]]}]]}]]}"#
    #expect(try members(four, depth) == 4)
    let five = #"{"own":4,"in":[[\#(four)]]}"#
    #expect(throws: JSONError.self) { try members(five, depth) }
  }

  @Test(
    "a name stands once, however it is written",
    arguments: [
      (#"{"a":1,"a":2}"#, "byte 7: member \"a\" stands twice"),
      (#"{"a":1,"b":2,"\u0061":2}"#, "byte 13: member \"a\" stands twice"),
      (#"{"\u0061":1,"b":2,"a":2}"#, "byte 18: member \"a\" stands twice"),
      (#"{"é":1,"é":2}"#, "byte 8: member \"é\" stands twice"),
    ])
  func repeated(_ text: String, _ message: String) {
    #expect {
      try members(text) { (_) throws(JSONError) in }
    } throws: {
      "\($0)" == message
    }
  }

  @Test("what is missing, not acceptable, unexpected or left over is said with its place")
  func errors() throws {
    try members(#"{"a":1,"b":{"c":2}} "#) { (members) throws(JSONError) in
      #expect(members.missing("z").description == #"byte 19: member "z" is missing"#)
      #expect(
        members.invalid("b").description == #"byte 11: the value of "b" is not acceptable"#)
      #expect(members.unexpected("b")?.description == #"byte 7: unknown member "b""#)
      #expect(members.unexpected("z") == nil)
      #expect(members.surplus?.description == #"byte 1: unknown member "a""#)
      _ = members.take("a")
      #expect(members.surplus?.description == #"byte 7: unknown member "b""#)
      _ = members.take("b")
      #expect(members.surplus == nil)
    }
  }

  @Test("the syntax of what nobody asks for is checked all the same")
  func syntax() {
    for text in [#"{"a":1,"b":01}"#, #"{"a":1,"b":[1,}"#, #"{"a":1"#, #"{"a":tru}"#, "[]"] {
      #expect(throws: JSONError.self) { try members(text) { (_) throws(JSONError) in } }
    }
  }

  @Test(
    "a text is put on one line without a change in its strings",
    arguments: [
      (" { \"a b\" :\t[1 , 2]\n}", #"{"a b":[1,2]}"#), (#"" \" x ""#, #"" \" x ""#),
      (#"{"a":" \\" , "b" : " "}"#, #"{"a":" \\","b":" "}"#), ("", ""),
    ])
  func compact(_ text: String, _ compact: String) {
    #expect(String(decoding: JSONText.compact(Array(text.utf8)), as: UTF8.self) == compact)
  }
}
