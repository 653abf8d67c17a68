# SPDX-License-Identifier: BSD-3-Clause
"""Programs of Debian packages that nothing else needs, or that would start a service when installed: those of this machine, else
fetched once and unpacked into the build folder. A test that cannot have one is skipped and says why."""
import fcntl
import functools
import glob
import os
import shutil
import subprocess
import tempfile

import pytest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FOLDER = os.path.join(os.environ.get("UK_CACHE") or os.path.join(ROOT, "build"), "tools")
PACKAGES = {
    "promtool": ["prometheus"],
    "ab": ["apache2-utils", "libapr1", "libaprutil1"],
    "wrk": ["wrk", "libluajit-5.1-2"],
}


def fetch(packages: list, into: str) -> str:
    """Unpacks the packages; returns why not, or nothing."""
    for package in packages:
        with tempfile.TemporaryDirectory() as where:
            try:
                done = subprocess.run(["apt-get", "-qq", "download", package], cwd=where, capture_output=True, text=True, check=False,
                                      timeout=300)
            except (FileNotFoundError, subprocess.TimeoutExpired) as why:
                return str(why)
            found = glob.glob(f"{where}/*.deb")
            if done.returncode != 0 or not found:
                return (done.stderr.strip().splitlines() or ["apt-get says nothing"])[-1]
            subprocess.run(["dpkg", "-x", found[0], into], check=True)
    return ""


def unpacked(name: str, packages: list) -> str:
    """The folder where they are, fetched when first asked for."""
    tree = os.path.join(FOLDER, name)
    os.makedirs(FOLDER, exist_ok=True)
    with open(f"{tree}.lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not os.path.isdir(tree):
            fresh = tempfile.mkdtemp(dir=FOLDER)
            if why := fetch(packages, fresh):
                shutil.rmtree(fresh)
                pytest.skip(f"{name} is not installed, and its package cannot be fetched: {why}")
            os.rename(fresh, tree)
    return tree


@functools.cache
def python_packages(package: str) -> str:
    """A word for PYTHONPATH with which /usr/bin/python3 finds a package of modules."""
    if os.path.exists(f"/usr/share/doc/{package}"):
        return ""
    return f"{unpacked(package, [package])}/usr/lib/python3/dist-packages"


@functools.cache
def command(name: str) -> list:
    """How the program is called: a list to put its arguments behind."""
    if found := shutil.which(name):
        return [found]
    tree = unpacked(name, PACKAGES[name])
    libraries = ":".join(glob.glob(f"{tree}/usr/lib/*-linux-gnu"))
    return ["env", f"LD_LIBRARY_PATH={libraries}", f"{tree}/usr/bin/{name}"]
