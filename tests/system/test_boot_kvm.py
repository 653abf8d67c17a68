# SPDX-License-Identifier: BSD-3-Clause
"""Machines, processors, memory sizes and loaders on which an image must boot, and what it says where it cannot."""
import os
import re
import signal
import shutil
import struct
import subprocess
import threading
import time

import guest
import pytest

LIMIT = 60
LONG = "UK_CHECK_ALL" in os.environ
RUN = os.path.join(guest.ROOT, "support/run/run")
EXIT = ["-device", "isa-debug-exit"]
PASSED = re.compile(r"^# [1-9]\d* passed, 0 failed, \d+ skipped$", re.M)


@pytest.fixture(scope="module", name="image")
def built_image():
    return guest.build("kvm-x86_64")


def command(*options, machine="pc", memory="64M", end=EXIT) -> list:
    return ["qemu-system-x86_64", "-M", machine, "-accel", "tcg", "-m", memory, "-nodefaults", "-no-user-config",
            "-display", "none", "-no-reboot", *end, *options]


def boot(*options, limit=LIMIT, serial=("-serial", "stdio"), **machine) -> tuple:
    """(console, QEMU's exit code) of a machine that must end by itself."""
    done = subprocess.run(command(*serial, *options, **machine), capture_output=True, text=True, errors="replace",
                          stdin=subprocess.DEVNULL, timeout=limit, check=False)
    return done.stdout.replace("\r", "") + done.stderr, done.returncode


def started(image: str, *goal, **settings) -> tuple:
    """(output, status) of support/run/run, as make calls it."""
    environment = {k: v for k, v in os.environ.items() if k not in ("ARGS", "PARAMS", "MEM", "CPUS", "MACHINE", "V")}
    environment.update({"UK_IMAGE": image, "UK_PLAT": "kvm", "UK_ARCH": "x86_64", **settings})
    done = subprocess.run([RUN, *goal], capture_output=True, text=True, errors="replace", stdin=subprocess.DEVNULL,
                          timeout=LIMIT, check=False, env=environment)
    return done.stdout.replace("\r", "") + done.stderr, done.returncode


# What depends on the machine: clocks, memory, the boot; switches of threads and alarms. `make check` runs all tests on the one of
# `make run`, and check-all on each.
@pytest.mark.parametrize("words", [""] if LONG else ["appguest", "uksched"])
@pytest.mark.parametrize("machine", ["pc", "q35", "microvm", "microvm,acpi=off"])
def test_machines(image, machine, words):
    console, code = boot("-kernel", image, "-append", words, machine=machine)
    assert PASSED.search(console) and code == 1, console


@pytest.mark.parametrize("machine", ["pc", "q35", "microvm"])
def test_a_slow_machine(image, machine):
    """A microsecond for each instruction: the firmware's clock has raised the 8259 before the first wait."""
    console, code = boot("-kernel", image, "-append", "appguest", "-icount", "shift=10,sleep=off", machine=machine)
    assert PASSED.search(console) and code == 1, console


@pytest.fixture(scope="module", name="hello")
def small_image():
    return guest.build_hello("kvm-x86_64")


@pytest.mark.parametrize("machine", ["pc", "q35", "microvm"])
def test_the_smallest_memory(hello, machine):
    console, code = boot("-kernel", hello, machine=machine, memory="1280K")
    assert console.startswith("Hello from Microlith!") and code == 1, console


# Some of it above 4 GiB: a PC has 3 GiB below if it has 3.5, q35 2 if it has 2.75.
@pytest.mark.parametrize("machine, memory", [("pc", "3M"), ("pc", "6G" if LONG else "3600M"), ("microvm", "4G" if LONG else "3600M")])
def test_memory_sizes(image, machine, memory):
    console, code = boot("-kernel", image, "-append", "memory", machine=machine, memory=memory)
    assert PASSED.search(console) and code == 1, console


# The other tests here run on qemu64, those of `make run` on max.
@pytest.mark.parametrize("processor", ["Nehalem", "max,-pdpe1gb,-rdrand,-rdseed,-xsave", "qemu64,-rdtscp,-cx16,-popcnt",
                                       *(["qemu64", "max", "max,-pdpe1gb", "max,-rdrand,-rdseed", "max,-xsave"] if LONG else [])])
def test_nothing_is_demanded_that_is_not_used(image, processor):
    some = [] if LONG else ["-append", "uksched"]  # switches of threads and alarms
    console, code = boot("-cpu", processor, "-kernel", image, *some)
    assert PASSED.search(console) and code == 1, console


@pytest.mark.parametrize("processor, word", [("qemu64,-nx", "NX"), ("qemu32", "LM")])
def test_a_missing_feature_is_named(image, processor, word):
    console, code = boot("-cpu", processor, "-kernel", image)
    assert re.search(rf"^Microlith: this processor .*\(CPUID: {word}\); the image needs it\.$", console, re.M), console
    assert code == 126 << 1 | 1


def test_kernel_is_entered_by_pvh(image):
    console, _ = boot("-kernel", image, "-append", "log.level=info -- end:5")
    assert "[ukboot] kvm, entered by PVH," in console
    with open(image, "rb") as file:
        data = file.read()
    # A Multiboot 1 header would send QEMU another way.
    assert b"\x02\xb0\xad\x1b" not in data[:8192]
    # The Multiboot 2 header lies where loaders look.
    assert data.find(struct.pack("<II", 0xe85250d6, 0)) in range(0, 32768, 8)


def test_no_segment_is_writable_and_executable(image):
    text = subprocess.run(["readelf", "-lW", image], capture_output=True, text=True, check=True).stdout
    flags = re.findall(r"^  (?:LOAD|GNU_STACK) .* ([R ][W ][E ]) 0x\w+$", text, re.M)
    flags += re.findall(r"^  (?:LOAD|GNU_STACK) .* ([R ][W ][E ]) +0$", text, re.M)
    assert len(flags) >= 4 and "R E" in flags
    assert not [each for each in flags if "W" in each and "E" in each]


def rescue_image(folder, image: str, configuration: str) -> str:
    tree = folder / "tree"
    (tree / "boot/grub").mkdir(parents=True)
    shutil.copy(image, tree / "boot/image")
    (tree / "boot/module").write_bytes(b"070701 a module of an odd size")
    (tree / "boot/grub/grub.cfg").write_text("serial --unit=0\nterminal_output serial\n" + configuration)
    disk = str(folder / "disk.iso")
    subprocess.run(["grub-mkrescue", "-o", disk, str(tree)], capture_output=True, check=True, timeout=LIMIT)
    return disk


@pytest.mark.parametrize("machine, memory", [("q35", "4G"), ("pc", "64M")] if LONG else [("q35", "2900M")])
def test_grub_boots_by_multiboot2(image, tmp_path, machine, memory):
    disk = rescue_image(tmp_path, image, """\
multiboot2 /boot/image log.level=info -- memory
module2 /boot/module
boot
""")
    console, code = boot("-cdrom", disk, machine=machine, memory=memory)
    assert "[ukboot] kvm, entered by Multiboot 2," in console
    assert PASSED.search(console) and code == 1, console


def test_long_command_lines(image):
    words = "crash:none " + "x" * (64 << 10)
    console, code = boot("-kernel", image, "-append", words, machine="microvm")
    assert "crash:panic" in console and code == 2 << 1 | 1, console
    # QEMU's loader for the other machines has 4 KiB; what it damages is noticed or, here, prevented.
    output, status = started(image, ARGS=words)
    assert status == 1 and "MACHINE=microvm" in output
    console, code = boot("-kernel", image, "-append", "x" * 4200)
    assert re.search(r"^Microlith: what the loader left .* is damaged: E\w+\.$", console, re.M), console
    assert code == 126 << 1 | 1


def test_too_little_memory(hello):
    output, status = started(hello, MEM="1M")
    assert status == 1 and re.search(r"error: MEM=1M: the image fills memory up to \d+ KiB; give it MEM=\d+K or more", output)
    least = re.search(r"MEM=(\d+K)", output.split("give it")[1])[1]
    assert started(hello, MEM=least)[0].startswith("Hello from Microlith!")
    end = int(re.search(r"up to (\d+) KiB", output)[1])
    for memory in (end + 4, 1264, 1284, 1400, end + 380):  # the firmware ends in the image, or leaves something in it
        output, status = started(hello, MEM=f"{memory}K")
        assert status == 1 and "the firmware overwrites" in output, memory
    for memory in (1276, end + 384):
        assert started(hello, MEM=f"{memory}K")[0].startswith("Hello from Microlith!"), memory
    # Without that help the image itself says so, if its beginning is there.
    console, code = boot("-kernel", hello, machine="microvm", memory="1080K")
    assert "Microlith: the image does not fit into memory; give the machine more (-m 2M)." in console
    assert code == 126 << 1 | 1


# What start_info holds: byte offset, type, value; and what is said about it.
DAMAGE = {
    "empty map": ([(48, "int", 0)], "memory map is missing or empty"),
    "no map": ([(40, "long", 0)], "memory map is missing or empty"),
    "map of four thousand million entries": ([(48, "int", -1)], "damaged: EINVAL"),
    "map outside memory": ([(40, "long", 1 << 60)], "damaged: EINVAL"),
    "map in the image": ([(40, "long", 0x100000)], "damaged: EINVAL"),
    "command line outside memory": ([(24, "long", -1)], "damaged: EINVAL"),
    "no magic number": ([(0, "int", 0)], "damaged: EINVAL"),
    "version 0": ([(4, "int", 0)], "PVH version 0"),
    "modules outside memory": ([(12, "int", 1), (16, "long", 1 << 50)], "damaged: EINVAL"),
    "one entry, not RAM": ([(48, "int", 1), ("map", "int", 2)], "the memory map has no usable page"),
    "one entry, nothing in it": ([(48, "int", 1), ("size", "long", 0)], "memory map is missing or empty"),
}


def entry_of(image: str) -> int:
    text = subprocess.run(["nm", image + ".dbg"], capture_output=True, text=True, check=True).stdout
    return int(re.search(r"^(\w+) . uk_pvh_entry$", text, re.M)[1], 16) - 0xffffffff80000000


# One for each thing that is said, and two pointers that lead nowhere; drivers/loader/tests has all of them, on the host.
@pytest.mark.parametrize("name", DAMAGE if LONG else ["no map", "map outside memory", "command line outside memory", "version 0",
                                                      "one entry, not RAM"])
def test_damaged_start_info(image, tmp_path, name):
    """gdb stops at the first instruction and writes nonsense where the loader left its structures."""
    changes, says = DAMAGE[name]
    place = {"map": "*(unsigned*)($ebx+40)+16", "size": "*(unsigned*)($ebx+40)+8"}
    socket, log = str(tmp_path / "gdb"), str(tmp_path / "console")
    script = ["set architecture i386:x86-64", f"target remote {socket}", f"hbreak *{entry_of(image):#x}", "continue"]
    for where, kind, value in changes:
        kind = {"int": "unsigned", "long": "unsigned long long"}[kind]
        script.append(f"set {{{kind}}}({place.get(where) or f'$ebx+{where}'}) = {value}")
    script += ["delete", "continue"]
    process = subprocess.Popen(command("-kernel", image, "-serial", f"file:{log}", "-S", "-gdb",
                                       f"unix:{socket},server=on,wait=off"), stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        for _ in range(100):
            if os.path.exists(socket):
                break
            time.sleep(0.05)
        words = [word for line in script for word in ("-ex", line)]
        done = subprocess.run(["gdb", "-nx", "-batch", *words], capture_output=True, text=True, errors="replace",
                              timeout=LIMIT, check=False, stdin=subprocess.DEVNULL)
        code = process.wait(LIMIT)
    finally:
        process.kill()
        process.wait()
    console = open(log, encoding="utf-8", errors="replace").read()
    assert re.search(rf"^Microlith: .*{says}", console, re.M), console + done.stdout + done.stderr
    assert code == 126 << 1 | 1


def test_no_serial_port(image):
    for machine in ("pc", "microvm,isa-serial=off"):
        _, code = boot("-kernel", image, "-append", "end:7", machine=machine, serial=())
        assert code == 7 << 1 | 1


@pytest.mark.parametrize("device", ["isa-debug-exit", "isa-debug-exit,iobase=0xf4,iosize=4"])
def test_status(image, device):
    for status in (0, 1, 126):
        assert boot("-kernel", image, "-append", f"end:{status}", end=["-device", device])[1] == status << 1 | 1
    console, code = boot("-kernel", image, "-append", "end:200", end=["-device", device])
    assert "exit status 200 arrives as 72: there are 7 bits" in console and code == 72 << 1 | 1


@pytest.mark.parametrize("machine", ["pc", "q35", "microvm"])
def test_power_off_without_debug_exit(image, machine):
    console, code = boot("-kernel", image, "-append", "end:power_off", machine=machine, end=[])
    assert code == 0 and "cannot be switched off" not in console


def test_says_so_when_it_cannot_be_switched_off(image):
    process = subprocess.Popen(command("-serial", "stdio", "-kernel", image, "-append", "end:0",
                                       machine="microvm,acpi=off", end=[]), stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE)
    timer = threading.Timer(LIMIT, process.kill)
    timer.start()
    try:
        assert any(b"cannot be switched off; halted" in line for line in process.stdout)
        assert process.poll() is None
    finally:
        timer.cancel()
        process.kill()
        process.wait()


@pytest.mark.parametrize("machine", ["pc", "q35", "microvm", "microvm,acpi=off"])
def test_reset(image, machine):
    console, code = boot("-kernel", image, "-append", "end:reboot", machine=machine)
    assert code == 0 and "cannot be reset" not in console


def test_run_tells_ends_apart(image):
    assert started(image, ARGS="end:42")[1] == 42
    output, status = started(image, ARGS="crash:panic", MACHINE="q35")
    assert status == 134 and "the answer is 42" in output
    output, status = started(image, ARGS="end:reboot")
    assert status == 125 and "the image gave no exit status" in output
    output, status = started(image, MACHINE="pdp11")
    assert status == 1 and "pc, q35, microvm" in output
    for wrong in ({"MEM": "64X"}, {"MEM": "0"}, {"CPUS": "two"}, {"CPUS": "0"}, {"ACCEL": "wish"}):
        output, status = started(image, **wrong)
        assert status == 1 and re.fullmatch(r"error: (MEM|CPUS|ACCEL)=.*\n", output), output
    assert "units: K, M, G; none means M" in started(image, MEM="64X")[0]
    assert started(image, ARGS="end:3", MEM="64", CPUS="1")[1] == 3
    output, status = started(image, MEM="99999G")
    assert status == 125 and output.endswith("run: QEMU did not start the image; give it less memory than MEM=99999G\n"), output
    # With a closed standard input, too.
    environment = {**os.environ, "UK_IMAGE": image, "UK_PLAT": "kvm", "UK_ARCH": "x86_64", "ARGS": "end:9"}
    assert subprocess.run(["sh", "-c", 'exec "$0" <&-', RUN], env=environment, timeout=LIMIT, check=False).returncode == 9
    output, _ = started(image, ARGS="end:0", V="1")
    assert re.search(r"^qemu-system-x86_64 .*-append end:0$", output, re.M)


def test_ctrl_c_ends_the_machine(image):
    environment = {**os.environ, "UK_IMAGE": image, "UK_PLAT": "kvm", "UK_ARCH": "x86_64", "ARGS": "clock"}
    process = subprocess.Popen([RUN], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                               env=environment, start_new_session=True)
    try:
        assert process.stdout.readline()
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(LIMIT) == 130
    finally:
        process.kill()
        process.wait()


IN_MAIN = r"^#0 +main \({}\) at apps/hello/main\.c:\d+$"


def test_debug_stops_in_main():
    output, status = started(guest.build_for_gdb("kvm-x86_64"), "debug", ARGS="word", GDB_ARGS="-batch -ex bt -ex uk-memory")
    assert status == 0 and re.search(IN_MAIN.format(r"argc=2, argv=0x\w+"), output, re.M), output
    assert "terminating" not in output
    assert re.search(r"^kvm, entered by PVH\n(0x\w{16} 0x\w{16} \w+\n)+", output, re.M)


def test_variables_are_refused_before_the_build(tmp_path):
    for words in (["T=kvm-x86_64", "MACHINE=pdp11"], ["T=linuxu-x86_64", "MEM=64M"], ["T=kvm-x86_64", "CPUS=two"],
                  ["T=kvm-arm64", "CPUS=0"], ["T=xen-x86_64", "CPUS=-1"]):
        done = guest.make_in_tree("A=tests/guest", *words, f"O={tmp_path}", "run", limit=LIMIT)
        assert done.returncode != 0 and words[1] in done.stderr and "error:" in done.stderr
        assert not done.stdout and not os.path.exists(tmp_path / "obj")


def test_more_cpus_than_the_image_can_use_are_refused(image, tmp_path):
    config = tmp_path / "config"
    for most, text in ((1, r"one CPU; the option LIBUKSMP \(make menuconfig\)"), (8, "8 CPUs at most")):
        config.write_text(f"CONFIG_HAL_CPUS={most}\n", encoding="utf-8")
        output, status = started(image, CPUS="9", UK_CONFIG=str(config))
        assert status == 1 and re.fullmatch(f"error: CPUS=9: this image runs on {text}.*\n", output), output


def test_debug_stops_a_process_in_main():
    output, status = started(guest.build_hello("linuxu-x86_64"), "debug", UK_PLAT="linuxu", ARGS="word", GDB_ARGS="-batch -ex bt")
    assert status == 0 and re.search(IN_MAIN.format(".*"), output, re.M), output


def test_initrd_arrives(tmp_path):
    """Its bytes are readable through BootInfo when main starts."""
    image = guest.build_for_gdb("kvm-x86_64")
    module = tmp_path / "initrd"
    module.write_bytes(bytes(range(1, 256)) * 5000)
    for machine in ("pc", "microvm"):
        socket = str(tmp_path / machine)
        process = subprocess.Popen(command("-kernel", image, "-initrd", str(module), "-S", "-gdb",
                                           f"unix:{socket},server=on,wait=off", machine=machine),
                                   stdin=subprocess.DEVNULL)
        try:
            while not os.path.exists(socket) and process.poll() is None:
                time.sleep(0.05)
            script = [f"target remote {socket}", "set language c++", "thbreak main", "continue", "p uk::kvm::g_boot_info.initrd.size",
                      "p/x uk::kvm::g_boot_info.initrd.data[0]", "p/x uk::kvm::g_boot_info.initrd.data[1274999]", "kill"]
            done = subprocess.run(["gdb", "-nx", "-batch", *[w for line in script for w in ("-ex", line)],
                                   image + ".dbg"], capture_output=True, text=True, timeout=LIMIT, check=False,
                                  stdin=subprocess.DEVNULL)
        finally:
            process.kill()
            process.wait()
        assert re.findall(r"^\$\d = (\w+)$", done.stdout, re.M) == ["1275000", "0x1", "0xff"], done.stdout + done.stderr
