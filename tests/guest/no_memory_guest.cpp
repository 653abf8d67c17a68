// SPDX-License-Identifier: BSD-3-Clause
// The machine has no frames left, then one, two and so on until everything succeeds: each lack of
// memory on the way is an answer, and whoever fails gives back what he had.
#include <uk/alloc/heap.hpp>
#include <uk/config.hpp>
#include <uk/falloc/frame_allocator.hpp>
#include <uk/sched.hpp>
#include <uk/string.h>
#include <uk/test.hpp>
#include <uk/vmem.hpp>

namespace {

using uk::Errno;
using uk::kPageSize;
using uk::Vaddr;

constexpr size_t kMostPages = 400;

// All frames that there are; some of them are given back, one after the other.
class Frames {
  public:
    Frames() {
        for (uk::Result<void*> run = uk::falloc::allocate_run(1); run.ok();
             run = uk::falloc::allocate_run(1)) {
            auto* frame = static_cast<Frame*>(run.value());
            frame->before = last_;
            last_ = frame;
        }
    }
    ~Frames() {
        while (last_ != nullptr)
            give_one();
    }
    // The latest are neighbours of each other, so they make runs.
    void give_one() {
        Frame* frame = last_;
        last_ = frame->before;
        uk::falloc::free_run(frame, 1);
    }

  private:
    struct Frame {
        Frame* before;
    };
    Frame* last_ = nullptr;
};

// What belongs to nobody or to the heap, and what of that is somebody's block.
struct Held {
    uint64_t frames;
    size_t blocks;
    uint64_t areas;

    friend bool operator==(const Held&, const Held&) = default;
};

Held held() {
    (void)uk::heap::trim();
    const uk::HeapStats heap = uk::heap::stats();
    return {uk::falloc::stats().free_bytes + heap.total_bytes, heap.total_bytes - heap.free_bytes,
            uk::vmem::stats().areas};
}

bool g_other_error = false;

bool good(bool ok, Errno code) {
    g_other_error = g_other_error || (!ok && code != Errno::nomem);
    return ok;
}

void* fill(void* block) {
    memset(block, 1, 20'000);
    return block;
}

bool use_threads(void* block) {
    if constexpr (uk::cfg::libuksched_threads) {
        // Stacks of another size are kept for nobody.
        uk::Result<uk::Ref<uk::Thread>> made =
            uk::sched::create({.name = "poor", .stack_bytes = 6 * kPageSize}, fill, block);
        if (!good(made.ok(), made.code()))
            return false;
        uk::Ref<uk::Thread> thread = made.take();
        const uk::Result<void*> result = uk::sched::join(*thread);
        return result.ok() && result.value() == block;
    }
    fill(block);
    return true;
}

bool use_addresses() {
    constexpr size_t kBytes = 12 * kPageSize;
    uk::Result<Vaddr> made = uk::vmem::map({.size = kBytes, .name = "poor", .populate = true});
    if (!good(made.ok(), made.code()))
        return false;
    const Vaddr base = made.value();
    memset(base.as<char>(), 1, kBytes);
    // A hole cuts the area, which takes another one.
    uk::Result<> cut = uk::vmem::unmap(base + 4 * kPageSize, kPageSize);
    uk::Result<> rest = uk::vmem::unmap(base, kBytes);
    return good(cut.ok(), cut.code()) && good(rest.ok(), rest.code());
}

// False: there was not enough memory for one of them.
bool use_memory() {
    void* block = uk::heap::allocate(20'000);
    if (block == nullptr)
        return false;
    bool done = use_threads(block) && use_addresses();
    if (void* longer = uk::heap::reallocate(block, 200'000))
        block = longer;
    else
        done = false;
    uk::heap::deallocate(block);
    return done;
}

// The idle thread frees threads that have ended, in its own time.
Held held_in_the_end(const Held& wanted) {
    Held now = held();
    for (int tries = 0; tries < 500 && now != wanted; tries++) {
        uk::sched::sleep_for(1'000'000);
        now = held();
    }
    return now;
}

} // namespace

UK_TEST(each_lack_of_memory_is_an_answer_and_loses_nothing)
{
    if (strcmp(uk::heap::name(), "region") == 0)
        UK_TEST_SKIP("this heap never frees");
    if (uk::falloc::stats().total_bytes > uint64_t{1} << 30)
        UK_TEST_SKIP("taking all memory takes too long");
    UK_TEST_ASSERT(use_memory()); // what is made once is there
    uk::sched::sleep_for(20'000'000);
    g_other_error = false;
    size_t pages = 0;
    {
        (void)uk::heap::trim();
        Frames frames;
        Held all = held();
        for (bool done = false; !done && pages < kMostPages; pages++) {
            done = use_memory();
            const Held now = held_in_the_end(all);
            UK_TEST_EXPECT_EQ(now.frames, all.frames);
            UK_TEST_EXPECT_EQ(now.blocks, all.blocks);
            UK_TEST_EXPECT_EQ(now.areas, all.areas);
            frames.give_one();
            all.frames += kPageSize;
        }
    }
    UK_TEST_EXPECT(!g_other_error);
    UK_TEST_EXPECT(pages > 8); // less where frames come back in one piece
    UK_TEST_EXPECT(pages < kMostPages);
}
