// SPDX-License-Identifier: BSD-3-Clause
// CoopPolicy: one queue, first come first served; nobody is switched unasked.
#pragma once

#include <uk/sched/policy.hpp>

namespace uk {

// Contract: SchedPolicy. All O(1). Priorities are kept but do not count.
class CoopPolicy {
  public:
    static constexpr bool kPreempts = false;

    constexpr CoopPolicy() = default;

    void enqueue(Runnable& thread, Why /*why*/) { ready_.push_back(thread); }
    Runnable* pick() { return ready_.pop_front(); }
    Runnable* rotate(Runnable& thread) { return ready_.empty() ? nullptr : ready_.rotate(thread); }
    void remove(Runnable& thread) { ready_.erase(thread); }
    void set_priority(Runnable& thread, unsigned priority) {
        thread.priority = static_cast<uint8_t>(priority);
    }
    [[nodiscard]] bool preempts(const Runnable& /*woken*/, const Runnable& /*running*/) const {
        return false;
    }
    [[nodiscard]] uint64_t slice_ns(const Runnable& /*thread*/) const { return kNoSlice; }
    [[nodiscard]] bool empty() const { return ready_.empty(); }

  private:
    List<&Runnable::run_node> ready_;
};

static_assert(SchedPolicy<CoopPolicy>);

} // namespace uk
