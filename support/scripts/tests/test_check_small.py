# SPDX-License-Identifier: BSD-3-Clause
"""The small gates: SPDX lines, complete libraries, format, commit messages, configuration."""
import os
import shutil
import subprocess

import check_commit
import check_config
import check_format
import check_library
import check_spdx
import gatelib
import pytest
from conftest import texts

SPDX = "SPDX-License-Identifier: BSD-3-Clause"


def test_spdx_good(tree):
    assert check_spdx.check(tree({
        "a.cpp": f"// {SPDX}\n// Adds two numbers.\nint f();\n",
        "b.h": f"/* {SPDX} */\n/* Adds two numbers. */\n",
        "c.py": f"# {SPDX}\n\"\"\"Adds two numbers.\"\"\"\n",
        "tool": f"#!/bin/sh\n# {SPDX}\n# Adds two numbers.\n",
        "notes.md": "no line needed\n", "data": "no script\n",
    })) == []


@pytest.mark.parametrize("name, text, expected", [
    ("a.cpp", "// Adds.\nint f();\n", "a.cpp:1: the first line lacks"),
    ("a.cpp", f"// {SPDX}\n#pragma once\n", "a.cpp:2: no sentence"),
    ("a.cpp", f"// {SPDX}\nint f();\n", "a.cpp:2: no sentence"),
    ("tool", "#!/bin/sh\necho hello there\n", "tool:1: the first line lacks"),
    ("x.mk", f"# {SPDX}\nA := b\n", "x.mk:2: no sentence"),
])
def test_spdx_bad(tree, name, text, expected):
    assert expected in texts(check_spdx.check(tree({name: text})))


LIBRARY = {"lib/x/Makefile.uk": "", "lib/x/Config.uk": "", "lib/x/README.md": "# x\n", "lib/x/x.cpp": "",
           "lib/x/tests/x_test.cpp": ""}


def test_library_complete(tree):
    assert check_library.check(tree(LIBRARY)) == []


@pytest.mark.parametrize("missing, expected", [
    ("lib/x/README.md", "lib/x: lacks README.md"), ("lib/x/Config.uk", "lib/x: lacks Config.uk"),
    ("lib/x/tests/x_test.cpp", "lib/x: has code but no tests"), ("lib/x/Makefile.uk", "lib/x: lacks Makefile.uk"),
])
def test_library_incomplete(tree, missing, expected):
    files = {name: text for name, text in LIBRARY.items() if name != missing}
    assert expected in texts(check_library.check(tree(files)))


def test_library_readme_is_a_page(tree):
    assert "a page is" in texts(check_library.check(tree({**LIBRARY, "lib/x/README.md": "line\n" * 200})))


def test_format(tree):
    root = tree({"good.cpp": "int f(int a) {\n    return a;\n}\n", "bad.cpp": "int f(int a)\n{ return a; }\n"})
    shutil.copy(os.path.join(gatelib.ROOT, ".clang-format"), root)
    assert [finding.path for finding in check_format.check(root)] == ["bad.cpp"]


@pytest.mark.parametrize("message", [
    "lib/base: Add a list\n\nWhy and how tested.\n", "plat/kvm, arch/x86_64: Enter by PVH", "Makefile: Explain T",
    ".ci/run: Call make check",
])
def test_commit_good(message):
    assert check_commit.problems(message) == []


@pytest.mark.parametrize("message, expected", [
    ("Add a list", "not '<area>"), ("lib/base: add a list", "not '<area>"), ("lib/base: Add a list.", "not '<area>"),
    ("lib/base: Added a list", "not imperative"), ("lib/base: Adds a list", "not imperative"),
    ("lib/base: Add " + "a" * 60, "at most 72"), ("lib/base: Add a list\nand more", "second line"),
])
def test_commit_bad(message, expected):
    assert expected in " ".join(check_commit.problems(message))


def test_commit_range(tree):
    root = tree({"a": "1"})
    def git(*words):
        subprocess.run(["git", "-C", root, "-c", "user.name=a", "-c", "user.email=a@b", *words], check=True, capture_output=True)
    git("init", "-q")
    git("add", "a")
    git("commit", "-q", "-m", "whatever came before")
    assert check_commit.check(root) == []  # no upstream: nothing of ours
    git("commit", "-q", "--allow-empty", "-m", "rubbish")
    assert "not '<area>" in texts(check_commit.check(root, "HEAD~1..HEAD"))


def test_config_good(tree):
    assert check_config.check(tree({"Config.uk": "config A\n\tbool \"A\"\n\thelp\n\t  Costs nothing.\n"})) == []


@pytest.mark.parametrize("text, expected", [
    ("config A\n\tbool \"A\"\n", "A has a prompt but no help"),
    ("choice C\n\tprompt \"C\"\nconfig A\n\tbool \"A\"\n\thelp\n\t  x\nendchoice\n", "C has a prompt but no help"),
    ("config A\n\tbool \"A\"\n\tdepends on NOWHERE\n\thelp\n\t  x\n", "undefined symbol NOWHERE"),
    ("config A\n\tbool \"A\"\n\tdefault 7 8\n", "Config.uk:3"),
])
def test_config_bad(tree, text, expected):
    assert expected in texts(check_config.check(tree({"Config.uk": text})))
