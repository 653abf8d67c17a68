// SPDX-License-Identifier: BSD-3-Clause
// Heap, frames and caches behind their locks, used by threads that stand for CPUs: ThreadSanitizer
// sees whether the locks are where they must be, HeldRanks whether their order is right.
#include <cstdlib>
#include <cstring>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <uk/alloc/counted_heap.hpp>
#include <uk/alloc/locked_heap.hpp>
#include <uk/alloctlsf/tlsf_heap.hpp>
#include <uk/fakes/ram.hpp>
#include <uk/falloc/slot_binding.hpp>
#include <uk/fallocbuddy/buddy_frame_allocator.hpp>

namespace {

using uk::LockRank;

struct Cpu {
    int preempt_count = 0;
    uk::HeldRanks held;
};
thread_local Cpu t_cpu;

struct Smp {
    using IrqState = int;
    static constexpr bool kManyCpus = true;
    static constexpr bool kPreempts = true;
    static constexpr bool kChecks = true;
    static int irq_save() { return 0; }
    static void irq_restore(int /*state*/) {}
    static void relax() { std::this_thread::yield(); }
    static void preempt_disable() { t_cpu.preempt_count++; }
    static void preempt_enable() { t_cpu.preempt_count--; }
    static const void* this_cpu() { return &t_cpu; }
    static void rank_push(LockRank rank) { t_cpu.held.push(rank); }
    static void rank_pop(LockRank rank) { t_cpu.held.pop(rank); }
};

using Caches = uk::BasicReclaimList<Smp>;
template <LockRank kRank>
using Lock = uk::BasicSpinlock<Smp, kRank>;

struct Machine {
    uk::fakes::RamStore ram{4 << 20};
    uk::BuddyFrameAllocator<uk::fakes::Ram> frames{uk::fakes::Ram{&ram}};
    Lock<LockRank::frames> lock;
    Caches caches;

    Machine() { EXPECT_TRUE(frames.add_range({uk::Paddr{0}, 4 << 20}).ok()); }
    uk::Result<void*> allocate(size_t pages);
    void free(void* run, size_t pages) {
        uk::LockGuard guard(lock);
        frames.free_run(run, pages);
    }
};
Machine* g_machine;

Caches& caches() {
    return g_machine->caches;
}
uk::Result<void*> Machine::allocate(size_t pages) {
    return uk::falloc::allocate(frames, lock, ::caches, pages);
}

struct Pages {
    uk::Result<void*> allocate_pages(size_t pages) { return g_machine->allocate(pages); }
    void free_pages(void* run, size_t pages) { g_machine->free(run, pages); }
};
using Heap = uk::LockedHeap<uk::CountedHeap<uk::TlsfHeap<Pages>>, Lock<LockRank::heap>>;

// Keeps one run until it is asked.
class Cache final : public uk::Reclaimer {
  public:
    void keep(void* run) {
        uk::LockGuard guard(lock_);
        if (run_ != nullptr)
            g_machine->free(run_, 1);
        run_ = run;
    }
    size_t reclaim(size_t /*bytes*/) override {
        EXPECT_FALSE(g_machine->allocate(4000).ok()) << "never asked from within";
        uk::LockGuard guard(lock_);
        if (run_ == nullptr)
            return 0;
        g_machine->free(std::exchange(run_, nullptr), 1);
        return uk::kPageSize;
    }

  private:
    Lock<LockRank::cache> lock_;
    void* run_ = nullptr;
};

// What one CPU does to the heap, the frames and its cache; every byte of its blocks is its own.
class Worker {
  public:
    Worker(Heap& heap, int cpu) : heap_(heap), cpu_(cpu), seed_(static_cast<unsigned>(cpu) + 1) {}

    void run() {
        EXPECT_TRUE(g_machine->caches.add(cache_).ok());
        for (int i = 0; i < 3000; i++) {
            if (i % 16 == 0) {
                uk::Result<void*> run = g_machine->allocate(1);
                if (run.ok())
                    cache_.keep(run.value());
            }
            if (random(2) == 0 || blocks_.empty())
                take();
            else
                give();
        }
        while (!blocks_.empty())
            give();
        EXPECT_TRUE(g_machine->caches.remove(cache_).ok());
        cache_.keep(nullptr);
        EXPECT_EQ(t_cpu.preempt_count, 0);
        EXPECT_EQ(t_cpu.held.count(), 0u);
    }

  private:
    struct Block {
        unsigned char* bytes;
        size_t size;
    };

    unsigned random(unsigned below) { return static_cast<unsigned>(rand_r(&seed_)) % below; }
    void take() {
        const size_t size = 1 + random(random(8) == 0 ? 100'000 : 2000);
        auto* bytes = static_cast<unsigned char*>(heap_.allocate(size));
        if (bytes == nullptr) { // all of RAM is taken, which happens
            if (!blocks_.empty())
                give();
            return;
        }
        memset(bytes, cpu_ + 1, size);
        blocks_.push_back({bytes, size});
    }
    void give() {
        std::swap(blocks_[random(static_cast<unsigned>(blocks_.size()))], blocks_.back());
        const Block block = blocks_.back();
        blocks_.pop_back();
        for (size_t at = 0; at < block.size; at++)
            ASSERT_EQ(block.bytes[at], cpu_ + 1);
        EXPECT_GE(heap_.usable_size(block.bytes), block.size);
        heap_.deallocate(block.bytes);
    }

    Heap& heap_;
    const int cpu_;
    unsigned seed_;
    Cache cache_;
    std::vector<Block> blocks_;
};

TEST(Threads, ShareHeapFramesAndCaches) {
    Machine machine;
    g_machine = &machine;
    Heap heap;
    std::vector<std::thread> cpus;
    for (int cpu = 0; cpu < 4; cpu++)
        cpus.emplace_back([&heap, cpu] { Worker(heap, cpu).run(); });
    for (std::thread& cpu : cpus)
        cpu.join();
    EXPECT_TRUE(heap.verify());
    EXPECT_GT(heap.stats().allocations, 1000u);
    EXPECT_EQ(heap.stats().live_blocks(), 0u);
    EXPECT_EQ(heap.stats().used_bytes, 0u);
    heap.trim();
    EXPECT_EQ(heap.stats().total_bytes, 0u);
    const uk::FrameStats stats = machine.frames.stats();
    EXPECT_LE(stats.total_bytes - stats.free_bytes, 8 * uk::kPageSize) << "bookkeeping";
    g_machine = nullptr;
}

} // namespace
