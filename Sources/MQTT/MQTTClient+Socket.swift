// The client's own dealings with its socket, beside the library.
import CMosquitto
import Glibc
import Linux

extension MQTTClient {
  /// Sends what `body` publishes together. The kernel and the broker work for each segment, so that
  /// a hundred small messages in one cost little more than the first of them.
  package func together(_ body: () -> Void) {
    let isOuter = !isGathering
    if isOuter { gather(true) }
    body()
    if isOuter { gather(false) }
  }

  /// Nothing that is smaller than a segment leaves before the end, or before 200 ms (tcp(7),
  /// TCP_CORK).
  func gather(_ isOn: Bool) {
    isGathering = isOn && descriptor >= 0
    guard descriptor >= 0 else { return }
    var value: Int32 = isOn ? 1 : 0
    setsockopt(
      descriptor, Int32(IPPROTO_TCP), TCP_CORK, &value, socklen_t(MemoryLayout<Int32>.size))
  }

  /// Why the library has given up.
  /// - Parameter status: of the last call; where it is an error of the system, that is still at hand.
  func words(for status: Int32) -> String {
    let isOfPeer = [EPROTO, ECONNRESET, EPIPE].contains(errno)
    let why = BrokerWords.text(of: status)
    guard let context, !isConnected, status != MOSQ_ERR_ERRNO.rawValue || isOfPeer else {
      return why
    }
    return context.account(of: why)
  }

  /// Why the socket of a connection by TLS that is coming about is lost; nil where it is not. The
  /// library takes a refused connection for a handshake that goes on, and would be called again and
  /// again until the attempt's time is over.
  var handshakeError: String? {
    guard let context else { return nil }
    var code: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &length)
    // The library has taken the error by writing; a peer that has never answered has no round trip.
    var state = tcp_info()
    var size = socklen_t(MemoryLayout<tcp_info>.size)
    if code == 0, getsockopt(descriptor, Int32(IPPROTO_TCP), TCP_INFO, &state, &size) == 0,
      state.tcpi_rtt == 0
    {
      code = ECONNREFUSED
    }
    if code != 0 {
      let why = SystemError("connect", code: code).description
      return code == ECONNRESET ? context.account(of: why) : why
    }
    // Bytes that came before the end, such as an alert, are the library's to read.
    var byte: UInt8 = 0
    let count = recv(descriptor, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT))
    return count > 0 ? nil : words(for: MOSQ_ERR_CONN_LOST.rawValue)
  }
}
