// One call of an HTTP service, by libcurl: bounded in time and in size.

import CCurl
import Glibc

enum HTTPCall {
  private static let mostBytes = 262_144
  private static let mostSeconds = 30

  struct Answer {
    var status: Int
    var body: [UInt8]
  }

  /// The bytes that have come so far.
  private final class Receiver {
    var bytes: [UInt8] = []
  }

  /// Posts a JSON text. The certificate of an https service is not judged: see `ClaimCommand`, whose
  /// messages prove themselves.
  static func post(_ json: [UInt8], to url: String) throws(CommandFailure) -> Answer {
    guard curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK, let curl = curl_easy_init() else {
      throw CommandFailure("libcurl cannot be initialised")
    }
    let headers = curl_slist_append(
      curl_slist_append(nil, "Content-Type: application/json"), "Expect:")
    defer {
      curl_easy_cleanup(curl)
      curl_slist_free_all(headers)
    }
    let receiver = Receiver()
    curl_set_text(curl, CURLOPT_URL, url)
    curl_set_text(curl, CURLOPT_PROTOCOLS_STR, "http,https")
    curl_set_number(curl, CURLOPT_POST, 1)
    curl_set_number(curl, CURLOPT_POSTFIELDSIZE, json.count)
    curl_set_text(curl, CURLOPT_COPYPOSTFIELDS, String(decoding: json, as: UTF8.self))
    curl_set_headers(curl, headers)
    curl_set_number(curl, CURLOPT_NOSIGNAL, 1)
    curl_set_number(curl, CURLOPT_TIMEOUT, mostSeconds)
    curl_set_number(curl, CURLOPT_SSL_VERIFYPEER, 0)
    curl_set_number(curl, CURLOPT_SSL_VERIFYHOST, 0)
    curl_set_receiver(
      curl,
      { bytes, size, count, place in
        guard let bytes, let place else { return 0 }
        let receiver = Unmanaged<Receiver>.fromOpaque(place).takeUnretainedValue()
        guard receiver.bytes.count + size * count <= HTTPCall.mostBytes else { return 0 }
        receiver.bytes += UnsafeRawBufferPointer(start: bytes, count: size * count)
        return size * count
      }, Unmanaged.passUnretained(receiver).toOpaque())
    let outcome = curl_easy_perform(curl)
    guard outcome == CURLE_OK else {
      throw CommandFailure("cannot reach \(url): \(String(cString: curl_easy_strerror(outcome)))")
    }
    return Answer(status: curl_status(curl), body: receiver.bytes)
  }
}
