// SPDX-License-Identifier: BSD-3-Clause
// What a scheduling policy is: who runs next on one CPU. Everything else is the scheduler's.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>

#include <uk/base/list.hpp>
#include <uk/base/rbtree.hpp>

namespace uk {

inline constexpr unsigned kThreadPriorities = 32; // 0 to 31; the larger is the more urgent
inline constexpr unsigned kDefaultPriority = 16;

inline constexpr uint64_t kNoSlice = ~uint64_t{0};

// All that a policy sees of a thread. A Runnable is in at most one run queue, linked there by one
// of the nodes; priority and policy_word change only as SchedPolicy says.
struct Runnable {
    ListNode<Runnable> run_node;    // for policies that keep lists
    RbNode<Runnable> run_tree_node; // for policies that keep threads in order
    uint8_t priority = kDefaultPriority;
    // What the application tells the policy about the thread, a deadline for example; its policy
    // says what it means. 0 where nothing was said.
    uint64_t policy_word = 0;

    [[nodiscard]] bool is_queued() const {
        return run_node.is_linked() || run_tree_node.is_linked();
    }
};

// Why a thread can run now.
enum class Why : uint8_t {
    created,
    woken,     // it had waited
    preempted, // it had to stop before its slice was over
    expired,   // it has used up its slice
};

// The run queue of one CPU: the threads that could run but do not. Every function is called with
// the lock of that queue held and interrupts off: none may block or allocate, and all are O(1) or
// O(log n). A policy is a plain class without global state; slot.cpp makes it the image's
// (<uk/sched/provider.hpp>), and <uk/sched/conformance.hpp> tests it.
template <class P>
concept SchedPolicy = requires(P& p, const P& cp, Runnable& r, const Runnable& cr, Why why,
                               unsigned priority) {
    // Threads may be switched unasked: a woken one may preempt, slices end.
    requires std::same_as<decltype(P::kPreempts), const bool>;
    // Puts a thread in, which is in no queue.
    { p.enqueue(r, why) } -> std::same_as<void>;
    // Takes the thread out that is to run next; null when there is none.
    { p.pick() } -> std::same_as<Runnable*>;
    // The running thread yields: takes the thread out that runs instead, and puts `r` in behind its
    // equals; null, and `r` stays out, when it may go on. The same as enqueue and pick, but
    // quicker.
    { p.rotate(r) } -> std::same_as<Runnable*>;
    // Takes out a thread that is in this queue.
    { p.remove(r) } -> std::same_as<void>;
    // Changes the priority of a thread that is in this queue.
    { p.set_priority(r, priority) } -> std::same_as<void>;
    // Whether `cr`, in this queue, should run at once instead of another that runs.
    { cp.preempts(cr, cr) } -> std::same_as<bool>;
    // How long a thread may run while others wait, in nanoseconds; kNoSlice: as long as it likes.
    { cp.slice_ns(cr) } -> std::same_as<uint64_t>;
    { cp.empty() } -> std::same_as<bool>;
};

} // namespace uk
