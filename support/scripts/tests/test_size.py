# SPDX-License-Identifier: BSD-3-Clause
"""size: images linked here from two small libraries, with both linkers and with LTO."""
import os
import re
import shutil
import subprocess

import pytest

SCRIPT = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "size")
ALPHA = """
extern "C" void beta_do(const char*);
namespace alpha { volatile int table[1000] = {1}; volatile char zeros[5000]; extern const char kText[300]; const char kText[300] = "text"; }
extern "C" void _start() { beta_do(alpha::kText); alpha::zeros[alpha::table[0]] = 1; for (;;) {} }
"""
BETA = """
namespace beta { volatile char seen; const char* shared() { return "a string that both libraries hold"; } }
extern "C" [[gnu::noinline, gnu::used]] void beta_do(const char* text) { while (*text) beta::seen = *text++; beta::seen = *beta::shared(); }
"""


def build(folder, compile_flags=(), link=("ld", "-static", "--gc-sections")):
    """Objects lie as the build engine lays them out: obj/<image>/<library>/x.o."""
    objects = []
    for name, text in (("libalpha", ALPHA), ("libbeta", BETA)):
        source = os.path.join(folder, "tree", "lib", name[3:], name + ".cpp")
        unit = os.path.join(folder, "build", "obj", "image", name, name + ".o")
        os.makedirs(os.path.dirname(source), exist_ok=True)
        os.makedirs(os.path.dirname(unit), exist_ok=True)
        with open(source, "w", encoding="utf-8") as file:
            file.write(text)
        subprocess.run(["g++", "-g", "-O1", "-ffreestanding", "-fno-exceptions", "-fno-asynchronous-unwind-tables",
                        "-fno-pic", "-fno-pie", "-ffunction-sections", "-fdata-sections", *compile_flags, "-c", source,
                        "-o", unit], check=True)
        objects.append(unit)
    image = os.path.join(folder, "build", "image")
    subprocess.run([*link, "--build-id" if link[0].startswith("ld") else "-Wl,--build-id", *objects, "-o", image + ".dbg",
                    f"-Map={image}.map" if link[0].startswith("ld") else f"-Wl,-Map={image}.map"], check=True)
    subprocess.run(["objcopy", "-S", image + ".dbg", image], check=True)
    return image


def size(image, lib=""):
    return subprocess.run([SCRIPT, image + ".map", image + ".dbg"], capture_output=True, text=True, check=False,
                          env={**os.environ, "LIB": lib})


def rows(text):
    found = {}
    for line in text.splitlines():
        words = line.split()
        if len(words) == 7 and words[1].replace(",", "").lstrip("-").isdigit():
            found[words[0]] = [int(word.replace(",", "")) for word in words[1:6]]
    return found


def check_numbers(image):
    result = size(image)
    assert result.returncode == 0, result.stderr
    found = rows(result.stdout)
    text, rodata, data, bss, total = found["alpha"]
    assert 300 <= rodata < 420 and 4000 <= data < 4040 and 5000 <= bss < 5040 and 10 < text < 200
    assert total == text + rodata + data + bss
    assert 10 < found["beta"][0] < 200 and 1 <= found["beta"][3] < 64
    memory = 0
    for line in subprocess.run(["readelf", "-SW", image + ".dbg"], capture_output=True, text=True, check=True).stdout.splitlines():
        match = re.match(r"\s*\[ *\d+\] \S+ +\S+ +\w+ \w+ (\w+) \w+ +W?A", line)
        memory += int(match[1], 16) if match else 0
    assert found["total"][4] == memory
    assert sum(row[4] for name, row in found.items() if name != "total") == memory
    assert f"{os.path.getsize(image):,} bytes in the file, {memory:,} in memory" in result.stdout


def test_gnu_ld(tmp_path):
    check_numbers(build(str(tmp_path)))


@pytest.mark.skipif(not shutil.which("ld.lld"), reason="lld is not installed")
def test_lld(tmp_path):
    check_numbers(build(str(tmp_path), link=("ld.lld", "-static", "--gc-sections")))


def test_lto(tmp_path):
    check_numbers(build(str(tmp_path), compile_flags=["-flto"],
                        link=("g++", "-O1", "-g", "-flto", "-nostdlib", "-static", "-no-pie", "-Wl,--gc-sections")))


def test_largest_symbols_of_a_library(tmp_path):
    image = build(str(tmp_path))
    for name in ("alpha", "libalpha", "LIBALPHA"):
        lines = size(image, name).stdout.splitlines()
        assert [line.split()[-1] for line in lines[3:6]] == ["alpha::zeros", "alpha::table", "alpha::kText"]
        assert lines[3].split()[:2] == ["5,000", "bss"]
    assert "beta_do" not in size(image, "alpha").stdout


def test_errors_say_what_to_do(tmp_path):
    image = build(str(tmp_path))
    result = size(image, "gamma")
    assert result.returncode == 1 and "no byte of 'gamma' is in the image" in result.stderr
    result = size(str(tmp_path / "none"))
    assert result.returncode == 1 and "build the image first" in result.stderr
    assert subprocess.run([SCRIPT], capture_output=True, check=False).returncode == 2
