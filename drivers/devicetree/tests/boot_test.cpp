// SPDX-License-Identifier: BSD-3-Clause
// Host tests of what is read of a device tree at boot, from trees that are right and wrong.
#include "drivers/devicetree/tests/builder.hpp"

#include <gtest/gtest.h>

#include <random>

namespace {

using devicetree_test::Builder;
using devicetree_test::Placed;
using devicetree_test::text;
using devicetree_test::wide;
using devicetree_test::word;
using devicetree_test::words;
using uk::Errno;
using uk::Paddr;
using uk::devicetree::BootFacts;
using uk::devicetree::Tree;
using uk::devicetree::tree_size;
using uk::hal::BootInfo;
using uk::hal::MemoryKind;

// Reads what the builder made; keeps the bytes that results point into.
struct Boot {
    Placed placed;
    std::unique_ptr<BootInfo> info = std::make_unique<BootInfo>();
    Errno code = Errno::ok;
    BootFacts facts{};

    explicit Boot(const std::string& bytes) : placed(bytes) {
        uk::Result<Tree> tree = placed.open();
        if (!tree.ok()) {
            code = tree.code();
            return;
        }
        uk::Result<BootFacts> read = uk::devicetree::read_boot(tree.value(), *info);
        code = read.code();
        if (read.ok()) {
            facts = read.value();
        }
    }
    explicit Boot(const Builder& builder) : Boot(builder.bytes()) {}

    std::string ranges() const {
        std::string all;
        for (size_t i = 0; i < info->range_count; i++) {
            const uk::hal::MemoryRange& range = info->ranges[i];
            char line[80];
            static const char* const kKinds[] = {"usable", "loader", "image", "acpi", "reserved"};
            snprintf(line, sizeof line, "%llx+%llx %s;",
                     static_cast<unsigned long long>(range.start.value()),
                     static_cast<unsigned long long>(range.size),
                     kKinds[static_cast<int>(range.kind)]);
            all += line;
        }
        return all;
    }
    std::string command_line() const {
        return {info->command_line.data == nullptr ? "" : info->command_line.data,
                info->command_line.size};
    }
};

TEST(Boot, FindsMemoryAndChosen) {
    Boot boot(Builder()
                  .root()
                  .property("compatible", text("linux,dummy-virt"))
                  .memory(0x40000000, 0x4000000)
                  .begin("soc")
                  .begin("memory@1")
                  .property("reg", wide(1) + wide(2))
                  .end()
                  .end()
                  .begin("chosen")
                  .property("bootargs", text("a=b -- c"))
                  .property("linux,initrd-start", word(0x41000000))
                  .property("linux,initrd-end", wide(0x41001000))
                  .end()
                  .end());
    EXPECT_EQ(boot.code, Errno::ok);
    EXPECT_EQ(boot.ranges(), "40000000+4000000 usable;41000000+1000 loader;");
    EXPECT_EQ(boot.command_line(), "a=b -- c");
    EXPECT_EQ(boot.facts.initrd, (uk::PhysRange{Paddr{0x41000000}, 0x1000}));
}

TEST(Boot, ReadsSeveralNodesAndRegions) {
    Boot boot(Builder()
                  .root()
                  .begin("memory")
                  .property("device_type", text("memory"))
                  .property("reg", wide(0x1000) + wide(0x2000) + wide(0x9000) + wide(0) +
                                       wide(0x8'0000'0000) + wide(0x1'0000'0000))
                  .end()
                  .memory(0x80000000, 0x1000)
                  .end());
    EXPECT_EQ(boot.code, Errno::ok);
    EXPECT_EQ(boot.ranges(), "1000+2000 usable;800000000+100000000 usable;80000000+1000 usable;");
    EXPECT_EQ(boot.facts.initrd.size, 0u);
    EXPECT_EQ(boot.info->command_line.data, nullptr);
}

TEST(Boot, UnderstandsEveryWidthOfCells) {
    auto number = [](uint32_t cells, uint64_t value) {
        return cells == 1 ? word(static_cast<uint32_t>(value)) : wide(value);
    };
    for (uint32_t address : {1U, 2U}) {
        for (uint32_t size : {1U, 2U}) {
            Boot boot(Builder()
                          .root(address, size)
                          .begin("memory@0")
                          .property("reg", number(address, 0x40000000) + number(size, 0x10000000))
                          .end()
                          .end());
            EXPECT_EQ(boot.code, Errno::ok);
            EXPECT_EQ(boot.ranges(), "40000000+10000000 usable;");
        }
    }
    Boot defaults(Builder()
                      .begin("")
                      .begin("memory")
                      .property("reg", wide(0x1000) + word(0x2000))
                      .end()
                      .end());
    EXPECT_EQ(defaults.ranges(), "1000+2000 usable;");
    for (auto [address, size] : {std::pair{0U, 1U}, {3U, 2U}, {1U, 0U}, {2U, 3U}, {~0U, ~0U}}) {
        Boot boot(Builder().root(address, size).memory(0, 0x1000).end());
        EXPECT_EQ(boot.code, Errno::inval) << address << " " << size;
    }
}

TEST(Boot, KeepsAwayFromReservedMemory) {
    Boot boot(Builder()
                  .reserve(0x1000, 0x100)
                  .reserve(0, 0x10)
                  .root()
                  .memory(0x40000000, 0x4000000)
                  .begin("reserved-memory")
                  .property("#address-cells", word(2))
                  .property("#size-cells", word(1))
                  .property("ranges", "")
                  .begin("secure@1")
                  .property("no-map", "")
                  .property("reg", wide(0x40100000) + word(0x1000))
                  .end()
                  .begin("shared@2")
                  .property("reg", wide(0x40200000) + word(0x2000))
                  .end()
                  .begin("off@3")
                  .property("status", text("disabled"))
                  .property("reg", wide(0x40300000) + word(0x2000))
                  .end()
                  .begin("anywhere")
                  .property("size", word(0x100000))
                  .end()
                  .end()
                  .end());
    EXPECT_EQ(boot.code, Errno::ok);
    EXPECT_EQ(boot.ranges(), "1000+100 reserved;0+10 reserved;40000000+4000000 usable;"
                             "40100000+1000 reserved;40200000+2000 reserved;");
}

TEST(Boot, RefusesReservedMemoryThatItCannotPlace) {
    Boot boot(Builder()
                  .root()
                  .memory(0x40000000, 0x4000000)
                  .begin("reserved-memory")
                  .property("ranges", words({0, 1, 2}))
                  .end()
                  .end());
    EXPECT_EQ(boot.code, Errno::inval);
}

TEST(Boot, PassesByWhatIsNoMemory) {
    Boot boot(Builder()
                  .root()
                  .begin("memory-controller@1")
                  .property("reg", wide(1) + wide(2))
                  .end()
                  .begin("memory@2")
                  .property("reg", wide(1) + wide(2))
                  .property("status", text("disabled"))
                  .end()
                  .begin("memory@3")
                  .property("device_type", text("flash"))
                  .property("reg", wide(1) + wide(2))
                  .end()
                  .begin("memory@4")
                  .property("device_type", text("memory"))
                  .end()
                  .begin("chosen2")
                  .property("bootargs", text("no"))
                  .end()
                  .end());
    EXPECT_EQ(boot.code, Errno::nodev);
    EXPECT_EQ(boot.ranges(), "");
    EXPECT_EQ(boot.command_line(), "");
}

TEST(Boot, TakesABootLineWithoutItsEnd) {
    Boot boot(
        Builder().root().memory(0, 0x1000).begin("chosen").property("bootargs", "abc").end().end());
    EXPECT_EQ(boot.command_line(), "abc");
    Boot empty(
        Builder().root().memory(0, 0x1000).begin("chosen").property("bootargs", "").end().end());
    EXPECT_EQ(empty.code, Errno::ok);
    EXPECT_EQ(empty.command_line(), "");
}

TEST(Boot, RefusesNonsenseNumbers) {
    auto chosen = [](const std::string& start, const std::string& end) {
        return Boot(Builder()
                        .root()
                        .memory(0, 0x1000)
                        .begin("chosen")
                        .property("linux,initrd-start", start)
                        .property("linux,initrd-end", end)
                        .end()
                        .end())
            .code;
    };
    EXPECT_EQ(chosen(word(2), word(1)), Errno::inval);
    EXPECT_EQ(chosen("abc", word(1)), Errno::inval);
    EXPECT_EQ(chosen(word(1), ""), Errno::inval);
    EXPECT_EQ(chosen(word(1), word(1)), Errno::ok);
    EXPECT_EQ(Boot(Builder().root().memory(~uint64_t{0}, 2).end()).code, Errno::inval);
    EXPECT_EQ(Boot(Builder().reserve(~uint64_t{0}, 2).root().memory(0, 2).end()).code,
              Errno::inval);
    EXPECT_EQ(Boot(Builder().root().begin("memory").property("reg", "12345").end().end()).code,
              Errno::inval);
    EXPECT_EQ(Boot(Builder().begin("").property("#address-cells", "").memory(0, 0x1000).end()).code,
              Errno::inval);
}

TEST(Boot, PassesNamesOfEveryLength) {
    for (size_t length = 0; length < 40; length++) {
        for (int nops = 0; nops < 3; nops++) {
            Builder builder;
            builder.root().begin(std::string(length, 'm'));
            for (int i = 0; i < nops; i++) {
                builder.nop();
            }
            builder.property(std::string(length + 1, 'r'), std::string(length, 'x'));
            builder.begin(std::string(40 - length, 'c')).end().end().nop();
            Boot boot(builder.memory(0, 0x1000).nop().end().nop());
            EXPECT_EQ(boot.code, Errno::ok) << length;
            EXPECT_EQ(boot.ranges(), "0+1000 usable;");
        }
    }
}

TEST(Boot, GoesAsDeepAsItSays) {
    for (unsigned depth = 1; depth < 40; depth++) {
        for (const char* name : {"x", "chosen"}) {
            Builder builder;
            builder.root().memory(0, 0x1000);
            for (unsigned i = 0; i < depth; i++) {
                builder.begin(i == 0 ? name : "y");
            }
            for (unsigned i = 0; i < depth; i++) {
                builder.end();
            }
            EXPECT_EQ(Boot(builder.end()).code,
                      depth <= uk::devicetree::kMaxDepth ? Errno::ok : Errno::inval)
                << depth;
        }
    }
}

TEST(Boot, RefusesStructuresThatDoNotEndWell) {
    Builder good;
    good.root().memory(0, 0x1000).end();
    for (size_t cut = 4; cut < good.structure.size(); cut += 4) {
        Builder builder = good;
        builder.structure.resize(builder.structure.size() - cut);
        EXPECT_EQ(Boot(builder).code, Errno::inval) << cut;
    }
    Builder more = good;
    more.begin("second").end();
    EXPECT_EQ(Boot(more).code, Errno::inval);
    Builder unknown;
    unknown.root().memory(0, 0x1000);
    unknown.structure += word(5);
    EXPECT_EQ(Boot(unknown.end()).code, Errno::inval);
    Builder early;
    early.root().memory(0, 0x1000);
    early.structure += word(9);
    EXPECT_EQ(Boot(early.end()).code, Errno::inval);
    EXPECT_EQ(Boot(Builder()).code, Errno::inval);
}

TEST(Boot, RefusesSizesAndNamesBeyondTheirBlocks) {
    for (uint32_t size : {~0U, ~0U - 3, ~0U - 15, 0x80000000U, 400U}) {
        for (const char* where : {"memory", "chosen", "other"}) {
            Builder builder;
            builder.root().memory(0, 0x1000).begin(where);
            builder.structure += words({3, size, 0, 7});
            EXPECT_EQ(Boot(builder.end().end()).code, Errno::inval) << size << where;
        }
    }
    for (uint32_t name : {~0U, 0x80000000U, 100U}) {
        Builder builder;
        builder.root().memory(0, 0x1000).begin("chosen");
        builder.structure += words({3, 4, name, 7});
        EXPECT_EQ(Boot(builder.end().end()).code, Errno::inval) << name;
    }
    Builder cut; // the last name has no NUL, and no room to be what it looks like
    cut.root().memory(0, 0x1000).begin("chosen").property("bootargs", text("x")).end().end();
    cut.strings.pop_back();
    EXPECT_EQ(Boot(cut).command_line(), "");
}

TEST(Tree, ChecksItsHeader) {
    Builder builder;
    std::string good = builder.root().memory(0, 0x1000).end().bytes();
    EXPECT_TRUE(Placed(good).open().ok());
    auto changed = [&](size_t field, uint32_t value) {
        std::string bytes = good;
        bytes.replace(field * 4, 4, word(value));
        return Boot(bytes).code;
    };
    auto size = static_cast<uint32_t>(good.size());
    // Magic, total size, structure, strings, reservations, version, compatible, -, two sizes.
    EXPECT_EQ(changed(0, 0xedfe0dd0), Errno::inval);
    EXPECT_EQ(changed(1, size - 1), Errno::inval);
    EXPECT_EQ(changed(1, 0), Errno::inval);
    EXPECT_EQ(changed(1, (2U << 20) + 1), Errno::inval);
    for (size_t offset : {size_t{2}, size_t{3}, size_t{4}}) {
        for (uint32_t value : {0U, 36U, size, size - 4, ~0U, 0x7fffffffU, ~0U - 7}) {
            EXPECT_EQ(changed(offset, value), Errno::inval) << offset << " " << value;
        }
    }
    EXPECT_EQ(changed(2, 58), Errno::inval);
    EXPECT_EQ(changed(4, 44), Errno::inval);
    EXPECT_EQ(changed(5, 16), Errno::inval);
    EXPECT_EQ(changed(5, 18), Errno::ok);
    EXPECT_EQ(changed(6, 18), Errno::inval);
    EXPECT_EQ(changed(8, size), Errno::inval);
    for (uint32_t value : {0U, 4U, 8U, 3U, size, ~0U - 3}) {
        EXPECT_EQ(changed(9, value), Errno::inval) << value;
    }
    for (size_t cut = 1; cut <= good.size(); cut++) {
        EXPECT_FALSE(Placed(good.substr(0, good.size() - cut)).open().ok());
    }
    std::string shifted = "1234" + good;
    EXPECT_EQ(Tree::open(Placed(shifted).span().subspan(4)).code(), Errno::inval);
}

TEST(Tree, KnowsItsSizeWithoutTheRoomBehindIt) {
    Builder builder;
    builder.root().memory(0, 0x1000).end();
    std::string tight = builder.bytes();
    std::string roomy = builder.bytes(100'000);
    EXPECT_EQ(tree_size(tight.data()), tight.size());
    EXPECT_EQ(tree_size(roomy.data()), tight.size());
    Boot cut(roomy.substr(0, tight.size()));
    EXPECT_EQ(cut.code, Errno::ok);
    EXPECT_EQ(cut.ranges(), "0+1000 usable;");
    roomy[0] = 0;
    EXPECT_EQ(tree_size(roomy.data()), 0u);
    EXPECT_EQ(tree_size(builder.bytes(3U << 20).data()), 0u);
}

// Every token and name cut off by the end of the bytes, at every word.
TEST(Boot, NeverReadsBeyondTheStructure) {
    Builder good;
    good.root().memory(0, 0x1000).begin("chosen").property("bootargs", text("a b"));
    good.property("#size-cells", word(1)).end().begin("a-name-of-some-length@0").end();
    good.begin("memory@of-some-more-length-than-24").end().end();
    good.structure += word(9);
    EXPECT_EQ(Boot(good.bytes_structure_last()).code, Errno::ok);
    for (size_t cut = 4; cut < good.structure.size(); cut += 4) {
        Builder builder = good;
        builder.structure.resize(builder.structure.size() - cut);
        EXPECT_EQ(Boot(builder.bytes_structure_last()).code, Errno::inval) << cut;
    }
    Builder no_end;
    no_end.root().memory(0, 0x1000).end().nop().nop();
    EXPECT_EQ(Boot(no_end.bytes_structure_last()).code, Errno::inval);
}

TEST(Boot, SurvivesEveryDamagedByte) {
    Builder builder;
    builder.reserve(0x1000, 0x100).root().memory(0x40000000, 0x4000000);
    builder.begin("chosen").property("bootargs", text("a b c")).end().begin("x").end().end();
    const std::string good = builder.bytes();
    std::mt19937 random(7);
    for (size_t at = 0; at < good.size(); at++) {
        for (int value : {0, 1, 2, 3, 4, 9, 0x7f, 0x80, 0xff}) {
            std::string bytes = good;
            bytes[at] = static_cast<char>(value);
            (void)Boot(bytes);
            bytes[random() % bytes.size()] = static_cast<char>(random());
            (void)Boot(bytes);
        }
    }
}

} // namespace
