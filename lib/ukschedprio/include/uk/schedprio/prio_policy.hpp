// SPDX-License-Identifier: BSD-3-Clause
// PrioPolicy: the most urgent thread runs; equals take turns.
#pragma once

#include <uk/base/bits.hpp>
#include <uk/sched/policy.hpp>

namespace uk {

// Contract: SchedPolicy. One queue for each priority and a word that tells which are not empty: all
// O(1). A thread that had to stop keeps its place before its equals; one whose slice is over, or
// that yields, goes behind them.
class PrioPolicy {
  public:
    static constexpr bool kPreempts = true;
    static constexpr uint64_t kSliceNs = 10'000'000;

    constexpr PrioPolicy() = default;

    void enqueue(Runnable& thread, Why why) {
        auto& queue = ready_[thread.priority];
        if (why == Why::preempted)
            queue.push_front(thread);
        else
            queue.push_back(thread);
        filled_ |= 1U << thread.priority;
    }
    Runnable* pick() {
        if (filled_ == 0)
            return nullptr;
        const unsigned priority = log2_floor(filled_);
        Runnable* first = ready_[priority].pop_front();
        if (ready_[priority].empty())
            filled_ &= ~(1U << priority);
        return first;
    }
    Runnable* rotate(Runnable& thread) {
        const uint32_t candidates = filled_ >> thread.priority;
        if (candidates == 1) [[likely]] // only equals
            return ready_[thread.priority].rotate(thread);
        if (candidates == 0)
            return nullptr;
        enqueue(thread, Why::expired);
        return pick();
    }
    void remove(Runnable& thread) {
        auto& queue = ready_[thread.priority];
        queue.erase(thread);
        if (queue.empty())
            filled_ &= ~(1U << thread.priority);
    }
    void set_priority(Runnable& thread, unsigned priority) {
        if (thread.priority == priority)
            return;
        remove(thread);
        thread.priority = static_cast<uint8_t>(priority);
        enqueue(thread, Why::woken);
    }
    [[nodiscard]] bool preempts(const Runnable& woken, const Runnable& running) const {
        return woken.priority > running.priority;
    }
    // Without an equal that waits there is nobody to take turns with.
    [[nodiscard]] uint64_t slice_ns(const Runnable& thread) const {
        return (filled_ >> thread.priority & 1) != 0 ? kSliceNs : kNoSlice;
    }
    [[nodiscard]] bool empty() const { return filled_ == 0; }

  private:
    uint32_t filled_ = 0; // bit n: ready_[n] is not empty
    List<&Runnable::run_node> ready_[kThreadPriorities];
};

static_assert(SchedPolicy<PrioPolicy> && kThreadPriorities == 32);

} // namespace uk
