// SPDX-License-Identifier: BSD-3-Clause
// Host tests of the window: which addresses it gives out, and that a commit happens wholly or not
// at all, whichever request for a frame or a table fails.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <vector>

#include "machine.hpp"
#include <uk/fakes/effort.hpp>
#include <uk/fakes/pages.hpp>
#include <uk/vmem/window.hpp>

namespace {

using namespace uk;
using namespace uk::vmem;
using namespace uk::vmem::tests;

constexpr uint64_t kPage = kPageSize;

// Frames are pages of a store that scatters them if asked to; tables are counted apart.
struct TestBackend {
    using Lock = FakeLock;
    fakes::PageStore* frames;
    pagetable::PageTable<pagetable::X86Codec, Tables>* table;

    Result<void*> take_run(size_t pages) { return frames->allocate(pages); }
    void give_run(void* run, size_t pages) { frames->free(run, pages); }
    static Paddr paddr(void* run) { return Paddr{reinterpret_cast<uintptr_t>(run)}; }
    static void* pointer(Paddr frame) { return reinterpret_cast<void*>(frame.value()); }
    Result<> map(Vaddr page, Paddr frame, Protection protection) {
        return table->map(page, frame, protection);
    }
    void unmap(std::span<const VirtRange> ranges, const PageSink& taken) {
        table->unmap(ranges, taken);
    }
    PageEntry find(Vaddr page) { return table->find(page); }
    [[nodiscard]] static uint64_t memory_size() { return 1024 * kPage; }
};
static_assert(WindowBackend<TestBackend>);

using TestWindow = Window<TestBackend, 100>;
constexpr uint64_t kUnit = TestWindow::kUnit;
constexpr VirtRange kAll{Vaddr{0x10'0000'1000}, 101 * kUnit};

class WindowTest : public ::testing::TestWithParam<fakes::PageStore::Order> {
  public:
    Store store; // of tables
    fakes::PageStore frames{1024, GetParam()};
    Paddr root = store.take().take();
    pagetable::PageTable<pagetable::X86Codec, Tables> table{root, Tables{&store}};
    FakeLock lock;
    TestWindow window{{&frames, &table}, lock};

    WindowTest() { window.init(kAll); }
    ~WindowTest() override {
        EXPECT_EQ(frames.live_pages(), 0u);
        EXPECT_EQ(window.committed_bytes(), 0u);
        EXPECT_EQ(store.frames.size(), 1u) << "tables are lost";
        store.give(root);
    }
    Vaddr reserve(uint64_t size, uint64_t align = kUnit, uint64_t offset = 0) {
        Result<Vaddr> at = window.reserve(size, align, offset);
        EXPECT_TRUE(at.ok());
        return at.ok() ? at.value() : Vaddr{};
    }
    // Which of `pages` pages from `start` on have a frame of their own that can be written.
    std::vector<uint64_t> frames_of(Vaddr start, size_t pages) {
        std::vector<uint64_t> found(pages);
        for (size_t i = 0; i < pages; i++) {
            PageEntry entry = table.find(start + i * kPage);
            found[i] = entry.used ? entry.frame.value() : 0;
            if (entry.used) {
                EXPECT_TRUE(entry.protection == kReadWrite);
            }
        }
        return found;
    }
};

TEST_P(WindowTest, GivesOutWholeUnitsInsideItsRange) {
    EXPECT_EQ(window.range().start, kAll.start.align_up(kUnit));
    EXPECT_EQ(window.range().size, 100 * kUnit);
    Vaddr first = reserve(1);
    EXPECT_EQ(first, window.range().start);
    Vaddr second = reserve(kUnit + 1);
    EXPECT_EQ(second, first + kUnit);
    EXPECT_EQ(reserve(kUnit), first + 3 * kUnit);
    window.release(second, kUnit + 1);
    EXPECT_EQ(reserve(3 * kUnit), first + 4 * kUnit);
    EXPECT_EQ(reserve(2 * kUnit), second);
    EXPECT_EQ(window.reserve(94 * kUnit).code(), Errno::nomem);
    EXPECT_EQ(reserve(93 * kUnit), first + 7 * kUnit);
    EXPECT_EQ(window.reserve(1).code(), Errno::nomem);
}

TEST_P(WindowTest, AlignsWhatLiesBehindAnOffset) {
    Vaddr at = reserve(kUnit, 16 * kUnit, 3 * kUnit);
    EXPECT_TRUE((at + 3 * kUnit).is_aligned(16 * kUnit));
    EXPECT_TRUE(reserve(kUnit, 32 * kUnit).is_aligned(32 * kUnit));
}

TEST_P(WindowTest, RefusesNonsense) {
    EXPECT_EQ(window.reserve(0).code(), Errno::inval);
    EXPECT_EQ(window.reserve(1, 3 * kUnit).code(), Errno::inval);
    EXPECT_EQ(window.reserve(~uint64_t{0}).code(), Errno::nomem);
    EXPECT_EQ(window.reserve(1, uint64_t{1} << 63).code(), Errno::nomem);
    Vaddr at = reserve(100 * kUnit);
    EXPECT_EQ(window.commit(at, 100 * kUnit).code(), Errno::nomem);
    EXPECT_EQ(frames.requests(), 0u) << "more than all RAM is not worth trying";
}

TEST_P(WindowTest, EachFailureLeavesAllAsItWas) {
    Vaddr at = reserve(kUnit);
    for (size_t table_fails = 0; table_fails < 2; table_fails++) {
        for (size_t k = 1;; k++) {
            ASSERT_TRUE(window.commit(at + 40 * kPage, 9 * kPage).ok());
            ASSERT_TRUE(window.commit(at + 60 * kPage, kPage).ok());
            *static_cast<uint64_t*>(TestBackend::pointer(table.find(at + 60 * kPage).frame)) =
                0x1234'5000;
            const std::vector<uint64_t> before = frames_of(at, 600);
            store.requests = 0;
            store.fail_at = table_fails != 0 ? k : 0;
            frames.fail_at(table_fails != 0 ? 0 : k);
            Result<> done = window.commit(at, 520 * kPage); // needs a second table
            const bool failed = table_fails != 0 ? store.requests >= k : frames.failed();
            store.fail_at = 0;
            frames.fail_at(0);
            if (done.ok()) {
                EXPECT_EQ(window.committed_bytes(), 520 * kPage);
            } else {
                EXPECT_EQ(done.code(), Errno::nomem);
                EXPECT_EQ(frames_of(at, 600), before);
                EXPECT_EQ(window.committed_bytes(), 10 * kPage);
            }
            EXPECT_TRUE(table.find(at + 60 * kPage).used);
            window.decommit(at, kUnit);
            EXPECT_EQ(window.committed_bytes(), 0u);
            if (!failed) {
                break;
            }
            ASSERT_LT(k, 1000u);
        }
    }
}

TEST_P(WindowTest, NoMemoryIsAnErrorAndGivesAllBack) {
    Vaddr at = reserve(kUnit);
    EXPECT_EQ(window.commit(at, 1025 * kPage).code(), Errno::nomem);
    ASSERT_TRUE(window.commit(at + kPage, 300 * kPage).ok());
    EXPECT_EQ(window.commit(at, 1024 * kPage).code(),
              GetParam() == fakes::PageStore::Order::adjacent ? Errno::ok : Errno::nomem);
    window.release(at, kUnit);
}

// Against a plain list of what must be committed.
TEST_P(WindowTest, RandomOperations) {
    constexpr size_t kPages = 200;
    std::mt19937 random(7);
    Vaddr at = reserve(kUnit);
    std::vector<bool> wanted(kPages, false);
    for (unsigned i = 0; i < uk::fakes::effort(3000); i++) {
        const size_t first = random() % kPages;
        const size_t count = 1 + random() % (kPages - first);
        const bool commit = random() % 2 != 0;
        const std::vector<uint64_t> before = frames_of(at, kPages);
        if (commit) {
            ASSERT_TRUE(window.commit(at + first * kPage, count * kPage).ok());
        } else {
            window.decommit(at + first * kPage, count * kPage);
        }
        std::fill_n(wanted.begin() + static_cast<ptrdiff_t>(first), count, commit);
        const std::vector<uint64_t> after = frames_of(at, kPages);
        for (size_t page = 0; page < kPages; page++) {
            ASSERT_EQ(after[page] != 0, wanted[page]);
            if (before[page] != 0 && after[page] != 0) {
                ASSERT_EQ(before[page], after[page]) << "a page lost its contents";
            }
        }
        ASSERT_EQ(window.committed_bytes(), frames.live_pages() * kPage);
    }
    window.release(at, kUnit);
}

INSTANTIATE_TEST_SUITE_P(Frames, WindowTest,
                         ::testing::Values(fakes::PageStore::Order::adjacent,
                                           fakes::PageStore::Order::scattered));

} // namespace
