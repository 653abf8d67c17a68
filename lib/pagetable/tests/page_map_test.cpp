// SPDX-License-Identifier: BSD-3-Clause
// Host tests of the walker by itself: which entry is written where, and that none is overwritten.
#include <array>
#include <vector>

#include <uk/pagetable/page_map.hpp>

#include "codecs.hpp"

namespace {

using namespace uk;
using namespace uk::pagetable;
using namespace uk::pagetable::tests;

// Frame n is tables[n - 1].
struct Frames {
    struct alignas(64) Table : std::array<uint64_t, kEntries> {};
    std::vector<std::unique_ptr<Table>> tables;
    size_t most = 16;
    size_t published = 0;

    Frames() { (void)take(); }
    Result<Paddr> take() {
        if (tables.size() == most) {
            return Errno::nomem;
        }
        tables.push_back(std::make_unique<Table>());
        return Paddr{tables.size() * kPageSize};
    }
    uint64_t* table(Paddr frame) { return tables.at(frame.page_number() - 1)->data(); }
    void publish() { published++; }
};

constexpr Paddr kRoot{kPageSize};
constexpr Vaddr kBase{0xffff'8000'0000'0000};

template <class C>
class PageMapTest : public ::testing::Test {
  public:
    static constexpr uint64_t kBits = C::attributes(kRam);
    Frames frames;
    PageMap<C, Frames> map{kRoot, frames, C::kBiggestPage};

    // Maps all of the range, step by step.
    Errno map_all(Vaddr to, PhysRange range, uint64_t attributes = kBits) {
        while (!range.empty()) {
            auto step = map.map_some(to, range, attributes);
            if (!step.ok()) {
                return step.code();
            }
            EXPECT_GT(step.value().size, 0u);
            EXPECT_LE(step.value().size, range.size);
            to += step.value().size;
            range = {range.start + step.value().size, range.size - step.value().size};
        }
        return Errno::ok;
    }
};
TYPED_TEST_SUITE(PageMapTest, Codecs, CodecName);

TYPED_TEST(PageMapTest, WritesOneEntryForAPageUnderNewTables) {
    using C = TypeParam;
    const Paddr page{0x12'3456'7000};
    ASSERT_EQ(this->map_all(kBase + page.value(), {page, kPageSize}), Errno::ok);
    ASSERT_EQ(this->frames.tables.size(), C::kLevels);
    uint64_t* table = this->frames.table(kRoot);
    for (unsigned level = C::kLevels; level > 1; level--) {
        size_t index = (kBase + page.value()).value() >> level_shift(level) & 511;
        EXPECT_EQ(table[index], C::table(Paddr{(6 - level) * kPageSize}));
        table = this->frames.table(C::address(table[index]));
    }
    EXPECT_EQ(table[0x167], C::page(page, 1, this->kBits));
    EXPECT_EQ(std::count(table, table + kEntries, 0u), 511);
    EXPECT_EQ(this->frames.published, 1u);
}

// `count` pages from entry `first` of a table on, of which number `used` is mapped before.
template <class C>
void fill_part(size_t first, size_t count, size_t used) {
    constexpr uint64_t kBits = C::attributes(kRam);
    Frames frames;
    PageMap<C, Frames> map(kRoot, frames, 2);
    const PhysRange range{Paddr{k2M + first * kPageSize}, count * kPageSize};
    if (used < count) {
        const Paddr page = range.start + used * kPageSize;
        ASSERT_TRUE(map.map_some(kBase + page.value(), {page, kPageSize}, kBits).ok());
    }
    size_t steps = 0;
    for (PhysRange todo = range; !todo.empty(); steps++) {
        auto step = map.map_some(kBase + todo.start.value(), todo, kBits);
        ASSERT_TRUE(step.ok());
        todo = {todo.start + step.value().size, todo.size - step.value().size};
    }
    EXPECT_LE(steps, 3u);
    for (size_t i = 0; i < kEntries; i++) {
        Mapping found = map.lookup(kBase + k2M + i * kPageSize);
        const bool inside = i >= first && i < first + count;
        ASSERT_EQ(found.size != 0, inside) << i;
        ASSERT_TRUE(!inside || found.address.value() == k2M + i * kPageSize) << i;
    }
}

// Whatever the start, the end and what is in the way: each entry becomes its own page.
TYPED_TEST(PageMapTest, FillsAnyPartOfATable) {
    for (size_t first : {0, 1, 6, 7, 8, 9, 500, 511}) {
        for (size_t count : {1, 2, 7, 8, 9, 15, 16, 17, 31, 505, 512}) {
            for (size_t used : {0, 1, 3, 7, 8, 12, 100, 600}) {
                SCOPED_TRACE(::testing::Message() << first << " " << count << " " << used);
                if (first + count <= kEntries) {
                    fill_part<TypeParam>(first, count, used);
                }
            }
        }
    }
}

TYPED_TEST(PageMapTest, RefusesAnotherMapping) {
    const PhysRange page{Paddr{k2M}, k2M};
    ASSERT_EQ(this->map_all(kBase, page), Errno::ok);
    EXPECT_EQ(this->map_all(kBase, page), Errno::ok) << "the same again";
    EXPECT_EQ(this->map_all(kBase + kPageSize, {Paddr{k2M + kPageSize}, kPageSize}), Errno::ok)
        << "a part of it";
    EXPECT_EQ(this->map_all(kBase, {Paddr{2 * k2M}, k2M}), Errno::exist) << "other memory";
    EXPECT_EQ(this->map_all(kBase + kPageSize, {Paddr{0}, kPageSize}), Errno::exist)
        << "a page that would start below address 0";
    for (Protection other : {Protection{}, kDevice, Protection{.write = true, .execute = true}}) {
        EXPECT_EQ(this->map_all(kBase, page, TypeParam::attributes(other)), Errno::exist);
    }
}

// What a later owner of the tables keeps in entries that map nothing is safe.
TYPED_TEST(PageMapTest, NeverOverwritesAnEntryThatMapsNothing) {
    constexpr uint64_t kMark = 0x1234'5600'0000'0000; // neither page nor table
    ASSERT_EQ(this->map_all(kBase + k2M, {Paddr{k2M}, kPageSize}), Errno::ok);
    uint64_t* lowest = this->frames.table(Paddr{TypeParam::kLevels * kPageSize});
    lowest[9] = kMark;
    EXPECT_EQ(this->map_all(kBase + k2M, {Paddr{k2M}, 32 * kPageSize}), Errno::exist);
    EXPECT_EQ(lowest[9], kMark);
    EXPECT_NE(lowest[8], 0u);
    EXPECT_EQ(lowest[10], 0u);
    EXPECT_EQ(this->map.lookup(kBase + k2M + 9 * kPageSize).size, 0u);
}

TYPED_TEST(PageMapTest, AMappingKeepsItsProtection) {
    Vaddr to = kBase;
    for (Protection p : {Protection{}, kRam, kDevice, Protection{.execute = true}}) {
        ASSERT_EQ(this->map_all(to, {Paddr{k1G}, k1G + k2M + kPageSize}, TypeParam::attributes(p)),
                  Errno::ok);
        for (uint64_t offset : {uint64_t{0}, k1G, k1G + k2M}) {
            Mapping found = this->map.lookup(to + offset + 7);
            EXPECT_EQ(found.address.value(), k1G + offset + 7);
            EXPECT_EQ(found.protection, p);
            EXPECT_EQ(found.size, offset == 0 ? k1G : offset == k1G ? k2M : kPageSize);
        }
        to += 4 * k1G;
    }
}

TYPED_TEST(PageMapTest, SaysWhenThereAreNoTables) {
    this->frames.most = TypeParam::kLevels - 1;
    EXPECT_EQ(this->map_all(kBase, {Paddr{k2M}, kPageSize}), Errno::nomem);
    EXPECT_EQ(this->map.lookup(kBase).size, 0u);
}

} // namespace
