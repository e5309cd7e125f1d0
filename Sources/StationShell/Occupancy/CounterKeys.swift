// The keys of counting people.
import Configuration
import Linux
import StationCore
import StationProtocol

private typealias Key = ConfigurationTable.Key

extension ConfigurationTable.Section {
  static let occupancy = Self(
    "occupancy", "The way in which the people inside are counted.",
    keys: [
      Key(
        "beam-spacing", .integer(20...1000, unit: "mm"), .standard("100"),
        "The distance between the two light barriers of a door, by which the length of a body is "
          + "judged."),
      Key(
        "beam-blocked-after", .duration(.seconds(10)...(.seconds(3600))), .standard("60 s"),
        "A beam that is broken for longer is at fault, and no direction is told by it."),
      Key(
        "beam-dark-after", .duration(.seconds(2)...(.seconds(600))), .standard("10 s"),
        "Two beams that break in one instant and stay so for longer have no light or no power."),
      Key(
        "counter-direction", .choice(PulseDirection.allCases.map(\.rawValue)),
        .standard("opener"),
        "The direction of a passage at a counter-line: in, out, or the one for which the door "
          + "was opened (opener)."),
      Key(
        "motion-sensor", .boolean, .standard("no"),
        "Whether a motion sensor sees the whole room; only then an empty room corrects the count."),
      Key(
        "motion-hold", .duration(.seconds(0)...(.seconds(600))), .standard("30 s"),
        "The time for which the motion sensor stays active after the last movement."),
      Key(
        "empty-after-exit", .duration(.seconds(60)...(.seconds(86_400))), .standard("30 min"),
        "The time without motion after a door cycle that the exit button began that proves the room "
          + "empty."
      ),
      Key(
        "empty-after-cycle", .duration(.seconds(60)...(.seconds(86_400))), .standard("60 min"),
        "The time without motion after any other door cycle that proves the room empty; people "
          + "inside may sit still."),
    ])

  static let counter = Self(
    "people-counter", "A people counter on a serial line: TeraRanger Evo People Counter.",
    .repeated(argument: "name of the counter", example: "front") { $0.utf8.count <= 32 },
    keys: [
      Key(
        "access-point", .integer(1...AccessPointID.most, unit: ""), .standard("1"),
        "The access point whose people it counts."),
      Key(
        "device", .path, .required(example: "/dev/worker-station/counter-front"),
        "The serial device."),
      Key(
        "speed", .choice(SerialPort.speeds.map(String.init)), .standard("115200"),
        "The speed in baud, with 8 data bits, no parity and one stop bit."),
      Key(
        "entering", .choice(CounterSettings.Way.allCases.map(\.rawValue)),
        .standard("left-to-right"),
        "The direction in which people enter, as the device sees it."),
      Key(
        "silence", .duration(.seconds(1)...(.seconds(600))), .standard("10 s"),
        "A device that says nothing for longer is lost, and that is an alarm."),
    ])
}
