// SPDX-License-Identifier: BSD-3-Clause
// Fuzz target: any bytes as a device tree, and the scanner against libfdt. The bytes are, in turn,
// a whole tree, and a program that builds a tree with damages here and there, which gets deeper.
#include "drivers/devicetree/tests/builder.hpp"
#include "drivers/devicetree/tests/oracle.hpp"

#include <uk/devicetree/pci.hpp>

#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <memory>

namespace {

using devicetree_test::Builder;
using devicetree_test::Found;
using devicetree_test::Placed;
using uk::devicetree::Tree;

const char* const kProperties[] = {"reg",
                                   "#address-cells",
                                   "#size-cells",
                                   "device_type",
                                   "status",
                                   "ranges",
                                   "bootargs",
                                   "linux,initrd-start",
                                   "linux,initrd-end",
                                   "compatible",
                                   "method",
                                   "stdout-path",
                                   "interrupts",
                                   "interrupt-parent",
                                   "phandle",
                                   "serial0",
                                   "enable-method",
                                   "bus-range",
                                   "interrupt-map",
                                   "interrupt-map-mask",
                                   "#interrupt-cells"};

class Program {
  public:
    Program(const uint8_t* data, size_t size) : at_(data), end_(data + size) {}

    std::string build() {
        static const char* const kNodes[] = {"memory@1", "memory", "chosen",  "reserved-memory",
                                             "x",        "",       "aliases", "a-very-long-name@12",
                                             "cpus",     "cpu@1"};
        static const std::string kValues[] = {
            std::string("memory\0", 7),     std::string("okay\0", 5),
            std::string("x\0", 2),          std::string("/chosen\0", 8),
            std::string("serial0:1\0", 10), std::string("cpu\0", 4),
            std::string("psci\0", 5),       std::string("pci-host-ecam-generic\0", 22)};
        auto property = [](uint8_t what) {
            return kProperties[(what & 31U) % std::size(kProperties)];
        };
        Builder builder;
        builder.begin("");
        unsigned depth = 1;
        while (at_ < end_ && depth > 0) {
            uint8_t what = byte();
            switch (what >> 6) {
            case 0:
                builder.begin(kNodes[what % std::size(kNodes)]);
                depth++;
                break;
            case 1:
                builder.end();
                depth--;
                break;
            case 2:
                builder.property(property(what), take(byte() & 31));
                break;
            default:
                if (what == 0xff) {
                    builder.structure += devicetree_test::word(byte());
                } else if ((what & 0x20) != 0) {
                    builder.property(property(what), kValues[byte() % std::size(kValues)]);
                } else if ((what & 0x10) != 0) {
                    builder.property(property(what), devicetree_test::word(byte() & 3));
                } else {
                    builder.nop();
                }
            }
        }
        for (; depth > 0; depth--) {
            builder.end();
        }
        return builder.bytes(0);
    }

  private:
    uint8_t byte() { return at_ < end_ ? *at_++ : uint8_t{0}; }
    std::string take(size_t size) {
        std::string all;
        for (size_t i = 0; i < size; i++) {
            all.push_back(static_cast<char>(byte()));
        }
        return all;
    }
    const uint8_t* at_;
    const uint8_t* end_;
};

[[noreturn]] void differ(const char* what) {
    fprintf(stderr, "the scanner and libfdt differ: %s\n", what);
    abort();
}

// How many entries /memreserve/ has before the one that ends it; the tree has been opened.
size_t count_reservations(const std::string& bytes) {
    size_t at = 0;
    for (size_t i = 16; i < 20; i++) {
        at = at << 8 | static_cast<uint8_t>(bytes[i]);
    }
    size_t count = 0;
    while (at + 16 <= bytes.size() && bytes.compare(at, 16, std::string(16, '\0')) != 0) {
        at += 16;
        count++;
    }
    return count;
}

void try_tree(const std::string& bytes) {
    if (bytes.size() >= uk::devicetree::kHeaderSize) {
        (void)uk::devicetree::tree_size(bytes.data());
    }
    Placed placed(bytes);
    uk::Result<Tree> opened = placed.open();
    if (!opened.ok()) {
        return;
    }
    const Tree& tree = opened.value();
    static constexpr const char* kNames[] = {"arm,gic-v3", "x"};
    (void)uk::devicetree::find(tree, kNames);
    (void)uk::devicetree::console(tree);
    (void)uk::devicetree::psci(tree);
    auto host = uk::devicetree::pci_host(tree);
    if (host.ok() &&
        host.value().registers.size >> 20 < host.value().last_bus - host.value().first_bus + 1U) {
        differ("PCI buses without registers");
    }
    (void)uk::devicetree::pci_interrupt(tree, 1, 1);
    (void)uk::devicetree::each(
        tree, "x", [](const uk::devicetree::Device&, void*) {}, nullptr);
    uint64_t cpus[3];
    auto count = uk::devicetree::cpus(tree, cpus);
    if (count.ok() && count.value() > 3) {
        differ("more CPUs than there is room for");
    }

    auto info = std::make_unique<uk::hal::BootInfo>();
    Found scan = devicetree_test::by_scan(tree, *info, count_reservations(bytes));
    Found oracle = devicetree_test::Oracle(tree).read();
    if (!scan.ok) {
        return; // stricter than libfdt: numbers that make no sense, a block that does not end well
    }
    if (!oracle.ok) {
        differ("libfdt says that the tree is damaged");
    }
    if (info->ranges_dropped == 0 && scan.usable != oracle.usable) {
        differ("memory");
    }
    if (info->ranges_dropped == 0 && scan.reserved != oracle.reserved) {
        differ("reserved memory");
    }
    if (scan.command_line != oracle.command_line) {
        differ("boot line");
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    if (size == 0) {
        return 0;
    }
    if ((data[0] & 1) != 0) {
        try_tree(std::string(reinterpret_cast<const char*>(data) + 1, size - 1));
    } else {
        try_tree(Program(data + 1, size - 1).build());
    }
    return 0;
}
