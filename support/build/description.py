#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""What an image says of itself (lib/ukimage/include/uk/image.hpp): its options, and its libraries with their sizes.

Usage: description.py room FILE CONFIG OBJECTS     FILE: the text without libraries, and blanks where they will be
       description.py fill IMAGE.dbg IMAGE.map     writes the libraries into the image
CONFIG has lines CONFIG_X=value as make reads them, OBJECTS the names of the objects that are linked. Sizes are those of
support/scripts/size. NM in the environment names another nm.
"""
import importlib.machinery
import importlib.util
import json
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
COLUMNS = ["library", "text", "rodata", "data", "bss"]
BEGIN, END = "uk_image_description", "uk_image_description_end"
ROW = len('["",,,,],') + 14  # and the name. Four numbers have 11 digits on average; where it is too little, see fitted()
SPARE = 2 * (ROW + 10)       # "(linker)", "(others)"
OTHERS = "(others)"


class Failure(Exception):
    """What the user should read."""


def size_script():
    """support/scripts/size as a module."""
    sys.dont_write_bytecode = True
    loader = importlib.machinery.SourceFileLoader("size", os.path.join(os.path.dirname(HERE), "scripts/size"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("size", loader))
    loader.exec_module(module)
    return module


def options_of(text: str) -> str:
    """The options that are on, one a line, in their order."""
    return "\n".join(found.replace("$$", "$") for found in re.findall(r"^CONFIG_(\S.*?) *$", text, re.M) if not found.endswith("=n"))


def text_of(options: str, rows: list) -> bytes:
    """ASCII: what is not, is escaped."""
    return json.dumps({"options": options, "columns": COLUMNS, "libraries": rows}, separators=(",", ":")).encode()


def room(config: str, objects: str, library_of) -> bytes:
    names = {library_of(path) for path in objects.split()}
    return text_of(options_of(config), []) + b" " * (sum(len(name) + ROW for name in names) + SPARE)


def rows_of(size, table: dict) -> list:
    """The most costly first, what is the linker's last."""
    kinds = COLUMNS[1:]
    order = sorted(table, key=lambda name: (name == size.LINKER, -sum(table[name].values()), name))
    return [[name, *(table[name][kind] for kind in kinds)] for name in order]


def fitted(options: str, rows: list, length: int) -> bytes:
    """The text in exactly so many bytes. What does not fit is added up, from the least."""
    rows, others = list(rows), [OTHERS, 0, 0, 0, 0]
    while True:
        text = text_of(options, rows + ([others] if any(others[1:]) else []))
        if len(text) <= length:
            return text.ljust(length)
        if not rows:
            raise Failure(f"description: {length} bytes are too few for the options")
        others = [OTHERS, *(mine + more for mine, more in zip(others[1:], rows.pop()[1:]))]


def place_of(image: str) -> tuple:
    """Where the text lies in the file, and its length; (0, 0): the image left it out."""
    tool = os.environ.get("NM") or "nm"
    listed = subprocess.run([tool, image], capture_output=True, text=True, check=True).stdout
    at = {name: int(address, 16) for address, name in re.findall(rf"^([0-9a-f]+) \w ({BEGIN}|{END})$", listed, re.M)}
    if len(at) != 2:
        return 0, 0
    sections = subprocess.run(["readelf", "-SW", image], capture_output=True, text=True, check=True).stdout
    for address, offset, length in re.findall(r"^ *\[ *\d+\] \S+ +PROGBITS +([0-9a-f]+) ([0-9a-f]+) ([0-9a-f]+) ", sections, re.M):
        inside = at[BEGIN] - int(address, 16)
        if int(address, 16) and 0 <= inside < int(length, 16):
            return int(offset, 16) + inside, at[END] - at[BEGIN]
    raise Failure(f"description: {image}: {BEGIN} lies in no section")


def fill(image: str, map_file: str) -> None:
    offset, length = place_of(image)
    if not length:
        return
    size = size_script()
    sections = size.sections_of(image)
    rows = rows_of(size, size.table(size.pieces_of(map_file, image, sections), sections))
    with open(image, "r+b") as file:
        file.seek(offset)
        text = fitted(json.loads(file.read(length))["options"], rows, length)
        file.seek(offset)
        file.write(text)


def main(arguments: list) -> int:
    try:
        if arguments[:1] == ["room"] and len(arguments) == 4:
            with open(arguments[2], encoding="utf-8") as config, open(arguments[3], encoding="utf-8") as objects:
                text = room(config.read(), objects.read(), size_script().library_of)
            with open(arguments[1], "wb") as file:
                file.write(text)
        elif arguments[:1] == ["fill"] and len(arguments) == 3:
            fill(arguments[1], arguments[2])
        else:
            print(__doc__.strip(), file=sys.stderr)
            return 2
    except (Failure, OSError, ValueError, subprocess.CalledProcessError) as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
