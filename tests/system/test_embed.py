# SPDX-License-Identifier: BSD-3-Clause
"""LIBUKEMBED: a folder inside the image, packed anew when anything in it changes, and only then."""
import os

import guest
import pytest

APP = {
    "Config.uk": """\
config APPPROBE_DEPENDENCIES
\tbool
\tdefault y
\tselect LIBNOLIBC if !HAVE_LIBC
\tselect LIBUKEMBED
""",
    "Makefile.uk": "$(eval $(call addlib,appprobe))\nAPPPROBE_SRCS-y += $(APPPROBE_BASE)/main.cpp\n",
    "main.cpp": r"""
#include <uk/cpio/reader.hpp>
#include <uk/embed.hpp>
#include <uk/format.h>
#include <uk/hal/console.hpp>

int main()
{
    if (reinterpret_cast<uintptr_t>(uk::embed::archive().data()) % 4096 != 0)
        return 2;
    uk::cpio::Reader reader(uk::embed::archive());
    for (auto entry = reader.next(); entry.ok(); entry = reader.next()) {
        const uk::cpio::Entry& e = entry.value();
        char line[300];
        size_t size = uk_scnprintf(line, sizeof line, "%.*s|%o|%u|%.*s\n", int(e.path.size()), e.path.data(), e.mode, e.mtime,
                                   int(e.text().size()), e.text().data());
        uk::hal::console_write(line, size);
    }
    return reader.problem().text != nullptr;
}
""",
    "files/plain": "text",
    "files/sub folder/it's \u00e9": "$more",
}


def build(folder, target: str, *words):
    return guest.make_in_tree(f"A={folder}", f"T={target}", *words)


def lines_of(folder, target: str) -> list:
    done = build(folder, target)
    assert done.returncode == 0, done.stdout + done.stderr
    image = f"{folder}/build/probe_{target}"
    console, status = guest.start(image, target)
    assert status == 0, console
    return console.splitlines()


def test_whatever_changes_is_packed_anew(tmp_path):
    target, folder = "linuxu-x86_64", tmp_path / "probe"
    guest.write(folder, APP)
    os.chmod(folder / "files", 0o700)
    first = ["|40755|0|", "plain|100644|0|text", "sub folder|40755|0|", "sub folder/it's \u00e9|100644|0|$more"]
    assert lines_of(folder, target) == first
    assert ": up to date," in build(folder, target).stdout
    image = (folder / f"build/probe_{target}").read_bytes()
    os.utime(folder / "files/plain", (1, 1))
    os.chmod(folder / "files/plain", 0o600)
    assert lines_of(folder, target) == first and (folder / f"build/probe_{target}").read_bytes() == image

    (folder / "files/plain").write_text("TEXT")
    os.utime(folder / "files/plain", (1, 1))
    os.chmod(folder / "files/plain", 0o755)
    (folder / "files/.new").symlink_to("plain")
    os.rename(folder / "files/sub folder", folder / "files/z")
    assert lines_of(folder, target) == ["|40755|0|", ".new|120777|0|plain", "plain|100755|0|TEXT", "z|40755|0|",
                                        "z/it's \u00e9|100644|0|$more"]
    (folder / "files/z/it's \u00e9").unlink()
    assert len(lines_of(folder, target)) == 4


@pytest.mark.parametrize("target", ["kvm-x86_64", "linuxu-arm64"])
def test_other_targets(tmp_path, target):
    guest.write(tmp_path / "probe", APP)
    assert lines_of(tmp_path / "probe", target)[1] == "plain|100644|0|text"


def test_what_cannot_be_embedded_is_said(tmp_path):
    folder = tmp_path / "probe"
    guest.write(folder, APP)
    (folder / ".config").write_text('CONFIG_LIBUKEMBED_FOLDER="flies"\n')
    done = build(folder, "linuxu-x86_64", "olddefconfig")
    assert done.returncode == 0, done.stderr
    done = build(folder, "linuxu-x86_64")
    assert done.returncode != 0
    assert f"LIBUKEMBED_FOLDER: there is no folder {folder}/flies" in done.stderr, done.stderr
