// SPDX-License-Identifier: BSD-3-Clause
// Host tests of looking devices up in a device tree.
#include "drivers/devicetree/tests/builder.hpp"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace {

using devicetree_test::Builder;
using devicetree_test::Placed;
using devicetree_test::text;
using devicetree_test::wide;
using devicetree_test::word;
using devicetree_test::words;
using uk::Errno;
using uk::Paddr;
using uk::PhysRange;
using uk::Result;
using uk::devicetree::Device;
using uk::devicetree::PsciInfo;

constexpr const char* kGic[] = {"arm,gic-v3", "arm,gic-400"};

struct Machine {
    Placed placed;
    uk::devicetree::Tree tree;
    explicit Machine(const Builder& builder)
        : placed(builder.bytes()), tree(placed.open().take()) {}
    Result<Device> find(const char* name) const {
        const char* const one[] = {name};
        return uk::devicetree::find(tree, one);
    }
};

std::string regs(const Result<Device>& device) {
    if (!device.ok()) {
        return device.error().name();
    }
    std::string all;
    for (unsigned i = 0; i < device.value().reg_count; i++) {
        char one[64];
        snprintf(one, sizeof one, "%llx+%llx;",
                 static_cast<unsigned long long>(device.value().regs[i].start.value()),
                 static_cast<unsigned long long>(device.value().regs[i].size));
        all += one;
    }
    return all;
}

// As QEMU's virt machine has it, in little.
Builder virt() {
    Builder builder;
    builder.root()
        .property("interrupt-parent", word(0x8002))
        .begin("psci")
        .property("method", text("hvc"))
        .property("compatible", text("arm,psci-1.0") + text("arm,psci-0.2") + text("arm,psci"))
        .end()
        .begin("pl011@9000000")
        .property("interrupts", words({0, 1, 4}))
        .property("reg", wide(0x9000000) + wide(0x1000))
        .property("compatible", text("arm,pl011") + text("arm,primecell"))
        .end()
        .begin("intc@8000000")
        .property("phandle", word(0x8002))
        .property("#interrupt-cells", word(3))
        .property("reg", wide(0x8000000) + wide(0x10000) + wide(0x8010000) + wide(0x20000))
        .property("compatible", text("arm,gic-400"))
        .end()
        .begin("timer")
        .property("interrupts", words({1, 13, 4, 1, 14, 4, 1, 11, 4, 1, 10, 4}))
        .property("compatible", text("arm,armv8-timer") + text("arm,armv7-timer"))
        .end();
    return builder;
}

TEST(Find, DescribesADevice) {
    Machine machine(virt().end());
    Result<Device> uart = machine.find("arm,pl011");
    EXPECT_EQ(regs(uart), "9000000+1000;");
    EXPECT_STREQ(uart.value().compatible, "arm,pl011");
    EXPECT_EQ(uart.value().interrupt_words, 3u);
    EXPECT_EQ(uart.value().interrupt_cells, 3u);
    EXPECT_EQ(uart.value().interrupts[1], 1u);
    Result<Device> timer = machine.find("arm,armv7-timer");
    EXPECT_EQ(regs(timer), "");
    EXPECT_EQ(timer.value().interrupt_words, 12u);
    EXPECT_EQ(timer.value().interrupts[7], 11u);
    EXPECT_EQ(machine.find("arm,pl01").code(), Errno::nodev);
    EXPECT_EQ(machine.find("arm,pl0111").code(), Errno::nodev);
    EXPECT_EQ(machine.find("").code(), Errno::nodev);
}

TEST(Find, PrefersTheFirstOfTheList) {
    Machine only_second(virt().end());
    Result<Device> gic = uk::devicetree::find(only_second.tree, kGic);
    EXPECT_EQ(regs(gic), "8000000+10000;8010000+20000;");
    EXPECT_EQ(gic.value().compatible, kGic[1]);
    Machine both(virt()
                     .begin("newer")
                     .property("compatible", text("arm,gic-v3"))
                     .property("reg", wide(0x1000) + wide(0x2000))
                     .end()
                     .end());
    EXPECT_EQ(regs(uk::devicetree::find(both.tree, kGic)), "1000+2000;");
}

TEST(Find, PassesByWhatIsSwitchedOff) {
    for (const char* status : {"disabled", "fail", "okay", "ok", "reserved", ""}) {
        Machine machine(Builder()
                            .root()
                            .begin("bus")
                            .property("ranges", "")
                            .property("#address-cells", word(2))
                            .property("#size-cells", word(2))
                            .property("status", text(status))
                            .begin("a")
                            .property("compatible", text("x"))
                            .property("reg", wide(1) + wide(1))
                            .end()
                            .end()
                            .begin("b")
                            .property("compatible", text("x"))
                            .property("reg", wide(2) + wide(2))
                            .end()
                            .end());
        EXPECT_EQ(regs(machine.find("x")), std::string(status).starts_with("ok") ? "1+1;" : "2+2;")
            << status;
    }
}

// A device two buses down, with cells of other widths on each.
Builder buses(const std::string& upper, const std::string& lower, const std::string& reg) {
    return Builder()
        .root()
        .begin("soc")
        .property("#address-cells", word(1))
        .property("#size-cells", word(1))
        .property("ranges", upper)
        .begin("bus")
        .property("#address-cells", word(1))
        .property("#size-cells", word(2))
        .property("ranges", lower)
        .begin("device")
        .property("compatible", text("x"))
        .property("reg", reg)
        .end()
        .end()
        .end()
        .end();
}

TEST(Find, TranslatesThroughBuses) {
    std::string upper = word(0x10000) + wide(0x9'0000'0000) + word(0x1000) + word(0x20000) +
                        wide(0x40000000) + word(0x8000);
    std::string lower = word(0) + word(0x20000) + wide(0x4000);
    std::string reg = word(0x100) + wide(0x10);
    EXPECT_EQ(regs(Machine(buses(upper, lower, reg)).find("x")), "40000100+10;");
    EXPECT_EQ(regs(Machine(buses(upper, "", word(0x10010) + wide(0x20))).find("x")),
              "900000010+20;");
    EXPECT_EQ(regs(Machine(buses("", "", reg)).find("x")), "100+10;");
    // Up to the end of the window, and over it; then the list ends.
    EXPECT_EQ(regs(Machine(buses(upper, lower, word(0x3ff0) + wide(0x10))).find("x")),
              "40003ff0+10;");
    EXPECT_EQ(regs(Machine(buses(upper, lower, reg + word(0x3ff0) + wide(0x11) + reg)).find("x")),
              "40000100+10;");
    EXPECT_EQ(regs(Machine(buses(upper, lower, word(0x4000) + wide(0))).find("x")), "");
}

TEST(Find, EndsTheListAtWhatItCannotTranslate) {
    std::string reg = word(0x100) + wide(0x10);
    EXPECT_EQ(regs(Machine(buses("abc", "", reg)).find("x")), "");
    EXPECT_EQ(regs(Machine(buses(word(0), "", reg)).find("x")), "");
    std::string wraps = word(0) + wide(~uint64_t{0} - 8) + word(0x1000);
    EXPECT_EQ(regs(Machine(buses(wraps, "", reg)).find("x")), "");
    Machine no_ranges(Builder()
                          .root()
                          .begin("i2c")
                          .property("#address-cells", word(1))
                          .property("#size-cells", word(0))
                          .begin("chip")
                          .property("compatible", text("x"))
                          .property("reg", word(0x50))
                          .end()
                          .end()
                          .end());
    EXPECT_EQ(regs(no_ranges.find("x")), "");
}

TEST(Find, KeepsWhatFits) {
    std::string reg, interrupts;
    for (uint32_t i = 1; i <= 6; i++) {
        reg += wide(i) + wide(i);
        interrupts += words({0, i, 4});
    }
    Machine machine(Builder()
                        .root()
                        .begin("a")
                        .property("compatible", text("x"))
                        .property("reg", reg)
                        .property("interrupts", interrupts)
                        .end()
                        .end());
    Result<Device> device = machine.find("x");
    EXPECT_EQ(regs(device), "1+1;2+2;3+3;4+4;");
    EXPECT_EQ(device.value().interrupt_words, 0u);
    EXPECT_EQ(device.value().interrupt_cells, 0u);
}

Result<Device> console(const std::string& path, const std::string& alias) {
    Machine machine(virt()
                        .begin("aliases")
                        .property("serial0", alias)
                        .end()
                        .begin("chosen")
                        .property("stdout-path", path)
                        .end()
                        .end());
    return uk::devicetree::console(machine.tree);
}

TEST(Console, FollowsPathsAliasesAndOptions) {
    std::string full = text("/pl011@9000000");
    EXPECT_EQ(regs(console(full, full)), "9000000+1000;");
    EXPECT_EQ(regs(console(text("/pl011@9000000:115200n8"), full)), "9000000+1000;");
    EXPECT_EQ(regs(console(text("serial0"), full)), "9000000+1000;");
    EXPECT_EQ(regs(console(text("serial0:115200"), full)), "9000000+1000;");
    EXPECT_EQ(regs(console(text("/pl011"), full)), "9000000+1000;"); // DT 2.2.3
}

TEST(Console, SaysThatThereIsNone) {
    std::string full = text("/pl011@9000000");
    for (const std::string& path :
         {text(""), std::string(), text(":"), text("serial1"), text("/nowhere"), text("/pl011@9/x"),
          std::string("/pl011@9000000"), text("serial0/x"), text("serial")}) {
        EXPECT_EQ(console(path, full).code(), Errno::nodev) << path;
    }
    for (const std::string& alias :
         {text(""), text("serial0"), std::string("/pl011@9000000"), text("/nowhere")}) {
        EXPECT_EQ(console(text("serial0"), alias).code(), Errno::nodev) << alias;
    }
    EXPECT_EQ(uk::devicetree::console(Machine(virt().end()).tree).code(), Errno::nodev);
    EXPECT_EQ(console(text("/timer"), full).value().reg_count, 0u);
}

TEST(Console, PassesByOneThatIsSwitchedOff) {
    Machine machine(Builder()
                        .root()
                        .begin("chosen")
                        .property("stdout-path", text("/uart"))
                        .end()
                        .begin("uart")
                        .property("compatible", text("arm,pl011"))
                        .property("status", text("disabled"))
                        .end()
                        .end());
    EXPECT_EQ(uk::devicetree::console(machine.tree).code(), Errno::nodev);
}

TEST(Psci, TellsTheConduit) {
    auto read = [](const std::string& method, const std::string& compatible) {
        Machine machine(Builder()
                            .root()
                            .begin("psci")
                            .property("method", method)
                            .property("compatible", compatible)
                            .end()
                            .end());
        return uk::devicetree::psci(machine.tree);
    };
    EXPECT_EQ(read(text("hvc"), text("arm,psci-1.0")).value().conduit, PsciInfo::Conduit::hvc);
    EXPECT_EQ(read(text("smc"), text("arm,psci-0.2") + text("arm,psci")).value().conduit,
              PsciInfo::Conduit::smc);
    EXPECT_EQ(read(text("smc"), text("arm,psci")).code(), Errno::nodev);
    EXPECT_EQ(read(text("call"), text("arm,psci-1.0")).code(), Errno::nodev);
    EXPECT_EQ(read("hvc", text("arm,psci-1.0")).code(), Errno::nodev);
    EXPECT_EQ(uk::devicetree::psci(Machine(Builder().root().end()).tree).code(), Errno::nodev);
}

using Numbers = std::vector<uint64_t>;

Numbers cpus(const Builder& builder, size_t room = 8) {
    Numbers found(room);
    Machine machine(builder);
    auto count = uk::devicetree::cpus(machine.tree, found);
    EXPECT_TRUE(count.ok());
    found.resize(count.ok() ? count.value() : 0);
    return found;
}

Builder& cpu(Builder& builder, const std::string& reg, const std::string& status = "") {
    builder.begin("cpu@0")
        .property("device_type", text("cpu"))
        .property("enable-method", text("psci"))
        .property("reg", reg);
    return status.empty() ? builder.end() : builder.property("status", text(status)).end();
}

Builder cpus_node(uint32_t cells) {
    Builder builder;
    builder.root().begin("cpus").property("#address-cells", word(cells));
    return builder.property("#size-cells", word(0));
}

TEST(Cpus, AreNumberedAsInTheTree) {
    for (uint32_t cells : {1U, 2U}) {
        Builder builder = cpus_node(cells);
        builder.begin("cpu-map").begin("cpu@9").property("device_type", text("cpu")).end().end();
        for (uint32_t number : {0U, 3U, 0x10000U, 0x102U}) {
            cpu(builder, cells == 1 ? word(number) : wide(number));
        }
        builder.end().end();
        EXPECT_EQ(cpus(builder), (Numbers{0, 3, 0x10000, 0x102}));
        EXPECT_EQ(cpus(builder, 2), (Numbers{0, 3}));
        EXPECT_EQ(cpus(builder, 0), (Numbers{}));
    }
    Builder wide_ones = cpus_node(2);
    cpu(wide_ones, wide(0xff'00ff'ffff)).end().end();
    EXPECT_EQ(cpus(wide_ones), (Numbers{0xff'00ff'ffff}));
}

TEST(Cpus, LeaveOutWhatCannotBeStarted) {
    Builder builder = cpus_node(1);
    cpu(builder, word(1));
    cpu(builder, word(1));             // there already
    cpu(builder, word(2), "disabled"); //
    cpu(builder, word(3), "fail");     //
    cpu(builder, word(0x80000004));    // bits that tell nothing
    cpu(builder, wide(5));             // of another size
    cpu(builder, words({}));           //
    cpu(builder, word(6) + word(7));   // threads, which PSCI does not know
    cpu(builder, word(8), "okay");     //
    builder.begin("cpu@a").property("reg", word(10)).property("device_type", text("cpu"));
    builder.property("enable-method", text("spin-table")).end();
    builder.begin("cpu@b").property("reg", word(11)).property("enable-method", text("psci")).end();
    builder.begin("cpu@c").property("device_type", text("cpu"));
    builder.property("enable-method", text("psci")).end().end().end();
    EXPECT_EQ(cpus(builder), (Numbers{1, 8}));
}

TEST(Cpus, SayWhyThereAreNone) {
    uint64_t room[2];
    auto code = [&](const Builder& builder) {
        return uk::devicetree::cpus(Machine(builder).tree, room).code();
    };
    EXPECT_EQ(code(Builder().root().end()), Errno::nodev);
    EXPECT_EQ(code(cpus_node(0).end().end()), Errno::inval);
    EXPECT_EQ(code(cpus_node(3).end().end()), Errno::inval);
    Builder damaged = cpus_node(1);
    cpu(damaged, word(1)).end();
    damaged.structure += word(7);
    EXPECT_EQ(code(damaged.end()), Errno::inval);
    EXPECT_EQ(cpus(cpus_node(1).end().end()), (Numbers{}));
}

TEST(Find, SaysThatTheTreeIsDamaged) {
    Builder builder = virt();
    builder.structure += word(7);
    Machine machine(builder.end());
    EXPECT_EQ(machine.find("none").code(), Errno::inval);
    Builder deep;
    deep.root();
    for (unsigned i = 0; i <= uk::devicetree::kMaxDepth; i++) {
        deep.begin("x");
    }
    EXPECT_EQ(Machine(deep).find("none").code(), Errno::inval);
}

TEST(Find, SurvivesEveryDamagedByte) {
    const std::string good = virt()
                                 .begin("cpus")
                                 .property("#address-cells", word(1))
                                 .begin("cpu@0")
                                 .property("device_type", text("cpu"))
                                 .property("enable-method", text("psci"))
                                 .property("reg", word(0))
                                 .end()
                                 .end()
                                 .begin("aliases")
                                 .property("serial0", text("/pl011@9000000"))
                                 .end()
                                 .begin("chosen")
                                 .property("stdout-path", text("serial0:9600"))
                                 .end()
                                 .end()
                                 .bytes();
    std::mt19937 random(7);
    for (size_t at = 0; at < good.size(); at++) {
        for (int i = 0; i < 3; i++) {
            std::string bytes = good;
            bytes[at] = static_cast<char>(random());
            bytes[random() % bytes.size()] = static_cast<char>(random() % 10);
            Placed placed(bytes);
            auto tree = placed.open();
            if (!tree.ok()) {
                continue;
            }
            (void)uk::devicetree::console(tree.value());
            (void)uk::devicetree::find(tree.value(), kGic);
            (void)uk::devicetree::psci(tree.value());
            uint64_t cpu[1];
            (void)uk::devicetree::cpus(tree.value(), cpu);
        }
    }
}

} // namespace
