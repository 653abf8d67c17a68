# SPDX-License-Identifier: BSD-3-Clause
"""An image as a machine of QEMU: sizes and processors, accelerator, supervision, gdb."""
import os
import re
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time

import initrd
import network
from machine import PANIC_STATUS, Problem, check_quotes, configured, gdb, image, setting, show, split

PANIC_SEEN = 127  # what a panic leaves in the 7 bits of isa-debug-exit


def bytes_of(size: str) -> int:
    """What QEMU's -m means: MiB if there is no unit."""
    found = re.fullmatch(r"(\d+)([kKmMgG]?)", size)
    if not found or int(found[1]) == 0:
        raise Problem(f"error: MEM={size} is not a size such as 64M (units: K, M, G; none means M)")
    return int(found[1]) << {"k": 10, "m": 20, "g": 30}[found[2].lower() or "m"]


def check_variables(machines) -> None:
    """Values that are wrong whatever the image is."""
    name = setting("MACHINE")
    if name and name not in machines:
        raise Problem(f"error: MACHINE={name}: known for {setting('UK_TARGET', 'this target')} are {', '.join(machines)}")
    check_cpus()
    network.check()
    check_quotes()
    if setting("ACCEL") not in ("", "tcg", "kvm"):
        raise Problem(f"error: ACCEL={setting('ACCEL')}: known are tcg and kvm")
    bytes_of(setting("MEM", "64M"))


def check_cpus() -> None:
    wanted = setting("CPUS", "1")
    if not wanted.isdigit() or int(wanted) < 1:
        raise Problem(f"error: CPUS={wanted} is not a number of processors")


def cpus() -> str:
    """How many processors the machine shall have. More than the image can use is a mistake of the user's."""
    wanted, most = setting("CPUS", "1"), configured("HAL_CPUS")
    if most and int(wanted) > int(most):
        raise Problem(f"error: CPUS={wanted}: this image runs on " +
                      ("one CPU; the option LIBUKSMP (make menuconfig) lets it use more" if most == "1" else
                       f"{most} CPUs at most, the option LIBUKSMP_CPUS (make menuconfig)"))
    return wanted


def kvm_works() -> bool:
    """Whether this machine runs guests of its own kind on the processor."""
    with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as file:
        able = os.uname().machine == "aarch64" or re.search(r"^flags\s*:.*\b(vmx|svm)\b", file.read(), re.M)
    return bool(able) and os.access("/dev/kvm", os.R_OK | os.W_OK)


def accelerator_name(arch: str) -> str:
    """KVM where processor and permissions allow it, else emulation."""
    same = os.uname().machine == {"arm64": "aarch64"}.get(arch, arch)
    return setting("ACCEL") or ("kvm" if same and kvm_works() else "tcg")


def accelerator(arch: str, emulated: str = "max") -> list:
    """QEMU's words for it; `emulated` is the processor where there is none."""
    wanted = accelerator_name(arch)
    return ["-accel", wanted, "-cpu", "host" if wanted == "kvm" else emulated]


def processors(arch: str) -> list:
    """The words for as many as cpus() says."""
    wanted = cpus()
    # Where there can never be a second one the emulation leaves fences out, though devices run on other threads: now and
    # then a notification is lost (decision 0023).
    if wanted == "1" and accelerator_name(arch) == "tcg":
        wanted = "1,maxcpus=2"
    return ["-smp", wanted]


def image_end(path: str) -> int:
    """The physical address up to which the parts of an ELF image reach."""
    with open(path, "rb") as file:
        data = file.read()
    offset = struct.unpack_from("<Q", data, 32)[0]
    size, count = struct.unpack_from("<HH", data, 54)
    parts = [struct.unpack_from("<IIQQQQQ", data, offset + i * size) for i in range(count)]
    return max(part[4] + part[6] for part in parts if part[0] == 1)


def forward(source, seen: list, watched: str, notes: list) -> None:
    """Copies QEMU's own messages, but for the word that we ended it, and notes whether one is an error. Trace lines that
    begin with `watched` are not shown, but kept."""
    for line in iter(source.readline, b""):
        text = line.decode(errors="replace")
        if text.startswith("qemu-system") and "terminating on signal" in text:
            continue
        if watched and text.startswith(watched):
            notes.append(text)
            continue
        sys.stderr.buffer.write(line)
        sys.stderr.buffer.flush()
        if text.startswith("qemu-system") and "warning:" not in text:
            seen.append(text)


def usable_input():
    """Our standard input, or nothing if it is closed or belongs to a job in the foreground (QEMU would be stopped)."""
    try:
        ours = not os.isatty(0) or os.tcgetpgrp(0) == os.getpgrp()
        os.fstat(0)
    except OSError:
        ours = False
    return None if ours else subprocess.DEVNULL


class Supervised:
    """QEMU with its messages watched."""

    def __init__(self, command: list, watched: str = "", **how):
        show(command)
        self.errors, self.notes = [], []
        how = {"pass_fds": initrd.descriptors(), **how}
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, **how)
        self.reader = threading.Thread(target=forward, args=(self.process.stderr, self.errors, watched, self.notes))
        self.reader.start()

    def wait(self) -> int:
        code = self.process.wait()
        self.reader.join()
        return code


def not_started(what: str, errors: list) -> str:
    """A word about QEMU's errors, which the user has seen."""
    memory = any(re.search(r"\b(memory|ram)\b", text, re.I) for text in errors)
    taken = re.search(r"host forwarding rule '\w+:[^:]*:(\d+)-", "".join(errors))
    tap = re.search(r"could not configure /dev/net/tun \(([^)]*)\): (.*)", "".join(errors))
    device = re.search(r"^(qemu-\S+): .*'(\S+)' is not a valid device model name", "".join(errors), re.M)
    if device:
        hint = f"; DEVICES={setting('DEVICES')}: `{device[1]} -device help` lists the devices that there are"
    elif tap:
        hint = f": {tap[1]} is no tap, or not yours, or in use; one for you: {network.make_tap(tap[1][:14] + '0')}"
    elif taken:
        hint = f"; somebody has just taken port {taken[1]} of this machine: start it again, or name another, PORT=<port of this machine>"
    else:
        hint = f"; give it less memory than MEM={setting('MEM', '64M')}" if memory else ""
    return f"QEMU did not start {what}{hint}"


def devices(bus: str) -> list:
    """Options for what DEVICES= names: words for QEMU's -device, and for the network. A virtio device without a bus (virtio-rng) is
    put on `bus`."""
    words = []
    for name in split("DEVICES"):
        kind, comma, options = name.partition(",")
        whole = re.fullmatch(r"virtio-[a-z0-9]+", kind)
        words += ["-device", (f"{kind}-{bus}" if whole else kind) + comma + options]
    words += network.options(bus)
    old = any(word.startswith("virtio-") and word.partition(",")[0].endswith("-device") for word in words)
    return words + (["-global", "virtio-mmio.force-legacy=false"] if old else [])


def console() -> list:
    """Options that make the terminal the machine's console. To an image with a terminal of its own Ctrl-C is a key like any
    other; Ctrl-] x then ends the machine."""
    if configured("LIBPOSIX_TTY") != "y":
        return ["-chardev", "stdio,id=console,signal=on", "-serial", "chardev:console"]
    if not os.isatty(0):
        return ["-chardev", "stdio,id=console,signal=off", "-serial", "chardev:console"]
    return ["-chardev", "stdio,id=console,signal=off,mux=on", "-serial", "chardev:console", "-mon", "chardev=console",
            "-echr", "29"]


def run(command, status_of, watched: str = "") -> int:
    """Starts `command(console options)` until it ends; `status_of(exit code, QEMU's errors)` is what it means, and a word
    about it; with the name of a trace event also the list of its lines. Ctrl-C, where it is no key of the image's, ends the
    machine (130)."""
    interrupted = []
    signal.signal(signal.SIGINT, lambda *_: interrupted.append(1))  # QEMU gets it, too, and ends
    words = command(console())
    machine = Supervised(words, watched, stdin=usable_input())
    code = machine.wait()
    if interrupted:
        return 130
    status, note = status_of(code, machine.errors, *([machine.notes] if watched else []))
    if note:
        print(f"run: {note}", file=sys.stderr)
    return status


class StatusFile:
    """Where an image on x86 leaves all 8 bits of its status: isa-debug-exit, which ends QEMU, has 7."""
    PORT = "0x505"

    def __enter__(self):
        descriptor, self.path = tempfile.mkstemp(prefix="microlith-status-")
        os.close(descriptor)  # it may be 0, where our caller has none
        return self

    def __exit__(self, *_):
        os.unlink(self.path)

    def device(self) -> list:
        return ["-chardev", f"file,id=status,path={self.path}", "-device", f"isa-debugcon,iobase={self.PORT},chardev=status"]

    def status(self, exit_code: int) -> int:
        """From QEMU's exit code, which is odd, and what was left here, if there is anything."""
        with open(self.path, "rb") as file:
            left = file.read()
        if left:
            return left[-1]
        value = exit_code >> 1
        return PANIC_STATUS if value == PANIC_SEEN else value


def wait_for(path: str, process) -> None:
    for _ in range(200):
        if os.path.exists(path):
            return
        if process.poll() is not None:
            break
        time.sleep(0.05)
    raise Problem("error: QEMU did not start; see its message above, and V=1 for the command")


def debug(command, program: str = "gdb") -> int:
    """gdb stopped in main(). The guest gets no input."""
    with tempfile.TemporaryDirectory() as folder:
        socket = os.path.join(folder, "gdb")
        words = command(["-chardev", "stdio,id=console,signal=off", "-serial", "chardev:console"])
        words += ["-S", "-chardev", f"socket,id=gdb,path={socket},server=on,wait=off", "-gdb", "chardev:gdb"]
        # A session of its own: Ctrl-C belongs to gdb.
        machine = Supervised(words, stdin=subprocess.DEVNULL, start_new_session=True)
        try:
            wait_for(socket, machine.process)
            # gdb reads main's first instructions to stop behind those that store its arguments; nothing is mapped there yet.
            stop = ["-ex", "set trust-readonly-sections on", "-ex", "thbreak main", "-ex", "set trust-readonly-sections off"]
            words = gdb(["-ex", f"target remote {socket}", *stop, "-ex", "continue", *split("GDB_ARGS"), image() + ".dbg"], program)
            show(words)
            return subprocess.run(words, check=False).returncode
        finally:
            machine.process.terminate()
            machine.wait()
