// SPDX-License-Identifier: BSD-3-Clause
// The machine's real frames: all are taken, written and given back, and are all there again.
#include <uk/falloc/dma.hpp>
#include <uk/falloc/frame_allocator.hpp>
#include <uk/falloc/reclaim.hpp>
#include <uk/test.hpp>

namespace {

struct Chain {
    Chain* next;
    uintptr_t self; // what another owner of the same frame would overwrite
};

// Takes single frames until there are none; each carries the link to the one before.
Chain* take_all(size_t& count) {
    Chain* chain = nullptr;
    for (count = 0;; count++) {
        uk::Result<void*> run = uk::falloc::allocate_run(1);
        if (!run.ok())
            return chain;
        auto* frame = static_cast<Chain*>(run.value());
        frame->next = chain;
        frame->self = reinterpret_cast<uintptr_t>(frame);
        chain = frame;
    }
}

// How many frames still say who they are.
size_t give_all(Chain* chain) {
    size_t good = 0;
    while (chain) {
        Chain* next = chain->next;
        good += chain->self == reinterpret_cast<uintptr_t>(chain) ? 1 : 0;
        uk::falloc::free_run(chain, 1);
        chain = next;
    }
    return good;
}

class OneFrame final : public uk::Reclaimer {
  public:
    size_t reclaim(size_t /*bytes*/) override {
        if (!frame)
            return 0;
        uk::falloc::free_run(frame, 1);
        frame = nullptr;
        return uk::kPageSize;
    }
    void* frame = nullptr;
};

constinit OneFrame g_cache;

} // namespace

UK_TEST(all_frames_can_be_taken_and_come_back)
{
    size_t first = 0;
    size_t second = 0;
    Chain* chain = take_all(first); // opens all RAM
    UK_TEST_EXPECT_EQ(give_all(chain), first);
    const uk::FrameStats before = uk::falloc::stats();
    UK_TEST_EXPECT_EQ(before.unopened_bytes, 0u);
    UK_TEST_EXPECT_EQ(before.free_bytes, first * uk::kPageSize);
    chain = take_all(second);
    UK_TEST_EXPECT_EQ(uk::falloc::stats().free_bytes, 0u);
    UK_TEST_EXPECT_EQ(give_all(chain), second);
    UK_TEST_EXPECT_EQ(second, first);
    const uk::FrameStats after = uk::falloc::stats();
    UK_TEST_EXPECT_EQ(after.free_bytes, before.free_bytes);
    uk::Result<void*> largest = uk::falloc::allocate_run(before.largest_free_pages);
    UK_TEST_ASSERT(largest.ok()); // merged again
    uk::falloc::free_run(largest.value(), before.largest_free_pages);
}

UK_TEST(a_cache_gives_frames_before_enomem)
{
    UK_TEST_ASSERT(uk::falloc::reclaim_list().add(g_cache).ok());
    size_t count = 0;
    g_cache.frame = uk::falloc::allocate_run(1).take();
    Chain* chain = take_all(count);
    UK_TEST_EXPECT(g_cache.frame == nullptr);
    UK_TEST_EXPECT_EQ(give_all(chain), count);
    UK_TEST_EXPECT(uk::falloc::reclaim_list().remove(g_cache).ok());
}

UK_TEST(dma_runs_have_the_address_of_the_device)
{
    uk::Result<uk::DmaRun> run = uk::falloc::allocate_dma({.bytes = 20000, .align = 16384});
    UK_TEST_ASSERT(run.ok());
    UK_TEST_EXPECT_EQ(run.value().pages, 5u);
    UK_TEST_EXPECT(run.value().address.is_aligned(16384));
    UK_TEST_EXPECT(uk::hal::direct_map(uk::Paddr{run.value().address.value()}) ==
                   run.value().memory);
    uk::falloc::free_dma(run.value());
}
