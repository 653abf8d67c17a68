// SPDX-License-Identifier: BSD-3-Clause
// Private: what this library keeps for each thread. It is what Thread::user points to.
#pragma once

#include <pthread.h>

#include <uk/alloc/heap.hpp>

#include "face.hpp"
#include "keys.hpp"

namespace uk::pthread {

struct HeapMemory {
    static void* allocate(size_t size) { return heap::allocate(size); }
    static void deallocate(void* block) { heap::deallocate(block); }
};
using Keys = KeyTable<Spinlock<LockRank::subsystem>, PTHREAD_KEYS_MAX>;
using Values = KeyValues<Keys, HeapMemory>;
extern constinit Keys g_keys;

// A pthread_t is the address of one. Counted: the thread itself, who may still join it, and who
// creates it meanwhile.
struct Control {
    // What may still be done with a pthread_t.
    enum Handle : uint32_t { joinable, being_joined, detached };

    Atomic<Thread*> thread{nullptr}; // a counted reference, as soon as it runs or create() has it
    void* (*start)(void*) = nullptr;
    void* argument = nullptr;
    void* result = nullptr;
    Completion ended{"thread"};
    Atomic<uint32_t> references{0};
    Atomic<uint32_t> handle{joinable};
    int policy = SCHED_OTHER;
    int priority = 0;

    // The thread's own.
    bool ending = false;
    bool cancel_disabled = false;
    const char* stack_end = nullptr;
    size_t stack_size = 0;
    __pthread_cleanup* cleanup = nullptr;
    Values values;

    Atomic<bool> cancel_wanted{false};
    Atomic<bool> at_point{false}; // in a cancellation point

    void release();
};

// That of the calling thread; one that pthread_create() has not made gets one now.
Control& adopt();
inline Control& self() {
    void* known = sched::current().user;
    return known != nullptr ? *static_cast<Control*>(known) : adopt();
}
inline Control& control_of(pthread_t thread) {
    return *reinterpret_cast<Control*>(thread);
}
inline pthread_t handle_of(Control& control) {
    return reinterpret_cast<pthread_t>(&control);
}
// The thread of a handle.
Thread& thread_of(pthread_t thread);

// Ends the calling thread.
[[noreturn]] void end(Control& me, void* result);

// Between the two the calling thread is in a cancellation point: a request to end makes waits give
// up with EINTR, after which act_on_cancel() is for the caller. One that came before acts at once.
void enter_point(Control& me);
void leave_point(Control& me);
inline bool is_cancelled(const Control& me) {
    return me.cancel_wanted.load_relaxed() && !me.cancel_disabled;
}
// Ends the thread if it is to.
void act_on_cancel(Control& me);

class CancellationPoint {
  public:
    explicit CancellationPoint(Control& me) : me_(me) { enter_point(me); }
    ~CancellationPoint() { leave_point(me_); }
    CancellationPoint(const CancellationPoint&) = delete;
    CancellationPoint& operator=(const CancellationPoint&) = delete;

  private:
    Control& me_;
};

} // namespace uk::pthread
