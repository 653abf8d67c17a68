# SPDX-License-Identifier: BSD-3-Clause
"""support/new-app: the folder that it writes builds and runs as it is; what it refuses, and how."""
import os
import subprocess

import guest
import pytest

NEW_APP = os.path.join(guest.ROOT, "support/new-app")


def new_app(*words):
    return subprocess.run([NEW_APP, *map(str, words)], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("words", [[], ["--c++"]])
def test_the_folder_runs_as_it_is(tmp_path, words):
    folder = tmp_path / "my-app"
    done = new_app(*words, folder)
    assert done.returncode == 0, done.stderr
    assert f"make -C {folder} run" in done.stdout
    clean = {k: v for k, v in os.environ.items() if not k.startswith("MAKE") and k not in ("A", "T", "O", "C", "N", "L")}
    made = subprocess.run(["make", "-C", folder, "T=linuxu-x86_64", "ARGS=one 'two words'", "run"], capture_output=True, text=True,
                          check=False, timeout=600, env={**clean, "UK_INSTALL": "no"}, stdin=subprocess.DEVNULL)
    assert made.returncode == 0, made.stdout + made.stderr
    assert "Hello from my-app\n" in made.stdout and ": two words\n" in made.stdout
    assert "warning" not in made.stdout + made.stderr


@pytest.mark.parametrize("name, words", [("9lives", "cannot be the name"), ("a b", "cannot be the name"), ("full", "not empty"),
                                         ("file/app", "Not a directory")])
def test_what_cannot_be_is_said(tmp_path, name, words):
    (tmp_path / "full").mkdir()
    (tmp_path / "full/main.c").write_text("int main(void) { return 0; }\n")
    (tmp_path / "file").write_text("")
    done = new_app(tmp_path / name)
    assert done.returncode == 1 and words in done.stderr and done.stderr.startswith("new-app: ")
    assert (tmp_path / "full/main.c").read_text() == "int main(void) { return 0; }\n"


def test_wrong_words_are_said():
    for words in ([], ["a", "b"], ["--cxx"]):
        done = new_app(*words)
        assert done.returncode == 1 and "one folder is wanted" in done.stderr
