# SPDX-License-Identifier: BSD-3-Clause
"""check_symbols: real objects, made with the compilers, that break one rule each."""
import os
import subprocess

import check_symbols
import pytest
from conftest import texts

FLAGS = ("-std=c++20 -ffreestanding -fno-exceptions -fno-rtti -fno-threadsafe-statics -fno-asynchronous-unwind-tables "
         "-fno-stack-protector -fno-pic -fno-pie").split()
TREE = {
    "lib/ukx/Makefile.uk": "$(eval $(call addlib_s,libukx,$(CONFIG_LIBUKX)))\nLIBUKX_FLOOR := core\n",
    "lib/base/Makefile.uk": "$(eval $(call addlib_s,libbase,y))\nLIBBASE_FLOOR := base\n",
    "lib/base/include/uk/string.h": "char* strchr(const char* s, int c);\n",
    "lib/nolibc/Makefile.uk": "$(eval $(call addlib_s,libnolibc,y))\nLIBNOLIBC_FLOOR := libc\n",
    "plat/kvm/Makefile.uk": "$(eval $(call addplat_s,kvm,y))\n$(eval $(call addplatlib,kvm,libkvmplat))\n",
}


def check_code(tree, code, library="libukx", flags=(), compiler="g++"):
    root = tree({**TREE, "build/obj/unit.cpp": code})
    folder = os.path.join(root, "build/obj")
    os.makedirs(os.path.join(folder, library), exist_ok=True)
    unit = os.path.join(folder, library, "unit.o")
    subprocess.run([compiler, *(flags or [*FLAGS, "-O2"]), "-c", "-o", unit, os.path.join(folder, "unit.cpp")], check=True)
    with open(os.path.join(folder, "link.rsp"), "w", encoding="utf-8") as file:
        file.write(unit + "\n")
    return texts(check_symbols.check_objects(root, folder))


@pytest.mark.parametrize("compiler", ["g++", "clang++"])
def test_clean_code_passes(tree, compiler):
    code = ('extern "C" void uk_other(const char*); extern "C" char* strchr(const char*, int);\n'
            'namespace uk { constinit int counter = 1; int add(int n) { return counter += n; } }\n'
            'extern "C" void uk_do(const char* s) { uk_other(strchr(s, 47)); uk::add(2); }\n')
    assert check_code(tree, code, compiler=compiler) == ""


@pytest.mark.parametrize("code, expected", [
    ("struct S { S(); int i; }; S s;", ".init_array"),
    ("struct S { ~S(); int i; }; constinit S s{};", "__cxa_atexit"),
    ("int f(); int& g() { static int n = f(); return n; }", "_ZGV"),
    ("#include <new>\nint* f() { return new int; }", "operator new"),
    ("struct B { virtual ~B() = default; virtual void f(); }; void B::f() {}", "operator delete"),
    ("extern \"C\" void* malloc(unsigned long); void* f() { return malloc(8); }", "calls a name"),
    ("extern \"C\" int open_door() { return 1; }", "does not start with 'uk'"),
    ("#include <algorithm>\nusing F = const int& (*)(const int&, const int&); F f() { return std::max<int>; }", "a body of std::"),
])
def test_bad_object(tree, code, expected):
    assert expected in check_code(tree, code)


def test_exceptions_and_type_information(tree):
    found = check_code(tree, "struct E { virtual int f(); }; int E::f() { throw 1; }", flags=["-std=c++20", "-O2"])
    assert "exceptions" in found and "run-time type information" in found and ".eh_frame" in found


def test_applications_and_c_libraries_may(tree):
    code = "struct S { S(); int i; }; S s;"
    assert check_code(tree, code, library="apphello") == ""
    assert check_code(tree, "extern \"C\" int printf(const char*) { return 0; }", library="libnolibc") == ""


@pytest.mark.parametrize("compiler", ["g++", "clang++"])
def test_link_time_objects_are_left_to_the_image(tree, compiler):
    code = "#include <algorithm>\nusing F = const int& (*)(const int&, const int&); F f() { return std::max<int>; }"
    assert check_code(tree, code, flags=[*FLAGS, "-O2", "-flto"], compiler=compiler) == ""


def test_exportsyms_and_entry(tree):
    code = 'extern "C" int open_door() { return 1; }'
    tree({"lib/ukx/exportsyms.uk": "open_door\n"})
    assert check_code(tree, code) == ""
    assert check_code(tree, 'extern "C" void _start() {}', library="libkvmplat") == ""


def test_image_without_unwind_tables(tree):
    root = tree({"a.c": "int main(void) { return 0; }\n"})
    for flags, expected in ((["-fasynchronous-unwind-tables"], ".eh_frame"), (["-fno-asynchronous-unwind-tables"], "")):
        image = os.path.join(root, "image")
        subprocess.run(["gcc", *flags, "-nostdlib", "-static", "-Wl,--build-id=none", "-e", "main", "-o", image,
                        os.path.join(root, "a.c")], check=True)
        found = texts(check_symbols.check_image(image))
        assert expected in found if expected else found == ""
