// SPDX-License-Identifier: BSD-3-Clause
// Host tests of the Multiboot 2 parser: what GRUB leaves, and what nobody should.
#include <uk/loader/multiboot2.hpp>

#include <gtest/gtest.h>

#include "physical_memory.hpp"

namespace {

using uk::Errno;
using uk::Paddr;
using uk::hal::BootInfo;
using uk::hal::MemoryKind;
using uk::loader::read_multiboot2;
using uk::loader::tests::PhysicalMemory;

constexpr uint64_t kStart = 0x2008;

// Writes tags one after the other.
struct Machine {
    PhysicalMemory memory;
    BootInfo info{};
    uint64_t at = kStart + 8;

    void tag(uint32_t type, const std::string& body) {
        memory.put(at, type);
        memory.put(at + 4, static_cast<uint32_t>(8 + body.size()));
        memory.put_text(at + 8, body);
        at += (8 + body.size() + 7) & ~size_t{7};
    }
    void finish() {
        tag(0, "");
        memory.put(kStart, static_cast<uint32_t>(at - kStart));
    }
    template <class... Words>
    static std::string words(Words... values) {
        std::string text;
        (text.append(reinterpret_cast<const char*>(&values), sizeof values), ...);
        return text;
    }
    void map(uint32_t entry_size = 24) {
        std::string body = words(entry_size, uint32_t{0});
        auto entry = [&](uint64_t start, uint64_t size, uint32_t type) {
            body += words(start, size, type) + std::string(entry_size - 20, '\0');
        };
        entry(0, 0x9fc00, 1);
        entry(0x9fc00, 0x400, 2);
        entry(0x100000, 0x3ee0000, 1);
        entry(0x3fe0000, 0x20000, 3);
        tag(6, body);
    }
    Errno read() { return read_multiboot2(memory.view(), Paddr{kStart}, info).code(); }
    [[nodiscard]] bool has(uint64_t start, uint64_t size, MemoryKind kind) const {
        for (size_t i = 0; i < info.range_count; i++) {
            const auto& range = info.ranges[i];
            if (range.start.value() == start && range.size == size && range.kind == kind) {
                return true;
            }
        }
        return false;
    }
};

TEST(Multiboot2, ReadsWhatGrubLeaves) {
    Machine m;
    m.tag(1, std::string("a=1 -- hello\0", 13));
    m.tag(2, std::string("GRUB 2.06\0", 10));
    m.tag(3, Machine::words(uint32_t{0x4000}, uint32_t{0x4010}) + std::string("name\0", 5));
    m.memory.put_text(0x4000, "070701");
    m.map();
    m.tag(77, "something new");
    uint64_t old_root = m.at + 8;
    m.tag(14, "RSD PTR old");
    uint64_t new_root = m.at + 8;
    m.tag(15, "RSD PTR new");
    m.finish();
    ASSERT_EQ(m.read(), Errno::ok);
    EXPECT_STREQ(m.info.loader, "Multiboot 2");
    EXPECT_EQ(std::string(m.info.command_line.data, m.info.command_line.size), "a=1 -- hello");
    EXPECT_EQ(std::string(m.info.initrd.data, 6), "070701");
    EXPECT_EQ(m.info.initrd.size, 16u);
    EXPECT_NE(m.info.acpi_root.value(), old_root);
    EXPECT_EQ(m.info.acpi_root.value(), new_root);
    EXPECT_TRUE(m.has(0x100000, 0x3ee0000, MemoryKind::usable));
    EXPECT_TRUE(m.has(0x3fe0000, 0x20000, MemoryKind::acpi));
    EXPECT_TRUE(m.has(kStart, m.at - kStart, MemoryKind::loader));
    EXPECT_TRUE(m.has(0x4000, 16, MemoryKind::loader));
}

TEST(Multiboot2, StepsByTheEntrySizeThatIsGiven) {
    Machine m;
    m.map(40);
    m.finish();
    ASSERT_EQ(m.read(), Errno::ok);
    EXPECT_EQ(m.info.range_count, 5u);
    EXPECT_TRUE(m.has(0x3fe0000, 0x20000, MemoryKind::acpi));
}

TEST(Multiboot2, WantsAMemoryMap) {
    Machine none;
    none.tag(1, "x");
    none.finish();
    EXPECT_EQ(none.read(), Errno::nodata);
    Machine empty;
    empty.tag(6, Machine::words(uint32_t{24}, uint32_t{0}));
    empty.finish();
    EXPECT_EQ(empty.read(), Errno::nodata);
    for (uint32_t size : {0u, 1u, 23u, 1000u, ~0u}) {
        Machine odd;
        odd.tag(6, Machine::words(size, uint32_t{0}) + std::string(48, '\1'));
        odd.finish();
        EXPECT_EQ(odd.read(), Errno::inval) << size;
    }
}

TEST(Multiboot2, RefusesListsThatDoNotEnd) {
    Machine m;
    m.map();
    m.memory.put(kStart, static_cast<uint32_t>(m.at - kStart));
    EXPECT_EQ(m.read(), Errno::inval);
    for (uint32_t total : {0u, 8u, 15u, 4u * 4096u, ~0u}) {
        Machine other;
        other.map();
        other.finish();
        other.memory.put(kStart, total);
        EXPECT_EQ(other.read(), Errno::inval) << total;
    }
}

TEST(Multiboot2, RefusesTagsThatDoNotFit) {
    for (uint32_t size : {0u, 7u, 4096u, ~0u}) {
        Machine m;
        m.map();
        m.tag(1, "text");
        uint64_t last = m.at - 16;
        m.finish();
        m.memory.put(last + 4, size);
        EXPECT_EQ(m.read(), Errno::inval) << size;
    }
}

TEST(Multiboot2, RefusesModulesOutsideMemory) {
    for (auto [start, end] : {std::pair{0x4010u, 0x4000u}, {0x9000'0000u, 0x9000'1000u}}) {
        Machine m;
        m.tag(3, Machine::words(start, end));
        m.map();
        m.finish();
        EXPECT_EQ(m.read(), Errno::inval);
    }
    Machine cut;
    cut.tag(3, "abcd");
    cut.map();
    cut.finish();
    EXPECT_EQ(cut.read(), Errno::inval);
}

TEST(Multiboot2, TakesAnEmptyOrUnendedLine) {
    Machine empty;
    empty.tag(1, "");
    empty.map();
    empty.finish();
    ASSERT_EQ(empty.read(), Errno::ok);
    EXPECT_EQ(empty.info.command_line.size, 0u);
    Machine open;
    open.tag(1, "no end");
    open.map();
    open.finish();
    ASSERT_EQ(open.read(), Errno::ok);
    EXPECT_EQ(open.info.command_line.size, 6u);
}

TEST(Multiboot2, RefusesAMisalignedPlace) {
    Machine m;
    m.map();
    m.finish();
    EXPECT_EQ(read_multiboot2(m.memory.view(), Paddr{kStart + 4}, m.info).code(), Errno::inval);
}

} // namespace
