# SPDX-License-Identifier: BSD-3-Clause
"""What is built: sources of every kind, flags, variants, localized libraries, fragments, compilers, places."""
import json
import os
import resource
import shutil
import subprocess

import pytest
from toytree import IMAGE, TARGET, Tree

OBJ = f"build/obj/hello_{TARGET}"


@pytest.fixture
def tree(tmp_path):
    (tmp_path / "tree").mkdir()
    return Tree(tmp_path / "tree")


@pytest.fixture
def whole_tree(tmp_path):
    (tmp_path / "tree").mkdir()
    return Tree(tmp_path / "tree", whole=True)


def symbols(tree, path):
    text = subprocess.run(["nm", tree.file(path)], capture_output=True, text=True, check=True).stdout
    return {line.split()[-1]: line.split()[-2] for line in text.splitlines() if line.split()}


def test_first_make_builds_an_image_that_runs(tree):
    done = tree.good()
    assert "no configuration yet" in done.stdout
    assert done.stdout.splitlines()[-1].startswith(f"{IMAGE}: built, ")
    result = tree.run()
    assert (result.stdout, result.returncode) == ("hi\n", 3)
    assert "main" in symbols(tree, IMAGE + ".dbg")
    assert not symbols(tree, IMAGE)
    notes = subprocess.run(["readelf", "-n", tree.file(IMAGE)], capture_output=True, text=True, check=True).stdout
    assert "Build ID" in notes


def test_progress_counts_every_step(whole_tree):
    lines = [line for line in whole_tree.good().stdout.splitlines() if line.startswith("[")]
    total = int(lines[0].split("/")[1].split("]")[0])
    assert len(lines) == total
    assert [int(line[1:].split("/")[0]) for line in lines] == list(range(1, total + 1))


def cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_nothing_to_do_is_fast_and_silent(tree):
    tree.good()
    best = 9.0
    for _ in range(5):
        start = cpu_of_children()
        done = tree.good()
        best = min(best, cpu_of_children() - start)
        assert not done.steps
    assert len(done.stdout.splitlines()) == 1
    assert best < 0.5  # seconds of CPU; 0.16 on a quiet machine


def test_v1_shows_commands(tree):
    assert "g++ -std=c++20" in tree.good("V=1").stdout
    shutil.rmtree(tree.file("build"))
    assert "g++ -std=c++20" not in tree.good().stdout


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
@pytest.mark.parametrize("options", ["OPTIMIZE_PERF", "OPTIMIZE_SIZE", "OPTIMIZE_NONE", "OPTIMIZE_LTO"])
def test_compilers_and_levels(tree, compiler, options):
    tree.write("lib/one/exportsyms.uk", "one\n")
    tree.write("apps/hello/defconfigs/" + TARGET, f"CONFIG_{options}=y\n")
    tree.good(f"CC={compiler}")
    assert tree.run().returncode == 3
    assert not tree.good(f"CC={compiler}").steps


def test_other_linker(tree):
    tree.write("lib/one/exportsyms.uk", "one\n")
    tree.good("LD=ld.lld")
    assert tree.run().returncode == 3
    assert "ld.lld" in tree.read(f"build/obj/hello_{TARGET}/hello_{TARGET}.dbg.cmd")
    assert tree.good("LD=ld.bfd").steps and not tree.good("LD=ld.bfd").steps


def test_debugging_level_wins_over_a_librarys_own(tree):
    tree.edit("lib/one/Makefile.uk", "LIBONE_SRCS", "LIBONE_CXXFLAGS-y += -Os\nLIBONE_SRCS")
    tree.write("apps/hello/defconfigs/" + TARGET, "CONFIG_OPTIMIZE_NONE=y\n")
    tree.good()
    entries = json.loads(tree.read("compile_commands.json"))
    command = next(e["command"] for e in entries if e["file"].endswith("one.cpp"))
    assert command.rindex("-O0") > command.rindex("-Os")


@pytest.mark.parametrize("name,text", [("cpp", "int x = ;"), ("S", "bogus %nothing")])
def test_failed_step_leaves_no_object(tree, name, text):
    tree.write(f"lib/one/bad.{name}", text)
    tree.edit("lib/one/Makefile.uk", "one.cpp", f"one.cpp $(LIBONE_BASE)/bad.{name}")
    assert f"lib/one/bad.{name} failed:" in tree.bad()
    left = os.listdir(tree.file(f"build/obj/hello_{TARGET}/libone"))
    assert not [file for file in left if file.startswith("bad") or file.endswith("~")]


def test_changed_compiler_rebuilds(whole_tree):
    first = whole_tree.good("CC=gcc").steps
    assert len(whole_tree.good("CC=clang").steps) == len(first)
    assert b"clang" in open(whole_tree.file(f"build/obj/hello_{TARGET}/apphello/main.c.o"), "rb").read()


def test_link_time_optimization_inlines_across_files(tree):
    tree.write("apps/hello/defconfigs/" + TARGET, "CONFIG_OPTIMIZE_LTO=y\n")
    for compiler in ("gcc", "clang"):
        tree.good(f"CC={compiler}")
        assert "one" not in symbols(tree, IMAGE + ".dbg")


def test_same_base_name_twice_and_variants(tree):
    tree.write("lib/one/a/part.c", "int part_a(void);\nint part_a(void) { return 10; }\n")
    tree.write("lib/one/b/part.c", """\
#define NAME2(x) part_ ## x
#define NAME(x) NAME2(x)
#ifndef SUFFIX
#define SUFFIX plain
#endif
double NAME(SUFFIX)(double x, double y);
int NAME(SUFFIX)_;
""".replace("double NAME(SUFFIX)(double x, double y);\nint NAME(SUFFIX)_;\n",
            "int NAME(SUFFIX)(void);\nint NAME(SUFFIX)(void) { return 20; }\n"))
    tree.edit("lib/one/Makefile.uk", "$(LIBONE_BASE)/one.cpp", """$(LIBONE_BASE)/one.cpp
LIBONE_SRCS-y += $(LIBONE_BASE)/a/part.c $(LIBONE_BASE)/b/part.c|isr|other
LIBONE_PART_ISR_FLAGS-y += -DSUFFIX=isr
LIBONE_PART_OTHER_FLAGS-y += -DSUFFIX=other""")
    tree.edit("apps/hello/main.c", "return one();", "return part_a() + part_isr() + part_other();")
    tree.edit("apps/hello/main.c", "int main", "int part_a(void), part_isr(void), part_other(void);\nint main")
    tree.good()
    assert tree.run().returncode == 50
    commands = {e["output"].rsplit("/", 1)[1]: e["command"] for e in json.loads(tree.read("compile_commands.json"))}
    assert "-mgeneral-regs-only" in commands["part.c.isr.o"]
    assert "-mgeneral-regs-only" not in commands["part.c.other.o"]


def test_per_file_flags_and_includes(tree):
    tree.write("lib/one/private/private.h", "#define PRIVATE 7\n")
    tree.write("lib/one/with-dash.x.c", "#include <private.h>\nint dash(void);\nint dash(void) { return PRIVATE + ADD; }\n")
    tree.edit("lib/one/Makefile.uk", "$(LIBONE_BASE)/one.cpp", """$(LIBONE_BASE)/one.cpp $(LIBONE_BASE)/with-dash.x.c
LIBONE_WITH_DASH_X_FLAGS-y += -DADD=4
LIBONE_WITH_DASH_X_INCLUDES-y += -I$(LIBONE_BASE)/private""")
    tree.edit("apps/hello/main.c", "return one();", "int dash(void); return dash();")
    tree.good()
    assert tree.run().returncode == 11


def test_library_wide_flags_and_kinds_of_sources(tree):
    tree.write("lib/two/more.cc", "int more();\nextern \"C\" int two_more() { return MORE; }\n")
    tree.write("lib/two/low.s", ".globl low\nlow: mov $5, %eax\n ret\n.section .note.GNU-stack,\"\",@progbits\n")
    tree.write("lib/two/big.S", "#if ASVALUE == 6\n.globl big\nbig: mov $ASVALUE, %eax\n ret\n#endif\n")
    tree.edit("lib/two/Makefile.uk", "two.c\n", """two.c $(LIBTWO_BASE)/more.cc $(LIBTWO_BASE)/low.s
LIBTWO_SRCS-y += $(LIBTWO_BASE)/big.S
LIBTWO_CFLAGS-y += -DTWO=1
LIBTWO_CXXFLAGS += -DMORE=4
LIBTWO_ASFLAGS-y += -DASVALUE=6
""")
    tree.write("apps/hello/defconfigs/" + TARGET, "CONFIG_LIBTWO=y\n")
    tree.edit("apps/hello/main.c", "return one();",
              "int two(void), two_more(void), low(void), big(void); return two() + two_more() + low() + big();")
    tree.good()
    assert tree.run().returncode == 17


def test_exportsyms_hides_the_rest(tree):
    tree.edit("lib/one/one.cpp", "int one()", "extern \"C\" int helper();\nint helper() { return 1; }\nint one()")
    tree.write("lib/one/exportsyms.uk", "# the public ones\none\n")
    tree.edit("apps/hello/main.c", "return one();", "int helper(void); return helper();")
    said = tree.bad()
    assert "undefined reference to `helper'" in said
    tree.edit("lib/one/exportsyms.uk", "one\n", "one\nhelper\n")
    tree.good()
    assert tree.run().returncode == 1


def test_localsyms_hides_what_it_names(tree):
    tree.edit("lib/one/one.cpp", "int one()", "extern \"C\" int helper();\nint helper() { return 1; }\nint one()")
    tree.write("lib/one/localsyms.uk", "helper\n")
    tree.good()
    tree.edit("apps/hello/main.c", "return one();", "int helper(void); return helper();")
    assert "undefined reference to `helper'" in tree.bad()


def test_log_levels_of_libraries(tree):
    tree.write("lib/one/Config.uk", tree.read("lib/one/Config.uk") + """
config LIBUKPRINT_LEVELS
\tstring "levels"
\tdefault "one=debug,two=none"
\thelp
\t  h
""")
    tree.edit("lib/one/one.cpp", "int one() {", "int one() { return 10 + UK_LOG_LEVEL; }\nint old() {")
    tree.good()
    assert tree.run().returncode == 14
    tree.edit(IMAGE + ".config", "one=debug", "one=loud")
    said = tree.bad()
    line = tree.read(IMAGE + ".config").splitlines().index('CONFIG_LIBUKPRINT_LEVELS="one=loud,two=none"') + 1
    where = f"error: {IMAGE}.config:{line}: LIBUKPRINT_LEVELS: "
    assert said == where + "'one=loud' is not <library>=none|crit|err|warn|info|debug\n"
    tree.edit(IMAGE + ".config", "one=loud", "toyplta=debug")
    said = tree.bad()
    assert said.startswith(where + "there is no library 'toyplta' (did you mean toyplat?); this image has: apphello one")
    assert said.count("\n") == 1
    tree.edit(IMAGE + ".config", "toyplta=debug", "libone=debug")
    tree.good()
    assert tree.run().returncode == 14


def test_linker_fragments_collect_sections(tree):
    tree.write("lib/one/table.c", "__attribute__((section(\".toy_table\"), used)) static const int row = 9;\n")
    tree.write("lib/one/extra.ld",
               "SECTIONS { .toy_table : { toy_table = .; KEEP(*(.toy_table)) } } INSERT AFTER .rodata;\n")
    tree.edit("lib/one/Makefile.uk", "$(LIBONE_BASE)/one.cpp",
              "$(LIBONE_BASE)/one.cpp $(LIBONE_BASE)/table.c $(LIBONE_BASE)/extra.ld")
    tree.edit("apps/hello/main.c", "return one();", "extern const int toy_table[]; return toy_table[0];")
    tree.good()
    assert tree.run().returncode == 9
    tree.write("lib/one/extra.lds.S", tree.read("lib/one/extra.ld").replace("toy_table = .;", "NAME = .;"))
    tree.edit("lib/one/Makefile.uk", "extra.ld", "extra.lds.S\nLIBONE_ASFLAGS-y += -DNAME=toy_table")
    tree.good()
    assert tree.run().returncode == 9


def test_provided_syscalls(tree):
    tree.edit("apps/hello/main.c", "return one();", """
#define UK_SYSCALL(name, args) + args
    return 0
#include <uk/bits/provided_syscalls.h>
    ;""")
    tree.good()
    assert tree.run().returncode == 3
    tree.edit("lib/one/Makefile.uk", "getpid-0", "getpid-0 mmap-6")
    assert any("main.c" in step for step in tree.good().steps)
    assert tree.run().returncode == 9
    tree.edit("lib/one/Makefile.uk", "mmap-6", "mmap-7")
    assert "'mmap-7' is not of the form name-arguments" in tree.bad()
    tree.edit("lib/one/Makefile.uk", "mmap-7", "write-2")
    assert "provided more than once: write" in tree.bad()


def test_unknown_kind_of_source(tree):
    tree.edit("lib/one/Makefile.uk", "one.cpp", "one.cpp $(LIBONE_BASE)/one.rs")
    assert "cannot tell what kind of source" in tree.bad()


def test_missing_source_is_named(tree):
    tree.edit("lib/one/Makefile.uk", "one.cpp", "oen.cpp")
    said = tree.bad()
    assert "error: lib/one/oen.cpp is not there, but libone has it among its sources" in said


def test_import_lib_nested(tree):
    tree.write("lib/one/inner/Makefile.uk",
               "$(eval $(call addlib,libinner))\nLIBINNER_SRCS-y += $(LIBINNER_BASE)/inner.c\n")
    tree.write("lib/one/inner/inner.c", "int inner(void);\nint inner(void) { return 8; }\n")
    tree.edit("lib/one/Makefile.uk", "CINCLUDES", "$(eval $(call import_lib,$(LIBONE_BASE)/inner))\nCINCLUDES")
    tree.edit("apps/hello/main.c", "return one();", "int inner(void); return inner();")
    tree.good()
    assert tree.run().returncode == 8


def test_compile_commands_are_complete_and_work(tree):
    tree.good()
    entries = json.loads(tree.read("compile_commands.json"))
    assert {os.path.basename(e["file"]) for e in entries} >= {"main.c", "one.cpp", "toy.cpp", "start.S"}
    entry = next(e for e in entries if e["file"].endswith("one.cpp"))
    os.unlink(entry["output"])
    subprocess.run(entry["command"], shell=True, cwd=entry["directory"], check=True)
    assert os.path.exists(entry["output"])


def test_failing_compile_ends_with_the_compilers_words(tree):
    tree.edit("apps/hello/main.c", "return one();", "return one()")
    for extra in ([], ["-j1"], ["-j4"], ["-k"]):
        done = tree.make(*extra)
        assert done.returncode == 1
        lines = done.stdout.splitlines()
        assert "***" not in done.stdout and "Error 1" not in done.stdout
        assert any("error: expected" in line for line in lines[-12:])
        assert "[" not in lines[-1][:1]


def test_warnings_are_shown(tree):
    tree.edit("lib/one/one.cpp", "int one()", "static int unused_thing() { return 1; }\nint one()")
    assert "unused_thing" in tree.good().stdout


def test_variables_relative_absolute_environment(tree, tmp_path):
    tree.good(f"O={tmp_path}/out", "N=other")
    assert os.path.exists(f"{tmp_path}/out/other_{TARGET}")
    tree.good("O=rel", "A=apps/hello")
    assert os.path.exists(tree.file(f"rel/hello_{TARGET}"))
    tree.good(target=None, env={"T": TARGET, "O": f"{tmp_path}/env"})
    assert os.path.exists(f"{tmp_path}/env/hello_{TARGET}")
    tree.good("-C", tree.path, cwd="/")
    tree.good("-f", f"{tree.path}/Makefile", f"A={tree.path}/apps/hello", f"O={tmp_path}/f", cwd="/")
    assert os.path.exists(f"{tmp_path}/f/hello_{TARGET}")


def test_own_config_file(tree, tmp_path):
    tree.good(f"C={tmp_path}/my.config", "defconfig", "all")
    text = (tmp_path / "my.config").read_text()
    (tmp_path / "my.config").write_text(text.replace("LIBONE_NUMBER=3", "LIBONE_NUMBER=4"))
    tree.good(f"C={tmp_path}/my.config")
    assert tree.run().returncode == 4


def test_external_library(tree):
    lib = tree.external("ext", {
        "Config.uk": "config LIBEXT\n\tbool \"ext\"\n\tdefault y\n",
        "Makefile.uk": "$(eval $(call addlib_s,libext,$(CONFIG_LIBEXT)))\nLIBEXT_SRCS-y += $(LIBEXT_BASE)/ext.c\n",
        "ext.c": "int ext(void) { return 6; }\n"})
    tree.edit("apps/hello/main.c", "return one();", "int ext(void); return ext();")
    tree.good(f"L={lib}")
    assert tree.run().returncode == 6


def test_clean_goals(whole_tree):
    whole_tree.good()
    said = whole_tree.good("clean").stdout
    assert said == f"removed {OBJ} {IMAGE} {IMAGE}.dbg {IMAGE}.map\n"
    assert whole_tree.good("clean").stdout == f"nothing to remove for apps/hello on {TARGET}\n"
    assert not os.path.exists(whole_tree.file(IMAGE)) and os.path.exists(whole_tree.file(IMAGE + ".config"))
    whole_tree.good()
    whole_tree.good("properclean")
    assert not os.path.exists(whole_tree.file(IMAGE + ".config"))
    whole_tree.good()
    assert whole_tree.good("distclean").stdout == "removed compile_commands.json build\n"
    assert not os.path.exists(whole_tree.file("build")) and not os.path.exists(whole_tree.file("compile_commands.json"))


def test_distclean_leaves_what_make_did_not_create(whole_tree):
    folder = whole_tree.file("elsewhere")
    os.makedirs(f"{folder}/obj/mine")
    for name in ("notes", "obj/mine/data", f"my_{TARGET}.txt"):
        with open(f"{folder}/{name}", "w", encoding="utf-8"):
            pass
    whole_tree.good(f"O={folder}")
    whole_tree.good(f"O={folder}", "distclean")
    left = sorted(os.path.join(where, f)[len(folder) + 1:] for where, _, files in os.walk(folder) for f in files)
    assert left == sorted([f"my_{TARGET}.txt", "notes", "obj/mine/data"])
