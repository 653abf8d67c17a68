#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""The table of function names and source lines that an image carries (lib/ukdebug/include/uk/debug/symbols.hpp).

Usage: symbols.py write IMAGE.dbg TABLE [--lines] [--tree FOLDER]    writes TABLE, and TABLE.list for the check
       symbols.py check IMAGE.dbg TABLE                              whether IMAGE has the functions where TABLE says
The table is made from an image without it; addresses count from uk_text_start, which only moves as a whole when the table
is added. NM, OBJDUMP and ADDR2LINE in the environment name other tools.
"""
import argparse
import collections
import os
import re
import shutil
import subprocess
import sys

TOKENS = 128
LONGEST_TOKEN = 40
LONGEST_NAME = 200


def run(*command, text_in=None) -> str:
    return subprocess.run(command, input=text_in, capture_output=True, text=True, check=True).stdout


def number(value: int) -> bytes:
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7f | 0x80)
        value >>= 7
    return bytes(out + bytes([value]))


def zigzag(value: int) -> int:
    return value << 1 if value >= 0 else (-value << 1) - 1


def plain(names: list) -> list:
    """C++ names as people write them, without parameters."""
    tool = shutil.which("c++filt") or shutil.which("llvm-cxxfilt") or shutil.which("llvm-cxxfilt-14")
    if tool is None:
        return names
    return run(tool, "-p", text_in="\n".join(names) + "\n").splitlines()


def functions(image: str) -> tuple:
    """(address of uk_text_start, [(offset, raw name)] by offset)."""
    rows = re.findall(r"^([0-9a-f]+) (\w) (\S+)$", run(os.environ.get("NM", "nm"), "-n", "--defined-only", image), re.M)
    marks = {name: int(at, 16) for at, _, name in rows if name in ("uk_text_start", "uk_text_end")}
    start, end = marks["uk_text_start"], marks["uk_text_end"]
    found = {}
    for at, kind, name in rows:
        address = int(at, 16)
        if kind not in "tTwWV" or not start <= address < end or name in marks or name.startswith(("$", ".L")):
            continue
        name = re.sub(r"\.lto_priv\.\d+", "", name)  # g++ counts these anew in each link
        if re.search(r"\.(c|cpp|S)\.[0-9a-f]{8}$", name):  # g++'s own marks, of no function, and not the same in each link
            continue
        # Of several names of one address the one that others see.
        if address not in found or kind in "TW":
            found[address] = name
    return start, [(address - start, name) for address, name in sorted(found.items())]


def lines(image: str, start: int, end: int, tree: str) -> list:
    """[(offset, file, line)] where the line changes; line 0 where none is known."""
    addresses = set()
    for at in re.findall(r"\s0x([0-9a-f]+)\b", run(os.environ.get("OBJDUMP", "objdump"), "--dwarf=decodedline", image)):
        if start <= int(at, 16) < end:
            addresses.add(int(at, 16))
    ordered = sorted(addresses)
    places = run(os.environ.get("ADDR2LINE", "addr2line"), "-e", image,
                 text_in="".join(f"{at:x}\n" for at in ordered)).splitlines()
    rows, last = [], ("", 0)
    for address, place in zip(ordered, places):
        path, _, line = re.sub(r" \(discriminator \d+\)", "", place).rpartition(":")
        known = line.isdigit() and not path.startswith("?")
        path = os.path.normpath(path) if known else ""
        if path.startswith(tree + "/"):
            path = os.path.relpath(path, tree)
        row = (path, int(line)) if known else ("", 0)
        if row != last:
            rows.append((address - start, *row))
            last = row
    return rows


def tokens_of(names: list) -> tuple:
    """The 128 byte sequences that shorten the names most, and the names in them: pairs that occur often become one byte."""
    coded = [list(name.encode("ascii", "replace")[:LONGEST_NAME]) for name in names]
    expansion = {byte: bytes([byte]) for byte in range(0x80)}
    for token in range(0x80, 0x80 + TOKENS):
        pairs = collections.Counter()
        for name in coded:
            pairs.update(zip(name, name[1:]))
        best = next((pair for pair, count in pairs.most_common(64) if count > 2 and
                     len(expansion[pair[0]]) + len(expansion[pair[1]]) <= LONGEST_TOKEN), None)
        if best is None:
            expansion[token] = b""
            continue
        expansion[token] = expansion[best[0]] + expansion[best[1]]
        coded = [join(name, best, token) for name in coded]
    return [expansion[token] for token in range(0x80, 0x80 + TOKENS)], [bytes(name) for name in coded]


def join(name: list, pair: tuple, token: int) -> list:
    out, i = [], 0
    while i < len(name):
        if i + 1 < len(name) and (name[i], name[i + 1]) == pair:
            out.append(token)
            i += 2
        else:
            out.append(name[i])
            i += 1
    return out


def table(named: list, rows: list) -> bytes:
    files = sorted({path for _, path, line in rows if line})
    tokens, coded = tokens_of([name for _, name in named] + files)
    out = bytearray()
    for token in tokens:
        out += bytes([len(token)]) + token
    out += number(len(named))
    last = 0
    for (offset, _), name in zip(named, coded):
        out += number(offset - last) + bytes([len(name)]) + name
        last = offset
    out += number(len(files))
    for name in coded[len(named):]:
        out += bytes([len(name)]) + name
    out += number(len(rows))
    last, last_line, last_file = 0, 0, 0
    for offset, path, line in rows:
        file = files.index(path) if line else last_file
        out += number(offset - last) + number(zigzag(line - last_line) << 1 | (file != last_file))
        if file != last_file:
            out += number(file)
        last, last_line, last_file = offset, line, file
    return bytes(out)


def listing(found: list) -> str:
    return "".join(f"{offset:x} {name}\n" for offset, name in found)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=("write", "check"))
    parser.add_argument("image")
    parser.add_argument("table")
    parser.add_argument("--lines", action="store_true")
    parser.add_argument("--tree", default="")
    options = parser.parse_args()
    start, found = functions(options.image)
    if options.what == "check":
        with open(options.table + ".list", encoding="utf-8") as file:
            expected = file.read().splitlines()
        there = listing(found).splitlines()
        if there == expected:
            return 0
        first = next((pair for pair in zip(expected, there) if pair[0] != pair[1]), ("", ""))
        print(f"first difference: expected '{first[0]}', found '{first[1]}'", file=sys.stderr)
        print(f"{options.image}: functions moved when the table of names was added; its names would be wrong "
              "(LIBUKDEBUG_SYMBOLS)", file=sys.stderr)
        return 1
    rows = lines(options.image, start, start + found[-1][0] + (1 << 20), options.tree) if options.lines else []
    names = plain([name for _, name in found])
    with open(options.table, "wb") as file:
        file.write(table([(offset, name) for (offset, _), name in zip(found, names)], rows))
    with open(options.table + ".list", "w", encoding="utf-8") as file:
        file.write(listing(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
