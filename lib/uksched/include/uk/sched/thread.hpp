// SPDX-License-Identifier: BSD-3-Clause
// Thread: what there is to know about one, and what it costs while it waits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <uk/base/atomic.hpp>
#include <uk/base/list.hpp>
#include <uk/base/rbtree.hpp>
#include <uk/base/ref.hpp>
#include <uk/config.hpp>
#include <uk/hal/context.hpp>
#include <uk/hal/cpus.hpp>
#include <uk/sched/deadline_queue.hpp>
#include <uk/sched/policy.hpp>
#include <uk/sched/waits_for.hpp>

namespace uk {

// What the thread's function returns, or gives to exit(), is what join() gives.
using ThreadEntry = void* (*)(void* argument);

struct ThreadOptions {
    const char* name = "thread";          // copied; cut after 15 characters; not null
    size_t stack_bytes = 0;               // rounded up to pages; 0: the configured default
    unsigned priority = kDefaultPriority; // below kThreadPriorities
    uint64_t affinity = ~uint64_t{0};     // bit n: may run on CPU n
    uint64_t policy_word = 0;             // means what the scheduler says; see set_policy_word()
    bool service = false; // works for others: not counted, the image may end without it
};

enum class ThreadState : uint8_t {
    ready,    // on its CPU, or in its run queue
    parked,   // until unpark(), or its deadline
    sleeping, // until its deadline
    exited,   // for ever
};
const char* thread_state_name(ThreadState state);

enum class Wake : uint8_t { unparked, timed_out };

// Memory of a stack that grows down from base + size.
struct ThreadStack {
    char* base = nullptr;
    size_t size = 0;
};

namespace detail {
struct NoHead {};
// What the machine keeps for each thread, where there are several CPUs.
using MaybeHead = std::conditional_t<(hal::kMostCpus > 1), hal::ThreadHead, NoHead>;
} // namespace detail

// Counted: a handle from create() is one reference, the running thread holds another. Dropping the
// handle without join() detaches. The last reference is dropped in thread context, never under a
// spinning lock, and frees the object. All that is private is guarded by the run-queue lock of the
// thread's CPU.
class Thread : public detail::MaybeHead, public Runnable {
  public:
    static constexpr size_t kNameSize = 16;
    static constexpr size_t kSlots = 8;

    constexpr Thread() = default;
    Thread(const Thread&) = delete;
    Thread& operator=(const Thread&) = delete;

    [[nodiscard]] const char* name() const { return name_; }
    // Cut after 15 characters. A report that reads it meanwhile may show a mixture.
    void set_name(const char* name);
    [[nodiscard]] bool is_service() const { return service_; }
    // A glance from outside: may be wrong by the time it is looked at.
    [[nodiscard]] ThreadState state() const { return state_; }
    [[nodiscard]] unsigned cpu() const { return cpu_.load_relaxed(); }
    [[nodiscard]] uint64_t affinity() const { return affinity_; }
    [[nodiscard]] const WaitsFor& waits_for() const { return waits_for_; }

    void ref_retain() { refs_.fetch_add_relaxed(1); }
    void ref_release() {
        if (refs_.fetch_sub_acq_rel(1) == 1)
            destroy_(*this);
    }

    // The thread's own; nobody else looks at these.
    void* slots[kSlots] = {};             // thread-local data of imported C below the C edge
    int c_errno = 0;                      // errno, for a libc that keeps it here
    void* user = nullptr;                 // the libc's or the application's thread object
    const LockWord* blocked_on = nullptr; // uklock's, under LIBUKLOCK_CHECK
#ifdef CONFIG_LIBUKTLS
    void* thread_pointer = nullptr; // to its thread-local variables; null: it has none
#endif
#ifdef CONFIG_LIBUKSCHED_IDS
    uint32_t id = 0; // of a thread that create() has returned, and of the first: 1
#endif
#ifdef CONFIG_LIBUKSCHED_EDGE
    // lib/syscall_shim's: whether the thread is inside a system call, which its own code and the
    // interrupts above it look at; what waits for it at the edge, set by anybody.
    bool in_kernel = false;
    Atomic<uint32_t> edge_work{0};
    void* signals = nullptr; // the signal library's
#endif

  private:
    template <class, class>
    friend class Scheduler;
    template <class>
    friend class SingleThread;
    // The one that is never freed: a reference more than anybody drops.
    constexpr explicit Thread(const char* name) : refs_(1) {
        for (size_t i = 0; i + 1 < kNameSize && name[i] != '\0'; i++)
            name_[i] = name[i];
    }

    hal::Context context_;
    ThreadState state_ = ThreadState::ready;
    bool permit_ = false; // unpark() came while the thread did not wait
    bool timed_out_ = false;
    bool done_ = false; // result_ is there
    bool service_ = false;
    uint16_t arrival_ = 0; // as how many-eth it came to its CPU
    Atomic<uint32_t> refs_{0};
    Atomic<unsigned> cpu_{0};
    uint64_t deadline_ = kNever;
    RbNode<Thread> sleep_node_;
    ThreadStack stack_;
    void* kernel_stack_ = nullptr; // its top, which is that of stack_
    uint64_t start_irqs_ = 0;      // the IrqState that its creator had
    ThreadEntry entry_ = nullptr;
    void* argument_ = nullptr;
    void* result_ = nullptr;
    Thread* joiner_ = nullptr; // a counted reference
    WaitsFor waits_for_;
    uint64_t affinity_ = ~uint64_t{0};
    ListNode<Thread> exited_node_;
    ListNode<Thread> all_node_;
    void* scheduler_ = nullptr;
    void (*destroy_)(Thread& thread) = nullptr;
    char name_[kNameSize] = {};

  public:
    using Sleepers = DeadlineQueue<&Thread::sleep_node_, &Thread::deadline_>;
    using Exited = List<&Thread::exited_node_>;
    using All = List<&Thread::all_node_>;
};

#ifdef CONFIG_LIBUKSCHED_EDGE
// Defined by who selects LIBUKSCHED_EDGE, called by the scheduler in thread context: the calling
// thread creates `thread`, which nobody knows yet (false when there is no memory); the calling
// thread ends, and runs no code of the application any more.
[[nodiscard]] bool edge_thread_made(Thread& thread);
void edge_thread_ends();
#endif

// Logs every thread of the list: name, state, what it waits for. Reads without locks: for reports
// of a system that has stopped.
void report_threads(const Thread::All& threads);

} // namespace uk
