# SPDX-License-Identifier: BSD-3-Clause
"""check_headers and check_tidy: what they compile, and what they refuse."""
import os
import shutil

import check_headers
import check_tidy
import gatelib
import pytest
from conftest import texts

GOOD = {
    "lib/x/Makefile.uk": "LIBX_FLOOR := core\n",
    "lib/x/include/uk/x.h": "#ifndef UK_X_H\n#define UK_X_H\n#include <stddef.h>\nsize_t uk_x(void);\n#endif\n",
    "lib/x/include/uk/x.hpp": "#pragma once\n#include <uk/x.h>\nclass X {};\n",
    "lib/x/own.hpp": "#pragma once\n#include \"other.hpp\"\n", "lib/x/other.hpp": "#pragma once\n",
    "lib/libc/Makefile.uk": "LIBLIBC_FLOOR := libc\n", "lib/libc/include/stddef.h": "#error not for others\n",
}


def test_good_headers(tree):
    findings = check_headers.check(tree(GOOD))
    assert [finding.path for finding in findings] == ["lib/libc/include/stddef.h"] * 2


@pytest.mark.parametrize("name, text, expected", [
    ("lib/x/include/uk/y.hpp", "class Twice {};\n", "redefinition of"),
    ("lib/x/include/uk/y.hpp", "#pragma once\nsize_t n;\n", "does not compile alone"),
    ("lib/x/include/uk/y.h", "#pragma once\nnamespace uk {}\n", "does not compile as C11"),
    ("lib/x/include/uk/y.h", "#pragma once\nint f();\n", "as C11"),
    ("lib/x/include/uk/y.h", "#pragma once\n#ifdef __cplusplus\n#include <uk/x.hpp>\n#endif\n", "must not include uk/x.hpp"),
])
def test_bad_headers(tree, name, text, expected):
    found = [finding for finding in check_headers.check(tree({**GOOD, name: text})) if finding.path == name]
    assert expected in texts(found)


OFTEN = {f"lib/x/include/uk/often{n}.hpp": f"#pragma once\n#include <span>\nvoid often{n}(std::span<int> numbers);\n"
         for n in range(check_headers.OFTEN)}


@pytest.mark.parametrize("text", [
    "#pragma once\nvoid f(std::span<int> numbers);\n",
    "#pragma once\n#ifdef NEVER\n#include <span>\n#endif\nvoid f(std::span<int> numbers);\n",
    "#pragma once\nvoid f(std::span<int> numbers);\n#include <uk/often0.hpp>\n",
])
def test_what_is_precompiled_for_others_is_missed(tree, text):
    root = tree({**GOOD, **OFTEN, "lib/x/include/uk/y.hpp": text})
    findings = [finding for finding in check_headers.check(root) if finding.path != "lib/libc/include/stddef.h"]
    assert os.path.exists(os.path.join(root, check_headers.PRECOMPILED, "span.hpp.gch"))
    assert [finding.path for finding in findings] == ["lib/x/include/uk/y.hpp"]
    assert "does not compile alone and twice" in texts(findings)


def test_tidy(tree):
    files = {"lib/x/Makefile.uk": "LIBX_FLOOR := core\n",
             "lib/x/good.cpp": "namespace uk {\nint twice(int value) {\n    return 2 * value;\n}\n}\n",
             "lib/x/name.cpp": "int badName(int value) {\n    return value;\n}\n",
             "lib/x/global.cpp": "struct S {\n    S();\n};\nS global;\n",
             "lib/x/cast.cpp": "char* f(long* p) {\n    return (char*)p;\n}\n"}
    root = tree(files)
    shutil.copy(os.path.join(gatelib.ROOT, ".clang-tidy"), root)
    found = check_tidy.check(root)
    assert sorted({finding.path for finding in found}) == ["lib/x/cast.cpp", "lib/x/global.cpp", "lib/x/name.cpp"]
    assert "badName" in texts(found) and "global constructor" in texts(found) and "C-style" in texts(found)
    stamped = os.listdir(os.path.join(root, check_tidy.STAMPS))
    assert stamped == ["lib_x_good.cpp"]
    assert sorted({finding.path for finding in check_tidy.check(root)}) == ["lib/x/cast.cpp", "lib/x/global.cpp", "lib/x/name.cpp"]


def test_shadowing_in_a_unit(tree):
    """A local variable called as another file's global one is no finding, called as one of its own file's it is."""
    root = tree({"lib/x/Makefile.uk": "LIBX_FLOOR := core\n",
                 "lib/x/a.cpp": "namespace {\nint limit = 3;\n}\nint top() {\n    return limit++;\n}\n",
                 "lib/x/b.cpp": "int other(int limit) {\n    return limit;\n}\n"})
    shutil.copy(os.path.join(gatelib.ROOT, ".clang-tidy"), root)
    assert check_tidy.check(root) == []
    assert os.listdir(os.path.join(root, check_tidy.STAMPS)) == ["lib_x_a.cpp+1"], "in one go"
    with open(os.path.join(root, "lib/x/b.cpp"), "a", encoding="utf-8") as file:
        file.write("namespace {\nint own = 1;\n}\nint third(int own) {\n    return own;\n}\nint fourth() {\n    return own++;\n}\n")
    assert [(finding.path, finding.line) for finding in check_tidy.check(root)] == [("lib/x/b.cpp", 7)]
