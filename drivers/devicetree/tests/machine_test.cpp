// SPDX-License-Identifier: BSD-3-Clause
// Everything that a port asks of a whole machine's tree: of one written here, or of the file that
// UK_TREE names (tests/system/test_device_tree.py takes QEMU's own; then the answer is printed).
#include "drivers/devicetree/tests/builder.hpp"
#include "drivers/devicetree/tests/oracle.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

namespace {

using namespace devicetree_test;
using uk::Result;
using uk::devicetree::Device;
using uk::devicetree::Tree;

std::string hex(uint64_t value) {
    char text[20];
    snprintf(text, sizeof text, "%llx", static_cast<unsigned long long>(value));
    return text;
}

std::string describe(const char* what, const Result<Device>& device) {
    std::string line = std::string(what) + ":";
    if (!device.ok()) {
        return line + " " + device.error().name() + "\n";
    }
    line += std::string(" ") + device.value().compatible;
    for (unsigned i = 0; i < device.value().reg_count; i++) {
        line += " " + hex(device.value().regs[i].start.value()) + "+" +
                hex(device.value().regs[i].size);
    }
    for (unsigned i = 0; i < device.value().interrupt_words; i++) {
        line += (i == 0 ? " irq" + std::to_string(device.value().interrupt_cells) + "=" : ",") +
                hex(device.value().interrupts[i]);
    }
    return line + "\n";
}

std::string describe(const Tree& tree) {
    auto info = std::make_unique<uk::hal::BootInfo>();
    Found scan = by_scan(tree, *info, 0);
    EXPECT_EQ(scan, Oracle(tree).read());
    std::string all = scan.ok ? "memory:" : "damaged:";
    for (const auto& [start, size] : scan.usable) {
        all += " " + hex(start) + "+" + hex(size);
    }
    all += "\nline: " + scan.command_line + "\n";
    all += describe("console", uk::devicetree::console(tree));
    static constexpr const char* kGic[] = {"arm,gic-v3", "arm,cortex-a15-gic", "arm,gic-400"};
    all += describe("gic", uk::devicetree::find(tree, kGic));
    static constexpr const char* kTimer[] = {"arm,armv8-timer", "arm,armv7-timer"};
    all += describe("timer", uk::devicetree::find(tree, kTimer));
    static constexpr const char* kClock[] = {"arm,pl031"};
    all += describe("clock", uk::devicetree::find(tree, kClock));
    auto psci = uk::devicetree::psci(tree);
    if (!psci.ok()) {
        return all + "psci: none\n";
    }
    bool hvc = psci.value().conduit == uk::devicetree::PsciInfo::Conduit::hvc;
    return all + (hvc ? "psci: hvc\n" : "psci: smc\n");
}

std::string written_here() {
    return Builder()
        .root()
        .property("interrupt-parent", word(1))
        .memory(0x40000000, 0x8000000)
        .begin("psci")
        .property("compatible", text("arm,psci-0.2"))
        .property("method", text("smc"))
        .end()
        .begin("soc")
        .property("#address-cells", word(1))
        .property("#size-cells", word(1))
        .property("ranges", words({0, 0, 0x9000000, 0x10000}))
        .begin("serial@100")
        .property("compatible", text("arm,pl011"))
        .property("reg", words({0x100, 0x1000}))
        .property("interrupts", words({0, 5, 4}))
        .end()
        .end()
        .begin("gic")
        .property("compatible", text("arm,gic-400"))
        .property("reg", wide(0x8000000) + wide(0x1000) + wide(0x8001000) + wide(0x1000))
        .property("#interrupt-cells", word(3))
        .property("phandle", word(1))
        .end()
        .begin("chosen")
        .property("bootargs", text("one two"))
        .property("stdout-path", text("/soc/serial@100"))
        .end()
        .end()
        .bytes(4096);
}

TEST(Machine, IsDescribedByItsTree) {
    const char* path = std::getenv("UK_TREE");
    std::string bytes = written_here();
    if (path != nullptr) {
        std::ifstream file(path, std::ios::binary);
        bytes.assign(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
        ASSERT_FALSE(bytes.empty()) << path;
    }
    bytes.resize(uk::devicetree::tree_size(bytes.data()));
    Placed placed(bytes);
    Result<Tree> tree = placed.open();
    ASSERT_TRUE(tree.ok());
    std::string found = describe(tree.value());
    if (path != nullptr) {
        printf("%s", found.c_str());
        return;
    }
    EXPECT_EQ(found, "memory: 40000000+8000000\n"
                     "line: one two\n"
                     "console: arm,pl011 9000100+1000 irq3=0,5,4\n"
                     "gic: arm,gic-400 8000000+1000 8001000+1000\n"
                     "timer: ENODEV\n"
                     "clock: ENODEV\n"
                     "psci: smc\n");
}

} // namespace
