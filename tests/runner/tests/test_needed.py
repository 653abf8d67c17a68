# SPDX-License-Identifier: BSD-3-Clause
"""tests/host/needed.py: which sources a set of test files could be linked with."""
import os
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
FILES = {
    "lib/a/tests/first_test.cpp": '#include <uk/a/face.hpp>\n#include "missing.hpp"\n',
    "lib/a/include/uk/a/face.hpp": "#pragma once\n#include <uk/a/face.hpp>\nint face();\n",
    "lib/a/face.cpp": '#include <uk/a/face.hpp>\n#include "inner.hpp"\n',
    "lib/a/inner.hpp": "int inner();\n",
    "lib/a/inner.cpp": '#  include "inner.hpp"\n#include <uk/b/far.hpp>\n',
    "lib/a/other.hpp": "int other();\n",
    "lib/a/other.cpp": '#include "other.hpp"\n#include <cstdint>\n',
    "lib/b/include/uk/b/far.hpp": "int far();\n",
    "lib/b/far.cpp": "#include <uk/b/far.hpp>\n",
    "lib/b/user.hpp": "int user();\n",
    "lib/b/user.cpp": '#include "user.hpp"\n#include <uk/a/face.hpp>\n',  # uses the other's, defines nothing of it
    "lib/b/alone.cpp": "extern int alone();\n",  # declared who knows where
}


def needed(tmp_path, *users) -> list:
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    sources = sorted(path for path in FILES if path.endswith(".cpp") and "/tests/" not in path)
    command = [os.path.join(ROOT, "tests/host/needed.py"), "-Ilib/a/include", "-Ilib/b/include", "--sources", *sources, "--for", *users]
    return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout.split()


def test_what_defines_reached_headers_is_needed_and_what_that_needs(tmp_path):
    assert needed(tmp_path, "lib/a/tests/first_test.cpp") == ["lib/a/face.cpp", "lib/a/inner.cpp", "lib/b/alone.cpp", "lib/b/far.cpp"]


def test_files_that_are_made_later_need_nothing(tmp_path):
    assert needed(tmp_path, "build/made.cpp") == ["lib/b/alone.cpp"]
