# SPDX-License-Identifier: BSD-3-Clause
"""LIBUKTEST_AUTORUN: the tests run instead of main, and the status says how they went."""
import subprocess

import guest


def test_tests_run_instead_of_main(tmp_path):
    done, image = guest.configured(tmp_path, "CONFIG_LIBUKTEST_AUTORUN=y")
    assert done.returncode == 0, done.stdout + done.stderr

    def run(text):
        command = [image, f"test.filter={text}", "--", "crash:none"]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)

    some = run("format_as")
    assert some.returncode == 0 and "\n1..1\nok 1 - appguest.format_as" in some.stdout, some.stdout + some.stderr
    assert some.stdout.endswith("# term of an init entry\n")
    none = run("no_such_test")
    assert none.returncode == 1 and "\n1..0\n" in none.stdout, none.stdout + none.stderr
