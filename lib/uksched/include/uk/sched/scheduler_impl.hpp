// SPDX-License-Identifier: BSD-3-Clause
// Scheduler: who runs. Switching, waiting, waking. Included by scheduler.hpp only.
#pragma once

#include <uk/base/minmax.hpp>
#include <uk/sched/scheduler.hpp>

namespace uk {

// Locks the run queue that `thread` belongs to; interrupts are off. A thread changes its CPU only
// under the lock of the one it leaves, so it stays while that lock is held. It may have gone and
// come back meanwhile: the second look orders us behind who sent it, whose lock was another one.
template <class M, class P>
typename Scheduler<M, P>::Cpu& Scheduler<M, P>::lock_home(Thread& thread) {
    for (;;) {
        Cpu& cpu = cpus_[M::kCpus == 1 ? 0 : thread.cpu_.load_acquire()];
        cpu.lock.lock_irqs_off();
        if (M::kCpus == 1 || &cpu == &cpus_[thread.cpu_.load_acquire()])
            return cpu;
        cpu.lock.unlock_irqs_off();
    }
}

// Asks `cpu`, whose lock is held, to switch as soon as it can.
template <class M, class P>
void Scheduler<M, P>::want_switch(Cpu& cpu) {
    if (M::kCpus == 1 || &cpu == &here())
        M::set_need_resched(true);
    else
        M::kick(number_of(cpu));
}

// Queues a thread that did not wait in a queue before. The lock of `cpu`, its CPU, is held.
template <class M, class P>
void Scheduler<M, P>::make_ready(Cpu& cpu, Thread& thread, Why why) {
    if (thread.sleep_node_.is_linked())
        cpu.sleepers.remove(thread);
    thread.state_ = ThreadState::ready;
    if constexpr (kMany) {
        settle(cpu, thread, why);
    } else {
        enqueue(cpu, thread, why);
        compare_to_running(cpu, thread);
    }
}

// `queued` is new among those who wait, or has become more or less urgent.
template <class M, class P>
void Scheduler<M, P>::compare_to_running(Cpu& cpu, Thread& queued) {
    if constexpr (kMany)
        return place_queued(cpu, queued, true);
    Thread& running = running_on(cpu);
    if (&running == &cpu.idle || (P::kPreempts && cpu.ready.preempts(queued, running)))
        want_switch(cpu);
    else
        watch_slice(cpu, running);
}

// The slice of a thread that runs while an equal waits. Nothing reads the clock for those who are
// switched more often than slices end.
template <class M, class P>
[[gnu::noinline]] void Scheduler<M, P>::begin_slice(Cpu& cpu, const Thread& running) {
    if (slice_is_over(cpu, running))
        return;
    cpu.sliced = true;
    if (cpu.slice_owner != &running || cpu.slice_end == kNoSlice) {
        cpu.slice_owner = &running;
        cpu.slice_end = M::now() + cpu.ready.slice_ns(running);
    }
    alarm_at(cpu, cpu.slice_end);
}

// Apart from wake_sleepers() so that those who only ask need no registers for it.
template <class M, class P>
[[gnu::noinline]] void Scheduler<M, P>::wake_due(Cpu& cpu) {
    const uint64_t now = M::now();
    while (Thread* thread = cpu.sleepers.take_due(now)) {
        thread->timed_out_ = true;
        make_ready(cpu, *thread, Why::woken);
    }
}

// Leaves `self`, the running thread, which is already where it belongs: queued, parked, exited. The
// lock of `cpu`, this CPU, is held and interrupts are off, before and after; but afterwards it may
// be another CPU and its lock, so callers use here() again. Whoever comes out of the switch
// releases the lock that whoever went in took. Until then nobody else can reach `self`: once
// another CPU can run it, or free it and its stack, its context has long been saved.
template <class M, class P>
void Scheduler<M, P>::switch_to(Cpu& cpu, Thread& self, Thread& next) {
    if constexpr (P::kPreempts)
        M::set_need_resched(false);
    if constexpr (M::kStackChecks) {
        if (self.stack_.base != nullptr && !stack_is_sound(self.stack_))
            UK_PANIC("thread '%s' overflowed its stack of %zu bytes", self.name_,
                     self.stack_.size - kUpper);
    }
    if constexpr (kMany) {
        if (&self == &cpu.idle) {
            no_longer_idle(cpu);
            cpu.traffic.starts.store_relaxed(cpu.traffic.starts.load_relaxed() + 1);
        }
        cpu.running = &next;
        show(cpu, next);
    }
    M::set_current(next);
    if constexpr (M::kKernelStackBytes != 0)
        M::set_kernel_stack(next.kernel_stack_);
    M::locals_enter(next);
    watch_slice(cpu, next);
    M::context_switch(self.context_, next.context_);
}

// The same, to whoever is next.
template <class M, class P>
void Scheduler<M, P>::switch_from(Cpu& cpu, Thread& self) {
    Thread* picked = pick(cpu);
    Thread& next = picked != nullptr ? *picked : cpu.idle;
    if (&next != &self) {
        if constexpr (kMany) {
            if (self.is_queued() && !go_to_idle(cpu, self))
                go_to_less_urgent(cpu, self);
        }
        switch_to(cpu, self, next);
    } else if constexpr (P::kPreempts) {
        show(cpu, self);
        M::set_need_resched(false);
        watch_slice(cpu, self);
    }
}

template <class M, class P>
void Scheduler<M, P>::yield() {
    const IrqState irqs = M::irq_save();
    Cpu& cpu = here();
    cpu.lock.lock_irqs_off();
    wake_sleepers(cpu);
    Thread& self = M::current();
    if (!leave_if_forbidden(cpu, self)) {
        if (Runnable* next = cpu.ready.rotate(self))
            switch_to(cpu, self, static_cast<Thread&>(*next));
    }
    unlock(here());
    M::irq_restore(irqs);
}

template <class M, class P>
Wake Scheduler<M, P>::block(ThreadState kind, uint64_t deadline, WaitsFor what) {
    UK_ASSERT(M::may_switch() && !M::irqs_held());
    const IrqState irqs = M::irq_save();
    Cpu& cpu = here();
    Thread& self = M::current();
    cpu.lock.lock_irqs_off();
    bool timed_out = false;
    if (kind == ThreadState::parked && self.permit_) {
        self.permit_ = false;
        leave_if_forbidden(cpu, self);
    } else if (deadline != kNever && deadline <= M::now()) {
        timed_out = true;
        leave_if_forbidden(cpu, self);
    } else {
        self.state_ = kind;
        self.timed_out_ = false;
        self.waits_for_ = what;
        if (P::kPreempts && cpu.slice_owner == &self)
            cpu.slice_owner = nullptr;
        if (deadline != kNever) {
            self.deadline_ = deadline;
            cpu.sleepers.add(self);
            alarm_at(cpu, deadline);
        }
        wake_sleepers(cpu);
        switch_from(cpu, self);
        timed_out = self.timed_out_;
    }
    unlock(here());
    M::irq_restore(irqs);
    return timed_out ? Wake::timed_out : Wake::unparked;
}

template <class M, class P>
void Scheduler<M, P>::unpark(Thread& thread) {
    const IrqState irqs = M::irq_save();
    Cpu& cpu = lock_home(thread);
    if (thread.state_ == ThreadState::parked)
        make_ready(cpu, thread, Why::woken);
    else
        thread.permit_ = true;
    unlock(cpu);
    M::irq_restore(irqs);
    after_wake();
}

template <class M, class P>
void Scheduler<M, P>::sleep_until(uint64_t deadline) {
    while (block(ThreadState::sleeping, deadline, {"sleep"}) != Wake::timed_out) {
    }
}

// The idle thread looks for work itself before it waits.
template <class M, class P>
[[gnu::noinline]] void Scheduler<M, P>::switch_later() {
    Cpu& cpu = here();
    cpu.lock.lock_irqs_off();
    if (M::need_resched() && &M::current() != &cpu.idle)
        alarm_at(cpu, 0);
    cpu.lock.unlock_irqs_off();
}

template <class M, class P>
void Scheduler<M, P>::preempt_point() {
    if (!M::may_switch())
        return;
    if (M::irqs_held())
        return switch_later();
    const IrqState irqs = M::irq_save();
    on_interrupt_end();
    M::irq_restore(irqs);
}

template <class M, class P>
void Scheduler<M, P>::on_interrupt_end() {
    Cpu& cpu = here();
    cpu.lock.lock_irqs_off();
    if (M::need_resched()) {
        Thread& self = M::current();
        if (&self != &cpu.idle) {
            const bool expired = slice_is_over(cpu, self);
            if (expired) // else it goes on with the same slice: who stops it often ends it, too
                cpu.slice_owner = nullptr;
            cpu.sliced = false; // the next one's begins now
            if (!send_if_forbidden(cpu, self))
                enqueue(cpu, self, expired ? Why::expired : Why::preempted);
        }
        switch_from(cpu, self);
    }
    unlock(here());
}

// A slice is what the timer sees of a thread: one that came to the CPU because another waited gets
// it with the first interrupt that finds it running, so that such a switch does not read the clock.
// Its end is noted as kNoSlice: preempt_point() then sends the thread behind its equals. The alarm,
// which is over, is set to what comes next, or to nothing: without sleepers and sharers there are
// no interrupts.
template <class M, class P>
void Scheduler<M, P>::on_timer() {
    Cpu& cpu = here();
    cpu.lock.lock_irqs_off();
    cpu.alarm = kNever;
    wake_sleepers(cpu);
    Thread& running = running_on(cpu);
    const uint64_t slice = cpu.ready.slice_ns(running);
    cpu.sliced = P::kPreempts && slice != kNoSlice && &running != &cpu.idle;
    if (cpu.sliced) {
        const uint64_t now = M::now();
        if (slice_is_over(cpu, running)) {
            cpu.sliced = false; // it holds preemption off
        } else if (cpu.slice_owner != &running || cpu.slice_end == kNoSlice) {
            cpu.slice_owner = &running;
            cpu.slice_end = now + slice;
        } else if (now >= cpu.slice_end) {
            cpu.slice_end = kNoSlice;
            cpu.sliced = false;
            M::set_need_resched(true);
        }
    }
    uint64_t next = min(cpu.sleepers.earliest(), cpu.sliced ? cpu.slice_end : kNever);
    if constexpr (kShares)
        next = min(next, next_share(cpu));
    alarm_at(cpu, next);
    unlock(cpu);
}

template <class M, class P>
Result<> Scheduler<M, P>::set_priority(Thread& thread, unsigned priority) {
    if (priority >= kThreadPriorities)
        return Errno::inval;
    const IrqState irqs = M::irq_save();
    Cpu& cpu = lock_home(thread);
    if (thread.is_queued()) {
        cpu.ready.set_priority(thread, priority);
        compare_to_running(cpu, thread);
    } else {
        const bool lowered = priority < thread.priority;
        thread.priority = static_cast<uint8_t>(priority);
        if (kMany && &thread == &running_on(cpu))
            show(cpu, thread);
        if (P::kPreempts && lowered && &thread == &running_on(cpu) && !cpu.ready.empty())
            want_switch(cpu);
    }
    unlock(cpu);
    M::irq_restore(irqs);
    after_wake();
    return ok();
}

// The queue may be in the order of the words, so a thread leaves it meanwhile. Only the policy
// knows whether the running one has become less urgent: it is asked by a switch.
template <class M, class P>
void Scheduler<M, P>::set_policy_word(Thread& thread, uint64_t word) {
    const IrqState irqs = M::irq_save();
    Cpu& cpu = lock_home(thread);
    if (thread.is_queued()) {
        cpu.ready.remove(thread);
        thread.policy_word = word;
        cpu.ready.enqueue(thread, Why::woken);
        compare_to_running(cpu, thread);
    } else {
        const bool changed = thread.policy_word != word;
        thread.policy_word = word;
        if (kMany && &thread == &running_on(cpu))
            show(cpu, thread);
        if (P::kPreempts && changed && &thread == &running_on(cpu) && !cpu.ready.empty())
            want_switch(cpu);
    }
    unlock(cpu);
    M::irq_restore(irqs);
    after_wake();
}

// A thread that waits, or is just going to another CPU, finds its way when it becomes ready or
// arrives; one that runs elsewhere leaves at its next preemption point, or when it next calls.
template <class M, class P>
Result<> Scheduler<M, P>::set_affinity(Thread& thread, uint64_t mask) {
    UK_TRY(check_affinity(mask));
    const IrqState irqs = M::irq_save();
    Cpu& cpu = lock_home(thread);
    thread.affinity_ = mask;
    bool left = false;
    if constexpr (kMany) {
        if (thread.is_queued()) {
            dequeue(cpu, thread);
            settle(cpu, thread, Why::woken);
        } else if (&thread == cpu.running && !may_stay(cpu, thread)) {
            left = &cpu == &here() && M::may_switch() && leave_if_forbidden(cpu, thread);
            if (P::kPreempts && !left)
                want_switch(cpu);
        }
    }
    unlock(left ? here() : cpu);
    M::irq_restore(irqs);
    if constexpr (kMany)
        after_wake();
    return ok();
}

template <class M, class P>
void Scheduler<M, P>::idle_loop() {
    const IrqState irqs = M::irq_save();
    while (!M::stopping()) {
        free_exited();
        Cpu& cpu = here();
        cpu.lock.lock_irqs_off();
        wake_sleepers(cpu);
        if (!cpu.ready.empty()) {
            switch_from(cpu, M::current());
            unlock(here());
            continue;
        }
        const uint64_t deadline = cpu.sleepers.earliest();
        alarm_at(cpu, deadline);
        if constexpr (kMany) {
            if (!wait_for_work(cpu))
                continue;
        } else {
            cpu.lock.unlock_irqs_off();
        }
        if (deadline == kNever && all_are_quiet())
            deadlock();
        M::idle(deadline); // interrupts were off since the queue was seen empty: no wake is lost
    }
    M::irq_restore(irqs);
}

} // namespace uk
