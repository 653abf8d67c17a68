# SPDX-License-Identifier: BSD-3-Clause
"""Rebuilds: exactly what a change needs, whatever was interrupted, whoever else builds."""
import hashlib
import os
import random
import shutil
import subprocess

import pytest
from toytree import IMAGE, LIMIT, TARGET, Tree, appears

CONFIG = IMAGE + ".config"
LONG = "UK_CHECK_ALL" in os.environ
OBJ = f"build/obj/hello_{TARGET}"


@pytest.fixture
def tree(tmp_path):
    (tmp_path / "tree").mkdir()
    made = Tree(tmp_path / "tree")
    made.good()
    return made


@pytest.fixture
def whole_tree(tmp_path):
    """With all that a first build makes."""
    (tmp_path / "tree").mkdir()
    return Tree(tmp_path / "tree", whole=True)


def compiled(done):
    """Sources that were compiled, without folders."""
    return {step.split("/")[-1].split(" ")[0] for step in done.steps if step.split()[0] in ("CC", "CXX", "AS", "LDS")}


def digest(tree, path=IMAGE):
    with open(tree.file(path), "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def test_changed_source(tree):
    tree.edit("apps/hello/main.c", "return one();", "return one() + 1;")
    assert compiled(tree.good()) == {"main.c"}
    assert tree.run().returncode == 4


def test_changed_header(tree):
    tree.edit("lib/one/include/one.h", "int one(void);", "int one(void);\n#define MORE 5")
    assert compiled(tree.good()) == {"main.c", "one.cpp"}


def test_touched_config_rebuilds_nothing(tree):
    os.utime(tree.file(CONFIG))
    assert not tree.good().steps
    os.utime(tree.file("lib/one/Config.uk"))
    assert not tree.good().steps


def test_changed_option_rebuilds_its_users_only(tree):
    tree.edit(CONFIG, "LIBONE_NUMBER=3", "LIBONE_NUMBER=7")
    assert compiled(tree.good()) == {"one.cpp"}
    assert tree.run().returncode == 7
    tree.edit(CONFIG, "LIBONE_NUMBER=7", "LIBONE_NUMBER=3")
    assert compiled(tree.good()) == {"one.cpp"}
    assert tree.run().returncode == 3


def test_option_used_in_a_header_and_a_macro(tree):
    tree.edit("lib/one/include/one.h", "int one(void);", "int one(void);\n#define TWICE (2 * CONFIG_LIBONE_NUMBER)")
    tree.edit("apps/hello/main.c", "return one();", "return TWICE;")
    tree.good()
    tree.edit(CONFIG, "LIBONE_NUMBER=3", "LIBONE_NUMBER=7")
    assert compiled(tree.good()) == {"one.cpp", "main.c"}
    assert tree.run().returncode == 14


def test_symbol_that_appears_later(tree):
    tree.edit("lib/one/one.cpp", "return static_cast", """
#ifdef CONFIG_LIBONE_LATER
    return 50;
#endif
    return static_cast""")
    tree.good()
    assert not tree.good().steps
    tree.edit("lib/one/Config.uk", "config LIBONE_NUMBER", "config LIBONE_LATER\n\tbool\n\tdefault y\n\nconfig LIBONE_NUMBER")
    assert compiled(tree.good()) == {"one.cpp"}
    assert tree.run().returncode == 50


def test_new_library_compiles_only_itself(tree):
    tree.edit(CONFIG, "# CONFIG_LIBTWO is not set", "CONFIG_LIBTWO=y")
    assert compiled(tree.good()) == {"two.c"}
    tree.edit(CONFIG, "CONFIG_LIBTWO=y", "# CONFIG_LIBTWO is not set")
    assert compiled(tree.good()) == set()
    assert not tree.good().steps


def test_new_library_folder_is_noticed(tree):
    tree.write("lib/new/Config.uk", "config LIBNEW\n\tbool \"new\"\n\tdefault y\n\thelp\n\t  h\n")
    tree.write("lib/new/Makefile.uk", "$(eval $(call addlib_s,libnew,$(CONFIG_LIBNEW)))\nLIBNEW_SRCS-y += $(LIBNEW_BASE)/n.c\n")
    tree.write("lib/new/n.c", "int n;\n")
    assert compiled(tree.good()) == {"n.c"}
    shutil.rmtree(tree.file("lib/new"))
    said = tree.bad()
    assert "unknown symbol LIBNEW" in said and "make olddefconfig drops it" in said
    tree.good("olddefconfig")
    assert compiled(tree.good()) == set()


def test_changed_flags_rebuild_that_library(tree):
    tree.edit("lib/one/Makefile.uk", "LIBONE_SRCS", "LIBONE_CXXFLAGS-y += -DX='\"a b $$HOME\"'\nLIBONE_SRCS")
    assert compiled(tree.good()) == {"one.cpp"}
    assert not tree.good().steps


def test_renamed_and_removed_sources(tree):
    os.rename(tree.file("lib/one/one.cpp"), tree.file("lib/one/uno.cpp"))
    tree.edit("lib/one/Makefile.uk", "one.cpp", "uno.cpp")
    assert compiled(tree.good()) == {"uno.cpp"}
    tree.write("lib/one/extra.c", "int extra(void);\nint extra(void) { return 1; }\n")
    tree.edit("lib/one/Makefile.uk", "uno.cpp", "uno.cpp $(LIBONE_BASE)/extra.c")
    tree.edit("apps/hello/main.c", "return one();", "int extra(void); return extra();")
    tree.good()
    os.unlink(tree.file("lib/one/extra.c"))
    tree.edit("lib/one/Makefile.uk", " $(LIBONE_BASE)/extra.c", "")
    assert "undefined reference to `extra'" in tree.bad()


def test_removed_header(tree):
    tree.write("lib/one/include/helper.h", "#define HELP 1\n")
    tree.edit("lib/one/include/one.h", "#pragma once", "#pragma once\n#include <helper.h>")
    tree.good()
    os.unlink(tree.file("lib/one/include/helper.h"))
    assert "helper.h" in tree.bad()
    tree.edit("lib/one/include/one.h", "#include <helper.h>", "")
    assert compiled(tree.good()) == {"main.c", "one.cpp"}


def test_changed_linker_script_and_deleted_outputs(tree):
    tree.edit("plat/toy/link.lds.S", "0x400000", "0x600000")
    assert compiled(tree.good()) == {"link.lds.S"}
    for name in (IMAGE, IMAGE + ".dbg"):
        os.unlink(tree.file(name))
        assert not compiled(tree.good())
        assert tree.run().returncode == 3


def test_source_edited_while_it_is_compiled(tree, tmp_path):
    wrapper = tmp_path / "slowcc"
    wrapper.write_text("#!/bin/sh\ngcc \"$@\"\nstatus=$?\n"
                       f"case \"$*\" in *main.c*) touch {tmp_path}/compiled; sleep 1;; esac\nexit $status\n")
    wrapper.chmod(0o755)
    words = (f"CC={wrapper}", "CXX=g++")
    with subprocess.Popen(tree.command(*words), cwd=tree.path, env=tree.environment(), stdout=subprocess.DEVNULL) as process:
        appears(tmp_path / "compiled")
        tree.edit("apps/hello/main.c", "return one();", "return one() + 5;")
        process.wait(LIMIT)
    tree.good(*words)
    assert tree.run().returncode == 8


def test_same_image_wherever_it_is_built(whole_tree, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    other = Tree(tmp_path / "elsewhere", whole=True)
    whole_tree.good()
    other.good()
    assert digest(whole_tree) == digest(other)


@pytest.mark.parametrize("seed", [1, 2] if LONG else [1])
def test_killed_at_random_moments(tree, seed):
    """After any kill, one more make gives the image that a fresh build gives."""
    chance = random.Random(seed)
    for number in range(4, 12):
        tree.edit("lib/one/include/one.h", "int one(void);", f"int one(void);\n#define N{number} {number}")
        tree.edit("apps/hello/main.c", "return ", f"return N{number} - N{number} + ")
        old = tree.read(CONFIG)
        tree.write(CONFIG, "".join(f"CONFIG_LIBONE_NUMBER={number}\n" if "LIBONE_NUMBER" in line else line + "\n"
                                   for line in old.splitlines()))
        for _ in range(2):
            tree.start_and_kill(chance.uniform(0.01, 0.4))
        tree.good()
        assert tree.run().returncode == number
        assert not tree.good().steps
    fresh = digest(tree)
    tree.good("clean")
    tree.good()
    assert digest(tree) == fresh


def test_killed_first_build(whole_tree):
    chance = random.Random(3)
    for _ in range(8 if LONG else 3):
        whole_tree.good("distclean")
        whole_tree.start_and_kill(chance.uniform(0.02, 0.5))
        whole_tree.good()
        assert whole_tree.run().returncode == 3


def test_two_makes_at_once(whole_tree):
    started = [subprocess.Popen(whole_tree.command(), cwd=whole_tree.path, env=whole_tree.environment(), text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT) for _ in range(3)]
    said = [process.communicate(timeout=60)[0] for process in started]
    assert [process.returncode for process in started] == [0, 0, 0], said
    assert sum("waiting for it" in text for text in said) >= 1
    assert whole_tree.run().returncode == 3
    assert not whole_tree.good().steps


def test_read_only_sources(tree):
    """Nothing is written outside the output folder and compile_commands.json."""
    def listing():
        return {os.path.join(path, name) for path, _, names in os.walk(tree.path) for name in names
                if not path.startswith(tree.file("build"))}
    before = listing()
    tree.edit("apps/hello/main.c", "return one();", "return one() + 1;")
    tree.good()
    assert listing() == before
    assert os.path.isdir(tree.file(OBJ))
