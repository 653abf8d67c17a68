# SPDX-License-Identifier: BSD-3-Clause
"""Upstream archives: pinned, cached, patched; what is said when one is missing or corrupt. No network is used."""
import fcntl
import hashlib
import importlib.machinery
import importlib.util
import io
import os
import re
import subprocess
import sys
import tarfile
import time

import pytest
from toytree import LIMIT, ROOT, Tree

SOURCE = "int up(void);\nint up(void) { return 1; }\n"
PATCH = """\
--- a/up.c
+++ b/up.c
@@ -1,2 +1,2 @@
 int up(void);
-int up(void) { return 1; }
+int up(void) { return 2; }
"""


def archive(path, text=SOURCE):
    with tarfile.open(path, "w:gz") as tar:
        for name, content in (("up-1.0/up.c", text), ("up-1.0/include/up.h", "int up(void);\n")):
            info = tarfile.TarInfo(name)
            info.size = len(content)
            info.mtime = 1
            tar.addfile(info, io.BytesIO(content.encode()))
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


@pytest.fixture
def tree(tmp_path):
    (tmp_path / "tree").mkdir()
    made = Tree(tmp_path / "tree")
    made.archive = str(tmp_path / "up-1.0.tar.gz")
    made.hash = archive(made.archive)
    made.write("lib/up/Config.uk", "config LIBUP\n\tbool \"up\"\n\tdefault y\n\thelp\n\t  h\n")
    made.write("lib/up/Makefile.uk", f"""\
$(eval $(call addlib_s,libup,$(CONFIG_LIBUP)))
LIBUP_ORIGIN_SHA256 := {made.hash}
$(eval $(call fetch,libup,file://{made.archive}))
$(eval $(call patch,libup,$(LIBUP_BASE)/patches,up-1.0))
CINCLUDES-$(CONFIG_LIBUP) += -I$(LIBUP_ORIGIN)/up-1.0/include
LIBUP_SRCS-y += $(LIBUP_ORIGIN)/up-1.0/up.c
""")
    made.edit("apps/hello/main.c", "#include <one.h>", "#include <one.h>\n#include <up.h>")
    made.edit("apps/hello/main.c", "return one();", "return up();")
    return made


def test_fetch_unpack_build(tree):
    done = tree.good()
    assert any(step.startswith("FETCH libup") for step in done.steps)
    assert tree.run().returncode == 1
    assert not tree.good().steps
    assert "are there" in tree.good("fetch").stdout


def test_fetch_alone(tree):
    tree.good("fetch")
    assert os.path.exists(tree.file("build/download/up-1.0.tar.gz"))
    os.unlink(tree.archive)
    tree.good()
    assert tree.run().returncode == 1


def test_patches_apply_and_changed_ones_apply_afresh(tree):
    tree.write("lib/up/patches/0001-two.patch", PATCH)
    tree.good()
    assert tree.run().returncode == 2
    assert not tree.good().steps
    tree.write("lib/up/patches/0001-two.patch", PATCH.replace("return 2", "return 5"))
    tree.good()
    assert tree.run().returncode == 5
    os.unlink(tree.file("lib/up/patches/0001-two.patch"))
    tree.good()
    assert tree.run().returncode == 1
    tree.write("lib/up/patches/0001-bad.patch", PATCH.replace("-int up(void) { return 1", "-int up(void) { return 7"))
    assert "FAILED" in tree.bad()


def test_unchosen_library_fetches_nothing(tree):
    tree.edit("apps/hello/main.c", "#include <up.h>", "")
    tree.edit("apps/hello/main.c", "return up();", "return one();")
    tree.edit("lib/up/Config.uk", "default y", "default n")
    assert not any("libup" in step for step in tree.good().steps)


def test_missing_archive_names_what_is_expected(tree, tmp_path):
    os.unlink(tree.archive)
    said = tree.bad()
    for text in ("UK_DL=<folder>", "up-1.0.tar.gz", tree.hash, "cannot get up-1.0.tar.gz for libup"):
        assert text in said
    assert "Traceback" not in said
    (tmp_path / "dl").mkdir()
    assert f"UK_DL={tmp_path}/dl has no file up-1.0.tar.gz" in tree.bad(f"UK_DL={tmp_path}/dl")
    assert archive(tmp_path / "dl" / "up-1.0.tar.gz")
    tree.edit("lib/up/Makefile.uk", tree.hash, archive(tmp_path / "dl" / "up-1.0.tar.gz"))
    tree.good(f"UK_DL={tmp_path}/dl")
    assert tree.run().returncode == 1


def test_corrupt_archive_is_refused(tree, tmp_path):
    (tmp_path / "dl").mkdir()
    other = archive(tmp_path / "dl" / "up-1.0.tar.gz", SOURCE.replace("1;", "9;"))
    said = tree.bad(f"UK_DL={tmp_path}/dl")
    assert "is corrupt or another version" in said and other in said and tree.hash in said
    assert not os.path.exists(tree.file("build/download/up-1.0.tar.gz"))
    tree.good("fetch")
    tree.write("build/download/up-1.0.tar.gz", "damaged")
    tree.good("clean")
    said = tree.bad()
    assert "corrupt" in said and "remove " in said


def test_only_what_is_wanted_is_unpacked(tree):
    tree.edit("lib/up/Makefile.uk", "LIBUP_ORIGIN_SHA256", "LIBUP_ORIGIN_ONLY := up-1.0/up.c\nLIBUP_ORIGIN_SHA256")
    tree.edit("apps/hello/main.c", "#include <up.h>", "int up(void);")
    tree.good()
    assert tree.run().returncode == 1
    assert [name for _, _, names in os.walk(tree.file("build")) for name in names if name in ("up.c", "up.h")] == ["up.c"]


def test_archive_without_pin(tree):
    tree.edit("lib/up/Makefile.uk", f"LIBUP_ORIGIN_SHA256 := {tree.hash}\n", "")
    assert "_ORIGIN_SHA256 is not set" in tree.bad()


def test_second_url(tree):
    tree.edit("lib/up/Makefile.uk", f"call fetch,libup,file://{tree.archive}",
              f"call fetch2,libup,file:///nowhere/up-1.0.tar.gz,file://{tree.archive}")
    tree.good()
    assert tree.run().returncode == 1


def test_private_apt_configuration(tmp_path):
    """The machine's own configuration is read, turned into source entries, and left alone."""
    loader = f"import importlib.machinery as m; f = m.SourceFileLoader('fetch', '{ROOT}/support/build/fetch').load_module(); "
    code = loader + f"print(' '.join(f.private_apt('{tmp_path}/apt')))"
    done = subprocess.run([sys.executable, "-W", "ignore", "-B", "-c", code], capture_output=True, text=True, check=True)
    assert f"Dir::State::lists={tmp_path}/apt/lists" in done.stdout
    text = "".join(path.read_text() for path in (tmp_path / "apt").rglob("*") if path.is_file())
    assert "deb-src" in text
    assert not [line for line in text.splitlines() if line.startswith("deb ") or line.strip() == "Types: deb"]


def test_output_folders_share_a_cache(tree, tmp_path):
    tree.env["UK_CACHE"] = str(tmp_path / "cache")
    assert any(step.startswith("FETCH libup") for step in tree.good("O=one", "fetch").steps)
    os.unlink(tree.archive)
    assert not any(step.startswith("FETCH") for step in tree.good("O=two").steps)
    assert not os.path.exists(tree.file("two/download"))


def test_who_wants_the_same_archive_waits_for_it(tmp_path):
    """Another process holds the lock, and the archive comes from there."""
    out = tmp_path / "up-1.0.tar.gz"
    with open(f"{out}.lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        place = os.stat(lock.fileno()).st_ino
        with subprocess.Popen([f"{ROOT}/support/build/fetch", "--sha256", archive(tmp_path / "other"), "--out", out,
                               "file:///nowhere/up-1.0.tar.gz"]) as process:
            end = time.monotonic() + LIMIT
            while time.monotonic() < end and not re.search(rf"-> FLOCK .*:{place} ", open("/proc/locks", encoding="utf-8").read()):
                assert process.poll() is None, "it does not wait"
                time.sleep(0.02)
            os.rename(tmp_path / "other", out)
            fcntl.flock(lock, fcntl.LOCK_UN)
            assert process.wait(LIMIT) == 0


def test_compiled_archives_are_shared_where_folders_have_the_same_names(tmp_path):
    """The cache has one archive for all checkouts; another one where names in it become others."""
    (tmp_path / "list").write_text("flags\n+ *.c\n")
    cache = tmp_path / "cache"

    def made(checkout, *maps):
        folder = tmp_path / checkout
        folder.mkdir(exist_ok=True)
        (folder / "a.c").write_text("const char *name(void);\nconst char *name(void) { return __FILE__; }\n")
        words = [f"-ffile-prefix-map={word.replace('@', str(folder))}" for word in maps]
        subprocess.run([f"{ROOT}/support/build/archive", "--name", "up", "--out", folder / "up.a", "--log", folder / "log", "--cache", cache,
                        "--root", folder, "--list", tmp_path / "list", "--", "gcc", *words], check=True)
        return (folder / "up.a").read_bytes(), len([name for name in os.listdir(cache) if name.endswith(".a")])
    first, kept = made("one", "@/=", "@=build")
    assert kept == 1 and b"build/a.c" in first
    assert made("two", "@/=", "@=build") == (first, 1)
    other, kept = made("one", "@=build", "@/=")
    assert kept == 2 and b"build" not in other


def test_package_lists_are_renewed_only_when_they_do_not_help(tmp_path, monkeypatch):
    loader = importlib.machinery.SourceFileLoader("fetch", f"{ROOT}/support/build/fetch")
    fetch = importlib.util.module_from_spec(importlib.util.spec_from_loader("fetch", loader))
    loader.exec_module(fetch)
    said, address = [], ["old"]

    def run(command):
        said.append(next(word for word in ("update", "source", "download-file") if word in command))
        if "update" in command:
            (tmp_path / "apt/lists/deb_Sources").write_text("")
            address[0] = "new"
        if "download-file" in command and "old" in command:
            raise fetch.Failed("it is gone")
        return f"'{address[0]}' up.tar 1 SHA256:0\n"
    monkeypatch.setattr(fetch, "run", run)
    get = lambda: fetch.from_debian("debsrc:up/up.tar", "out", "0", str(tmp_path))  # noqa: E731
    get()
    get()
    assert said == ["update", "source", "download-file", "source", "download-file"]
    said.clear()
    address[0] = "old"
    get()
    assert said == ["source", "download-file", "update", "source", "download-file"]
