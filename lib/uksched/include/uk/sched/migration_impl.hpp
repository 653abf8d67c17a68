// SPDX-License-Identifier: BSD-3-Clause
// Scheduler: which CPU a thread runs on, when there are several. Included by scheduler.hpp only.
// What is seldom needed stands once in the image: callers that inline all else keep it out.
//
// Whoever makes a thread ready, or finds that one should run elsewhere, holds the lock of the run
// queue that it belongs to, and never takes a second one. send() puts such a thread into `leaving`
// and gives it to its new CPU; unlock() releases the lock first, then takes that of the new CPU and
// queues the thread. In between it is ready, in no queue, and only the one who delivers it has it:
// others find it by lock_home() under the lock of its new CPU, and may leave it a permit, another
// priority, word or affinity, which settle() looks at when it arrives.
// A thread that runs is sent only right before switch_from(), under the same hold of the lock: who
// comes out of that switch unlocks, and by then its context is saved.
#pragma once

#include <bit>

#include <uk/sched/scheduler.hpp>

namespace uk {

template <class M, class P>
void Scheduler<M, P>::count_queued(Cpu& cpu, unsigned by) {
    Traffic& traffic = cpu.traffic;
    traffic.queued.store_relaxed(traffic.queued.load_relaxed() + by);
    if (by == 1 && traffic.barren.load_relaxed() != 0)
        traffic.barren.store_relaxed(0);
}

template <class M, class P>
void Scheduler<M, P>::dequeue(Cpu& cpu, Thread& thread) {
    cpu.ready.remove(thread);
    count_queued(cpu, ~0U);
}

template <class M, class P>
void Scheduler<M, P>::show(Cpu& cpu, const Thread& running) {
    if constexpr (kMany) {
        cpu.traffic.priority.store_relaxed(&running == &cpu.idle ? kNobody : running.priority);
        cpu.traffic.word.store_relaxed(running.policy_word);
    }
}

template <class M, class P>
void Scheduler<M, P>::read_shown(const Cpu& cpu, Runnable& shown) {
    shown.priority = static_cast<uint8_t>(cpu.traffic.priority.load_relaxed());
    shown.policy_word = cpu.traffic.word.load_relaxed();
}

// The lock of `cpu` is held: somebody comes to it.
template <class M, class P>
[[gnu::noinline]] void Scheduler<M, P>::no_longer_idle(Cpu& cpu) {
    const uint64_t others = ~bit_of(cpu);
    if ((masks_.idle.load_relaxed() & ~others) != 0)
        masks_.idle.fetch_and_acq_rel(others);
    if ((masks_.quiet.load_relaxed() & ~others) != 0)
        masks_.quiet.fetch_and_acq_rel(others);
}

// An idle CPU of these, for the caller alone: until it has been there, nobody else chooses it.
// kCpus: there is none.
template <class M, class P>
unsigned Scheduler<M, P>::claim_idle(uint64_t affinity) {
    for (;;) {
        const uint64_t there = masks_.idle.load_relaxed() & affinity;
        if (there == 0)
            return M::kCpus;
        const uint64_t bit = there & -there;
        if ((masks_.idle.fetch_and_acq_rel(~bit) & bit) != 0)
            return static_cast<unsigned>(std::countr_zero(bit));
    }
}

// Of these CPUs the first from `near` on that has least to do. kCpus: none of them is online.
template <class M, class P>
unsigned Scheduler<M, P>::least_loaded(uint64_t affinity, unsigned near) const {
    const uint64_t allowed = affinity & online_.load_relaxed();
    unsigned best = M::kCpus;
    for (unsigned i = 0; i < M::kCpus; i++) {
        const unsigned cpu = (near + i) % M::kCpus;
        if ((allowed >> cpu & 1) != 0 && (best == M::kCpus || load_of(cpu) < load_of(best)))
            best = cpu;
    }
    return best;
}

template <class M, class P>
unsigned Scheduler<M, P>::load_of(unsigned cpu) const {
    return cpus_[cpu].traffic.queued.load_relaxed() +
           ((masks_.idle.load_relaxed() >> cpu & 1) != 0 ? 0 : 1);
}

// Where a thread goes that is new, or has to leave. One of these CPUs is online.
template <class M, class P>
[[gnu::noinline]] unsigned Scheduler<M, P>::choose(uint64_t affinity, unsigned near) {
    const unsigned idle = claim_idle(affinity);
    return idle != M::kCpus ? idle : least_loaded(affinity, near);
}

// From here on `thread`, which is ready and in no queue, belongs to `target`: the holder of the
// lock of `cpu` touches nothing of it but its link and, if it is the running one, its context.
template <class M, class P>
void Scheduler<M, P>::send(Cpu& cpu, Thread& thread, unsigned target) {
    if (cpu.slice_owner == &thread)
        cpu.slice_owner = nullptr;
    cpu.traffic.leaving.push_back(thread);
    thread.cpu_.store_release(target);
}

template <class M, class P>
[[gnu::noinline]] void Scheduler<M, P>::unlock_and_deliver(Cpu& cpu) {
    Thread::Exited moving;
    auto collect_and_unlock = [&moving](Cpu& from) {
        while (Thread* thread = from.traffic.leaving.pop_front())
            moving.push_back(*thread);
        from.lock.unlock_irqs_off();
    };
    collect_and_unlock(cpu);
    // What it was sent for may be gone when it arrives; it does not go after that for ever.
    for (unsigned moves = 0; Thread* thread = moving.pop_front(); moves++) {
        Cpu& there = cpus_[thread->cpu_.load_relaxed()]; // only who delivers it could change that
        there.lock.lock_irqs_off();
        thread->arrival_ = ++there.traffic.arrivals;
        settle(there, *thread, Why::woken, moves < M::kCpus);
        collect_and_unlock(there);
    }
}

// Queues a ready thread, which is in no queue, where it belongs, or sends it where it should run.
// The lock of `cpu`, its CPU, is held.
template <class M, class P>
[[gnu::noinline]] void Scheduler<M, P>::settle(Cpu& cpu, Thread& thread, Why why, bool may_go) {
    Thread& running = *cpu.running;
    if (send_if_forbidden(cpu, thread)) {
        if (&running == &cpu.idle)
            want_switch(cpu); // it may have been chosen for the thread: it shows that it is idle
        return;
    }
    // One that is just going to wait, or to end, leaves its CPU at once.
    const bool is_free = &running == &cpu.idle || running.state_ != ThreadState::ready;
    const bool is_first = is_free && cpu.ready.empty();
    enqueue(cpu, thread, why);
    if (is_first) {
        no_longer_idle(cpu);
        want_switch(cpu);
    } else if (&thread != &running) {
        place_queued(cpu, thread, may_go);
    }
}

// `thread` waits in the queue of `cpu`, whose lock is held: unless it runs there at once, it goes
// to a CPU where it would.
template <class M, class P>
[[gnu::noinline]] void Scheduler<M, P>::place_queued(Cpu& cpu, Thread& thread, bool may_go) {
    if (may_go && go_to_idle(cpu, thread))
        return;
    if (cpu.running == &cpu.idle) {
        want_switch(cpu);
        return;
    }
    if constexpr (P::kPreempts) {
        Runnable shown;
        read_shown(cpu, shown);
        if (cpu.ready.preempts(thread, shown)) {
            show(cpu, thread); // so that no other urgent one comes for the same
            want_switch(cpu);
            return;
        }
    }
    if (!may_go || !go_to_less_urgent(cpu, thread))
        watch_slice(cpu, *cpu.running);
}

// Sends a queued thread to an idle CPU. A CPU that becomes idle shows that and then looks into the
// queues; here the thread is in the queue first: one of the two sees the other.
template <class M, class P>
[[gnu::noinline]] bool Scheduler<M, P>::go_to_idle(Cpu& cpu, Thread& thread) {
    fence_full();
    const unsigned target = claim_idle(thread.affinity_ & ~bit_of(cpu));
    if (target == M::kCpus)
        return false;
    dequeue(cpu, thread);
    send(cpu, thread, target);
    return true;
}

// Sends a queued thread to a CPU where it preempts: the one with the smallest priority of them.
template <class M, class P>
[[gnu::noinline]] bool Scheduler<M, P>::go_to_less_urgent(Cpu& cpu, Thread& thread) {
    unsigned target = M::kCpus;
    if constexpr (P::kPreempts) {
        const uint64_t allowed = thread.affinity_ & online_.load_relaxed() & ~bit_of(cpu);
        unsigned smallest = kNobody;
        Runnable shown;
        for (unsigned i = 0; i < M::kCpus; i++) {
            read_shown(cpus_[i], shown);
            if ((allowed >> i & 1) == 0 || shown.priority >= smallest)
                continue;
            if (cpu.ready.preempts(thread, shown)) {
                smallest = shown.priority;
                target = i;
            }
        }
    }
    if (target == M::kCpus)
        return false;
    dequeue(cpu, thread);
    send(cpu, thread, target);
    return true;
}

// Whether `thread`, which is ready and in no queue, had to be sent away.
template <class M, class P>
bool Scheduler<M, P>::send_if_forbidden(Cpu& cpu, Thread& thread) {
    if constexpr (kMany) {
        if (!may_stay(cpu, thread)) [[unlikely]] {
            send_away(cpu, thread);
            return true;
        }
    }
    return false;
}

template <class M, class P>
[[gnu::noinline]] void Scheduler<M, P>::send_away(Cpu& cpu, Thread& thread) {
    send(cpu, thread, choose(thread.affinity_, number_of(cpu)));
}

// The running thread goes away if it may not be here any more; then it comes back on another CPU,
// whose lock is held instead. The policy need not preempt: these are calls that may switch.
template <class M, class P>
bool Scheduler<M, P>::leave_if_forbidden(Cpu& cpu, Thread& self) {
    if constexpr (kMany) {
        if (!may_stay(cpu, self)) [[unlikely]] {
            leave(cpu, self);
            return true;
        }
    }
    return false;
}

template <class M, class P>
[[gnu::noinline]] void Scheduler<M, P>::leave(Cpu& cpu, Thread& self) {
    send_away(cpu, self);
    switch_from(cpu, self);
}

// The first of a queue, which stay in it. A queue that nobody preempts knows no place before
// equals: where more wait than are looked at, those go to its end.
template <class M, class P>
[[gnu::noinline]] unsigned Scheduler<M, P>::look(Cpu& cpu, Thread** first) {
    unsigned count = 0;
    while (count < kLook) {
        Runnable* picked = cpu.ready.pick();
        if (picked == nullptr)
            break;
        first[count++] = static_cast<Thread*>(picked);
    }
    for (unsigned i = 0; i < count; i++) {
        if (P::kPreempts)
            cpu.ready.enqueue(*first[count - 1 - i], Why::preempted);
        else
            cpu.ready.enqueue(*first[i], Why::woken);
    }
    return count;
}

// A glance: whether CPU `bit` might find somebody there. An idle one runs the first itself.
template <class M, class P>
bool Scheduler<M, P>::worth_a_look(const Cpu& other, uint64_t bit) const {
    const Traffic& traffic = other.traffic;
    return traffic.queued.load_relaxed() > (traffic.priority.load_relaxed() == kNobody ? 1 : 0) &&
           (traffic.barren.load_relaxed() & bit) == 0;
}

template <class M, class P>
bool Scheduler<M, P>::others_have_work(const Cpu& cpu) const {
    for (const Cpu& other : cpus_) {
        if (&other != &cpu && worth_a_look(other, bit_of(cpu)))
            return true;
    }
    return false;
}

// Fetches a thread that waits elsewhere and may run here. `cpu`, this one, is idle; interrupts are
// off, no lock is held.
template <class M, class P>
[[gnu::noinline]] void Scheduler<M, P>::pull(Cpu& cpu) {
    const uint64_t bit = bit_of(cpu);
    for (unsigned i = 1; i < M::kCpus; i++) {
        Cpu& other = cpus_[(number_of(cpu) + i) % M::kCpus];
        if (!worth_a_look(other, bit))
            continue;
        Thread* first[kLook];
        other.lock.lock_irqs_off();
        const unsigned count = look(other, first);
        unsigned k = 0;
        while (k < count && !may_stay(cpu, *first[k]))
            k++;
        if (k < count) {
            dequeue(other, *first[k]);
            send(other, *first[k], number_of(cpu));
        } else {
            other.traffic.barren.fetch_or_release(bit);
        }
        unlock(other);
        if (k < count)
            return;
    }
}

// The last step of the idle loop before it waits; the lock of `cpu`, this one, is held, and is
// released. False: something has changed, look again.
template <class M, class P>
[[gnu::noinline]] bool Scheduler<M, P>::wait_for_work(Cpu& cpu) {
    if (!cpu.traffic.leaving.empty()) {
        unlock(cpu); // who delivers threads is not quiet
        return false;
    }
    M::set_need_resched(false); // the queue was looked at; who asks after that ends the wait
    masks_.idle.fetch_or_acq_rel(bit_of(cpu));
    if (cpu.sleepers.empty())
        masks_.quiet.fetch_or_acq_rel(bit_of(cpu));
    cpu.lock.unlock_irqs_off();
    fence_full(); // see go_to_idle()
    if (!others_have_work(cpu))
        return true;
    no_longer_idle(cpu);
    pull(cpu);
    return false;
}

// Whether nothing can ever happen again. A CPU is quiet from when it saw that it has neither
// threads nor sleepers until somebody queues a thread for it, or it looks for one itself; so who
// has a thread on the way is not quiet, and if all are, nobody has. `starts` tells whether some CPU
// ran threads between the two looks, which may have changed what M::may_be_woken() says.
template <class M, class P>
bool Scheduler<M, P>::all_are_quiet() {
    if constexpr (!kMany) {
        return !M::may_be_woken();
    } else {
        auto starts = [this] {
            uint32_t sum = 0;
            for (const Cpu& cpu : cpus_)
                sum += cpu.traffic.starts.load_relaxed();
            return sum;
        };
        auto quiet = [this] { return masks_.quiet.fetch_or_acq_rel(0) == online_.load_acquire(); };
        if (!quiet())
            return false;
        const uint32_t before = starts();
        if (!quiet() || M::may_be_woken())
            return false;
        fence_full();
        return quiet() && starts() == before;
    }
}

// Somebody waits while others run: at times this CPU looks whether other CPUs have less to do, or
// less urgent things. Whether it was asked to begin with that.
template <class M, class P>
bool Scheduler<M, P>::watch_queue(Cpu& cpu) {
    if constexpr (kShares) {
        Traffic& traffic = cpu.traffic;
        if (traffic.queued.load_relaxed() == 0 || traffic.share_at != kNever)
            return false;
        if (&cpu != &here()) {
            want_switch(cpu);
            return true;
        }
        traffic.share_at = M::now() + kShareNs;
        alarm_at(cpu, traffic.share_at);
    }
    return false;
}

// on_timer()'s part: when the next alarm is due for that.
template <class M, class P>
uint64_t Scheduler<M, P>::next_share(Cpu& cpu) {
    Traffic& traffic = cpu.traffic;
    if (traffic.queued.load_relaxed() == 0) {
        traffic.share_at = kNever;
        return kNever;
    }
    const uint64_t now = M::now();
    const bool is_due = traffic.share_at <= now;
    if (is_due)
        share(cpu);
    if (is_due || traffic.share_at == kNever)
        traffic.share_at = now + kShareNs;
    return traffic.share_at;
}

template <class M, class P>
[[gnu::noinline]] void Scheduler<M, P>::share(Cpu& cpu) {
    Thread* first[kLook];
    const unsigned count = look(cpu, first);
    bool gave = false;
    for (unsigned i = 0; i < count; i++) {
        Thread& thread = *first[i];
        if (!go_to_idle(cpu, thread) && !go_to_less_urgent(cpu, thread) && !gave)
            gave = give(cpu, thread, 2);
    }
    if (++cpu.traffic.shares >= kRotate && !gave)
        rotate(cpu, first, count);
}

// Gives a thread to a CPU that has so much less to do.
template <class M, class P>
bool Scheduler<M, P>::give(Cpu& cpu, Thread& thread, unsigned less) {
    const unsigned target = lighter(cpu, thread, less);
    if (target == M::kCpus)
        return false;
    dequeue(cpu, thread);
    send(cpu, thread, target);
    return true;
}

template <class M, class P>
unsigned Scheduler<M, P>::lighter(const Cpu& cpu, const Thread& thread, unsigned less) const {
    const unsigned next = (number_of(cpu) + 1) % M::kCpus;
    const unsigned target = least_loaded(thread.affinity_ & ~bit_of(cpu), next);
    return target != M::kCpus && load_of(target) + less <= load_of(number_of(cpu)) ? target
                                                                                   : M::kCpus;
}

// One less is as good as the same; but at times one goes round, so that all get the same in the
// long run: of the one that runs and those that take turns with it, the one that came first. If
// that runs, it goes another time. Whoever waits and takes no turns here goes to one that has as
// much to do.
//
// Who happens to wait will not do: slices end at the same pace as this is called, so that always
// the same ones would go, and the others keep what they have.
template <class M, class P>
void Scheduler<M, P>::rotate(Cpu& cpu, Thread** first, unsigned count) {
    Thread& running = *cpu.running;
    const bool takes_turns = cpu.ready.slice_ns(running) != kNoSlice;
    const unsigned less = takes_turns ? 1 : 0;
    auto goes = [&](const Thread& thread) { return lighter(cpu, thread, less) != M::kCpus; };
    Thread* eldest = takes_turns && goes(running) ? &running : nullptr;
    for (unsigned i = 0; i < count; i++) {
        Thread& thread = *first[i];
        if (!thread.is_queued() || (takes_turns && cpu.ready.preempts(running, thread)))
            continue;
        const bool came_first =
            eldest == nullptr || static_cast<int16_t>(thread.arrival_ - eldest->arrival_) <= 0;
        if (came_first && goes(thread))
            eldest = &thread;
    }
    if (eldest != nullptr && eldest != &running) {
        cpu.traffic.shares = 0;
        (void)give(cpu, *eldest, less);
    }
}

} // namespace uk
