// SPDX-License-Identifier: BSD-3-Clause
// Masks, actions and queues of signals.
#include <uk/signal/model.hpp>

#include <bit>

namespace uk::signal {

uk_siginfo to_siginfo(const Info& info) {
    uk_siginfo out{};
    out.si_signo = info.number;
    out.si_code = info.code;
    if (info.code > 0 && info.code != UK_SI_KERNEL) {
        out.fields.fault.addr = reinterpret_cast<void*>(info.value);
    } else if (info.code == UK_SI_TIMER) {
        out.fields.timer.timerid = info.who;
        out.fields.timer.overrun = static_cast<int32_t>(info.extra);
        out.fields.timer.value.sival_ptr = reinterpret_cast<void*>(info.value);
    } else {
        out.fields.rt.pid = info.who;
        out.fields.rt.uid = info.extra;
        out.fields.rt.value.sival_ptr = reinterpret_cast<void*>(info.value);
    }
    return out;
}

Entry* Pool::take() {
    Entry* entry = free_.pop_front();
    if (entry == nullptr && !fresh_.empty()) {
        entry = &fresh_.front();
        fresh_ = fresh_.subspan(1);
    }
    return entry;
}

Result<> Pending::add(Pool& pool, const Info& info) {
    const uint64_t bit = bit_of(info.number);
    if (!is_real_time(info.number) && (set_ & bit) != 0)
        return ok();
    Entry* entry = pool.take();
    if (entry == nullptr && is_real_time(info.number))
        return Errno::again;
    set_ |= bit;
    if (entry != nullptr) {
        entry->info = info;
        queue_.push_back(*entry);
    }
    return ok();
}

Info Pending::take(Pool& pool, int number) {
    Info info{number, UK_SI_USER, 0, 0, 0};
    Entry* found = nullptr;
    bool more = false;
    for (Entry& entry : queue_) {
        if (entry.info.number != number)
            continue;
        if (found != nullptr) {
            more = true;
            break;
        }
        found = &entry;
    }
    if (found != nullptr) {
        info = found->info;
        queue_.erase(*found);
        pool.give(*found);
    }
    if (!more)
        set_ &= ~bit_of(number);
    return info;
}

void Pending::drop(Pool& pool, uint64_t set) {
    for (Entry* entry = queue_.front(); entry != nullptr;) {
        Entry* const next = queue_.next(*entry);
        if ((bit_of(entry->info.number) & set) != 0) {
            queue_.erase(*entry);
            pool.give(*entry);
        }
        entry = next;
    }
    set_ &= ~set;
}

namespace {

// The one that comes first; the set is not empty.
int first_of(uint64_t set) {
    const uint64_t synchronous = set & kSynchronous;
    return std::countr_zero(synchronous != 0 ? synchronous : set) + 1;
}

} // namespace

void Model::add_thread(ThreadPart& part, uint64_t mask) {
    part.mask_ = mask & ~kUnstoppable;
    threads_.push_back(part);
}

Told Model::remove_thread(ThreadPart& part) {
    part.own_.drop(pool_, ~uint64_t{0});
    threads_.erase(part);
    return tell_another(shared_.set());
}

// The first thread that would take one of these, which nobody takes just now.
Told Model::tell_another(uint64_t set) {
    for (; set != 0; set &= set - 1) {
        const Told told = target_of(set & -set, nullptr);
        if (told.thread != nullptr)
            return told;
    }
    return {};
}

bool Model::is_ignored(int number) const {
    const uintptr_t handler = actions_[number - 1].handler;
    return handler == UK_SIG_IGN ||
           (handler == UK_SIG_DFL && (bit_of(number) & kIgnoredByDefault) != 0);
}

Result<Action> Model::set_action(int number, const Action* wanted) {
    if (!is_signal(number) || (wanted != nullptr && (bit_of(number) & kUnstoppable) != 0))
        return Errno::inval;
    const Action before = actions_[number - 1];
    if (wanted != nullptr) {
        actions_[number - 1] = *wanted;
        actions_[number - 1].mask &= ~kUnstoppable;
        if (is_ignored(number)) {
            shared_.drop(pool_, bit_of(number));
            for (ThreadPart& part : threads_)
                part.own_.drop(pool_, bit_of(number));
        }
    }
    return before;
}

// One that runs a handler, `near` rather than others; or else one that waits for it.
Told Model::target_of(uint64_t bit, ThreadPart* near) {
    if (near != nullptr && (near->waits_for_ & bit) != 0)
        return {near, false};
    if (near != nullptr && lets_through(*near, bit))
        return {near, true};
    for (ThreadPart& part : threads_) {
        if ((part.waits_for_ & bit) != 0)
            return {&part, false};
    }
    for (ThreadPart& part : threads_) {
        if (lets_through(part, bit))
            return {&part, true};
    }
    return {};
}

Result<Told> Model::send(const Info& info, ThreadPart* to, ThreadPart* near) {
    if (!is_signal(info.number))
        return Errno::inval;
    const uint64_t bit = bit_of(info.number);
    const ThreadPart* const looks = to != nullptr ? to : threads_.front();
    const bool blocked = looks != nullptr && !lets_through(*looks, bit);
    if (is_ignored(info.number) && !blocked)
        return Told{};
    if ((bit & kStops) != 0 && actions_[info.number - 1].handler == UK_SIG_DFL)
        return Errno::nosys;
    UK_TRY((to != nullptr ? to->own_ : shared_).add(pool_, info));
    if (to == nullptr)
        return target_of(bit, near);
    if ((to->waits_for_ & bit) != 0)
        return Told{to, false};
    return blocked ? Told{} : Told{to, true};
}

Told Model::set_mask(ThreadPart& self, uint64_t mask) {
    const uint64_t before = self.mask_;
    self.mask_ = mask & ~kUnstoppable;
    return tell_another(shared_.set() & self.mask_ & ~before);
}

void Model::lend_mask(ThreadPart& self, uint64_t mask) {
    self.after_wait_ = self.mask_;
    self.mask_is_lent_ = true;
    self.mask_ = mask & ~kUnstoppable;
}

void Model::return_mask(ThreadPart& self) {
    if (self.mask_is_lent_)
        self.mask_ = self.after_wait_;
    self.mask_is_lent_ = false;
}

bool Model::next_wants_alt_stack(const ThreadPart& self) const {
    return wants_alt_stack(first_of(waiting_for(self) & ~self.mask_));
}

// A thread's own come before the process's.
Info Model::take_from(ThreadPart& self, int number) {
    Pending& from = (self.own_.set() & bit_of(number)) != 0 ? self.own_ : shared_;
    return from.take(pool_, number);
}

Delivery Model::deliver(ThreadPart& self, const Info& info) {
    Action& action = actions_[info.number - 1];
    const Delivery delivery{info, action, self.mask_is_lent_ ? self.after_wait_ : self.mask_};
    if (action.handler != UK_SIG_DFL && action.handler != UK_SIG_IGN) {
        self.mask_is_lent_ = false;
        self.mask_ |= action.mask;
        if ((action.flags & UK_SA_NODEFER) == 0)
            self.mask_ |= bit_of(info.number);
        if ((action.flags & UK_SA_RESETHAND) != 0)
            action.handler = UK_SIG_DFL;
    }
    return delivery;
}

// What became ignored after it was sent is passed over.
bool Model::take(ThreadPart& self, Delivery& out) {
    for (;;) {
        const uint64_t ready = waiting_for(self) & ~self.mask_;
        if (ready == 0)
            return false;
        const Info info = take_from(self, first_of(ready));
        if (!is_ignored(info.number)) {
            out = deliver(self, info);
            return true;
        }
    }
}

bool Model::catches(const ThreadPart& self, int number) const {
    const uintptr_t handler = actions_[number - 1].handler;
    return handler != UK_SIG_DFL && handler != UK_SIG_IGN && lets_through(self, bit_of(number));
}

Delivery Model::take_fault(ThreadPart& self, const Info& info) {
    return deliver(self, info);
}

bool Model::take_waited(ThreadPart& self, uint64_t set, Info& out) {
    self.waits_for_ = set & ~kUnstoppable;
    const uint64_t ready = waiting_for(self) & self.waits_for_;
    if (ready == 0)
        return false;
    out = take_from(self, first_of(ready));
    self.waits_for_ = 0;
    return true;
}

} // namespace uk::signal
