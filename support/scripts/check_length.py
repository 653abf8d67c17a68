#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Files have at most 500 lines, functions at most 60 (C, C++ and Python; tables are not functions)."""
import ast
import re

import gatelib

MAX_FILE = 500
MAX_FUNCTION = 60
SOURCES = gatelib.C_FAMILY + (".S", ".py", ".mk", ".sh", ".lds", "Makefile", ".uk")

_CONDITIONAL = re.compile(r"\s*#\s*(if|ifdef|ifndef|elif|else|endif)\b")
# What may stand between a parameter list and the body of a function.
_AFTER_PARAMETERS = re.compile(
    r"\)\s*(?:const|noexcept|override|final|mutable|try|&&?|volatile|\[\[[^\]]*\]\]|__attribute__\s*\(\(.*?\)\)"
    r"|requires\b[^;{}]*|->\s*[^;{}]+|:\s*[^;]+|\s)*$", re.S)
_NOT_A_FUNCTION = re.compile(r"\b(namespace|class|struct|enum|union|extern)\b[^()]*$|=\s*$|\bconcept\b")


def drop_preprocessor(text: str) -> str:
    """Blanks directives, and of every #if only the first branch stays, so that braces balance."""
    out, depth_dropped, continued = [], [], False
    for line in text.split("\n"):
        if continued:
            continued = line.rstrip().endswith("\\")
            out.append("")
            continue
        if line.lstrip().startswith("#"):
            match = _CONDITIONAL.match(line)
            word = match.group(1) if match else ""
            if word in ("if", "ifdef", "ifndef"):
                depth_dropped.append(False)
            elif word in ("elif", "else") and depth_dropped:
                depth_dropped[-1] = True
            elif word == "endif" and depth_dropped:
                depth_dropped.pop()
            continued = line.rstrip().endswith("\\")
            out.append("")
            continue
        out.append("" if any(depth_dropped) else line)
    return "\n".join(out)


def c_functions(text: str):
    """Yields (first line, number of lines) of each outermost function body."""
    code = drop_preprocessor(gatelib.without_comments(text))
    stack, head_start, body_start, line = [], 0, 0, 1
    for position, char in enumerate(code):
        if char == "\n":
            line += 1
        elif char == "{":
            head = code[head_start:position]
            inside = "function" in stack
            is_function = (not inside and ")" in head and _AFTER_PARAMETERS.search(head) is not None
                           and not _NOT_A_FUNCTION.search(head))
            # `: a_{1}, b_{2} {` : braces of an initialiser list open right after a name.
            if is_function and re.search(r"[:,]\s*[\w:<>]+$", head):
                is_function = False
            stack.append("function" if is_function else "other")
            if is_function:
                body_start = line - head.lstrip().count("\n")
            elif not inside:
                head_start = head_start if re.search(r"[:,]\s*[\w:<>]+$", head) else position + 1
        elif char == "}" and stack:
            if stack.pop() == "function":
                yield body_start, line - body_start + 1
            if "function" not in stack and not re.match(r"\s*[,{]", code[position + 1:position + 40]):
                head_start = position + 1
        elif char == ";" and "function" not in stack:
            head_start = position + 1


def python_functions(text: str):
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.lineno, node.end_lineno - node.lineno + 1


def check(root: str) -> list:
    findings = []
    for name in gatelib.files(root):
        text = gatelib.read(root, name) if name.endswith(SOURCES) or "." not in name.rsplit("/", 1)[-1] else None
        if text is None or name == "LICENSE":
            continue
        lines = text.count("\n")
        if lines > MAX_FILE:
            findings.append(gatelib.Finding(name, 0, f"{lines} lines; at most {MAX_FILE}: split it"))
        functions = []
        if name.endswith(gatelib.C_FAMILY):
            functions = c_functions(text)
        elif name.endswith(".py") or text.startswith("#!/usr/bin/python3"):
            functions = python_functions(text)
        for line, length in functions:
            if length > MAX_FUNCTION:
                findings.append(gatelib.Finding(name, line, f"function of {length} lines; at most {MAX_FUNCTION}"))
    return findings


if __name__ == "__main__":
    gatelib.run_gate(check, __doc__)
