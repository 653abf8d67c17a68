# SPDX-License-Identifier: BSD-3-Clause
"""Refuses configurations that do not mean what they say: unknown names, contradictions, empty slots, malformed files."""
import difflib
import os
import re

from kconfiglib import AND, BOOL, HEX, INT, OR, STRING, TRISTATE, Choice, Symbol, expr_str, expr_value, split_expr

from context import NAME, NAME_RULE, UserError, warn
from output import c_string

LINE = re.compile(r"^\s*CONFIG_(\w+)=(.*)$")
UNSET = re.compile(r"^\s*# CONFIG_(\w+) is not set\s*$")
HERE = os.path.dirname(os.path.abspath(__file__))


class Report:
    """Collects what is wrong; every line is complete in itself."""

    def __init__(self):
        self.errors = []
        self.warnings = []

    def add(self, fatal: bool, text: str) -> None:
        where = self.errors if fatal else self.warnings
        if text not in where:
            where.append(text)

    def finish(self) -> None:
        for text in self.warnings:
            warn(f"warning: {text}")
        if self.errors:
            raise UserError("\n".join(f"error: {text}" for text in self.errors))


def plain(error) -> str:
    """The text of an error of kconfiglib in one line, without its talk about variables that the build sets by itself."""
    text = re.sub(r"\(e\.g\. \$srctree[^)]*\)", "", " ".join(str(error).split())).replace(": error: ", ": ")
    text = re.sub(r"Malformed (\S+) in '([^']*)'.*", r"\2 is not \1 text", text)
    return re.sub(r" ?(Check that|Also note that)\b[^.]*\bvariables?\b[^.]*\.(?= |$)", "", text)


def retired() -> dict:
    """Retired symbol -> what to do about it, from retired.txt."""
    table = {}
    with open(f"{HERE}/retired.txt", encoding="utf-8") as file:
        for line in file:
            name, _, text = line.partition(" ")
            if text.strip() and not line.startswith("#"):
                table[name] = text.strip()
    return table


def suggestion(kconf, name: str) -> str:
    known = [s.name for s in kconf.unique_defined_syms]
    close = difflib.get_close_matches(name, known, 1, 0.75)
    for candidate in ("LIB" + name, "LIBUK" + name, name[3:] if name.startswith("LIB") else ""):
        if not close and candidate in known:
            close = [candidate]
    return f" (did you mean {close[0]}?)" if close else ""


def in_tree(ctx, filename: str) -> bool:
    """Is this Config.uk ours? kconfiglib names files of the tree relative to it."""
    full = os.path.normpath(os.path.join(ctx.base, filename))
    outside = [] if ctx.in_tree else [ctx.app]
    return not any(full.startswith(folder + "/") for folder in outside + [p for p in ctx.libs if p])


def place(ctx, node, word: str) -> str:
    """file:line of `word` inside the entry that starts at `node`; the entry's own line if it is not written there."""
    full = os.path.join(ctx.base, node.filename)
    try:
        with open(full, encoding="utf-8") as file:
            lines = file.read().splitlines()
    except OSError:
        lines = []
    for number in range(node.linenr - 1, len(lines)):
        if re.search(rf"\b{re.escape(word)}\b", lines[number]):
            return f"{ctx.shown(full)}:{number + 1}"
        if number >= node.linenr and re.match(r"\s*(config|menuconfig|choice|endmenu|endif|menu)\b", lines[number]):
            break
    for number in range(min(node.linenr, len(lines)) - 1, -1, -1):
        if re.search(rf"\b{re.escape(word)}\b", lines[number]):
            return f"{ctx.shown(full)}:{number + 1}"
    return f"{ctx.shown(full)}:{node.linenr}"


def undefined(item) -> bool:
    return isinstance(item, Symbol) and not item.nodes and not item.is_constant and item.name not in ("n", "y", "m")


def is_number(name: str) -> bool:
    return bool(re.fullmatch(r"-?\d+|0x[0-9a-fA-F]+", name))


def unknown_references(kconf):
    """(node, symbol) for every reference to a symbol that nobody defines, in file order; numbers are not symbols."""
    for node in kconf.node_iter():
        for item in sorted((s for s in node.referenced if undefined(s)), key=lambda s: s.name):
            if not is_number(item.name):
                yield node, item


def check_parse_warnings(ctx, kconf) -> None:
    """Mistakes in Config.uk files: errors in our tree, warnings in folders from outside."""
    report = Report()
    gone = retired()
    for node, symbol in unknown_references(kconf):
        if symbol.name in (f"PLAT_{ctx.plat.upper()}", f"ARCH_{ctx.arch.upper()}"):
            raise UserError(f"error: T={ctx.target}: no Config.uk defines {symbol.name}")
        if not in_tree(ctx, node.filename):
            continue
        hint = f" (retired: {gone[symbol.name]})" if symbol.name in gone else suggestion(kconf, symbol.name)
        report.add(True, f"{place(ctx, node, symbol.name)}: unknown symbol {symbol.name}{hint}")
    for text in kconf.warnings:
        if re.search(r"(selects|implies) the unknown symbol", text) or text.endswith("defined with type unknown"):
            continue  # the first is reported above, the second (a choice without members) as an empty slot
        message = " ".join(text.replace("warning: ", "", 1).split())
        match = re.search(r"(?:defined at |^)([^\s:()]+):(\d+)", message)
        outside = match and not in_tree(ctx, match.group(1))
        located = re.match(r"[^\s:]+:\d+: ", message)
        if match and not located:
            message = f"{match.group(1)}:{match.group(2)}: {message}"
        report.add(not outside, message)
    kconf.warnings.clear()
    report.finish()


def assignments(path):
    """(symbol, value, line number) of a .config file; 'is not set' is n."""
    found = []
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            lines = file.read().splitlines()
    except OSError:
        return found
    for number, line in enumerate(lines, 1):
        match = LINE.match(line)
        if match:
            found.append((match.group(1), match.group(2).strip(), number))
        elif UNSET.match(line):
            found.append((UNSET.match(line).group(1), "n", number))
    return found


def same_value(symbol, asked: str) -> bool:
    got = symbol.str_value
    if symbol.orig_type == STRING:
        return got == re.sub(r"\\(.)", r"\1", asked[1:-1]) if len(asked) > 1 and asked[0] == '"' else got == asked
    if symbol.orig_type in (INT, HEX) and got:
        base = 16 if symbol.orig_type == HEX else 10
        try:
            return int(got, base) == int(asked, base)
        except ValueError:
            return False
    return got == asked


def is_value(symbol, asked: str) -> bool:
    """Whether `asked` can be read as the value of an int or hex option."""
    return bool(re.fullmatch(r"-?\d+" if symbol.orig_type == INT else r"(0[xX])?[0-9a-fA-F]+", asked))


def unmet(expression) -> list:
    """The parts of a dependency that do not hold, as text."""
    return [expr_str(part) for part in split_expr(expression, AND) if expr_value(part) == 0]


def selectors(symbol) -> list:
    """Names of the symbols that select `symbol` now."""
    names = []
    for part in split_expr(symbol.rev_dep, OR):
        if expr_value(part):
            first = split_expr(part, AND)[0]
            names.append(first.name if isinstance(first, Symbol) else expr_str(first))
    return names


def reason(symbol, asked: str) -> str:
    """Why `symbol` did not get the value `asked`."""
    if symbol.orig_type in (BOOL, TRISTATE) and asked not in ("y", "n"):
        return "it must be y or n"
    if symbol.orig_type == STRING and not re.fullmatch(r'"(?:[^"\\]|\\.)*"', asked):
        return 'a text stands in quotation marks, a " or \\ inside it with a \\ before it'
    if symbol.orig_type in (INT, HEX) and not is_value(symbol, asked):
        return "it must be a number" + ("" if symbol.orig_type == INT else " such as 0x1f")
    if symbol.orig_type in (BOOL, TRISTATE) and asked == "n":
        by = selectors(symbol)
        if by:
            return f"it is selected by {', '.join(by)}"
        if symbol.choice:
            return f"it is the member that '{prompt_of(symbol.choice)}' falls back to; choose another one"
    missing = unmet(symbol.direct_dep)
    if missing:
        return f"it needs {' and '.join(missing)}"
    if symbol.choice and symbol.choice.selection:
        return f"'{prompt_of(symbol.choice)}' is already {symbol.choice.selection.name}"
    hidden = [node for node in symbol.nodes if node.prompt and not expr_value(node.prompt[1])]
    if hidden:
        return f"it needs {' and '.join(unmet(hidden[0].prompt[1]) or [expr_str(hidden[0].prompt[1])])}"
    for low, high, condition in symbol.ranges:
        if expr_value(condition):
            return f"it must lie between {low.str_value} and {high.str_value}"
    return "this value is not possible here"


def prompt_of(item) -> str:
    for node in item.nodes:
        if node.prompt:
            return node.prompt[0]
    return item.name or "a choice"


def check_assignments(ctx, kconf, origin, lenient, report) -> None:
    shown = ctx.shown(origin)
    last = {}
    if origin == ctx.config:
        last = {name: value for name, value, _ in assignments(f"{ctx.obj}/kconfig/last.config")}
    gone = retired()
    outside = origin != ctx.config and not ctx.in_tree
    chosen = {}
    found = assignments(origin)
    last_say = {name: (value, line) for name, value, line in found}
    for name, value, line in found:
        symbol = kconf.syms.get(name)
        where = f"{shown}:{line}"
        if last_say[name][0] != value:
            other, at = last_say[name]
            report.add(not lenient, f"{where}: {name}={value} contradicts line {at}: {name}={other}")
            continue
        if symbol is None or not symbol.nodes:
            if value == "n":
                continue
            if name in gone:
                report.add(False, f"{where}: {name} is retired: {gone[name]}")
                continue
            drop = "" if lenient or origin != ctx.config else "; make olddefconfig drops it"
            report.add(not lenient and not outside,
                       f"{where}: unknown symbol {name}{suggestion(kconf, name)}{drop}")
            continue
        if symbol.choice and value == "y":
            first = chosen.setdefault(symbol.choice, (name, line))
            if first[0] != name:
                report.add(not lenient, f"{where}: {name}=y contradicts line {first[1]}: {first[0]}=y; "
                                        f"'{prompt_of(symbol.choice)}' takes one of them")
                continue
            if symbol.choice.selection in later_members(symbol, found, line):
                continue  # reported at the later line
        if same_value(symbol, value) or last.get(name) == value and unmet(symbol.direct_dep):
            continue
        if name == "UK_NAME" and ctx.env.get("N"):
            report.add(not lenient, f"N={ctx.env['N']} (given to make, or in the environment) names the image, but {where} says "
                                    f"UK_NAME={value}; leave N out, or change that line")
            continue
        text = f"{where}: {name}={value} cannot be had, it is {symbol.str_value or 'unset'}: {reason(symbol, value)}"
        if not any(node.prompt for node in symbol.nodes):
            if name not in last and not os.path.exists(f"{ctx.obj}/kconfig/last.config") or last.get(name) == value:
                continue
            report.add(False, f"{where}: {name} has no prompt: its value ({symbol.str_value or 'unset'}) follows from "
                              "other symbols")
        else:
            report.add(not lenient and last.get(name) != value, text)


def check_name(ctx, kconf, origin, report) -> None:
    """UK_NAME becomes the name of files that make handles."""
    symbol = kconf.syms.get("UK_NAME")
    value = symbol.str_value if symbol is not None else ""
    if value and not NAME.fullmatch(value):
        line = next((number for name, _, number in assignments(origin) if name == "UK_NAME"), 0)
        report.add(True, f"{ctx.shown(origin)}:{line}: UK_NAME={c_string(value)} cannot name the image: {NAME_RULE}")


def later_members(symbol, found, line) -> list:
    """Other members of the choice of `symbol` that a later line sets to y."""
    return [s for s in symbol.choice.syms if s is not symbol and any(
        name == s.name and value == "y" and number > line for name, value, number in found)]


def check_external_references(ctx, kconf, report) -> None:
    """Unknown symbols in A and L folders: a warning, or an error where an enabled symbol selects them."""
    gone = retired()
    for node, symbol in unknown_references(kconf):
        if in_tree(ctx, node.filename):
            continue
        where = place(ctx, node, symbol.name)
        if symbol.name in gone:
            report.add(False, f"{where}: {symbol.name} is retired: {gone[symbol.name]}")
            continue
        item = node.item
        needed = isinstance(item, Symbol) and item.tri_value > 0 and any(
            target is symbol and expr_value(condition) for target, condition in item.selects)
        text = f"{where}: unknown symbol {symbol.name}{suggestion(kconf, symbol.name)}"
        report.add(needed, text + (f"; {item.name} is chosen and needs it" if needed else ""))


def check_warnings(kconf, lenient, report) -> None:
    """What kconfiglib found while loading and evaluating."""
    for symbol in kconf.unique_defined_syms:
        _ = symbol.str_value
    for text in kconf.warnings:
        message = " ".join(text.replace("warning: ", "", 1).split())
        if re.search(r"ignored due to being outside|^the value .* is invalid for", message) or \
                re.search(r"is not a valid value for|malformed string literal in assignment", message):
            continue  # reported with file and line above
        match = re.search(r"(\w+) \(defined at [^)]*\) has (?:direct dependencies|unmet)", message)
        if match or "direct dependencies" in message and "currently being" in message:
            report.add(True, message)
        else:
            report.add(not lenient, message)
    kconf.warnings.clear()


def check_slots(ctx, kconf, report) -> None:
    for choice in kconf.unique_choices:
        if choice.visibility and not choice.is_optional and choice.selection is None:
            node = choice.nodes[0]
            where = f"{ctx.shown(os.path.join(ctx.base, node.filename))}:{node.linenr}"
            why = "; ".join(f"{s.name} needs {' and '.join(unmet(s.direct_dep)) or 'more'}" for s in choice.syms)
            report.add(True, f"{where}: the slot '{prompt_of(choice)}' ({choice.name}) has no provider that can be "
                             f"chosen ({why or 'no library offers one'})")
    for name in (f"PLAT_{ctx.plat.upper()}", f"ARCH_{ctx.arch.upper()}"):
        symbol = kconf.syms.get(name)
        if symbol is not None and symbol.tri_value == 0:
            other = symbol.choice.selection.name if symbol.choice and symbol.choice.selection else "none"
            report.add(True, f"T={ctx.target}, but {ctx.shown(ctx.config)} chooses {other}")


def check(ctx, kconf, origin, lenient) -> None:
    """Everything that can be wrong with the loaded values of `kconf`, which came from the file `origin`."""
    report = Report()
    if origin:
        check_assignments(ctx, kconf, origin, lenient, report)
        check_name(ctx, kconf, origin, report)
    check_external_references(ctx, kconf, report)
    check_warnings(kconf, lenient, report)
    check_slots(ctx, kconf, report)
    report.finish()
