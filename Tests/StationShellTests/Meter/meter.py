# An energy meter that somebody else wrote: pymodbus's server, behind a line that can fail.
"""How it is told what to do.

    meter.py LINK

The server sits on one pseudo-terminal, whoever reads the meter opens another one, to which LINK
points, and this program carries bytes between both. It obeys a command a line and answers `ok`:

    set TABLE ADDRESS TYPE VALUE   holding or input; u16 to u64, s16 to s64, f32, f64, highest word first
    mode WHAT                      what becomes of answers from now on:
        good      they pass
        silent    none comes
        damaged   their check sum is wrong
        noise     bytes that nobody sent come with them
        stranger  they bear another unit's address
        slow MS   they come so much later
        dribble   they come a byte at a time, 150 ms apart
        echo      the adapter hands back each question first
        zero      the adapter adds a zero before each answer
        cheap     the adapter does both
    unplug, plug                   the adapter is pulled out, and LINK with it; it is back

It ends with its standard input. Only units 1 and 2 exist, and of them only what was set.
"""

import asyncio
import os
import struct
import sys
import threading
import time
import tty

from pymodbus import FramerType
from pymodbus.constants import ExcCodes
from pymodbus.server import ModbusSerialServer
from pymodbus.simulator import DataType, SimData, SimDevice

UNITS = (1, 2)
FUNCTIONS = {"holding": 3, "input": 4}
FORMATS = {"u16": ">H", "s16": ">h", "u32": ">I", "s32": ">i", "f32": ">f", "u64": ">Q", "s64": ">q",
           "f64": ">d"}


def checksum(frame):
    crc = 0xFFFF
    for byte in frame:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return struct.pack("<H", crc)


class Line:
    """Two pseudo-terminals and what carries bytes between them."""

    def __init__(self, link):
        self.link = link
        self.mode = ["good"]
        self.server, slave = self.terminal()
        self.server_path = os.ttyname(slave)
        self.reader = None
        self.slave = None
        threading.Thread(target=self.carry_answers, daemon=True).start()
        self.plug()

    @staticmethod
    def terminal():
        master, slave = os.openpty()
        tty.setraw(slave)
        return master, slave

    def plug(self):
        self.reader, self.slave = self.terminal()
        os.symlink(os.ttyname(self.slave), self.link)
        threading.Thread(target=self.carry_questions, args=[self.reader], daemon=True).start()

    def unplug(self):
        os.unlink(self.link)
        reader, self.reader = self.reader, None
        os.close(self.slave)
        # The other side reads an end of file from a terminal whose master is gone.
        os.close(reader)

    def carry_questions(self, reader):
        while True:
            try:
                data = os.read(reader, 256)
            except OSError:
                if self.reader != reader:
                    return
                time.sleep(0.01)  # nobody has the other side open
                continue
            if not data:
                return
            if self.mode[0] in ("echo", "cheap"):
                os.write(reader, data)
            # On a real line nobody answers for a unit that is not there.
            if data[0] in UNITS:
                os.write(self.server, data)

    def carry_answers(self):
        while True:
            for piece in self.alter(os.read(self.server, 256)):
                try:
                    if self.reader is not None:
                        os.write(self.reader, piece)
                except OSError:
                    pass

    def alter(self, answer):
        mode = self.mode
        if mode[0] == "silent":
            return
        if mode[0] == "damaged":
            answer = answer[:-1] + bytes([answer[-1] ^ 0xFF])
        elif mode[0] == "noise":
            answer = os.urandom(7) + answer + os.urandom(9)
        elif mode[0] == "stranger":
            answer = bytes([answer[0] + 1]) + answer[1:-2]
            answer += checksum(answer)
        elif mode[0] in ("zero", "cheap"):
            answer = b"\0" + answer
        elif mode[0] == "slow":
            time.sleep(int(mode[1]) / 1000)
        elif mode[0] == "dribble":
            for index in range(len(answer)):
                time.sleep(0.15)
                yield answer[index : index + 1]
            return
        yield answer


class Meter:
    """Registers as they were set, in both units alike; any other one is an illegal address."""

    def __init__(self):
        self.registers = {3: {}, 4: {}}

    def devices(self):
        coils = [SimData(0, count=8, values=False, datatype=DataType.BITS)]
        words = [SimData(0, count=0x400, values=0, datatype=DataType.REGISTERS)]
        return [
            SimDevice(unit, (coils, coils, words, words), action=self.answer) for unit in UNITS
        ]

    async def answer(self, function, start, address, count, registers, written):
        for place in range(address, address + count):
            if place not in self.registers.get(function, {}):
                return ExcCodes.ILLEGAL_ADDRESS
            registers[place - start] = self.registers[function][place]

    def set(self, table, address, kind, value):
        number = float(value) if kind in ("f32", "f64") else int(value)
        data = struct.pack(FORMATS[kind], number)
        for index in range(0, len(data), 2):
            place = int(address, 0) + index // 2
            self.registers[FUNCTIONS[table]][place] = data[index] << 8 | data[index + 1]


async def main():
    line = Line(sys.argv[1])
    meter = Meter()
    server = ModbusSerialServer(
        meter.devices(), framer=FramerType.RTU, port=line.server_path, baudrate=9600,
        ignore_missing_devices=True,
    )
    serving = asyncio.create_task(server.serve_forever())
    lines = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    print("ready", flush=True)
    while text := (await lines.readline()).decode().split():
        command, *rest = text
        if command == "set":
            meter.set(*rest)
        elif command == "mode":
            line.mode = rest
        elif command == "plug":
            line.plug()
        elif command == "unplug":
            line.unplug()
        else:
            print("what?", flush=True)
            continue
        print("ok", flush=True)
    serving.cancel()
    os._exit(0)


asyncio.run(main())
