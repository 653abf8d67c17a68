# SPDX-License-Identifier: BSD-3-Clause
"""UK_OBJECTS: builds share objects, and never one that this build would have made differently."""
import os

import pytest
from toytree import FILES, IMAGE, TARGET, Tree

CONFIG = IMAGE + ".config"


@pytest.fixture
def tree(tmp_path, request):
    (tmp_path / "tree").mkdir()
    made = Tree(tmp_path / "tree", whole=getattr(request, "param", False))
    made.env["UK_OBJECTS"] = str(tmp_path / "objects")
    assert kept(made.good()) == set()
    return made


def names(done, wanted: bool) -> set:
    return {step.split()[1].split("/")[-1] for step in done.steps
            if step.split()[0] in ("CC", "CXX", "AS", "LDS") and step.endswith("(kept)") == wanted}


def kept(done) -> set:
    return names(done, True)


def compiled(done) -> set:
    return names(done, False)


def anew(tree, *words):
    """A build into an empty folder."""
    tree.folder = getattr(tree, "folder", 0) + 1
    return tree.good(f"O=again{tree.folder}", f"C={CONFIG}", *words)


def read(tree, name: str) -> bytes:
    with open(tree.file(name), "rb") as file:
        return file.read()


@pytest.mark.parametrize("tree", [True], ids=["whole"], indirect=True)
def test_an_equal_build_compiles_nothing(tree):
    done = anew(tree)
    assert compiled(done) == set() and {"main.c", "one.cpp", "start.S", "link.lds.S"} <= kept(done)
    assert read(tree, f"again1/hello_{TARGET}.dbg") == read(tree, f"{IMAGE}.dbg")
    assert not tree.good("O=again1", f"C={CONFIG}").steps


def test_what_was_kept_is_rebuilt_like_any_other(tree):
    anew(tree)
    tree.edit("lib/one/include/one.h", "int one(void);", "int one(void);\n#define MORE 5")
    assert compiled(tree.good("O=again1", f"C={CONFIG}")) == {"main.c", "one.cpp"}


def test_other_contents_are_compiled(tree):
    tree.edit("lib/one/one.cpp", "libone_number)", "libone_number) + 1")
    done = anew(tree)
    assert compiled(done) == {"one.cpp"} and "main.c" in kept(done)
    tree.edit("lib/one/one.cpp", "libone_number) + 1", "libone_number)")
    assert compiled(anew(tree)) == set()


def test_other_options_are_compiled(tree):
    tree.edit(CONFIG, "CONFIG_LIBONE_NUMBER=3", "CONFIG_LIBONE_NUMBER=4")
    assert compiled(anew(tree)) == {"one.cpp"}
    assert tree.run(f"again1/hello_{TARGET}").returncode == 4
    tree.edit(CONFIG, "# CONFIG_OPTIMIZE_SIZE is not set\n", "")
    tree.edit(CONFIG, "CONFIG_OPTIMIZE_PERF=y", "CONFIG_OPTIMIZE_SIZE=y")
    assert {"main.c", "one.cpp"} <= compiled(anew(tree))


def test_another_library_leaves_objects_as_they_are(tree):
    tree.write("lib/two/include/two.h", "#pragma once\n")
    tree.edit("lib/two/Makefile.uk", "LIBTWO_SRCS-y", "CINCLUDES-$(CONFIG_LIBTWO) += -I$(LIBTWO_BASE)/include\nLIBTWO_SRCS-y")
    tree.edit(CONFIG, "# CONFIG_LIBTWO is not set", "CONFIG_LIBTWO=y")
    assert compiled(anew(tree)) == {"two.c"}


def test_applications_outside_the_tree_share_its_objects(tree):
    files = {name: FILES[f"apps/hello/{name}"] for name in ("Makefile.uk", "main.c")}
    folders = [tree.external(name, files) for name in ("first", "second")]
    tree.good(f"A={folders[0]}")
    assert compiled(tree.good(f"A={folders[1]}")) == {"main.c"}


def test_a_header_that_hides_another_is_noticed(tree):
    tree.write("lib/two/include/one.h", "#define one() 7\n")
    tree.edit("lib/two/Makefile.uk", "LIBTWO_SRCS-y", "CINCLUDES := -I$(LIBTWO_BASE)/include $(CINCLUDES)\nLIBTWO_SRCS-y")
    tree.edit("lib/two/Makefile.uk", "CINCLUDES :=", "CINCLUDES-y := -I$(LIBTWO_BASE)/include $(CINCLUDES-y)\nCINCLUDES :=")
    tree.edit(CONFIG, "# CONFIG_LIBTWO is not set", "CONFIG_LIBTWO=y")
    assert "main.c" in compiled(anew(tree))
    assert tree.run(f"again1/hello_{TARGET}").returncode == 7


def test_damaged_objects_and_lists(tree, tmp_path):
    """A list that is nonsense is a miss, and is good again afterwards."""
    for folder, _, files in os.walk(tmp_path / "objects"):
        for name in files:
            if name.endswith(".list"):
                with open(os.path.join(folder, name), "wb") as file:
                    file.write(b"f\ni " + b"x" * 9000 + b"\n\n\0\xff s\nq\n")
    assert kept(anew(tree)) == set()
    assert compiled(anew(tree)) == set()


def test_a_folder_that_cannot_be_written_is_named(tree):
    tree.env["UK_OBJECTS"] = "/proc/nowhere"
    assert "error: UK_OBJECTS=/proc/nowhere: No such file or directory; name a folder" in tree.bad("O=again")


def test_warnings_are_seen_each_time(tree):
    tree.edit("apps/hello/main.c", "int main(void) {", "int main(void) {\n    int unused;")
    assert "unused" in anew(tree).stdout
    assert "unused" in anew(tree).stdout
