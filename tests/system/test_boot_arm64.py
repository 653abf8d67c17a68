# SPDX-License-Identifier: BSD-3-Clause
"""Machines, processors and device trees on which an arm64 image must boot, and what it says where it cannot."""
import os
import re
import struct
import subprocess
import threading
import time

import guest
import pytest
import terminal

LIMIT = 120
LONG = "UK_CHECK_ALL" in os.environ
SOME = ["-append", "uksched"]  # switches of threads and alarms; all tests where LONG
RUN = os.path.join(guest.ROOT, "support/run/run")
STATUS = ["-semihosting-config", "enable=on,target=native"]
PASSED = re.compile(r"^# [1-9]\d* passed, 0 failed, \d+ skipped$", re.M)
MACHINES = ["virt", "virt,gic-version=3", "virt,virtualization=on", "virt,virtualization=on,gic-version=3"]
# Where a tree that QEMU did not make is put, and the image with it: not where QEMU would put it.
STUB, IMAGE, TREE = 0x41000000, 0x40480000, 0x42200000


@pytest.fixture(scope="module", name="image")
def built_image():
    return guest.build("kvm-arm64")


def command(*options, machine="virt", processor="max", memory="64M", end=STATUS) -> list:
    return ["qemu-system-aarch64", "-M", machine, "-cpu", processor, "-accel", "tcg", "-m", memory, "-nodefaults",
            "-no-user-config", "-display", "none", "-no-reboot", *end, *options]


def boot(*options, serial=("-serial", "stdio"), **machine) -> tuple:
    """(console, QEMU's exit code) of a machine that must end by itself."""
    done = subprocess.run(command(*serial, *options, **machine), capture_output=True, text=True, errors="replace",
                          stdin=subprocess.DEVNULL, timeout=LIMIT, check=False)
    return done.stdout.replace("\r", "") + done.stderr, done.returncode


def until(word: str, *options, **machine) -> str:
    """The console up to the line with this word, of a machine that does not end."""
    process = subprocess.Popen(command("-serial", "stdio", *options, **machine), stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, text=True, errors="replace")
    timer = threading.Timer(LIMIT, process.kill)
    timer.start()
    try:
        seen = ""
        for line in process.stdout:
            seen += line
            if word in line:
                assert process.poll() is None
                return seen
        raise AssertionError(f"no '{word}' in:\n{seen}")
    finally:
        timer.cancel()
        process.kill()
        process.wait()


def started(image: str, *goal, **settings) -> tuple:
    """(output, status) of support/run/run, as make calls it."""
    environment = {k: v for k, v in os.environ.items() if k not in ("ARGS", "PARAMS", "MEM", "CPUS", "MACHINE", "V")}
    environment.update({"UK_IMAGE": image, "UK_PLAT": "kvm", "UK_ARCH": "arm64", **settings})
    done = subprocess.run([RUN, *goal], capture_output=True, text=True, errors="replace", stdin=subprocess.DEVNULL,
                          timeout=LIMIT, check=False, env=environment)
    return done.stdout.replace("\r", "") + done.stderr, done.returncode


# What depends on the machine; `make check` runs all tests on the one of `make run`, and check-all on each.
@pytest.mark.parametrize("words", [""] if LONG else ["appguest", "uksched"])
@pytest.mark.parametrize("processor", ["max", "cortex-a72"])
@pytest.mark.parametrize("machine", MACHINES)
def test_machines(image, machine, processor, words):
    if words == "appguest" and (processor, machine) not in (("max", MACHINES[0]), ("max", MACHINES[-1])):
        pytest.skip("both interrupt controllers and both conduits had it")
    console, code = boot("-kernel", image, "-append", words, machine=machine, processor=processor)
    assert PASSED.search(console) and code == 0, console
    assert "waiting keeps the CPU busy" not in console


@pytest.mark.parametrize("memory", ["2304K", "6M", *(["4M", "3G", "6G"] if LONG else [])])
def test_memory_sizes(image, memory):
    console, code = boot("-kernel", image, "-append", "memory", memory=memory)
    assert PASSED.search(console) and code == 0, console


@pytest.mark.parametrize("options", [("-smp", "4"), ("-cpu", "cortex-a53"), ("-cpu", "neoverse-n1"),
                                     ("-cpu", "max,pauth=off,sve=off"), ("-M", "virt,secure=on"), ("-M", "virt,highmem=off"),
                                     ("-M", "virt-6.2,gic-version=3,its=off")])
def test_nothing_is_demanded_that_is_not_used(image, options):
    console, code = boot("-kernel", image, *([] if LONG else SOME), *options)
    assert PASSED.search(console) and code == 0, console


def test_header_is_the_one_that_loaders_look_for(image):
    with open(image, "rb") as file:
        data = file.read()
    _, _, offset, size, flags, _, _, _, magic, _ = struct.unpack_from("<IIQQQQQQ4sI", data)
    assert magic == b"ARM\x64" and offset == 0x80000 and flags == 0b1010
    assert len(data) <= size < len(data) + (512 << 10)


def test_no_segment_is_writable_and_executable(image):
    text = subprocess.run(["readelf", "-lW", image + ".dbg"], capture_output=True, text=True, check=True).stdout
    flags = re.findall(r"^  (?:LOAD|GNU_STACK) .* ([R ][W ][E ]) 0x\w+$", text, re.M)
    assert len(flags) >= 3 and "R E" in flags
    assert not [each for each in flags if "W" in each and "E" in each]


@pytest.mark.parametrize("machine", MACHINES)
def test_status(image, machine):
    for status in (0, 1, 126, 255) if LONG or machine == MACHINES[0] else (255,):
        assert boot("-kernel", image, "-append", f"end:{status}", machine=machine)[1] == status
    if LONG or machine == MACHINES[0]:
        console, code = boot("-kernel", image, "-append", "end:300", machine=machine)
        assert "exit status 300 arrives as 44" in console and code == 44
    console, code = boot("-kernel", image, "-append", "crash:panic", machine=machine)
    assert "the answer is 42" in guest.report_of(console) and code == 134


@pytest.mark.parametrize("machine", MACHINES if LONG else [MACHINES[0], MACHINES[2]])  # the conduits
def test_end_without_semihosting(image, machine):
    """The instruction for it is undefined then; PSCI ends the machine, by either conduit."""
    for way in ("end:0", "end:power_off", "end:reboot", "crash:write_null"):
        console, code = boot("-kernel", image, "-append", way, machine=machine, end=[])
        assert code == 0 and "cannot be" not in console, console
        assert len(re.findall("crash report begins", console)) == way.startswith("crash")


def test_reset_is_a_reset(image):
    """With -no-reboot QEMU ends either way; only a power off is a request to shut down."""
    for way, requests in (("end:reboot", 0), ("end:power_off", 1)):
        console, code = boot("-kernel", image, "-append", way, "-trace", "qemu_system_shutdown_request")
        assert console.count("qemu_system_shutdown_request") == requests and code == 0, console


def test_no_serial_port(image):
    assert boot("-kernel", image, "-append", "end:7", serial=("-serial", "none"))[1] == 7


def test_long_command_lines(image):
    console, code = boot("-kernel", image, "-append", "crash:none " + "x" * (64 << 10))
    assert "crash:panic" in console and code == 2, console


# What follows: trees that QEMU did not make. A few instructions put their address into x0 and enter the image.

@pytest.fixture(scope="module", name="tree")
def dumped_tree(tmp_path_factory):
    path = str(tmp_path_factory.mktemp("tree") / "virt.dtb")
    subprocess.run(["qemu-system-aarch64", "-M", f"virt,dumpdtb={path}", "-cpu", "max", "-m", "64M"], check=True,
                   capture_output=True, timeout=LIMIT)
    with open(path, "rb") as file:
        return file.read()


def with_tree(folder, image: str, tree: bytes, at: int = TREE, place: int = IMAGE) -> list:
    stub, blob = str(folder / "stub"), str(folder / "tree")
    with open(stub, "wb") as file:  # ldr x0, .+16; ldr x1, .+20; br x1; nop
        file.write(struct.pack("<4I2Q", 0x58000080, 0x580000a1, 0xd61f0020, 0xd503201f, at, place))
    loads = [(stub, STUB), (image, place)]
    if tree:
        with open(blob, "wb") as file:
            file.write(tree)
        loads.append((blob, at))
    words = [word for path, address in loads for word in
             ("-device", f"loader,file={path},addr={address:#x},force-raw=on")]
    return [*words, "-device", f"loader,addr={STUB:#x},cpu-num=0"]


def changed(tree: bytes, *changes) -> bytes:
    """Each change is (old, new) bytes of the same length, or (offset of a word, value)."""
    for old, new in changes:
        if isinstance(old, int):
            tree = tree[:old] + struct.pack(">I", new) + tree[old + 4:]
        else:
            assert old in tree and len(old) == len(new)
            tree = tree.replace(old, new)
    return tree


def append(tree: bytes, line: str) -> bytes:
    """The tree with a boot line: QEMU adds it only to the one that it loads itself."""
    total, structure, strings, _, _, _, _, size, length = struct.unpack_from(">9I", tree, 4)
    room = tree[strings:strings + size] + b"bootargs\0"
    block = tree[structure:structure + length]
    name = b"\0\0\0\1chosen\0\0"
    at = block.index(name) + len(name)
    value = line.encode() + b"\0"
    added = struct.pack(">3I", 3, len(value), size) + value + b"\0" * (-len(value) % 4)
    block = block[:at] + added + block[at:]
    body = tree[:structure] + block + room
    header = struct.pack(">3I", len(body), structure, structure + len(block))
    rest = struct.pack(">2I", len(room), len(block))
    return body[:4] + header + body[16:32] + rest + body[40:]


@pytest.mark.parametrize("place", [IMAGE, 0x407ff000, 0x43e01000])
def test_image_runs_at_another_place(image, tree, tmp_path, place):
    """Also across a boundary of 2 MiB, in the last of it, and not where the boot protocol wants it."""
    for machine in MACHINES[:2 if LONG else 1]:
        console, code = boot(*with_tree(tmp_path, image, append(tree, "memory"), place=place), machine=machine)
        assert PASSED.search(console) and code == 0, console


def test_image_runs_above_4_gib(image, tmp_path):
    """Memory begins at 1 GiB and ends 128 MiB above 4."""
    blob, memory = str(tmp_path / "virt.dtb"), "6G" if LONG else "3200M"
    subprocess.run(["qemu-system-aarch64", "-M", f"virt,dumpdtb={blob}", "-cpu", "max", "-m", memory], check=True,
                   capture_output=True, timeout=LIMIT)
    with open(blob, "rb") as file:
        words = with_tree(tmp_path, image, append(file.read(), "memory"), 0x106000000, 0x100080000)
    console, code = boot(*words, memory=memory)
    assert PASSED.search(console) and code == 0, console


def test_tree_next_to_the_image(image, tree, tmp_path):
    """No large page fits around it."""
    console, code = boot(*with_tree(tmp_path, image, append(tree, "memory")[:16384], IMAGE - 0x10000))
    assert PASSED.search(console) and code == 0, console


def test_no_tree(image, tmp_path):
    for words in (with_tree(tmp_path, image, b"", 0), with_tree(tmp_path, image, b"\0" * 4096),
                  with_tree(tmp_path, image, b"no device tree" * 100)):
        console, code = boot(*words)
        assert re.search(r"^Microlith: the loader left no device tree", console, re.M), console
        assert code == 126


DAMAGE = {
    "structure outside": [(8, 0x7fffffff)],
    "strings outside": [(12, 0x7fffffff)],
    "version of 2003": [(20, 2)],
    "structure that does not begin": [(0x40, 9)],
    "structure of nonsense": [(0x40, 0x12345678)],
    "structure without end": [(36, 0x100)],
}


@pytest.mark.parametrize("name", DAMAGE)
def test_damaged_tree(image, tree, tmp_path, name):
    changes = DAMAGE[name]
    console, code = boot(*with_tree(tmp_path, image, changed(tree, *changes)))
    assert re.search(r"^Microlith: the device tree .* damaged: EINVAL\.$", console, re.M), console
    assert code == 126
    # PSCI is tried even then, with the machine's own conduit unknown.
    _, code = boot(*with_tree(tmp_path, image, changed(tree, *changes)), end=[])
    assert code == 0


def test_tree_outside_memory(image, tmp_path):
    console, code = boot(*with_tree(tmp_path, image, b"", 1 << 60))
    assert re.search(r"^Microlith: the device tree .* damaged: EINVAL\.$", console, re.M) and code == 126, console
    console, code = boot(*with_tree(tmp_path, image, b"", IMAGE))
    assert re.search(r"^Microlith: the device tree .* damaged: EINVAL\.$", console, re.M) and code == 126, console


def test_no_memory(image, tree, tmp_path):
    console, code = boot(*with_tree(tmp_path, image, changed(tree, (b"memory@", b"lumber@"))))
    assert "Microlith: the device tree names no memory" in console and code == 126, console


def test_unknown_interrupt_controller(image, tree, tmp_path):
    blob = append(changed(tree, (b"arm,cortex-a15-gic", b"arm,cortex-a15-odd")), "clock")
    console, code = boot(*with_tree(tmp_path, image, blob))
    assert PASSED.search(console) and code == 0, console
    assert re.search(r"no interrupt controller that this image knows .*ENODEV; waiting keeps the CPU busy", console), console


def test_interrupt_that_never_comes(image, tree, tmp_path):
    """The tree names GICv2 where there is GICv3: the chip answers nonsense, or nothing comes."""
    console, code = boot(*with_tree(tmp_path, image, append(tree, "clock")), machine="virt,gic-version=3")
    assert PASSED.search(console) and code == 0, console
    assert "waiting keeps the CPU busy" in console


def test_no_psci(image, tree, tmp_path):
    blob = append(changed(tree, (b"arm,psci", b"arm,odd!")), "end:0")
    assert boot(*with_tree(tmp_path, image, blob))[1] == 0
    until("Microlith: this machine cannot be switched off (no PSCI); halted.", *with_tree(tmp_path, image, blob), end=[])
    blob = append(changed(tree, (b"arm,psci", b"arm,odd!")), "end:reboot")
    until("Microlith: this machine cannot be reset (no PSCI); halted.", *with_tree(tmp_path, image, blob))


def test_console_is_the_one_that_the_tree_names(image, tree, tmp_path):
    # No stdout-path: the first port of a known kind.
    blob = append(changed(tree, (b"stdout-path", b"stdout-pith")), "memory")
    console, code = boot(*with_tree(tmp_path, image, blob))
    assert PASSED.search(console) and code == 0
    # None of a known kind: nothing is written to where one might be.
    console, code = boot(*with_tree(tmp_path, image, append(changed(tree, (b"arm,pl011", b"arm,odd!!")), "end:9")))
    assert console == "" and code == 9
    # An address at which nothing answers.
    blob = changed(tree, (struct.pack(">4I", 0, 0x9000000, 0, 0x1000), struct.pack(">4I", 0, 0xff00000, 0, 0x1000)))
    console, code = boot(*with_tree(tmp_path, image, append(blob, "end:9")))
    assert console == "" and code == 9


def test_run_tells_ends_apart(image):
    for machine in ("", "virt", "virt-gicv3", "virt-el2"):
        assert started(image, ARGS="end:42", MACHINE=machine)[1] == 42
    assert started(image, ARGS="end:0")[1] == 0
    output, status = started(image, ARGS="crash:panic")
    assert status == 134 and "the answer is 42" in output
    for way in ("end:reboot", "end:power_off"):
        output, status = started(image, ARGS=way)
        assert status == 125 and "the image gave no exit status" in output and "runstate" not in output
    output, status = started(image, MACHINE="pdp11")
    assert status == 1 and "virt, virt-gicv3, virt-el2" in output


def test_too_little_memory_is_refused(image):
    output, status = started(image, MEM="2M")
    found = re.search(r"^error: MEM=2M: the image ends at \d+ KiB, .* give it MEM=(\d+K) or more$", output, re.M)
    assert status == 1 and found, output
    assert PASSED.search(started(image, MEM=found[1], ARGS="calloc")[0])
    words = "calloc " + "x" * 40000
    output, status = started(image, MEM=found[1], ARGS=words)
    more = re.search(r"^error: .* give it MEM=(\d+K) or more$", output, re.M)
    assert status == 1 and more, output
    assert PASSED.search(started(image, MEM=more[1], ARGS=words)[0])


def test_debug_stops_in_main():
    output, status = started(guest.build_hello("kvm-arm64"), "debug", ARGS="word", GDB_ARGS="-batch -ex bt")
    assert status == 0 and re.search(r"^#0 +main \(.*\) at apps/hello/main\.c:\d+$", output, re.M), output


@pytest.mark.skipif(not LONG, reason="an image with types for gdb; x86_64 has one")
def test_debug_shows_memory():
    output, status = started(guest.build_for_gdb("kvm-arm64"), "debug", ARGS="word", GDB_ARGS="-batch -ex bt -ex uk-memory")
    assert status == 0 and re.search(r"^#0 +main \(argc=2, argv=0x\w+\) at apps/hello/main\.c:\d+$", output, re.M), output
    assert re.search(r"^kvm, entered by Linux arm64\n(0x\w{16} 0x\w{16} \w+\n)+", output, re.M)


def under_gdb(folder, image: str, script: list, *options) -> tuple:
    """(gdb's output, console) of a machine that gdb starts by `script`."""
    socket, console = str(folder / "gdb"), str(folder / "console")
    process = subprocess.Popen(command("-kernel", image, "-serial", f"file:{console}", "-S", "-gdb",
                                       f"unix:{socket},server=on,wait=off", *options), stdin=subprocess.DEVNULL)
    try:
        while not os.path.exists(socket) and process.poll() is None:
            time.sleep(0.05)
        words = [word for line in [f"target remote {socket}", *script] for word in ("-ex", line)]
        done = subprocess.run(["gdb-multiarch", "-nx", "-batch", *words, image + ".dbg"], capture_output=True, text=True,
                              timeout=LIMIT, check=False, stdin=subprocess.DEVNULL)
    finally:
        process.kill()
        process.wait()
    with open(console, encoding="utf-8", errors="replace") as file:
        return done.stdout + done.stderr, file.read().replace("\r", "")


@pytest.mark.skipif(not LONG, reason="an image with types for gdb; test_initrd.py reads archives")
def test_initrd_arrives(tmp_path):
    """Its bytes are readable through BootInfo when main starts."""
    module = tmp_path / "initrd"
    module.write_bytes(bytes(range(1, 256)) * 5000)
    script = ["set language c++", "thbreak main", "continue", "p uk::kvm::g_boot_info.initrd.size", "p/x uk::kvm::g_boot_info.initrd.data[0]",
              "p/x uk::kvm::g_boot_info.initrd.data[1274999]", "kill"]
    said, _ = under_gdb(tmp_path, guest.build_for_gdb("kvm-arm64"), script, "-initrd", str(module))
    assert re.findall(r"^\$\d = (\w+)$", said, re.M) == ["1275000", "0x1", "0xff"], said


@pytest.fixture(scope="module", name="preempt")
def built_preempt():
    return terminal.image_builder("tests/preempt")("kvm-arm64")


@pytest.mark.parametrize("machine, processor", [*zip(MACHINES, ["max", "cortex-a72"] * 2)][::1 if LONG else 3])
def test_alarms_and_switches_at_their_end(preempt, machine, processor):
    """The contract of interrupts and alarms, which test_preempt.py explains."""
    console, code = boot("-kernel", preempt, "-append", "3000", machine=machine, processor=processor)
    assert code == 0 and "mask: 0 early, 0 lost" in console and "\n0 failed\n" in console, console


def test_full_stack_of_exceptions_is_reported(image, tmp_path):
    """gdb takes the room away in the handler of a first exception; pushing a frame then raises a second one."""
    for place in ("(long)&uk_trap_stack + 64", "(long)&uk_trap_stack - 4096"):
        script = ["thbreak uk_trap", "continue", f"set $sp = {place}", "continue"]
        said, console = under_gdb(tmp_path, image, script, "-append", "crash:write_null")
        report = guest.report_of(console)
        assert "the stack of exceptions is full" in report, said + console


VECTOR, STACK = (f"{{unsigned long}}($x0 + {place})" for place in (288, 296))  # of the TrapFrame


@pytest.mark.parametrize("broken", ["$sp = 0x1000", f"{STACK} = 0x1000"])
def test_broken_kernel_stack_is_reported(image, tmp_path, broken):
    """gdb takes the stack away from the handler of an interrupt, or from the next interrupt."""
    script = [f"thbreak *uk_trap if {VECTOR} == 1", "continue", f"set {broken}", "continue"]
    said, console = under_gdb(tmp_path, image, script, "-append", "clock")
    report = guest.report_of(console)
    assert "data abort" in report and "while another exception or an interrupt was handled" in report, said + console
    assert "stack of exceptions is full" not in report, report
