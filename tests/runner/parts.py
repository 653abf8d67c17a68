# SPDX-License-Identifier: BSD-3-Clause
"""The parts of `make check`: gates, host tests, fuzzing, images, guest tests, system tests."""
import os

from jobs import Job, Step, count_exit, count_line, count_pytest, count_tap

PYTHON = "/usr/bin/python3"
HELLO = r"^Hello"
GCC, CLANG = {}, {"CC": "clang", "CXX": "clang++"}
KVM, KVM_ARM, XEN = "kvm-x86_64", "kvm-arm64", "xen-x86_64"
LINUXU, LINUXU_ARM = "linuxu-x86_64", "linuxu-arm64"
# On how many CPUs a guest with -smp runs, one after another; in check on the first number only. Emulated CPUs that wait for each other wait long on a machine with
# fewer, so arm64 and Xen run the tests of uksmp only, and in check-all those of files.
SMP_CPUS = {KVM: ("4", "1"), LINUXU: ("4", "1", "8")}
O_S, O_0, LTO = "CONFIG_OPTIMIZE_SIZE=y", "CONFIG_OPTIMIZE_NONE=y", "CONFIG_OPTIMIZE_LTO=y"
G_2 = "CONFIG_DEBUG_SYMBOLS_LVL2=y"  # gdb's tests use these images, too (tests/system/guest.py)
# By the words behind the compiler in a guest's name.
GUEST_OPTIONS = {"coop": "CONFIG_UKSCHED_COOP=y", "none": "CONFIG_UKSCHED_NONE=y", "checks": "CONFIG_LIBUKALLOC_CHECKS=y", "lto": LTO,
                 "mimalloc": "CONFIG_UKALLOC_DEFAULT_MIMALLOC=y", "smp": "CONFIG_LIBUKSMP=y", "newlib": "CONFIG_LIBC_NEWLIB=y",
                 "few": "CONFIG_APPGUEST_ALL=n"}
# Built for check as name-few: tests of threads, memory and the machine, in less than half as many sources. In check-all with all.
FEW = "few"
# QEMU's AMD-V delivers some upcalls twice (docs/xen-under-emulation.md): once in some dozen loaded runs an interrupted thread's
# frame is lost, and the image ends. A test that fails is no such death.
EMULATED_XEN = r"crash report begins|^no end after"
# name, target, compiler, options over the default configuration, built for check (not only for check-all)
IMAGES = [
    ("gcc", KVM, GCC, [], True), ("clang", KVM, CLANG, [], True),
    ("gcc-debug", KVM, GCC, [O_0, G_2], True), ("gcc-size-lto", KVM, GCC, [O_S, LTO], True),
    ("clang-lto", KVM, CLANG, [LTO], False),
    ("gcc", LINUXU, GCC, [], True), ("clang", LINUXU, CLANG, [], False),
    ("gcc", LINUXU_ARM, GCC, [], True), ("clang", LINUXU_ARM, CLANG, [], False),
    ("gcc", KVM_ARM, GCC, [], True), ("clang", KVM_ARM, CLANG, [], False), ("gcc-size-lto", KVM_ARM, GCC, [O_S, LTO], False),
    ("gcc", XEN, GCC, [], True), ("clang", XEN, CLANG, [], False), ("gcc-size-lto", XEN, GCC, [O_S, LTO], False),
    ("clang-size", KVM, CLANG, [O_S], False), ("clang-debug", KVM, CLANG, [O_0], False),
    ("gcc-size", KVM, GCC, [O_S], False), ("gcc-lto", KVM, GCC, [LTO], False), ("gcc-debug", LINUXU, GCC, [O_0], False),
    ("gcc-lto", LINUXU, GCC, [LTO], False), ("clang-lto", LINUXU, CLANG, [LTO], False),
    ("gcc-debug", LINUXU_ARM, GCC, [O_0], False), ("gcc-size-lto", LINUXU_ARM, GCC, [O_S, LTO], False),
    ("clang-lto", LINUXU_ARM, CLANG, [LTO], False), ("gcc-debug", KVM_ARM, GCC, [O_0, G_2], False),
    ("clang-lto", KVM_ARM, CLANG, [LTO], False), ("clang-debug", KVM_ARM, CLANG, [O_0], False),
]
GUESTS = [
    ("gcc", KVM, GCC, True), ("clang", KVM, CLANG, False), ("gcc", LINUXU, GCC, True), ("clang", LINUXU, CLANG, False),
    ("gcc-mimalloc-coop", KVM, GCC, FEW), ("gcc-coop", KVM, GCC, False), ("gcc-coop", LINUXU, GCC, False),
    ("gcc-none", LINUXU, GCC, FEW), ("gcc-none", KVM, GCC, False), ("gcc-none", KVM_ARM, GCC, False),
    ("gcc", LINUXU_ARM, GCC, True), ("clang", LINUXU_ARM, CLANG, False),
    ("gcc", KVM_ARM, GCC, True), ("clang", KVM_ARM, CLANG, False), ("gcc", XEN, GCC, True), ("clang", XEN, CLANG, False),
    ("gcc-smp", KVM, GCC, True), ("gcc-smp", LINUXU, GCC, FEW), ("gcc-smp", KVM_ARM, GCC, FEW), ("gcc-smp", LINUXU_ARM, GCC, False),
    ("gcc-smp", XEN, GCC, False), ("clang-smp", KVM, CLANG, False), ("clang-smp", LINUXU, CLANG, False),
    ("clang-smp", LINUXU_ARM, CLANG, False), ("gcc-smp-coop", LINUXU, GCC, False),
    ("gcc-newlib", KVM, GCC, True), ("gcc-newlib", LINUXU, GCC, True), ("gcc-newlib", KVM_ARM, GCC, False),
    ("gcc-newlib", LINUXU_ARM, GCC, False), ("clang-newlib", KVM, CLANG, False), ("clang-newlib-lto", LINUXU, CLANG, False),
    ("gcc-newlib-smp", KVM, GCC, False), ("gcc-newlib-coop", KVM, GCC, False), ("gcc-newlib-none", LINUXU, GCC, False),
    ("gcc-mimalloc", KVM, GCC, False), ("clang-mimalloc-lto", KVM, CLANG, False), ("gcc-mimalloc-checks", KVM, GCC, False),
    ("gcc-mimalloc", LINUXU, GCC, False), ("gcc-mimalloc-none", LINUXU, GCC, False), ("gcc-mimalloc", LINUXU_ARM, GCC, False),
    ("clang-mimalloc", KVM_ARM, CLANG, False), ("gcc-mimalloc", XEN, GCC, False),
]


def gates(root: str) -> list:
    folder = os.path.join(root, "support/scripts")
    names = sorted(name for name in os.listdir(folder) if name.startswith("check_") and name != "check_symbols.py")
    return [Job("gates/" + name.removeprefix("check_").removesuffix(".py"),
                [Step([PYTHON, f"support/scripts/{name}"], count_exit, limit=600)]) for name in names]


def python_tests(root: str, everything: bool = False) -> list:
    """A job for each file of tests, so that they run side by side."""
    found, limit = [], 3600 if everything else 1500  # a domain of Xen that stands still is waited for, and asked why
    for folder in ("support", "tests"):
        for place, folders, names in os.walk(os.path.join(root, folder)):
            folders[:] = [name for name in folders if name not in ("__pycache__", "build")]
            found += [os.path.relpath(os.path.join(place, name), root) for name in names
                      if name.startswith("test_") and name.endswith(".py")]
    jobs = []
    for path in sorted(found):
        name = "system/" if path.startswith("tests/system/") else "tools/"
        command = [PYTHON, "-m", "pytest", "-q", "--tb=short", "-p", "no:cacheprovider", path]
        command += ["--durations=" + os.environ["DURATIONS"]] if os.environ.get("DURATIONS") else []
        jobs.append(Job(name + os.path.basename(path).removesuffix(".py").removeprefix("test_"),
                        [Step(command, count_pytest, limit=limit)]))
    return jobs


def make(folder: str, application: str, target: str, compiler: dict, *goals) -> list:
    return ["make", f"A={application}", f"T={target}", f"O={folder}", f"C={folder}/config",
            *(f"{name}={value}" for name, value in compiler.items()), *goals]


def configured(folder: str, application: str, target: str, compiler: dict, options: list) -> list:
    """Steps that leave folder/config: the application's default configuration and the options."""
    if not options:
        return [Step(make(folder, application, target, compiler, "olddefconfig"))]
    text = f"cat {application}/defconfigs/{target} && printf '%s\\n' {' '.join(options)}"
    return [Step(["sh", "-c", f"mkdir -p {folder} && {{ {text}; }} >{folder}/config"]),
            Step(make(folder, application, target, compiler, "olddefconfig"))]


def prepared(target: str) -> list:
    """Steps that get what a run needs and may take long the first time: Xen itself and its control domain."""
    return [Step(["support/xen/fetch"], limit=900)] if target == XEN else []


def image(variant: tuple) -> Job:
    name, target, compiler, options, _ = variant
    # The plain ones share what tests/system/test_hello.py builds.
    folder = f"build/check/hello/{target}" if name == "gcc" else f"build/check/{target}-{name}"
    stem = f"hello_{target}"
    symbols = [PYTHON, "support/scripts/check_symbols.py", "--objects", f"{folder}/obj/{stem}", "--image", f"{folder}/{stem}.dbg"]
    symbols += ["--unoptimized"] if O_0 in options else []
    steps = configured(folder, "apps/hello", target, compiler, options)
    steps.append(Step(make(folder, "apps/hello", target, compiler), count_exit, limit=300))
    steps.append(Step(symbols, count_exit))
    steps += prepared(target)
    steps.append(Step(make(folder, "apps/hello", target, compiler, "run"), count_exit, needs=HELLO, limit=120))
    return Job(f"images/{target}-{name}", steps)


def guest(variant: tuple, everything: bool) -> Job:
    name, target, compiler, when = variant
    name += "-few" if when == FEW and not everything else ""
    # The plain ones share what tests/system/guest.py builds.
    folder = f"build/check/see-inside/{target}" if name == "gcc" else f"build/check/guest-{target}-{name}"
    steps = configured(folder, "tests/guest", target, compiler, [GUEST_OPTIONS[word] for word in name.split("-")[1:]])
    steps.append(Step(make(folder, "tests/guest", target, compiler), limit=300))
    steps += prepared(target)
    memory = [] if target in (LINUXU, LINUXU_ARM) else ["MEM=256M"] # for 10,000 threads
    runs = [[]]
    if "-smp" in name:
        words = ("uksmp", "ramfs", "posix_") if everything else ("uksmp",)
        some = [["CPUS=2" if target == XEN else "CPUS=4", "ARGS=" + word] for word in words]
        numbers = SMP_CPUS.get(target, ())[:None if everything else 1]
        runs = [["CPUS=" + number] for number in numbers] or some
        if target == KVM_ARM:
            runs.append(["CPUS=4", "ARGS=trap_stack"])
    limit = 300 if everything or (runs[0] and target != XEN) else 120
    for words in runs:
        steps.append(Step(make(folder, "tests/guest", target, compiler, *memory, *words, "run"), count_tap, limit=limit,
                          dies=EMULATED_XEN if target == XEN else ""))
    return Job(f"guest/{target}-{name}", steps)


def torture(target: str, seconds: int) -> Job:
    folder = f"build/check/torture/{target}"
    steps = [*configured(folder, "tests/torture", target, GCC, []),
             Step(make(folder, "tests/torture", target, GCC), limit=300), *prepared(target)]
    steps.append(Step(make(folder, "tests/torture", target, GCC, "CPUS=4", f"ARGS={seconds} 1", "run"), count_exit,
                      needs=rf"^torture: \d+ acts in {seconds} s", limit=120 + 3 * seconds, dies=EMULATED_XEN if target == XEN else ""))
    return Job(f"torture/{target}", steps)


def file_model(target: str) -> Job:
    """A million random calls on files against a model, on one CPU and on four."""
    folder = f"build/check/fsmodel/{target}"
    memory = [] if target in (LINUXU, LINUXU_ARM) else ["MEM=256M"]
    steps = [*configured(folder, "tests/fsmodel", target, GCC, []),
             Step(make(folder, "tests/fsmodel", target, GCC), limit=300), *prepared(target)]
    for number in ("1", "4"):
        words = make(folder, "tests/fsmodel", target, GCC, *memory, "CPUS=" + number, "ARGS=1000000 " + number, "run")
        steps.append(Step(words, count_exit, needs=r"^fsmodel: 1000000 steps by 4 threads, 0 findings", limit=3600,
                          dies=EMULATED_XEN if target == XEN else ""))
    return Job(f"fsmodel/{target}", steps)


def host_words(everything: bool) -> list:
    """The fuzz targets share the objects of clang++, which compiles a test in two thirds of g++'s time; g++ compiles images."""
    return ["TSAN_ALL=y"] if everything else ["--variants", "clang-asan clang-tsan"]


def all_jobs(root: str, everything: bool) -> list:
    """Longest first."""
    fuzz = ["--seconds", "60"] if everything else []
    jobs = [Job("host", [Step(["tests/host/run", *host_words(everything)], count_line, limit=3600 if everything else 1800)])]
    slow_tools = ("gates/tidy", "gates/headers", "tools/lwip_unit")  # a minute or two each
    jobs += [job for job in gates(root) + python_tests(root, everything) if job.name in slow_tools]
    jobs += [job for job in python_tests(root, everything) if job.name.startswith("system/")]
    jobs += [image(variant) for variant in IMAGES if variant[-1] or everything]
    jobs += [guest(variant, everything) for variant in GUESTS if variant[-1] or everything]
    jobs += [torture(target, 60 if everything else 5) for target in (XEN, KVM, LINUXU, *([KVM_ARM, LINUXU_ARM] if everything else []))]
    jobs += [file_model(target) for target in (XEN, KVM, KVM_ARM, LINUXU, LINUXU_ARM) if everything]
    jobs += [Job("fuzz", [Step(["tests/fuzz/run", *fuzz], count_line, limit=3600)])]
    jobs += gates(root) + [job for job in python_tests(root, everything) if not job.name.startswith("system/")]
    return list({job.name: job for job in jobs}.values())  # in the order in which they came first
