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
        count_++;
    }
    Runnable* pick() {
        if (filled_ == 0)
            return nullptr;
        Runnable* first = ready_[log2_floor(filled_)].front();
        remove(*first);
        return first;
    }
    void remove(Runnable& thread) {
        auto& queue = ready_[thread.priority];
        queue.erase(thread);
        if (queue.empty())
            filled_ &= ~(1U << thread.priority);
        count_--;
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
    [[nodiscard]] size_t count() const { return count_; }

  private:
    uint32_t filled_ = 0; // bit n: ready_[n] is not empty
    size_t count_ = 0;
    List<&Runnable::run_node> ready_[kThreadPriorities];
};

static_assert(SchedPolicy<PrioPolicy> && kThreadPriorities == 32);

} // namespace uk
