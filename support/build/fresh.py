# SPDX-License-Identifier: BSD-3-Clause
"""Tells cheaply whether the generated configuration is up to date, and loads kconfiglib when it is not."""
import glob
import json
import os
import shutil
import subprocess
import sys

from context import OtherPython, UserError

PATTERNS = ("Config.uk", "support/build/Config.uk", "arch/*/Config.uk", "plat/*/Config.uk", "lib/*/Config.uk",
            "drivers/*/Config.uk", "drivers/*/*/Config.uk", "support/kconfig/*.py", "support/kconfig/retired.txt")


def inputs(ctx, more=()) -> list:
    """Every file that the configuration depends on: the globs of the root menu, and `more` that they source."""
    found = set(more)
    for pattern in PATTERNS:
        found.update(glob.glob(f"{ctx.base}/{pattern}"))
    for folder in [ctx.app] + ctx.libs:
        found.add(f"{folder}/Config.uk")
    return sorted(found)


def state(ctx, more=()) -> dict:
    """Names, times and sizes of the inputs, the .config, and the variables that Config.uk files read."""
    def stamp(path):
        try:
            info = os.stat(path)
            return [info.st_mtime_ns, info.st_size]
        except OSError:
            return None
    return {"files": {path: stamp(path) for path in inputs(ctx, more)}, "config": stamp(ctx.config),
            "more": sorted(more), "env": ctx.kconfig_env(), "libs": ctx.libs, "name": ctx.env.get("N", "")}


def is_fresh(ctx) -> bool:
    try:
        with open(f"{ctx.obj}/config.state", encoding="utf-8") as file:
            saved = json.load(file)
    except (OSError, ValueError):
        return False
    return os.path.exists(f"{ctx.obj}/config.mk") and saved == state(ctx, saved.get("more", ()))


def kconfig(_ctx):
    """The configure module; another interpreter takes over if this one has no kconfiglib."""
    try:
        import kconfiglib  # noqa: F401
    except ImportError:
        for name in ("/usr/bin/python3", "python3"):
            path = shutil.which(name)
            if not path or os.environ.get("UK_PYTHON_TRIED"):
                continue
            probe = subprocess.run([path, "-c", "import kconfiglib"], capture_output=True, check=False)
            if probe.returncode == 0:
                sys.stdout.flush()
                raise OtherPython(path) from None
        raise UserError("error: no python3 with kconfiglib was found; on Debian: apt-get install python3-kconfiglib "
                        "(or name the interpreter that has it: make UK_PYTHON=/path/to/python3)") from None
    import configure
    return configure
