// The files of the broker, for a fleet of a size: limits, and who may say and hear what.
import StationProtocol

/// One file of `firmware-config/mosquitto`, where it lies as it is for `usual` stations. The topics and
/// the sizes of messages are those of the protocol, so that neither is written down twice.
package enum BrokerFile: String, CaseIterable, Sendable {
  case access = "access.acl"
  case plain = "worker-station.conf"
  case secure = "worker-station-tls.conf"

  /// The stations for which the shipped files are.
  package static let usual = 950
  package static let most = 100_000

  package func text(stations: Int) -> String {
    let limits = BrokerLimits(stations: stations)
    return switch self {
    case .access: BrokerAccess.text
    case .plain:
      [limits.head, limits.logins, limits.bounds, limits.store, limits.place]
        .joined(separator: "\n")
    case .secure: limits.secure
    }
  }
}

/// The numbers that follow from the size of a fleet, and the text around them.
private struct BrokerLimits {
  let stations: Int

  private var connections: Int { stations + 50 }

  /// The topics on which one station may speak.
  private var topics: Int { BrokerAccess.station.map { Topic.said(by: $0).count } ?? 0 }

  /// Whole pieces of 64 MiB.
  private var memory: Int {
    let needed = 100 * topics * RecordBatch.longestJSON + stations * 65_536
    let piece = 64 << 20
    return (needed + piece - 1) / piece * piece
  }

  /// The rest of a process needs some as well.
  private var descriptors: String {
    connections + 24 <= 1024
      ? "# A connection is a descriptor, and the 1024 that systemd gives mosquitto are enough."
      : "# A connection is a descriptor, and systemd gives mosquitto 1024: systemctl edit mosquitto, with\n"
        + "# LimitNOFILE=\(connections + 1024) in its section [Service]."
  }

  var head: String {
    """
    # The broker between stations and the management service. Made for mosquitto 2.0, as in Debian 12
    # and 13.
    #
    # Printed by "managementd --print-broker-file worker-station.conf STATIONS", here for \(stations)
    # stations: print it again for a fleet of another size, and change no limit by hand.
    #
    # Goes to /etc/mosquitto/conf.d/worker-station.conf: Debian's mosquitto.conf reads that folder and
    # already says where the log, the pid file and the store are. Then, as root:
    #
    #   install -o mosquitto -g mosquitto -m 0600 access.acl /etc/mosquitto/worker-station.acl
    #   editor /etc/mosquitto/worker-station.passwd
    #                one name:password a line, for each station and for "service"
    #   chown mosquitto: /etc/mosquitto/worker-station.passwd
    #   chmod 0600 /etc/mosquitto/worker-station.passwd
    #   mosquitto_passwd -U /etc/mosquitto/worker-station.passwd      turns the passwords into hashes
    #   systemctl restart mosquitto

    """
  }

  var logins: String {
    """
    # --- Who may connect ----------------------------------------------------------------------------

    # Every account has a name, and a password or a certificate; what each may do is in the access list.
    allow_anonymous false
    password_file /etc/mosquitto/worker-station.passwd
    acl_file /etc/mosquitto/worker-station.acl

    """
  }

  var bounds: String {
    """
    # --- How much one client may ask for ------------------------------------------------------------

    # The largest message that the contract allows: a batch of 64 records of 4,096 bytes each, 63 commas
    # and 67 bytes around them (RecordBatch.longestJSON in MessageSize.swift).
    message_size_limit \(RecordBatch.longestJSON)
    # The whole packet with topic and properties: 8 KiB more. A larger one ends the connection before it
    # is read.
    max_packet_size \(RecordBatch.longestJSON + 8192)
    # QoS 1 messages on their way to one client at a time. Enough to keep the service's line full;
    # few enough that a slow reader is noticed here and not in its memory.
    max_inflight_messages 200
    # What may wait for one connected client beyond those. When it is full the broker drops the newest
    # without a word: a station therefore deletes a record on the service's ack alone, and repeats.
    # When the service connects, everything that is retained comes to it at once: up to \(topics) messages
    # of each station. The bytes below bound what this costs.
    max_queued_messages \(max(100_000, 20 * stations))
    max_queued_bytes \(max(64 << 20, stations << 14))
    # Each message leaves at once. Otherwise TCP holds one back until the one before is acknowledged,
    # which the other side may put off for 40 ms.
    set_tcp_nodelay true
    # Droppable samples (QoS 0) are not kept for a client that is away.
    queue_qos0_messages false
    # max_keepalive is not set, on purpose: mosquitto 2.0.21 (Debian 13) drops at the next second every
    # client whose keep-alive is exactly that limit, and with 60 every one that has not logged in yet.
    # Stations ask for 10 s; who asks for none costs one of max_connections.
    # Sessions are clean here; one that somebody leaves behind is forgotten after a day.
    persistent_client_expiration 1d
    # No client can make the broker remember topic aliases for it beyond these.
    max_topic_alias 10
    # All clients together: what would take the broker beyond this is refused. The access list names
    # each of the \(topics) topics on which a station may speak, so that whoever holds one login makes the
    # broker keep at most \(topics) messages of the largest size. There is room for 100 such logins, also
    # when the broker reads its store again at its next start, and for 64 KiB of every other station.
    memory_limit \(memory)

    """
  }

  var store: String {
    """
    # --- What survives a restart of the broker ------------------------------------------------------

    # Retained state (status, birth, state, desired configuration), so that pages are not empty after a
    # restart. Nothing that counts depends on it: records wait at the station until the service has
    # them.
    persistence true
    # Seconds between savings. A killed broker forgets what came since; stations say it again when they
    # reconnect. Five minutes, because each saving writes the whole file to what may be an SD card.
    autosave_interval 300
    autosave_on_changes false

    """
  }

  var place: String {
    """
    # --- Where it listens ---------------------------------------------------------------------------

    # This machine only: for a service on the same machine, and for trying things out.
    listener 1883 127.0.0.1
    # Every station, and 50 for the service and for connections that are gone and not noticed yet.
    \(descriptors)
    max_connections \(connections)
    # Nothing here uses QoS 2: it loses more than QoS 1 when a client crashes.
    max_qos 1
    # The client id is the account's name: no client can throw out another by taking its id.
    use_username_as_clientid true

    # Stations reach the broker by TLS: see worker-station-tls.conf.

    """
  }

  var secure: String {
    """
    # The broker's door for stations: TLS, with a certificate on both sides.
    #
    # Printed by "managementd --print-broker-file worker-station-tls.conf STATIONS", here for \(stations)
    # stations.
    #
    # Goes beside worker-station.conf, which has everything else, to /etc/mosquitto/conf.d/. The four files
    # are made by managementd in the folder of its authority ([authority] in managementd.conf). As root:
    #
    #   install -d -o mosquitto -g mosquitto -m 0700 /etc/mosquitto/worker-station
    #   cd /var/lib/worker-station-management/authority
    #   install -o mosquitto -g mosquitto -m 0600 authority.pem broker.pem broker.key revoked.pem \\
    #     /etc/mosquitto/worker-station/
    #   systemctl restart mosquitto
    #
    # Each time that a board is replaced or locked out, revoked.pem is written anew. On one machine with
    # the service, "systemctl enable --now worker-station-broker.path" brings the files here each time;
    # otherwise bring it here again, and "systemctl reload mosquitto" has it read.

    listener 8883
    # The broker shows this certificate, which was issued for the name by which stations reach it.
    certfile /etc/mosquitto/worker-station/broker.pem
    keyfile /etc/mosquitto/worker-station/broker.key
    # TLS 1.2 is the oldest version that is spoken.
    tls_version tlsv1.2

    # A client shows a certificate of the service's own authority, and of no other one in the world.
    cafile /etc/mosquitto/worker-station/authority.pem
    require_certificate true
    # Certificates that count no more. Without this file no client is let in.
    crlfile /etc/mosquitto/worker-station/revoked.pem
    # Its common name is the account's name, and so the client's id: a station has one connection, and
    # cannot give itself another name.
    use_identity_as_username true
    use_username_as_clientid true

    # Every station, and 50 for the service and for connections that are gone and not noticed yet.
    \(descriptors)
    max_connections \(connections)
    max_qos 1

    """
  }
}

/// The access list, from the topics of the protocol.
private enum BrokerAccess {
  /// Stands for every station, whose name the broker puts in the place of `%u`.
  static let station = StationID("u")

  static var text: String {
    guard let station else { return "" }
    let heard = Topic.heard(by: station)
    return head + patterns("write", Topic.said(by: station), station)
      + hears + patterns("read", heard.filter { $0.station != nil }, station)
      + shared + patterns("read", heard.filter { $0.station == nil }, station) + service
  }

  private static func patterns(_ right: String, _ topics: [Topic], _ station: StationID) -> String {
    topics.map { topic in
      let path = topic.path.replacing(
        "\(Topic.prefix)/\(station)/", with: "\(Topic.prefix)/%u/", maxReplacements: 1)
      return "pattern \(right) \(path)\n"
    }.joined()
  }

  private static let head = """
    # Printed by "managementd --print-broker-file access.acl".
    #
    # Who may say and hear what on the broker: each station its own subtree, the service everything.
    #
    # %u is the account's name, which is the station's identifier. What no line here allows is refused:
    # a forbidden publish is answered "not authorized"; a forbidden subscription is accepted by
    # mosquitto and stays silent.
    #
    # No line that a station may write has a wildcard: what the broker keeps for a station is a fixed
    # list of messages, whoever holds its password.

    # What a station says: whether it is there, what it is, its state, its records, its questions.

    """

  private static let hears = """

    # What a station hears: acknowledgements, answers, commands, the configuration it should have.

    """

  private static let shared = """

    # Whether the service is there, for every station. The broker remarks at its start that this line
    # has no %u: that is meant.

    """

  private static let service = """

    # The management service. Its account carries the one name that no station can have, since
    # ws/v1/service is its own.
    user service
    topic readwrite ws/v1/#

    """
}
