// Tests which mode a door is in: all that it depends on, in every combination.
import StationCore
import StationProtocol
import Testing

@Suite struct DoorScheduleTests {
  /// By the rules as they are told, not as they are coded: who is at the door and what may he?
  private func expected(_ it: ModeInputs) -> ModeResolution {
    let isShut = it.isLockedDown || it.program == .lockDown
    if isShut { return ModeResolution(.lockDown, it.isLockedDown ? .input : .configured) }
    let isMended = it.isInMaintenance || it.program == .maintenance
    if isMended { return ModeResolution(.maintenance, it.isInMaintenance ? .input : .configured) }
    var reasons: [ModeCause] = []
    if it.program == .free { reasons.append(.configured) }
    if it.program == .schedule && it.isFreeHour { reasons.append(.schedule) }
    if it.program == .firstPerson && it.isFreeHour && it.hasFirstPerson {
      reasons.append(.firstPerson)
    }
    if it.isCutOff && it.isOpenHour { reasons.append(.uplink) }
    if let reason = reasons.first { return ModeResolution(.freeAccess, reason) }
    return ModeResolution(.codeOnly, it.program == .codes ? .configured : .schedule)
  }

  @Test("the mode of a door is what its program, hours, inputs and uplink make of it")
  func everything() {
    let truths = [false, true]
    var seen: [DoorMode] = []
    for program in DoorSchedule.allCases {
      for bits in 0..<64 {
        let it = ModeInputs(
          program: program, isLockedDown: truths[bits & 1], isInMaintenance: truths[bits >> 1 & 1],
          isFreeHour: truths[bits >> 2 & 1], isOpenHour: truths[bits >> 3 & 1],
          hasFirstPerson: truths[bits >> 4 & 1], isCutOff: truths[bits >> 5 & 1])
        #expect(it.resolution == expected(it), "\(it)")
        if !seen.contains(it.resolution.mode) { seen.append(it.resolution.mode) }
      }
    }
    #expect(seen.count == DoorMode.allCases.count)
  }

  @Test("a door never stands open in lock-down or in maintenance, nor cut off while closed")
  func neverOpen() {
    for program in DoorSchedule.allCases {
      #expect(
        ModeInputs(program: program, isLockedDown: true, isFreeHour: true, isOpenHour: true)
          .resolution.mode == .lockDown)
    }
    #expect(ModeInputs(isOpenHour: false, isCutOff: true).resolution.mode == .codeOnly)
    #expect(ModeInputs(isOpenHour: true, isCutOff: true).resolution.cause == .uplink)
  }
}
