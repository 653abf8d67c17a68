# SPDX-License-Identifier: BSD-3-Clause
"""The configuration: loads Config.uk and .config strictly, writes what the build reads, runs the menu."""
import os
import subprocess
import sys

import kconfiglib

import fresh
import output
import strict
from context import UserError, say, warn
from toolchain import write_atomic


def parse(ctx):
    """All Config.uk files, without any values; mistakes in them end here."""
    libs = "".join(f'source "{folder}/Config.uk"\n' for folder in ctx.libs if os.path.exists(f"{folder}/Config.uk"))
    write_atomic(f"{ctx.obj}/kconfig/external.uk", libs)
    os.environ.update(ctx.kconfig_env())
    try:
        kconf = kconfiglib.Kconfig("Config.uk", warn=True, warn_to_stderr=False)
    except kconfiglib.KconfigError as error:
        raise UserError(f"error: {strict.plain(error)}") from None
    except OSError as error:
        raise UserError(f"error: a Config.uk cannot be read: {strict.plain(error)}") from None
    except UnicodeDecodeError as error:
        raise UserError(f"error: a Config.uk is not UTF-8: {error}") from None
    kconf.warn_assign_undef = False
    kconf.warn_assign_override = False
    kconf.warn_assign_redun = False
    strict.check_parse_warnings(ctx, kconf)
    return kconf


def defaults_of(ctx):
    """The file that a new configuration starts from, or None."""
    return ctx.start if os.path.exists(ctx.start) else None


def load(ctx, kconf, path):
    """Assigns the values of the file `path` (None: defaults only)."""
    kconf.unset_values()
    if path:
        try:
            kconf.load_config(path, replace=True)
        except OSError as error:
            raise UserError(f"error: {ctx.shown(path)}: {error.strerror}") from None
        except (kconfiglib.KconfigError, UnicodeDecodeError) as error:
            raise UserError(f"error: {ctx.shown(path)} is no configuration: {strict.plain(error)}") from None
    if ctx.env.get("N") and "UK_NAME" in kconf.syms:
        kconf.syms["UK_NAME"].set_value(ctx.folder_name)


def finish(ctx, kconf, state):
    """Writes .config and everything the build reads; `state` was taken before the files were read."""
    output.write_config(ctx, kconf)
    output.write_build_files(ctx, kconf)
    more = sorted({os.path.normpath(os.path.join(ctx.base, name)) for name in kconf.kconfig_filenames} -
                  {f"{ctx.obj}/kconfig/external.uk"})
    after = fresh.state(ctx, more)
    for path, stamp in after["files"].items():
        after["files"][path] = state["files"].get(path, stamp)
    write_atomic(f"{ctx.obj}/config.state", output.to_json(after))
    ctx.name = ctx._image_name()
    ctx.image = f"{ctx.out}/{ctx.name}_{ctx.target}"


def sync(ctx):
    """Brings everything up to date with .config; a contradictory or misspelt .config is an error."""
    state = fresh.state(ctx)
    kconf = parse(ctx)
    path = ctx.config if os.path.exists(ctx.config) else None
    origin = path or defaults_of(ctx)
    load(ctx, kconf, origin)
    strict.check(ctx, kconf, origin, lenient=False)
    finish(ctx, kconf, state)
    if not path:
        shown = ctx.shown(origin) if origin else "the defaults"
        say(f"no configuration yet: made {ctx.shown(ctx.config)} from {shown}")


def olddefconfig(ctx):
    state = fresh.state(ctx)
    kconf = parse(ctx)
    origin = ctx.config if os.path.exists(ctx.config) else defaults_of(ctx)
    load(ctx, kconf, origin)
    strict.check(ctx, kconf, origin, lenient=True)
    finish(ctx, kconf, state)
    say(f"configuration: {ctx.shown(ctx.config)}")


def defconfig(ctx):
    state = fresh.state(ctx)
    kconf = parse(ctx)
    origin = defaults_of(ctx)
    load(ctx, kconf, origin)
    strict.check(ctx, kconf, origin, lenient=False)
    finish(ctx, kconf, state)
    say(f"configuration: {ctx.shown(ctx.config)}, from {ctx.shown(origin) if origin else 'the defaults'}")


def savedefconfig(ctx):
    sync(ctx)
    kconf = parse(ctx)
    load(ctx, kconf, ctx.config)
    path = f"{ctx.app}/defconfigs/{ctx.target}"
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        kconf.write_min_config(path, header="")
    except OSError as error:
        raise UserError(f"error: cannot write {ctx.shown(path)}: {error.strerror}") from None
    say(f"saved: {ctx.shown(path)}")


def menuconfig(ctx):
    """The menu in a terminal, in a process of its own: it wants the screen and the environment for itself."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UserError("error: menuconfig needs a terminal; edit "
                        f"{ctx.shown(ctx.config)} and run make olddefconfig instead")
    if os.path.exists(ctx.config):
        before = ctx.config
    else:
        olddefconfig(ctx)
        before = ctx.config
    parse(ctx)
    environment = {**os.environ, **ctx.kconfig_env(), "KCONFIG_CONFIG_HEADER": ""}
    environment.setdefault("TERM", "linux")
    done = subprocess.run([sys.executable, f"{ctx.base}/support/kconfig/menu.py"], cwd=ctx.base, env=environment, check=False)
    if done.returncode != 0:
        raise UserError("menuconfig ended with an error")
    if os.path.exists(before):
        sync(ctx)
    else:
        warn("nothing was saved")
