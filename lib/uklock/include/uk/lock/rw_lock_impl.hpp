// SPDX-License-Identifier: BSD-3-Clause
// RwLock: waiting, and who comes next. Included by rw_lock.hpp only.
#pragma once

#include <uk/lock/rw_lock.hpp>

namespace uk {

template <LockFace S>
Result<> BasicRwLock<S>::lock_slowly(uint64_t deadline_ns) {
    if (written_by(S::current()))
        return Errno::deadlk;
    Section section(lock_);
    for (;;) {
        const uintptr_t seen = word.load_relaxed();
        if (seen == 0 ? try_lock() : word.replace_acquire(seen, seen | kWaiting)) {
            if (seen == 0)
                return ok();
            return wait(section, writers_, deadline_ns);
        }
    }
}

template <LockFace S>
Result<> BasicRwLock<S>::lock_shared_slowly(uint64_t deadline_ns) {
    if (written_by(S::current()))
        return Errno::deadlk;
    Section section(lock_);
    while (!try_lock_shared()) {
        const uintptr_t seen = word.load_relaxed();
        if ((seen & kFlags) != 0 && word.replace_acquire(seen, seen | kWaiting))
            return wait(section, readers_, deadline_ns);
    }
    return ok();
}

// kWaiting is set. Who gives up may have been the writer that kept readers out.
template <LockFace S>
Result<> BasicRwLock<S>::wait(Section& section, detail::Waiters<S>& list, uint64_t deadline_ns) {
    detail::LockWaiter me(S::current());
    list.add(me);
    const Errno how = list.wait(section, me, deadline_ns, {"rwlock", this});
    if (how == Errno::ok)
        return ok();
    const uintptr_t now = word.load_relaxed();
    if (nobody_waits())
        word.store_relaxed(now & ~kWaiting);
    else if (writers_.empty() && (now & kWriter) == 0)
        admit_readers();
    return how;
}

// Nobody holds the lock; somebody waits to write.
template <LockFace S>
void BasicRwLock<S>::admit_writer() {
    detail::LockWaiter& first = *writers_.first();
    writers_.remove(first);
    word.store_release(address(first.thread) | kWriter | waiting());
    S::unpark(first.thread);
}

// Nobody writes: all that wait to read may, beside those that do.
template <LockFace S>
void BasicRwLock<S>::admit_readers() {
    uintptr_t now = word.load_relaxed() & ~kWaiting;
    while (detail::LockWaiter* first = readers_.first()) {
        readers_.grant(*first); // which returns only when we have given the lock of the list back
        now += kReader;
    }
    word.store_release(now | waiting());
}

template <LockFace S>
void BasicRwLock<S>::unlock_slowly() {
    Thread& self = S::current();
    if (!written_by(self))
        detail::lock_not_held("rwlock", name, self,
                              (word.load_relaxed() & kWriter) != 0 ? holder() : nullptr);
    do {
        Section section(lock_);
        if (!nobody_waits()) {
            word.store_release(kWaiting);
            readers_.empty() ? admit_writer() : admit_readers();
            return;
        }
    } while (!word.replace_release(address(self) | kWriter, 0));
}

// False: nothing was done, since nobody waits any more.
template <LockFace S>
bool BasicRwLock<S>::unlock_shared_slowly() {
    Section section(lock_);
    const uintptr_t seen = word.load_relaxed();
    if ((seen & kWriter) != 0 || seen < kReader)
        detail::lock_not_held("rwlock", name, S::current(),
                              (seen & kWriter) != 0 ? holder() : nullptr);
    if (nobody_waits())
        return false;
    word.store_release(seen - kReader);
    if (seen - kReader == kWaiting)
        writers_.empty() ? admit_readers() : admit_writer();
    return true;
}

} // namespace uk
