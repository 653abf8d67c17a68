# SPDX-License-Identifier: BSD-3-Clause
"""gdb support, loaded by `make debug`: printers for base types, and the command `uk-memory`."""
import gdb
import gdb.printing


class Address:
    """Vaddr, Paddr, DmaAddr."""

    def __init__(self, value):
        self.value = value

    def to_string(self):
        return f"{self.value.type.strip_typedefs().name.split('::')[-1]} {int(self.value['raw_']):#x}"


class Range:
    """PhysRange, VirtRange."""

    def __init__(self, value):
        self.value = value

    def to_string(self):
        start, size = int(self.value["start"]["raw_"]), int(self.value["size"])
        return f"[{start:#x}, {start + size:#x})"


class Result:
    """Result<T>: its value, or the error."""

    def __init__(self, value):
        self.value = value

    def to_string(self):
        if int(self.value["errno_"]) != 0:
            return f"error {self.value['errno_']}"
        if self.value.type.strip_typedefs().template_argument(0).code == gdb.TYPE_CODE_VOID:
            return "ok"
        return f"ok {self.value['value_']}"


class Late:
    """Late<T>: the object, once it is there."""

    def __init__(self, value):
        self.value = value

    def to_string(self):
        if not bool(self.value["ready_"]):
            return "not constructed"
        kind = self.value.type.strip_typedefs().template_argument(0)
        return str(self.value["storage_"].address.cast(kind.pointer()).dereference())


def printers():
    found = gdb.printing.RegexpCollectionPrettyPrinter("microlith")
    found.add_printer("address", "^uk::(Vaddr|Paddr|DmaAddr)$", Address)
    found.add_printer("range", "^uk::AddressRange<.*>$", Range)
    found.add_printer("result", "^uk::Result<.*>$", Result)
    found.add_printer("late", "^uk::Late<.*>$", Late)
    return found


class UkMemory(gdb.Command):
    """uk-memory: the memory map as the loader gave it, with what loader and image occupy."""

    def __init__(self):
        super().__init__("uk-memory", gdb.COMMAND_DATA)

    def invoke(self, _argument, _from_tty):
        symbol = gdb.lookup_global_symbol("uk::kvm::g_boot_info")  # whatever language main() is in
        if symbol is None:
            raise gdb.GdbError("uk-memory: this image is not for kvm, or its debug information (DEBUG_SYMBOLS) is below level 2")
        info = symbol.value()
        print(f"{info['platform'].string()}, entered by {info['loader'].string()}")
        for i in range(int(info["range_count"])):
            part = info["ranges"][i]
            start, size = int(part["start"]["raw_"]), int(part["size"])
            print(f"{start:#018x} {start + size:#018x} {str(part['kind']).split('::')[-1]}")


gdb.printing.register_pretty_printer(None, printers(), replace=True)
UkMemory()
