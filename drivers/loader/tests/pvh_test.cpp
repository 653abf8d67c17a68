// SPDX-License-Identifier: BSD-3-Clause
// Host tests of the PVH start_info parser: what QEMU and Xen leave, and what nobody should.
#include <uk/loader/pvh.hpp>

#include <gtest/gtest.h>

#include "physical_memory.hpp"

namespace {

using uk::Errno;
using uk::Paddr;
using uk::hal::BootInfo;
using uk::hal::MemoryKind;
using uk::loader::read_pvh;
using uk::loader::tests::PhysicalMemory;

constexpr uint64_t kStart = 0x2010;
constexpr uint64_t kMap = 0x2100;
constexpr uint64_t kLine = 0x2ff8; // runs into the next page
constexpr uint64_t kModules = 0x2800;

// A start_info as version 1 has it; tests change fields of it.
struct Machine {
    PhysicalMemory memory;
    BootInfo info{};

    explicit Machine(size_t pages = 4) : memory(pages) {
        memory.put<uint32_t>(kStart, 0x336ec578);
        memory.put<uint32_t>(kStart + 4, 1);
        memory.put<uint64_t>(kStart + 32, 0xf5a00); // RSDP
        map({{0, 0x9fc00, 1}, {0xf0000, 0x10000, 2}, {0x100000, 0x3ee0000, 1}});
    }
    struct Entry {
        uint64_t start, size;
        uint32_t type;
    };
    void map(const std::vector<Entry>& entries) {
        memory.put<uint64_t>(kStart + 40, kMap);
        memory.put<uint32_t>(kStart + 48, static_cast<uint32_t>(entries.size()));
        uint64_t at = kMap;
        for (const Entry& entry : entries) {
            memory.put(at, entry.start);
            memory.put(at + 8, entry.size);
            memory.put(at + 16, entry.type);
            at += 24;
        }
    }
    void line(const std::string& text, uint64_t at = kLine) {
        memory.put_text(at, text + '\0');
        memory.put<uint64_t>(kStart + 24, at);
    }
    Errno read() { return read_pvh(memory.view(), Paddr{kStart}, info).code(); }
    [[nodiscard]] size_t count(MemoryKind kind) const {
        size_t found = 0;
        for (size_t i = 0; i < info.range_count; i++) {
            found += info.ranges[i].kind == kind ? 1 : 0;
        }
        return found;
    }
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

TEST(Pvh, ReadsMapLineAndRoot) {
    Machine m;
    m.line("netdev.ip=10.0.0.2/24 -- hello world");
    ASSERT_EQ(m.read(), Errno::ok);
    EXPECT_STREQ(m.info.loader, "PVH");
    EXPECT_EQ(m.info.acpi_root.value(), 0xf5a00u);
    EXPECT_EQ(std::string(m.info.command_line.data, m.info.command_line.size),
              "netdev.ip=10.0.0.2/24 -- hello world");
    EXPECT_TRUE(m.has(0x100000, 0x3ee0000, MemoryKind::usable));
    EXPECT_TRUE(m.has(0xf0000, 0x10000, MemoryKind::reserved));
    EXPECT_EQ(m.info.initrd.data, nullptr);
}

TEST(Pvh, ClaimsWhatTheLoaderLeft) {
    Machine m;
    m.line("text");
    ASSERT_EQ(m.read(), Errno::ok);
    EXPECT_TRUE(m.has(kStart, 56, MemoryKind::loader));
    EXPECT_TRUE(m.has(kMap, 3 * 24, MemoryKind::loader));
    EXPECT_TRUE(m.has(kLine, 5, MemoryKind::loader));
}

TEST(Pvh, TakesTheFirstModuleAsInitrdAndClaimsAll) {
    Machine m;
    m.memory.put<uint32_t>(kStart + 12, 2);
    m.memory.put<uint64_t>(kStart + 16, kModules);
    m.memory.put<uint64_t>(kModules, 0x3000);
    m.memory.put<uint64_t>(kModules + 8, 100);
    m.memory.put<uint64_t>(kModules + 32, 0x7000'0000); // not the first: not looked at
    m.memory.put<uint64_t>(kModules + 40, 0x1000);
    m.memory.put_text(0x3000, "070701");
    ASSERT_EQ(m.read(), Errno::ok);
    EXPECT_EQ(m.info.initrd.size, 100u);
    EXPECT_EQ(std::string(m.info.initrd.data, 6), "070701");
    EXPECT_TRUE(m.has(kModules, 64, MemoryKind::loader));
    EXPECT_TRUE(m.has(0x3000, 100, MemoryKind::loader));
    EXPECT_TRUE(m.has(0x7000'0000, 0x1000, MemoryKind::loader));
}

TEST(Pvh, KeepsTypesApartAndDropsEmptyEntries) {
    Machine m;
    // microvm ends its map with an empty entry; firmware knows types that we do not.
    m.map({{0, 0x1000, 1},
           {0x1000, 1, 3},
           {0x2000, 1, 4},
           {0x3000, 1, 5},
           {0x4000, 1, 99},
           {0x5000, 0, 1},
           {0, 0, 0}});
    ASSERT_EQ(m.read(), Errno::ok);
    EXPECT_EQ(m.count(MemoryKind::usable), 1u);
    EXPECT_EQ(m.count(MemoryKind::acpi), 2u);
    EXPECT_EQ(m.count(MemoryKind::reserved), 2u);
}

TEST(Pvh, CutsEntriesAtTheEndOfTheAddressSpace) {
    Machine m;
    m.map({{0, 0x1000, 1}, {~uint64_t{0xfff}, ~uint64_t{0}, 2}});
    ASSERT_EQ(m.read(), Errno::ok);
    EXPECT_TRUE(m.has(~uint64_t{0xfff}, 0xfff, MemoryKind::reserved));
}

TEST(Pvh, CountsEntriesThatHaveNoRoom) {
    Machine m;
    std::vector<Machine::Entry> many(BootInfo::kMaxRanges, {0, 0x1000, 1});
    m.map(many);
    ASSERT_EQ(m.read(), Errno::ok);
    EXPECT_EQ(m.info.range_count, BootInfo::kMaxRanges);
    EXPECT_EQ(m.info.ranges_dropped, 2u); // start_info and the map itself came first
}

TEST(Pvh, RefusesWhatIsNoStartInfo) {
    Machine magic;
    magic.memory.put<uint32_t>(kStart, 0);
    EXPECT_EQ(magic.read(), Errno::inval);
    Machine old;
    old.memory.put<uint32_t>(kStart + 4, 0);
    EXPECT_EQ(old.read(), Errno::proto);
    Machine nowhere;
    EXPECT_EQ(read_pvh(nowhere.memory.view(), Paddr{0x9000'0000}, nowhere.info).code(),
              Errno::inval);
    Machine edge;
    EXPECT_EQ(read_pvh(edge.memory.view(), Paddr{edge.memory.end() - 55}, edge.info).code(),
              Errno::inval);
}

TEST(Pvh, AsksElsewhereForTheMapOfVersion0) {
    Machine old;
    old.memory.put<uint32_t>(kStart + 4, 0);
    auto map = [](BootInfo& info) -> uk::Result<> {
        info.add(Paddr{0x10000}, 0x5000, MemoryKind::usable);
        return {};
    };
    ASSERT_TRUE(read_pvh(old.memory.view(), Paddr{kStart}, old.info, map).ok());
    EXPECT_EQ(old.info.ranges[old.info.range_count - 1].size, 0x5000u);
    auto refused = [](BootInfo&) -> uk::Result<> { return Errno::nodata; };
    EXPECT_EQ(read_pvh(old.memory.view(), Paddr{kStart}, old.info, refused).code(), Errno::nodata);
}

TEST(Pvh, RefusesAMapThatIsEmptyOrOutside) {
    Machine none;
    none.memory.put<uint64_t>(kStart + 40, 0);
    EXPECT_EQ(none.read(), Errno::nodata);
    Machine empty;
    empty.map({});
    EXPECT_EQ(empty.read(), Errno::nodata);
    Machine zeros;
    zeros.map({{0, 0, 0}, {0x1000, 0, 1}});
    EXPECT_EQ(zeros.read(), Errno::nodata);
    Machine outside;
    outside.memory.put<uint64_t>(kStart + 40, outside.memory.end() - 24);
    outside.memory.put<uint32_t>(kStart + 48, 2);
    EXPECT_EQ(outside.read(), Errno::inval);
    Machine huge;
    huge.memory.put<uint32_t>(kStart + 48, ~uint32_t{0});
    EXPECT_EQ(huge.read(), Errno::inval);
}

TEST(Pvh, ReadsALineOf64KiB) {
    Machine m(32);
    std::string text(65536, 'x');
    m.line(text, 0x3001);
    ASSERT_EQ(m.read(), Errno::ok);
    EXPECT_EQ(m.info.command_line.size, text.size());
}

TEST(Pvh, RefusesALineWithoutEnd) {
    Machine m(4);
    m.memory.put_text(0x3000, std::string(3 * 4096, 'x'));
    m.memory.put<uint64_t>(kStart + 24, 0x3000);
    EXPECT_EQ(m.read(), Errno::inval);
    Machine endless(300);
    endless.memory.put_text(0x3000, std::string(299 * 4096, 'x'));
    endless.memory.put<uint64_t>(kStart + 24, 0x3000);
    EXPECT_EQ(endless.read(), Errno::inval);
}

TEST(Pvh, RefusesModulesOutsideMemory) {
    Machine list;
    list.memory.put<uint32_t>(kStart + 12, 1);
    list.memory.put<uint64_t>(kStart + 16, 0x9000'0000);
    EXPECT_EQ(list.read(), Errno::inval);
    Machine many;
    many.memory.put<uint32_t>(kStart + 12, ~uint32_t{0});
    many.memory.put<uint64_t>(kStart + 16, kModules);
    EXPECT_EQ(many.read(), Errno::inval);
    Machine large;
    large.memory.put<uint32_t>(kStart + 12, 1);
    large.memory.put<uint64_t>(kStart + 16, kModules);
    large.memory.put<uint64_t>(kModules, 0x3000);
    large.memory.put<uint64_t>(kModules + 8, ~uint64_t{0});
    EXPECT_EQ(large.read(), Errno::inval);
}

} // namespace
