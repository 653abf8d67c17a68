// SPDX-License-Identifier: BSD-3-Clause
// Lock ranks: the one order in which spinning locks may be taken, and the check of it.
#pragma once

#include <cstddef>
#include <cstdint>

#include <uk/assert.h>

namespace uk {

// A CPU that holds a lock may only take locks of ranks further down this list. Locks of one rank
// are never held together. docs/threads.md says why each stands where it does.
enum class LockRank : uint8_t {
    subsystem,   // libraries above core
    file_pages,  // the pages of one file; allocates while it holds its lock
    thread_list, // the list of all threads
    stacks,      // stacks kept for the next thread
    heap_list,   // the register of heaps
    heap,        // a heap; takes frames while it holds its lock
    page_tables, // of the application's half; takes frames while it holds its lock
    reclaim,     // the list of caches that are asked for frames
    cache,       // such a cache; gives frames back while it holds its lock
    frames,      // the frame allocator
    timer,       // timers that are not a thread's own
    futex,       // waiters of futexes; wakes threads while it holds its lock
    futex_next,  // the same, where two of them are needed
    wait_queue,  // waiters of one queue; wakes threads while it holds its lock
    ready,       // what of an epoll is ready
    run_queue,   // the threads of one CPU, their states and deadlines
    irq_lines,   // who wants which interrupt; drivers mask lines under their locks
    log,         // may be written to under any of the above
    console,
};

constexpr const char* lock_rank_name(LockRank rank) {
    constexpr const char* kNames[] = {"subsystem",  "file_pages", "thread_list", "stacks",
                                      "heap_list",  "heap",       "page_tables", "reclaim",
                                      "cache",      "frames",     "timer",       "futex",
                                      "futex_next", "wait_queue", "ready",       "run_queue",
                                      "irq_lines",  "log",        "console"};
    return kNames[static_cast<unsigned>(rank)];
}

// The ranks that one CPU holds now. Only that CPU touches it, with preemption disabled or
// interrupts off; a handler may come in between any two instructions, and leaves it as it was.
// Taking out of order panics and names both ranks.
class HeldRanks {
  public:
    void push(LockRank rank) {
        for (size_t i = 0; i < count_; i++) {
            if (ranks_[i] != kNone && ranks_[i] >= code(rank))
                UK_PANIC("lock order: %s is taken while %s is held", lock_rank_name(rank),
                         lock_rank_name(LockRank{static_cast<uint8_t>(ranks_[i] - 1)}));
        }
        UK_VERIFY(count_ < kMost);
        set_count(count_ + 1); // first, or a handler would write to the same place
        ranks_[count_ - 1] = code(rank);
    }

    // Locks may be given back in any order.
    void pop(LockRank rank) {
        for (size_t i = count_; i-- > 0;) {
            if (ranks_[i] != code(rank))
                continue;
            for (; i + 1 < count_; i++)
                ranks_[i] = ranks_[i + 1];
            ranks_[i] = kNone;
            set_count(count_ - 1);
            return;
        }
        UK_PANIC("lock of rank %s is given back but not held", lock_rank_name(rank));
    }

    [[nodiscard]] size_t count() const { return count_; }

  private:
    // A handler writes above the count, and leaves kNone there.
    void set_count(size_t count) {
        __atomic_signal_fence(__ATOMIC_SEQ_CST);
        count_ = count;
        __atomic_signal_fence(__ATOMIC_SEQ_CST);
    }

    static constexpr uint8_t kNone = 0;
    static constexpr uint8_t code(LockRank rank) { return static_cast<uint8_t>(rank) + 1; }

    static constexpr size_t kMost = static_cast<size_t>(LockRank::console) + 1;
    uint8_t ranks_[kMost] = {}; // code() of each
    size_t count_ = 0;
};

} // namespace uk
