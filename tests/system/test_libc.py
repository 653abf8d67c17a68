# SPDX-License-Identifier: BSD-3-Clause
"""newlib says what the host's C library says: the same program (tests/libc), compiled for both, asked the same at random."""
import collections
import glob
import os
import re
import struct
import subprocess

import guest
import pytest
from terminal import image_builder

LONG = "UK_CHECK_ALL" in os.environ
TARGETS = ["linuxu-x86_64", "linuxu-arm64"] if LONG else ["linuxu-x86_64"]
SEEDS, COUNT = (range(1, 21), 10000) if LONG else ([1], 3000)
# In units of the last place from the host's, which itself has one or two, and other ones on other processors. More where newlib
# goes another way: tgamma is exp(lgamma), and a unit of a logarithm above 512 is 512 of the result (tgammaf: above 64, 64);
# erfcf takes exp of squares that it rounds; tanh is made from expm1. And beside zeros of functions, where the unit gets as small
# as you like: there the second bound counts, how far apart the numbers are. 200,000 arguments on x86_64 and on arm64 gave at
# most: tgamma 1365, tgammaf 213, erfcf 62, lgammaf 8, cbrt cbrtf erfc lgamma tanh tanhf 3, all else 2.
EXACT = ("ceil copysign fdim floor fma fmaf fmax fmin fmod fmodf logb nearbyint nextafter remainder remainderf rint round sqrt sqrtf "
         "trunc").split()
BOUND = collections.defaultdict(lambda: 2, {
    **dict.fromkeys(EXACT, 0), "cbrt": 4, "cbrtf": 4, "sinhf": 3, "tanh": 4, "tanhf": 3, "erff": 3, "erfc": 4, "erfcf": 100, "sinf": 3, "cosf": 3,
    "tgamma": 2048, "tgammaf": 256, "lgamma": 6, "lgammaf": 10, "j0": 4, "y0": 6})
BESIDE_ZERO = collections.defaultdict(float, {"lgamma": 2e-15, "lgammaf": 6e-7, "j0": 3e-16, "y0": 3e-16})


@pytest.fixture(scope="module", name="host")
def built_for_the_host(tmp_path_factory) -> str:
    program = tmp_path_factory.mktemp("host") / "libc"
    sources = sorted(glob.glob(os.path.join(guest.ROOT, "tests/libc/*.c")))
    subprocess.run(["gcc", "-O2", "-fno-builtin", "-D_GNU_SOURCE", "-o", program, *sources, "-lm"], check=True, timeout=120)
    return str(program)


@pytest.fixture(scope="module", name="image_of")
def built_images():
    build = image_builder("tests/libc")
    return lambda target: [*guest.EMULATOR.get(target, []), build(target)]


def answers(program: list, what: str, seed: int) -> list:
    done = subprocess.run([*program, what, str(seed), str(COUNT)], capture_output=True, check=False, timeout=guest.LIMIT,
                          stdin=subprocess.DEVNULL)
    text = done.stdout.decode(errors="replace")
    assert done.returncode == 0, text[-3000:] + done.stderr.decode(errors="replace")
    return text.splitlines()


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("what", ["print", "read", "zone"])
def test_text_is_the_same(host, image_of, what, target):
    for seed in SEEDS:
        theirs, ours = answers([host], what, seed), answers(image_of(target), what, seed)
        if target.endswith("arm64"):  # its long double is a longer one
            theirs, ours = ([re.sub(r"strtold \S+", "", line) for line in lines] for lines in (theirs, ours))
        different = [f"theirs: {a}\nours:   {b}" for a, b in zip(theirs, ours) if a != b]
        assert not different, f"seed {seed}, {len(different)} lines, the first:\n" + "\n".join(different[:5])
        assert len(theirs) == len(ours) >= COUNT


def distance(first: str, second: str, near: float) -> float:
    """How many numbers lie between two, given as hexadecimal bits; NaNs are equal, and what is as near as that."""
    form, top = (">d", 1 << 63) if len(first) == 16 else (">f", 1 << 31)
    values = [struct.unpack(form, bytes.fromhex(word))[0] for word in (first, second)]
    if first == second or all(value != value for value in values):
        return 0
    if any(value != value or abs(value) == float("inf") for value in values):
        return float("inf")
    if abs(values[0] - values[1]) <= near:
        return 0
    places = [bits if bits < top else top - bits for bits in (int(first, 16), int(second, 16))]
    return abs(places[0] - places[1])


@pytest.mark.parametrize("target", TARGETS)
def test_functions_are_as_exact_as_their_bounds_say(host, image_of, target):
    worst = {}
    for seed in SEEDS:
        for theirs, ours in zip(answers([host], "math", seed), answers(image_of(target), "math", seed), strict=True):
            (x, y, *first), (_, _, *second) = theirs.split(), ours.split()
            for name, a, b in zip(first[0::2], first[1::2], second[1::2], strict=True):
                if a != b:
                    worst[name] = max(worst.get(name, (0, "")), (distance(a, b, BESIDE_ZERO[name]), f"{x} {y}: {a}, newlib {b}"))
    print({name: far for name, (far, *_) in sorted(worst.items())})
    above = {name: found for name, found in worst.items() if found[0] > BOUND[name]}
    assert not above
