# SPDX-License-Identifier: BSD-3-Clause
"""How images of each target are started: one module <platform>_<architecture>, or <platform> for all its architectures.

A module has
  INSTEAD        variables of `make run` that mean nothing here, and what to use instead: {"MEM": "..."}
  check()        raises machine.Problem if a variable's value is wrong; called before the build, so there is no image yet
  run()          starts the image and returns the status of its main()
  debug()        starts it under gdb, stopped in main(), and returns gdb's status
"""
import importlib
import importlib.util

import initrd
from machine import Problem, setting


def load(platform: str, architecture: str):
    for name in (f"{platform}_{architecture}", platform):
        if importlib.util.find_spec(f"targets.{name}"):
            return importlib.import_module(f"targets.{name}")
    raise Problem(f"error: support/run/targets knows no way to start images of {platform}-{architecture}")


def check(platform: str, architecture: str):
    """The target's module, once the user's variables are known to make sense."""
    target = load(platform, architecture)
    for name, instead in target.INSTEAD.items():
        if setting(name):
            raise Problem(f"error: {name}={setting(name)} means nothing for {platform}-{architecture}: {instead}")
    target.check()
    initrd.check()
    return target
