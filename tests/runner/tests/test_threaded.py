# SPDX-License-Identifier: BSD-3-Clause
"""tests/host/threaded.py: which test files ThreadSanitizer is for."""
import os
import subprocess

import pytest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
FILES = {
    "lib/a/tests/plain_test.cpp": '#include <thread>\n#include "plain.hpp"\nint n = std::thread::hardware_concurrency();\n',
    "lib/a/tests/plain.hpp": '#pragma once\n#include "plain.hpp"\n#include "missing.hpp"\n',
    "lib/a/tests/direct_test.cpp": "std::thread other([] {});\n",
    "lib/a/tests/shared_test.cpp": '#include "../../b/tests/outer.hpp"\n',
    "lib/b/tests/outer.hpp": '#include "inner.hpp"\n',
    "lib/b/tests/inner.hpp": "std::vector<std::jthread> cpus;\n",
    "lib/a/tests/rooted_test.cpp": '#include "lib/b/tests/inner.hpp"\n',
    "lib/a/tests/suite_test.cpp": "#include <uk/b/conformance_load.hpp>\n",
    "lib/b/include/uk/b/conformance_load.hpp": '#include "conformance.hpp"\n',
    "lib/b/include/uk/b/conformance.hpp": "pthread_create(&one, nullptr, run, nullptr);\n",
}


@pytest.mark.parametrize("name, threaded", [("plain", False), ("direct", True), ("shared", True), ("rooted", True), ("suite", True)])
def test_threads_are_found(tmp_path, name, threaded):
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    path = f"lib/a/tests/{name}_test.cpp"
    done = subprocess.run([os.path.join(ROOT, "tests/host/threaded.py"), path], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ([path] if threaded else [])
