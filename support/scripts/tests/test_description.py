# SPDX-License-Identifier: BSD-3-Clause
"""support/build/description.py: room for what an image says of itself, and what comes to lie there."""
import json
import os
import subprocess
import sys

import gatelib
import pytest

sys.path.insert(0, os.path.join(gatelib.ROOT, "support/build"))
import description  # noqa: E402

CONFIG = '# Generated.\nCONFIG_ARCH_X86_64=y\nCONFIG_UK_NAME="a \\"$$b\\""\nCONFIG_LIBONE_NUMBER=3\n'
ROWS = [["one", 300, 20, 1, 0], ["two", 200, 0, 0, 0], ["three", 100, 5, 0, 7]]


def test_the_room_is_a_description_without_libraries():
    text = description.room(CONFIG, "/o/obj/i/libone/a.o /o/obj/i/libone/b.o /o/obj/i/libtwo/c.o", lambda path: path.split("/")[4])
    assert json.loads(text)["options"] == 'ARCH_X86_64=y\nUK_NAME="a \\"$b\\""\nLIBONE_NUMBER=3' and not json.loads(text)["libraries"]
    assert len(text) - len(text.rstrip()) == 2 * (description.ROW + len("libone")) + description.SPARE


def test_what_does_not_fit_is_added_up_from_the_least():
    whole = description.text_of("X=y", ROWS)
    assert description.fitted("X=y", ROWS, len(whole) + 3) == whole + b"   "
    less = description.fitted("X=y", ROWS, len(whole) - 1)
    assert len(less) == len(whole) - 1 and json.loads(less)["libraries"] == [ROWS[0], ["(others)", 300, 5, 0, 7]]
    least = description.text_of("X=y", [["(others)", 600, 25, 1, 7]])
    assert description.fitted("X=y", ROWS, len(least)) == least
    with pytest.raises(description.Failure, match="too few"):
        description.fitted("X=y", ROWS, 20)


def linked(folder, used: bool):
    """An image of one library that refers to the description, or does not."""
    unit = folder / "build/obj/image/libone"
    unit.mkdir(parents=True)
    (folder / "a.c").write_text("extern const char uk_image_description[];\n" * used +
                                f"void _start(void) {{ for (;;) asm volatile (\"\" :: \"r\"({'uk_image_description' if used else 0})); }}\n")
    (folder / "config.mk").write_text(CONFIG)
    (folder / "objects").write_text(f"{unit}/a.o")
    tool, image = f"{gatelib.ROOT}/support/build/description.py", str(folder / "image.dbg")
    for words in ([tool, "room", folder / "text", folder / "config.mk", folder / "objects"],
                  ["gcc", "-c", "-ffreestanding", "-fno-pic", "-ffunction-sections", folder / "a.c", "-o", unit / "a.o"],
                  ["gcc", "-c", f'-DUK_DESCRIPTION_FILE="{folder}/text"', f"{gatelib.ROOT}/support/build/description.S", "-o", unit / "d.o"],
                  ["ld", "-static", "--gc-sections", unit / "a.o", unit / "d.o", "-o", image, f"-Map={folder}/map"]):
        subprocess.run(words, check=True)
    before = (folder / "image.dbg").read_bytes()
    subprocess.run([tool, "fill", image, folder / "map"], check=True)
    return before, (folder / "image.dbg").read_bytes()


def test_libraries_are_written_into_the_image(tmp_path):
    before, after = linked(tmp_path, True)
    at = after.index(b'{"options"')
    room = len((tmp_path / "text").read_bytes())
    assert len(before) == len(after) and before[:at] == after[:at] and before[at + room:] == after[at + room:]
    rows = json.loads(after[at:at + room])["libraries"]
    assert rows[0][0] == "one" and rows[0][2] >= room and 0 < rows[0][1] < 100


def test_an_image_without_it_is_left_alone(tmp_path):
    before, after = linked(tmp_path, False)
    assert before == after
