# SPDX-License-Identifier: BSD-3-Clause
"""make why LIB=x: who pulled a library into the image, or what keeps it out."""
import os
import re

from kconfiglib import AND, OR, Symbol, expr_items, expr_str, expr_value, split_expr

import configure
import strict
from context import UserError, say


def find(kconf, name: str):
    """The symbol a user means by `ukalloc`, `libukalloc` or `LIBUKALLOC`."""
    plain = name.upper().replace("-", "_").removeprefix("CONFIG_")
    for candidate in (plain, "LIB" + plain, "LIBUK" + plain, "PLAT_" + plain, "ARCH_" + plain):
        symbol = kconf.syms.get(candidate)
        if symbol is not None and symbol.nodes:
            return symbol
    parts = [s.name for s in kconf.unique_defined_syms if s.name.startswith("LIB") and plain in s.name][:4]
    hint = strict.suggestion(kconf, "LIB" + plain) or (f" (did you mean {' or '.join(parts)}?)" if parts else "")
    if not hint:
        hint = f"; there are: {' '.join(libraries(kconf))}"
    raise UserError(f"error: LIB={name}: no such library or option{hint}")


def libraries(kconf) -> list:
    """Names of those that have a folder of their own; options have the library's name and an underscore."""
    return sorted(s.name.lower().removeprefix("lib") for s in kconf.unique_defined_syms if re.fullmatch(r"LIB[A-Z0-9]+", s.name))


def where(ctx, item) -> str:
    node = item.nodes[0]
    return f"{ctx.shown(os.path.join(ctx.base, node.filename))}:{node.linenr}"


def label(ctx, symbol) -> str:
    title = strict.prompt_of(symbol)
    return f"{symbol.name} ({where(ctx, symbol)}{', ' + title if title != symbol.name else ''})"


def active_selectors(kconf, symbol) -> list:
    return [kconf.syms[name] for name in strict.selectors(symbol) if name in kconf.syms]


def asked_by_user(symbol) -> bool:
    """Was the value asked for rather than being a default? The default is found by taking the user's value away."""
    if symbol.user_value is None:
        return False
    saved = symbol.user_value
    symbol.unset_value()
    default = symbol.tri_value
    symbol.set_value(saved)
    return default != symbol.tri_value


def own_reason(symbol) -> str:
    """Why a symbol that nobody selects is on."""
    if symbol.choice:
        kind = "the default" if symbol.choice._selection_from_defaults() is symbol else "chosen"
        return f"{kind} in '{strict.prompt_of(symbol.choice)}'"
    if asked_by_user(symbol):
        return "set in the configuration"
    if any(node.prompt for node in symbol.nodes):
        return "on by default"
    return "always on (default without a prompt)"


def chain(ctx, kconf, symbol, indent, seen) -> None:
    """Prints who selects `symbol`, and who selects those, up to what a user or a default decided."""
    pad = "  " * indent
    selecting = active_selectors(kconf, symbol)
    if not selecting:
        say(f"{pad}{own_reason(symbol)}")
    for other in selecting:
        say(f"{pad}selected by {label(ctx, other)}")
        if other in seen:
            say(f"{pad}  (see above)")
            continue
        seen.add(other)
        chain(ctx, kconf, other, indent + 1, seen)


def not_there(ctx, symbol) -> None:
    missing = strict.unmet(symbol.direct_dep)
    if missing:
        say(f"  it needs {' and '.join(missing)}")
    elif symbol.choice:
        other = symbol.choice.selection
        say(f"  '{strict.prompt_of(symbol.choice)}' is {other.name if other else 'empty'}")
    elif any(node.prompt for node in symbol.nodes):
        say("  nobody selects it and the configuration does not set it")
    else:
        say("  nobody selects it (it has no prompt)")
    possible = sorted({item.name for part in split_expr(symbol.rev_dep, OR) for item in expr_items(split_expr(part, AND)[0])
                       if isinstance(item, Symbol) and item.nodes})
    if possible:
        say(f"  would select it: {' '.join(possible)}")


def explain(ctx, name: str) -> int:
    kconf = configure.parse(ctx)
    configure.load(ctx, kconf, ctx.config)
    symbol = find(kconf, name)
    if symbol.tri_value == 0 and symbol.str_value in ("n", ""):
        say(f"{label(ctx, symbol)} is not in {ctx.name}_{ctx.target}:")
        not_there(ctx, symbol)
        return 0
    say(f"{label(ctx, symbol)} is in {ctx.name}_{ctx.target}:")
    chain(ctx, kconf, symbol, 1, {symbol})
    wants = sorted({target.name for target, condition in symbol.selects if expr_value(condition)})
    users = sorted({s.name for s in kconf.unique_defined_syms if s is not symbol and s.tri_value and
                    symbol in expr_items(s.direct_dep)})
    if wants:
        say(f"  it selects {' '.join(wants)}")
    if symbol.direct_dep is not kconf.y:
        say(f"  it depends on {expr_str(symbol.direct_dep)}")
    if users:
        say(f"  depend on it: {' '.join(users)}")
    return 0
