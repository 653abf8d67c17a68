// SPDX-License-Identifier: BSD-3-Clause
// Host tests of page tables that change: against a map of pages, over a processor that remembers
// translations for as long as it may.
#include <algorithm>
#include <map>
#include <random>
#include <set>

#include <uk/fakes/effort.hpp>
#include <uk/pagetable/page_table.hpp>

#include "codecs.hpp"

namespace {

using namespace uk;
using namespace uk::pagetable;
using namespace uk::pagetable::tests;

constexpr Paddr kRoot{0x1000};

// A processor that sees what was published, keeps what it once saw, and drops it when told.
struct Cpu {
    struct alignas(64) Table : std::array<uint64_t, kEntries> {};
    std::map<uint64_t, std::unique_ptr<Table>> tables;
    std::map<uint64_t, PageEntry> remembered; // its TLB
    std::set<uint64_t> told;                  // forget() without forgotten() yet
    std::set<uint64_t> code;                  // frames whose bytes can be fetched
    uint64_t next = 0x2000;
    size_t most = 1000;
    bool published = true;
    size_t flushes = 0; // how often all had to forget

    Cpu() { tables[kRoot.value()] = std::make_unique<Table>(); }
    Result<Paddr> take() {
        if (tables.size() > most) {
            return Errno::nomem;
        }
        tables[next] = std::make_unique<Table>();
        next += kPageSize;
        return Paddr{next - kPageSize};
    }
    void give(Paddr frame) {
        EXPECT_TRUE(told.empty()) << "a table is given back before all processors forgot it";
        for (uint64_t entry : *tables.at(frame.value())) {
            EXPECT_EQ(entry, 0u);
        }
        tables.erase(frame.value());
    }
};

template <class C>
struct Machine {
    Cpu* cpu;
    Result<Paddr> take() const { return cpu->take(); }
    void give(Paddr frame) const { cpu->give(frame); }
    uint64_t* table(Paddr frame) const {
        cpu->published = false;
        return cpu->tables.at(frame.value())->data();
    }
    void publish() const { cpu->published = true; }
    void forget(VirtRange range) const {
        EXPECT_TRUE(cpu->published) << "it could remember the old entry again";
        EXPECT_LE(range.size, uint64_t{1} << level_shift(2)) << "a walk of this length";
        for (Vaddr page = range.start; page < range.end(); page += kPageSize) {
            cpu->told.insert(page.value());
        }
    }
    void forgotten() const {
        cpu->flushes++;
        for (uint64_t page : cpu->told) {
            cpu->remembered.erase(page);
        }
        cpu->told.clear();
    }
    void code(Paddr frame) const { cpu->code.insert(frame.value()); }
};

template <class C>
class PageTableTest : public ::testing::Test {
  public:
    Cpu cpu;
    PageTable<C, Machine<C>> table{kRoot, Machine<C>{&cpu}};
    std::map<uint64_t, PageEntry> model;

    void map(uint64_t page, uint64_t frame, Protection protection) {
        Result<> done = table.map(Vaddr{page}, Paddr{frame}, protection);
        if (model.contains(page)) {
            EXPECT_EQ(done.code(), Errno::exist);
        } else if (done.ok()) {
            model[page] = {true, Paddr{frame}, protection};
        } else {
            EXPECT_EQ(done.code(), Errno::nomem);
        }
    }
    void unmap(VirtRange range) { unmap_all({{range}}); }
    void unmap_all(std::vector<VirtRange> ranges) {
        const size_t before = cpu.flushes;
        bool any = false;
        Vaddr last{};
        auto taken = [&](Vaddr page, Paddr frame) {
            EXPECT_TRUE(cpu.told.empty()) << "a frame is handed on before all have forgotten it";
            EXPECT_FALSE(cpu.remembered.contains(page.value()));
            EXPECT_TRUE(ranges.size() > 1 || page > last || !any);
            ASSERT_TRUE(model.contains(page.value()));
            EXPECT_EQ(model[page.value()].frame, frame);
            model.erase(page.value());
            last = page;
            any = true;
        };
        table.unmap(ranges, PageSink(taken));
        EXPECT_EQ(cpu.flushes - before, any ? 1u : 0u);
        for (VirtRange range : ranges) {
            auto left = model.lower_bound(range.start.value());
            ASSERT_TRUE(left == model.end() || left->first >= range.end().value());
        }
    }
    void protect(VirtRange range, Protection protection) {
        table.protect(range, protection);
        for (auto at = model.lower_bound(range.start.value());
             at != model.end() && at->first < range.end().value(); ++at) {
            at->second.protection = protection;
        }
    }
    // The processor looks at a page, and remembers what it found unless that faults.
    void touch(uint64_t page) {
        PageEntry entry = table.find(Vaddr{page});
        if (entry.used && entry.protection.read) {
            cpu.remembered[page] = entry;
        }
    }
    void expect_same() {
        for (const auto& [page, entry] : model) {
            PageEntry found = table.find(Vaddr{page});
            ASSERT_TRUE(found.used);
            ASSERT_EQ(found.frame, entry.frame);
            ASSERT_EQ(found.protection, entry.protection);
            ASSERT_TRUE(!entry.protection.execute || cpu.code.contains(entry.frame.value()));
        }
        for (const auto& [page, entry] : cpu.remembered) {
            ASSERT_TRUE(model.contains(page)) << "the processor remembers what is gone";
            ASSERT_EQ(model[page].frame, entry.frame);
            ASSERT_EQ(model[page].protection, entry.protection);
        }
    }
};
TYPED_TEST_SUITE(PageTableTest, Codecs, CodecName);

constexpr VirtRange kHalf{Vaddr{0}, uint64_t{1} << 47};

TYPED_TEST(PageTableTest, TablesComeAndGoWithPages) {
    this->map(0x40'0000, 0x7000, kRam);
    EXPECT_EQ(this->cpu.tables.size(), TypeParam::kLevels);
    this->map(0x40'1000, 0x8000, kRam);
    EXPECT_EQ(this->cpu.tables.size(), TypeParam::kLevels);
    this->map(kHalf.end().value() - kPageSize, 0x9000, kRam);
    this->unmap({Vaddr{0x40'0000}, kPageSize});
    EXPECT_EQ(this->cpu.tables.size(), 2 * TypeParam::kLevels - 1);
    this->unmap(kHalf);
    EXPECT_EQ(this->cpu.tables.size(), 1u);
    EXPECT_TRUE(this->model.empty());
}

TYPED_TEST(PageTableTest, WithoutATableNothingHappens) {
    for (size_t most = 1; most < TypeParam::kLevels; most++) {
        this->cpu.most = most - 1;
        EXPECT_EQ(this->table.map(Vaddr{0x40'0000}, Paddr{0x7000}, kRam).code(), Errno::nomem);
        EXPECT_EQ(this->cpu.tables.size(), 1u);
        EXPECT_FALSE(this->table.find(Vaddr{0x40'0000}).used);
    }
}

TYPED_TEST(PageTableTest, APageHasOneFrame) {
    this->map(0x40'0000, 0x7000, kRam);
    this->map(0x40'0000, 0x8000, kRam);
    this->protect({Vaddr{0x40'0000}, kPageSize}, kHidden);
    this->map(0x40'0000, 0x8000, kRam);
    this->expect_same();
}

// However many pages, tables and ranges: all processors are asked once, and not for nothing.
TYPED_TEST(PageTableTest, OneUnmapIsOneFlush) {
    const uint64_t far = 0x2345'6780'0000;
    for (uint64_t i = 0; i < 1200; i++) {
        this->map(0x40'0000 + i * kPageSize, (i + 1) * kPageSize, kRam);
        this->map(far + i * kPageSize, (5000 + i) * kPageSize, kRam);
    }
    this->unmap_all({{Vaddr{far}, 1200 * kPageSize}, {Vaddr{0}, 0x40'0000 + 600 * kPageSize}});
    EXPECT_EQ(this->cpu.flushes, 1u);
    this->unmap_all({{Vaddr{far}, 1200 * kPageSize}, {Vaddr{0}, 0x40'0000}});
    EXPECT_EQ(this->cpu.flushes, 1u);
    EXPECT_EQ(this->model.size(), 600u);
    this->protect(kHalf, kHidden);
    EXPECT_EQ(this->cpu.flushes, 2u);
    this->unmap_all({kHalf, kHalf}); // the second time there is nothing left
    EXPECT_EQ(this->cpu.tables.size(), 1u);
}

// What stays hidden is not taken for what is on its way out.
TYPED_TEST(PageTableTest, HiddenPagesKeepTheirTable) {
    this->map(0x40'0000, 0x7000, kHidden);
    this->map(0x40'1000, 0x8000, kRam);
    this->unmap({Vaddr{0x40'1000}, kPageSize});
    EXPECT_EQ(this->cpu.tables.size(), TypeParam::kLevels);
    this->expect_same();
    this->unmap({Vaddr{0x40'0000}, kPageSize});
    EXPECT_EQ(this->cpu.tables.size(), 1u);
}

// Random pages in few tables and in many, in all orders; the processor looks at any time.
TYPED_TEST(PageTableTest, KeepsToItsModel) {
    std::mt19937_64 random(11);
    auto page = [&] {
        uint64_t area = random() % 4 * 0x2345'6780'0000;
        return (area + random() % 1200 * kPageSize) % kHalf.end().value() & ~0xfffULL;
    };
    auto range = [&] {
        uint64_t start = page();
        uint64_t size = (1 + random() % (random() % 4 == 0 ? 1500 : 40)) * kPageSize;
        return VirtRange{Vaddr{start}, std::min(size, kHalf.end().value() - start)};
    };
    auto protection = [&] {
        return Protection{
            .write = random() % 2 == 0, .execute = random() % 4 == 0, .read = random() % 4 != 0};
    };
    for (unsigned i = 0; i < uk::fakes::effort(20'000); i++) {
        unsigned what = random() % 16;
        if (what < 11) {
            this->map(page(), (1 + random() % 100000) * kPageSize, protection());
        } else if (what < 13) {
            std::vector<VirtRange> ranges(random() % 4 == 0 ? 1 + random() % 5 : 1);
            std::generate(ranges.begin(), ranges.end(), range);
            this->unmap_all(ranges);
        } else if (what < 15) {
            this->protect(range(), protection());
        } else {
            this->cpu.most = random() % 3 == 0 ? this->cpu.tables.size() : 1000;
        }
        this->touch(page());
        if (i % 64 == 0) {
            this->expect_same();
        }
        ASSERT_FALSE(this->HasFatalFailure());
    }
    this->unmap(kHalf);
    EXPECT_TRUE(this->model.empty());
    EXPECT_TRUE(this->cpu.remembered.empty());
    EXPECT_EQ(this->cpu.tables.size(), 1u);
}

} // namespace
