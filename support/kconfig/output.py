# SPDX-License-Identifier: BSD-3-Clause
"""Writes .config, uk/config.h, uk/config.hpp, config.mk, and touches the stamp of every symbol that changed."""
import json
import os

from kconfiglib import BOOL, HEX, INT, STRING, TRISTATE

from context import UserError
from toolchain import write_atomic

HEADER = "# Microlith configuration. Change it with make menuconfig, or here, then run make.\n"


def to_json(value) -> str:
    return json.dumps(value, indent=0, sort_keys=True)


def c_string(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def defined(kconf):
    """Every symbol some Config.uk defines, in the order of definition."""
    return kconf.unique_defined_syms


def write_config(ctx, kconf) -> None:
    text = "".join(kconf._config_contents(HEADER))
    try:
        write_atomic(ctx.config, text)
    except OSError as error:
        raise UserError(f"error: cannot write {ctx.shown(ctx.config)}: {error.strerror}") from None
    write_atomic(f"{ctx.obj}/kconfig/last.config", text)


def value_of(symbol):
    """The value as the build sees it, None when it has none."""
    text = symbol.str_value
    if symbol.orig_type in (BOOL, TRISTATE):
        return "y" if text != "n" else None
    if symbol.orig_type == HEX and text and not text.lower().startswith("0x"):
        text = "0x" + text
    visible = symbol.config_string != ""
    return text if visible and (text or symbol.orig_type == STRING) else None


def make_line(symbol, value: str) -> str:
    if symbol.orig_type == STRING:
        value = c_string(value).replace("$", "$$").replace("#", "\\#")
    return f"CONFIG_{symbol.name}={value}"


def header_line(symbol, value: str) -> str:
    if symbol.orig_type in (BOOL, TRISTATE):
        value = "1"
    elif symbol.orig_type == STRING:
        value = c_string(value)
    return f"#define CONFIG_{symbol.name} {value}"


def constant_line(symbol, value) -> str:
    """The constexpr of config.hpp. Every symbol has one, so that `if constexpr` compiles in any configuration."""
    name = symbol.name.lower()
    if symbol.orig_type in (BOOL, TRISTATE):
        return f"inline constexpr bool {name} = {'true' if value else 'false'};"
    if symbol.orig_type == STRING:
        return f"inline constexpr const char* {name} = {c_string(value or '')};"
    kind = "unsigned long" if symbol.orig_type == HEX else "long"
    return f"inline constexpr {kind} {name} = {value or 0};"


def touch_changed(ctx, old: dict, new: dict) -> None:
    """Stamps exist only for symbols that some object uses; they are touched before the new values are recorded."""
    for name in set(old) | set(new):
        if old.get(name) != new.get(name):
            path = f"{ctx.obj}/cfg/{name}"
            if os.path.exists(path):
                os.utime(path)


def read_values(ctx) -> dict:
    try:
        with open(f"{ctx.obj}/kconfig/values.json", encoding="utf-8") as file:
            return json.load(file)
    except (OSError, ValueError):
        return {}


def write_build_files(ctx, kconf) -> None:
    symbols = [s for s in defined(kconf) if s.orig_type in (BOOL, TRISTATE, INT, HEX, STRING)]
    values = {s.name: value_of(s) for s in symbols}
    guard = "// Generated from the configuration; changes here are lost.\n#pragma once\n"
    present = [s for s in symbols if values[s.name] is not None]
    header = "/* Generated from the configuration; changes here are lost. */\n#ifndef UK_CONFIG_H\n#define UK_CONFIG_H\n"
    header += "\n".join(header_line(s, values[s.name]) for s in present) + "\n#endif\n"
    constants = guard + "namespace uk::cfg {\n"
    constants += "\n".join(constant_line(s, values[s.name]) for s in symbols) + "\n}  // namespace uk::cfg\n"
    rules = "# Generated from the configuration; changes here are lost.\n"
    rules += "\n".join(make_line(s, values[s.name]) for s in present) + "\n"
    # Stamps first, values last: whoever is interrupted in between touches them again.
    touch_changed(ctx, read_values(ctx), values)
    write_atomic(f"{ctx.obj}/include/uk/config.h", header)
    write_atomic(f"{ctx.obj}/include/uk/config.hpp", constants)
    write_atomic(f"{ctx.obj}/config.mk", rules)
    write_atomic(f"{ctx.obj}/kconfig/values.json", to_json(values))
