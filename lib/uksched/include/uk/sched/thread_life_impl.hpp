// SPDX-License-Identifier: BSD-3-Clause
// Scheduler: which threads there are. From create() to the last reference. Included by
// scheduler.hpp only.
#pragma once

#include <bit>
#include <new>

#include <uk/base/address.hpp>
#include <uk/base/bits.hpp>
#include <uk/sched/scheduler.hpp>

namespace uk {

template <class M, class P>
void Scheduler<M, P>::adopt(Thread& thread, const char* name, unsigned cpu) {
    thread.set_name(name);
    thread.cpu_.store_relaxed(cpu);
    thread.refs_.store_relaxed(2); // one is never dropped: it is no heap block
    thread.scheduler_ = this;
    thread.destroy_ = free_thread;
}

template <class M, class P>
void Scheduler<M, P>::start(const char* name, ThreadStack idle_stack, void* kernel_stack) {
    const unsigned number = M::cpu();
    Cpu& cpu = cpus_[number];
    adopt(first_, name, number);
    adopt(cpu.idle, "idle", number);
    cpu.idle.priority = 0;
    cpu.idle.context_ = M::context_make(idle_stack.base + (idle_stack.size - M::kKernelStackBytes),
                                        start_idle, this);
    cpu.idle.kernel_stack_ = idle_stack.base + idle_stack.size;
    first_.kernel_stack_ = kernel_stack;
    if constexpr (M::kKernelStackBytes != 0) {
        const IrqState irqs = M::irq_save();
        M::set_kernel_stack(kernel_stack);
        M::irq_restore(irqs);
    }
    cpu.running = &first_;
    show(cpu, first_);
    M::set_current(first_);
    online_.fetch_or_release(uint64_t{1} << number);
    LockGuard guard(list_lock_);
    give_id(first_);
    all_.push_back(first_);
    thread_count_++;
}

template <class M, class P>
void Scheduler<M, P>::run_cpu(void* kernel_stack) {
    const unsigned number = M::cpu();
    Cpu& cpu = cpus_[number];
    adopt(cpu.idle, "idle", number);
    cpu.idle.priority = 0;
    cpu.idle.kernel_stack_ = kernel_stack;
    if constexpr (M::kKernelStackBytes != 0) {
        const IrqState irqs = M::irq_save();
        M::set_kernel_stack(kernel_stack);
        M::irq_restore(irqs);
    }
    cpu.running = &cpu.idle;
    M::set_current(cpu.idle);
    online_.fetch_or_release(uint64_t{1} << number);
    idle_loop();
}

template <class M, class P>
Result<> Scheduler<M, P>::check_affinity(uint64_t affinity) const {
    if ((affinity & (kMany ? online_.load_acquire() : 1)) == 0)
        return Errno::inval;
    return ok();
}

// A stack and an object that nobody knows yet.
template <class M, class P>
Result<Thread*> Scheduler<M, P>::make_thread(const ThreadOptions& options) {
    constexpr size_t kMost = size_t{1} << 30;
    const size_t wanted = options.stack_bytes == 0 ? M::kStackBytes : options.stack_bytes;
    if (wanted > kMost)
        return Errno::nomem;
    ThreadStack stack = UK_TRY(stacks_.get(align_up(wanted, kPageSize) + kUpper, options.name));
    void* memory = M::allocate(sizeof(Thread));
    if (memory == nullptr) {
        stacks_.put(stack);
        return Errno::nomem;
    }
    if constexpr (M::kStackChecks)
        stack_mark(stack);
    auto* thread = ::new (memory) Thread;
    thread->service_ = options.service;
    if (!M::locals_make(*thread)) {
        M::deallocate(thread);
        stacks_.put(stack);
        return Errno::nomem;
    }
    thread->stack_ = stack;
    thread->kernel_stack_ = stack.base + stack.size;
    return thread;
}

template <class M, class P>
Result<Ref<Thread>> Scheduler<M, P>::create(const ThreadOptions& options, ThreadEntry entry,
                                            void* argument) {
    if (options.priority >= kThreadPriorities || options.name == nullptr || entry == nullptr)
        return Errno::inval;
    UK_TRY(check_affinity(options.affinity));
    free_exited();
    Thread& thread = *UK_TRY(make_thread(options));
    thread.set_name(options.name);
    thread.priority = static_cast<uint8_t>(options.priority);
    thread.policy_word = options.policy_word;
    thread.affinity_ = options.affinity;
    thread.cpu_.store_relaxed(0);
    thread.refs_.store_relaxed(2); // the handle's and its own
    thread.entry_ = entry;
    thread.argument_ = argument;
    thread.scheduler_ = this;
    thread.destroy_ = free_thread;
    thread.context_ = M::context_make(top_of(thread.stack_), start_thread, &thread);
    {
        LockGuard guard(list_lock_);
        give_id(thread);
        all_.push_back(thread);
        thread_count_ += options.service ? 0 : 1;
    }
    const IrqState irqs = M::irq_save();
    static_assert(sizeof(irqs) <= sizeof(thread.start_irqs_));
    __builtin_memcpy(&thread.start_irqs_, &irqs, sizeof(irqs));
    if constexpr (kMany)
        thread.cpu_.store_relaxed(choose(thread.affinity_, M::cpu()));
    Cpu& cpu = lock_home(thread);
    make_ready(cpu, thread, Why::created);
    unlock(cpu);
    M::irq_restore(irqs);
    after_wake();
    return Ref<Thread>::adopt(thread);
}

// Where a new thread starts: like every other that comes out of context_switch().
template <class M, class P>
void Scheduler<M, P>::start_thread(void* argument) {
    auto& self = *static_cast<Thread*>(argument);
    auto& scheduler = *static_cast<Scheduler*>(self.scheduler_);
    IrqState irqs;
    __builtin_memcpy(&irqs, &self.start_irqs_, sizeof(irqs));
    scheduler.unlock(scheduler.here());
    M::irq_restore(irqs);
    scheduler.exit(self.entry_(self.argument_));
}

template <class M, class P>
void Scheduler<M, P>::start_idle(void* argument) {
    auto& scheduler = *static_cast<Scheduler*>(argument);
    scheduler.unlock(scheduler.here());
    scheduler.idle_loop();
    UK_UNREACHABLE();
}

template <class M, class P>
void Scheduler<M, P>::exit(void* result) {
    Thread& self = M::current();
    M::locals_end();
    free_exited(); // so that threads which only exit leave at most one behind them
    IrqState irqs = M::irq_save();
    Cpu& cpu = lock_home(self);
    self.result_ = result;
    self.done_ = true;
    Thread* joiner = self.joiner_;
    self.joiner_ = nullptr;
    cpu.lock.unlock_irqs_off();
    M::irq_restore(irqs);
    if (joiner != nullptr) {
        unpark(*joiner);
        joiner->ref_release();
    }
    bool last = false;
    {
        LockGuard guard(list_lock_);
        all_.erase(self);
        thread_count_ -= self.service_ ? 0 : 1;
        last = thread_count_ == 0;
    }
    if (last)
        M::last_thread_exited();
    irqs = M::irq_save();
    Cpu& home = here();
    home.lock.lock_irqs_off();
    self.state_ = ThreadState::exited;
    home.exited.push_back(self); // freed under this lock, which our successor releases
    switch_from(home, self);
    UK_UNREACHABLE();
}

// Whether `thread` joins `self`, or one that joins it, and so on. Each thread has one joiner and is
// the joiner of one, so the way ends or comes back to `self` by `thread`. Whoever asks is already
// somebody's joiner: of those who close a circle the last one sees all of it.
template <class M, class P>
bool Scheduler<M, P>::is_joined_by(Thread& self, const Thread& thread) {
    for (Thread* at = &self;;) {
        const IrqState irqs = M::irq_save();
        Cpu& cpu = lock_home(*at);
        Thread* joiner = at->joiner_;
        if (joiner != nullptr)
            joiner->ref_retain();
        cpu.lock.unlock_irqs_off();
        M::irq_restore(irqs);
        if (at != &self)
            at->ref_release();
        if (joiner == nullptr)
            return false;
        if (joiner == &thread) {
            joiner->ref_release();
            return true;
        }
        at = joiner;
    }
}

// The joiner is counted while the thread knows it: it may give up and go just when it is woken.
template <class M, class P>
Result<void*> Scheduler<M, P>::join(Thread& thread, uint64_t deadline) {
    Thread& self = M::current();
    if (&thread == &self)
        return Errno::deadlk;
    bool circle = false;
    for (bool leave = false;;) {
        const IrqState irqs = M::irq_save();
        Cpu& cpu = lock_home(thread);
        const bool done = thread.done_;
        void* result = thread.result_;
        const bool mine = thread.joiner_ == &self;
        const bool other = thread.joiner_ != nullptr && !mine;
        bool give_up = false;
        if (!done && !other) {
            give_up = leave && mine;
            if (!mine)
                self.ref_retain();
            thread.joiner_ = give_up ? nullptr : &self;
        }
        cpu.lock.unlock_irqs_off();
        M::irq_restore(irqs);
        if (done)
            return result;
        if (other)
            return Errno::inval;
        if (give_up) {
            self.ref_release();
            return circle ? Errno::deadlk : Errno::timedout;
        }
        circle = !mine && is_joined_by(self, thread);
        leave = circle || park(deadline, {"exit", &thread}) == Wake::timed_out;
    }
}

// Frees what exited threads of this CPU have left. Thread context, or idle.
template <class M, class P>
void Scheduler<M, P>::free_exited() {
    for (;;) {
        const IrqState irqs = M::irq_save();
        Cpu& cpu = here();
        cpu.lock.lock_irqs_off();
        Thread* thread = cpu.exited.pop_front();
        cpu.lock.unlock_irqs_off();
        M::irq_restore(irqs);
        if (thread == nullptr)
            return;
        free_what_left(*thread);
    }
}

// The same of all CPUs.
template <class M, class P>
void Scheduler<M, P>::free_all_exited() {
    if constexpr (!kMany)
        return free_exited();
    for (Cpu& cpu : cpus_) {
        for (;;) {
            const IrqState irqs = cpu.lock.lock();
            Thread* thread = cpu.exited.pop_front();
            cpu.lock.unlock(irqs);
            if (thread == nullptr)
                break;
            free_what_left(*thread);
        }
    }
}

template <class M, class P>
void Scheduler<M, P>::free_thread(Thread& thread) {
    thread.~Thread();
    M::deallocate(&thread);
}

template <class M, class P>
void Scheduler<M, P>::deadlock() {
    report_threads(all_);
    UK_PANIC("deadlock: all %zu threads wait, and nothing is left that could wake one",
             thread_count_);
}

} // namespace uk
