# SPDX-License-Identifier: BSD-3-Clause
"""What one invocation of make is about: application, target, folders, files. Pure resolution, no side effects."""
import os
import re
import shlex
import sys

import offered
import suggest

BAD_PATH = re.compile(r"[^\w./+@~-]")
NAME = re.compile(r"[\w.+@][\w.+@~-]*")
NAME_RULE = "letters, digits and _ . + @ ~ - only, no ~ or - first"


class UserError(Exception):
    """A mistake of the user or of his machine; its text is the whole message."""


class OtherPython(Exception):
    """Another interpreter, `path`, must take over: it has kconfiglib."""

    def __init__(self, path):
        super().__init__(path)
        self.path = path


def check_path(name: str, path: str) -> str:
    bad = BAD_PATH.search(path)
    if bad:
        raise UserError(
            f"error: {name} '{path}' contains {bad.group(0)!r}: GNU make cannot handle such paths; "
            "use letters, digits and _ . / + @ ~ - only")
    return path


class Context:
    """Resolved variables. Paths are absolute; `shown()` makes them short for people."""

    def __init__(self, environ=os.environ, cwd=None):
        self.env = environ
        self.cwd = cwd or os.getcwd()
        self.base = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
        check_path("the folder of Microlith", self.base)
        self.app = self._folder("A", environ.get("A") or default_application(self.base))
        self._check_app()
        self.in_tree = self.app.startswith(self.base + "/")
        self.libs = [self._folder("L", p) for p in environ.get("L", "").split(":") if p]
        for folder in self.libs:
            if not os.path.exists(f"{folder}/Makefile.uk"):
                raise UserError(f"error: L={environ['L']}: there is no Makefile.uk in {folder}, so it is no library folder")
        self.verbose = environ.get("V", "") not in ("", "0")
        self.folder_name = environ.get("N") or os.path.basename(self.app)
        if not NAME.fullmatch(self.folder_name):
            raise UserError(f"error: {'N=' if environ.get('N') else 'A: the folder '}{self.folder_name}: the image takes this "
                            f"as its name, which may have {NAME_RULE}; give another one with N=")
        self.out = self._path("O", environ.get("O") or self._default_out())
        self._resolve_target()
        stem = f"{self.folder_name}_{self.target}"
        default_config = f"{self.out}/{stem}.config" if self.in_tree else f"{self.app}/.config"
        self.config = self._path("C", environ["C"]) if environ.get("C") else default_config
        self.start = f"{self.app}/defconfigs/{self.target}"  # what a new configuration begins with, if it is there
        if is_start(self.config):  # C= names such a file: kept as it is, the configuration lies in the output folder
            self.start = self.config
            self.config = f"{self.out}/{os.path.basename(self.config)}.config"
        self._check_config()
        self.obj = f"{self.out}/obj/{stem}"
        self.name = self._image_name()
        self.image = f"{self.out}/{self.name}_{self.target}"

    def _absolute(self, path: str) -> str:
        return os.path.normpath(os.path.join(self.cwd, path))

    def _path(self, name: str, path: str) -> str:
        return check_path(name, self._absolute(path))

    def _folder(self, name: str, path: str) -> str:
        full = self._path(name, path)
        if os.path.isdir(full):
            return full
        in_tree = os.path.normpath(os.path.join(self.base, path))
        if os.path.isdir(in_tree):
            return in_tree
        hint = f"; {suggest.application_hint(self.base, path)}" if name == "A" else ""
        raise UserError(f"error: {name}={path}: no such folder (looked for {full}){hint}")

    def _check_app(self) -> None:
        asked = self.env.get("A")
        hint = suggest.application_hint(self.base, asked or "")
        if self.app == self.base:
            raise UserError(f"error: A={asked}: this is the folder of Microlith itself, not an application; {hint}")
        for part in ("arch", "plat", "lib", "drivers", "support"):
            if self.app.startswith(f"{self.base}/{part}/"):
                raise UserError(f"error: A={asked}: {self.shown(self.app)} is a part of Microlith, not an application; {hint}")
        if not os.path.exists(f"{self.app}/Makefile.uk"):
            raise UserError(f"error: A={asked}: there is no Makefile.uk in {self.app}, so it is no application; {hint}")

    def _check_config(self) -> None:
        if os.path.isdir(self.config):
            raise UserError(f"error: C={self.env.get('C')} is a folder; name the configuration file, for example "
                            f"C={os.path.join(self.env.get('C') or '', 'my.config')}")
        if os.path.exists(self.config) and not os.access(self.config, os.R_OK):
            raise UserError(f"error: the configuration {self.shown(self.config)} cannot be read; "
                            "change its permissions or give another one with C=")

    def check_there(self, goal: str, makes: bool) -> None:
        """Refuses a C= that names no file, but where the goal `makes` one: a slip would be built as something else. No goal
        makes one among those that configurations start from."""
        asked = self.env.get("C")
        if not asked or os.path.exists(self._absolute(asked)):
            return
        among_starts = os.path.basename(os.path.dirname(self._absolute(asked))) == "defconfigs"
        if makes and not among_starts:
            return
        hint = suggest.configuration_hint(self.base, self.app, self._absolute(asked), self.shown)
        new = "" if among_starts else (f"\na new one: {self.command('defconfig')}, "
                                       f"then: {self.command('' if goal == 'all' else goal).strip()}")
        raise UserError(f"error: C={asked}: there is no such configuration{hint}{new}")

    def _default_out(self) -> str:
        return os.path.join(self.base if self.in_tree else self.app, "build")

    def _resolve_target(self) -> None:
        asked = self.env.get("T", "")
        found = None
        if not self.in_tree or self.env.get("C"):
            path = self._absolute(self.env.get("C") or os.path.join(self.app, ".config"))
            found = target_of_config(path, self.base)
            if is_start(path):
                found = next((t for t in offered.available(self.base, self.libs) if path.endswith((f"/{t}", f"-{t}"))), found)
            if asked and found and asked != found:
                raise UserError(
                    f"error: T={asked}, but {self.shown(path)} is a configuration for {found}; leave T out, "
                    "give another configuration with C=, or remove that file")
        self.target = asked or found or "kvm-x86_64"
        wrong = offered.problem(self.target, self.base, self.libs)
        if wrong:
            what = f"{self.shown(path)} is for {found}" if found and not asked else f"T={self.target}"
            raise UserError(f"error: {what}: {wrong}")
        self.plat, self.arch = self.target.split("-")

    def _image_name(self) -> str:
        if self.env.get("N"):
            return self.folder_name
        value = (config_value(self.config, "UK_NAME") or "").strip('"')
        return value if NAME.fullmatch(value) else self.folder_name  # support/kconfig refuses others

    def shown(self, path: str) -> str:
        """`path` as a person would type it from the current folder."""
        for root in (self.cwd, self.base):
            if path.startswith(root + "/"):
                return path[len(root) + 1:]
        return path

    def kconfig_env(self) -> dict:
        return {
            "srctree": self.base, "CONFIG_": "CONFIG_", "UK_BASE": self.base, "UK_APP_DIR": self.app,
            "UK_APP_NAME": self.folder_name, "UK_T_PLAT": self.plat.upper(), "UK_T_ARCH": self.arch.upper(),
            "UK_EXTERNAL_LIBS": f"{self.obj}/kconfig/external.uk", "KCONFIG_CONFIG": self.config,
        }

    def command(self, goal: str) -> str:
        """The make command a user types for `goal` with this application and target."""
        words = ["make"]
        here = self.env.get("PWD", self.cwd) == self.base
        if not here:
            words.append(f"-C {self.base}")
        if self.app != default_application(self.base):
            words.append(f"A={self.shown(self.app) if here else self.app}")
        if self.env.get("T") and self.target != "kvm-x86_64":
            words.append(f"T={self.target}")
        for name in ("L", "O", "C", "N", "CC", "CXX", "LD", "CROSS_COMPILE"):
            if self.env.get(name):
                words.append(f"{name}={shlex.quote(self.env[name])}")
        return " ".join(words + [goal])


def default_application(base: str) -> str:
    """What is built where nobody says A=: something to look at. A tree without it has the least one."""
    return next((path for path in (f"{base}/apps/httpd",) if os.path.isdir(path)), f"{base}/apps/hello")


def subfolders(path: str) -> list:
    try:
        return [e.name for e in os.scandir(path) if e.is_dir()]
    except OSError:
        return []


def is_start(path: str) -> bool:
    """Whether this is a file that configurations start from: <application>/defconfigs/<name>."""
    return os.path.basename(os.path.dirname(path)) == "defconfigs" and os.path.isfile(path)


def config_value(path: str, symbol: str):
    """The text after CONFIG_<symbol>= in a .config file, or None."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            match = re.search(rf"^CONFIG_{symbol}=(.*)$", file.read(), re.M)
    except OSError:
        return None
    return match.group(1).strip() if match else None


def target_of_config(path: str, base: str):
    """The <plat>-<arch> that a .config file was made for, or None."""
    plats = [p for p in subfolders(f"{base}/plat") if config_value(path, "PLAT_" + p.upper()) == "y"]
    arches = [a for a in subfolders(f"{base}/arch") if config_value(path, "ARCH_" + a.upper()) == "y"]
    if len(plats) != 1:
        return None
    return f"{plats[0]}-{arches[0] if len(arches) == 1 else 'x86_64'}"


def say(text: str) -> None:
    print(text, flush=True)


def warn(text: str) -> None:
    sys.stdout.flush()
    print(text, file=sys.stderr, flush=True)
