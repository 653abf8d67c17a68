// SPDX-License-Identifier: BSD-3-Clause
// What locks say when they are misused, and the search for threads that wait for one another.
#include <uk/assert.h>
#include <uk/lock/waiters.hpp>
#include <uk/print.h>

namespace uk::detail {

void lock_held_already(const char* lock, const char* name, const Thread& self) {
    UK_PANIC("thread '%s' waits for %s '%s', which it holds itself", self.name(), lock, name);
}

void lock_not_held(const char* lock, const char* name, const Thread& self, const Thread* holder) {
    if (holder == nullptr)
        UK_PANIC("thread '%s' gives back %s '%s', which nobody holds so", self.name(), lock, name);
    UK_PANIC("thread '%s' gives back %s '%s', which is held by '%s'", self.name(), lock, name,
             holder->name());
}

// A circle is closed by the wait that comes last, so it goes through `self`.
void lock_cycle_check(const Thread& self, const LockWord& lock) {
    const LockWord* wanted = &lock;
    const Thread* holder = lock.holder();
    while (holder != nullptr && holder != &self) {
        wanted = holder->blocked_on;
        holder = wanted != nullptr ? wanted->holder() : nullptr;
    }
    if (holder == nullptr)
        return;
    const Thread* waiter = &self;
    wanted = &lock;
    do {
        holder = wanted->holder();
        uk_pr_crit("thread '%s' waits for mutex '%s' held by '%s'\n", waiter->name(), wanted->name,
                   holder->name());
        waiter = holder;
        wanted = holder->blocked_on;
    } while (waiter != &self);
    const Thread& other = *lock.holder();
    UK_PANIC("lock cycle: thread '%s' waits for mutex '%s' held by '%s', which waits for '%s'",
             self.name(), lock.name, other.name(), other.blocked_on->name);
}

} // namespace uk::detail
