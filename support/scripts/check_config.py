#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""The configuration menu: every prompt has help (its own, or that of its choice), every symbol that is named exists, no warning."""
import os
import re

import kconfiglib

import gatelib

# The root menu sources files by these variables; the gate looks at the tree without an outside folder.
ENVIRONMENT = {"UK_T_ARCH": "X86_64", "UK_T_PLAT": "KVM", "UK_APP_NAME": "hello", "UK_APP_DIR": "apps/hello",
               "UK_EXTERNAL_LIBS": "/dev/null"}


def _applications(root: str) -> list:
    return sorted({os.path.dirname(name) for name in gatelib.files(root, "Config.uk") if name.startswith("apps/")})


def check_menu(root: str, application: str) -> list:
    before = os.getcwd()
    os.environ.update(ENVIRONMENT, UK_APP_DIR=application, KCONFIG_WARN_UNDEF="y")
    os.chdir(root)
    try:
        kconf = kconfiglib.Kconfig("Config.uk", warn_to_stderr=False)
    except kconfiglib.KconfigError as error:
        return [gatelib.Finding("Config.uk", 0, str(error).strip().replace("\n", " "))]
    finally:
        os.chdir(before)
    findings = []
    for warning in kconf.warnings:
        place = re.search(r"(\S+\.uk):(\d+)", warning)
        findings.append(gatelib.Finding(place.group(1) if place else "Config.uk", int(place.group(2)) if place else 0,
                                        " ".join(warning.split())))
    for node in kconf.node_iter():
        is_option = isinstance(node.item, (kconfiglib.Symbol, kconfiglib.Choice))
        nodes = list(node.item.nodes) if is_option else []
        if isinstance(node.item, kconfiglib.Symbol) and node.item.choice:
            nodes += node.item.choice.nodes  # "Errors", "Warnings": the choice explains its rows
        if is_option and node.prompt and not any(other.help for other in nodes):
            name = node.item.name or node.prompt[0]
            findings.append(gatelib.Finding(node.filename, node.linenr, f"{name} has a prompt but no help"))
    return findings


def check(root: str) -> list:
    if not os.path.exists(os.path.join(root, "Config.uk")):
        return []
    findings = []
    for application in _applications(root) or ["/dev/null"]:
        findings += check_menu(root, application)
    return findings


if __name__ == "__main__":
    gatelib.run_gate(check, __doc__)
