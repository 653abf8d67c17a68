# SPDX-License-Identifier: BSD-3-Clause
"""What was probably meant by a name of nothing, and what there is instead: applications, configurations."""
import difflib
import os

NEAR = 0.6  # of difflib: shel and shell, htpd and httpd, hello and helo


def folders_of(path: str) -> list:
    """Names of the folders in `path`, sorted."""
    try:
        return sorted(entry.name for entry in os.scandir(path) if entry.is_dir())
    except OSError:
        return []


def files_of(path: str) -> list:
    try:
        return sorted(entry.name for entry in os.scandir(path) if entry.is_file())
    except OSError:
        return []


def likeness(word: str, name: str) -> float:
    """1: the same; a word that the name has in it is near, too."""
    if len(word) > 2 and word.lower() in name.lower():
        return 0.9
    return difflib.SequenceMatcher(None, word.lower(), name.lower()).ratio()


def nearest(word: str, names: list) -> str:
    """The name that resembles `word` most, "" if none does."""
    best = max(names, key=lambda name: likeness(word, name), default="")
    return best if best and likeness(word, best) >= NEAR else ""


def applications(base: str) -> list:
    """As A= takes them."""
    return [f"apps/{name}" for name in folders_of(f"{base}/apps") if os.path.exists(f"{base}/apps/{name}/Makefile.uk")]


def application_hint(base: str, asked: str) -> str:
    """Behind a message about A=."""
    close = nearest(os.path.basename(asked.rstrip("/")), [os.path.basename(path) for path in applications(base)])
    meant = f"did you mean A=apps/{close}? Applications" if close else "applications"
    return (f"{meant} here are: {' '.join(applications(base))}; "
            "docs/write-an-application.md says how to make one")


def configurations_in(folder: str) -> list:
    """Files that may be configurations."""
    return [f"{folder}/{name}" for name in files_of(folder) if os.path.basename(folder) == "defconfigs" or name.endswith("config")]


def configuration_hint(base: str, app: str, asked: str, shown) -> str:
    """Behind a message about a C= that names nothing, the path `asked`: what it resembles beside it, of the application's and
    of others'. `shown` makes paths short."""
    word, own, meant = os.path.basename(asked), configurations_in(f"{app}/defconfigs"), {}
    for other in (path for path in applications(base) if f"{base}/{path}" != app):
        meant[os.path.basename(other)] = f"A={other}"
        meant.update({os.path.basename(path): f"A={other} C={shown(path)}" for path in configurations_in(f"{base}/{other}/defconfigs")})
    for path in (*configurations_in(os.path.dirname(asked)), *own):
        meant[os.path.basename(path)] = f"C={shown(path)}"
    meant[os.path.basename(app)] = ""  # to name the application itself says nothing
    close = meant.get(nearest(word, list(meant)), "")
    return (f"; did you mean {close}?" if close else "") + \
        (f"\n{shown(app)} has:" + "".join(f"\n  C={shown(path)}" for path in own) if own else "")
