# SPDX-License-Identifier: BSD-3-Clause
"""newlib's own tests (tests/newlib): its testsuite passes but for what is named here, and its tables of <math.h> hold but for
rows that are wrong by what C says today."""
import collections
import os
import re

import guest
import pytest

LONG = "UK_CHECK_ALL" in os.environ
TARGETS = ["linuxu-x86_64", "kvm-x86_64", "linuxu-arm64"] if LONG else ["linuxu-x86_64"]
PROGRAMS = ("memcpy_1 memmove1 strcmp_1 tstring size_max nulprintf swprintf tiswctype twctrans twctype hsearchtest tmmap UTF_8 "
            "libm").split()
# Checks that do not hold. Decimal digits of other scripts are no letters for newlib's tables since 3.1, which are Unicode's.
FAILED = {"twctype": ["iswalpha(0x0967)"]}
MATHS = re.compile(r"^(\w+):\d+, inaccurate answer: bit (\d+) \((\w+) (\w+)\) \((\S+) \S+\)$", re.M)
# Where both texts are empty, test_fcvt() compares two variables that nobody has set ("wrong answer": what lay on arm64's stack).
OTHERS = re.compile(r"^(?!fcvt/fcvtf:\d+, wrong)([\w/]+):\d+, (?:inacurate answer|bad errno answer|wrong answer): ", re.M)
EXACT_BITS, EXACT_BITS_FLOAT = 55, 28  # of 64; the tables themselves come from a 68881 and have an error in the last places
# Tables that are about something else: how many of their rows do not hold at most, and what is meant. What these functions are
# compared with is the host's C library, in tests/libc.
OTHER_TABLES = {
    "log1p": (100, "below 0 they have the argument"), "log1pf": (99, "as log1p"),
    "gamma": (142, "below 0 they have other numbers"), "gammaf": (18, "as gamma"),
    "erf": (14, "beyond 5 they have other functions' values"), "erfc": (21, "as erf"),
    "cos": (4, "at multiples of pi/2 they have 0 instead of the rest of the argument"), "sin": (3, "as cos"),
    "ecvt/ecvtf": (28, "8 digits of a float are asked for, which has 7"), "fcvt/fcvtf": (383, "as fcvtbuf"),
    "fcvtbuf": (262, "they count digits in all, C those behind the point"),
    "gcvt/gcvtf": (98, "no 0 before the point, zeros at the end"),
    "strtol": (1608, "a long of 32 bits"), "atol": (72, "a long of 32 bits"), "atoi": (72, "overflow, which C leaves open"),
    "sprintf": (626, "%l of an int"), "pow": (277, "compared with exp(log(x) * y), which has fewer bits")}


@pytest.mark.parametrize("isa", ["x86_64", "arm64"])
def test_programs_know_all_numbers_of_system_calls(isa):
    """<asm/unistd.h> and <sys/syscall.h> name what uk/abi has, which lib/ukabi compares with Linux's, and nothing else."""
    def lines(path: str, prefix: str) -> list:
        with open(os.path.join(guest.ROOT, path), encoding="utf-8") as file:
            return re.findall(rf"^#define {prefix}(\w+) (\w+)", file.read(), re.M)
    names = [name for name, _ in lines(f"lib/ukabi/{isa}/include/uk/abi/isa/syscall.h", "UK_SYS_")]
    assert len(names) > 300 and len(set(names)) == len(names)
    headers = f"lib/libnewlib/{isa}/headers"
    for path, prefix in (("asm/unistd.h", "__NR_"), ("sys/_syscall_names.h", "SYS_")):
        assert sorted(lines(f"{headers}/{path}", prefix)) == sorted((name, f"UK_SYS_{name}") for name in names)


@pytest.fixture(scope="module", name="said", params=TARGETS)
def what_it_says(request, tmp_path_factory):
    target, folder = request.param, tmp_path_factory.mktemp("newlib")
    done = guest.make_in_tree("A=tests/newlib", f"T={target}", f"O={folder}")
    assert done.returncode == 0, done.stdout + done.stderr
    image = str(folder / f"newlib_{target}")
    return guest.run_image(image, target)[0].replace("\r", ""), guest.run_image(image, target, "atexit")[0].replace("\r", "")


def test_programs_end_as_they_should(said):
    text, last = said
    ended = re.findall(r"^(\w+): (\d+)$", text, re.M)
    assert ended == [(name, str(len(FAILED.get(name, [])))) for name in PROGRAMS]
    assert re.findall(r"^failed, line \d+: (.*)$", text, re.M) == [check for name in PROGRAMS for check in FAILED.get(name, [])]
    assert last == "a0cba\n"  # functions of atexit() and on_exit(), the latest first


def test_utf_8_is_read_as_the_suite_expects(said):
    """UTF-8.exp: these lines, each behind `number: `."""
    lines = re.findall(r"^\d\.\d\.\d+: (.*)$", said[0], re.M)
    valid = "00000000 00000080 00000800 00010000 - - 0000007f 000007ff 0000ffff - - - 0000d7ff 0000e000 0000fffd 0010ffff -".split()
    assert lines[:17] == ["Invalid" if word == "-" else "U-" + word for word in valid]
    assert all(re.fullmatch(r"\d+ Invalid|Valid Character Found", line) for line in lines[17:])


def test_tables_of_functions_hold(said):
    wrong = collections.defaultdict(list)
    for name, bit, correct, ours, shown in MATHS.findall(said[0]):
        exact = EXACT_BITS_FLOAT if name.endswith("f") and name != "erf" else EXACT_BITS
        matherr = shown == "64"  # what the caller's matherr() returned in 1991: an argument that has no answer
        if int(bit) < exact and not matherr and {correct, ours} != {"8000000000000000", "0" * 16}:
            wrong[name].append((correct, ours))
    for name in OTHERS.findall(said[0]):
        wrong[name].append("")
    more = {name: found[:3] for name, found in wrong.items() if len(found) > OTHER_TABLES.get(name, (0, ""))[0]}
    assert more == {}
    count = re.search(r"^Tested (\d+) functions, \d+ errors detected$", said[0], re.M)
    assert count and int(count[1]) == 74005
