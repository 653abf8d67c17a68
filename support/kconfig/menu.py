# SPDX-License-Identifier: BSD-3-Clause
"""kconfiglib's menu with two changes: menus without entries are hidden, and what T= decides can be seen, not changed.

Started by configure.menuconfig() in a process of its own; --print writes all that the menu offers, for tests."""
import sys

import kconfiglib
import menuconfig

FIXED = ("ARCHITECTURE", "PLATFORM")

_visible = menuconfig._visible
_parent_menu = menuconfig._parent_menu


def parent_menu(node):
    """The menu that shows `node`: of a choice that several files extend, the first place is the one that is shown."""
    menu = _parent_menu(node)
    return menu.item.nodes[0] if isinstance(menu.item, kconfiglib.Choice) else menu


def visible(node) -> bool:
    """Whether the menu shows `node` (its key a shows everything)."""
    if not _visible(node):
        return False
    if isinstance(node.item, kconfiglib.Symbol) and node.item.choice and node.item.choice.name in FIXED:
        return False
    return node.item != kconfiglib.MENU or bool(menuconfig._shown_nodes(node))


def lines(node, depth=0):
    """Every line that can be reached below `node`, indented."""
    for child in menuconfig._shown_nodes(node):
        yield "    " * depth + menuconfig._node_str(child).rstrip()
        if child.is_menuconfig:
            yield from lines(child, depth + 1)


def main() -> int:
    menuconfig._visible = visible
    menuconfig._parent_menu = parent_menu
    kconf = kconfiglib.Kconfig("Config.uk", warn_to_stderr=False)
    if "--print" not in sys.argv:
        menuconfig.menuconfig(kconf)
        return 0
    kconf.load_config()
    menuconfig._show_all = menuconfig._show_name = False
    print("\n".join(lines(kconf.top_node)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
