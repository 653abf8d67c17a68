// SPDX-License-Identifier: BSD-3-Clause
// RwLock: many readers or one writer.
//
//     { uk::SharedGuard guard(g_routes_lock); look(); }
//     { uk::LockGuard guard(g_routes_lock); change(); }
#pragma once

#include <uk/base/result.hpp>
#include <uk/lock/waiters.hpp>

namespace uk {

// Writers come first, and nobody starves: readers that come while a writer waits wait behind it; a
// writer that ends lets all readers in that wait by then, the last of these the next writer. So a
// reader waits for one writer at most, a writer for those before it and the readers between them.
// Among each other writers go by urgency, then arrival. Thread context only, never under a spinning
// lock. A reader that reads again may wait for ever, if a writer came in between; one that wants to
// write has to give back first. The name is static text for reports. It must be free when it goes,
// and may go as soon as the last unlock() has begun, if nobody waits. Without contention each call
// is one compare-exchange.
template <LockFace S>
class BasicRwLock : LockWord {
    using Section = detail::Section<S>;

  public:
    struct State {};

    constexpr BasicRwLock() = default;
    constexpr explicit BasicRwLock(const char* text) : LockWord(text) {}
    BasicRwLock(const BasicRwLock&) = delete;
    BasicRwLock& operator=(const BasicRwLock&) = delete;

    // For writing. May block. Panics if the caller writes already.
    State lock() {
        if (!lock_until(kNever).ok()) [[unlikely]]
            detail::lock_held_already("rwlock", name, S::current());
        return {};
    }
    // May block until the deadline. Errors: ETIMEDOUT, EINTR, EDEADLK (the caller writes
    // already).
    [[nodiscard]] Result<> lock_until(uint64_t deadline_ns) {
        return try_lock() ? ok() : lock_slowly(deadline_ns);
    }
    // False when somebody reads, writes or waits. Does not block.
    [[nodiscard]] bool try_lock() {
        return word.replace_acquire(0, address(S::current()) | kWriter);
    }
    // By the thread that locked for writing; panics otherwise. Does not block; may switch.
    void unlock(State /*state*/ = {}) {
        if (!word.replace_release(address(S::current()) | kWriter, 0)) [[unlikely]]
            unlock_slowly();
    }
    [[nodiscard]] bool written_by_me() const { return written_by(S::current()); }

    // For reading; otherwise like the four above.
    void lock_shared() {
        if (!lock_shared_until(kNever).ok()) [[unlikely]]
            detail::lock_held_already("rwlock", name, S::current());
    }
    [[nodiscard]] Result<> lock_shared_until(uint64_t deadline_ns) {
        return try_lock_shared() ? ok() : lock_shared_slowly(deadline_ns);
    }
    [[nodiscard]] bool try_lock_shared() {
        for (;;) {
            const uintptr_t seen = word.load_relaxed();
            if ((seen & kFlags) != 0)
                return false;
            if (word.replace_acquire(seen, seen + kReader)) [[likely]]
                return true;
        }
    }
    // Once for each successful lock_shared(), by any thread. Panics when nobody reads.
    void unlock_shared() {
        for (;;) {
            const uintptr_t seen = word.load_relaxed();
            if ((seen & kFlags) != 0 || seen == 0) [[unlikely]] {
                if (unlock_shared_slowly())
                    return;
            } else if (word.replace_release(seen, seen - kReader)) [[likely]] {
                return;
            }
        }
    }

  private:
    // The word is 0, a number of kReader, or a writer's address and kWriter; and kWaiting exactly
    // while somebody is in a list. It and, while it is set, the whole word change under the lock.
    static constexpr uintptr_t kWaiting = 1;
    static constexpr uintptr_t kWriter = 2;
    static constexpr uintptr_t kReader = 8;

    [[gnu::noinline]] Result<> lock_slowly(uint64_t deadline_ns);
    [[gnu::noinline]] Result<> lock_shared_slowly(uint64_t deadline_ns);
    [[gnu::noinline]] void unlock_slowly();
    [[gnu::noinline]] bool unlock_shared_slowly();
    Result<> wait(Section& section, detail::Waiters<S>& list, uint64_t deadline_ns);
    bool nobody_waits() const { return readers_.empty() && writers_.empty(); }
    uintptr_t waiting() const { return nobody_waits() ? 0 : kWaiting; }
    void admit_writer();
    void admit_readers();
    static uintptr_t address(const Thread& thread) { return reinterpret_cast<uintptr_t>(&thread); }
    bool written_by(const Thread& self) const {
        return (word.load_relaxed() & ~kWaiting) == (address(self) | kWriter);
    }

    [[no_unique_address]] detail::WaitersLock<S> lock_;
    detail::Waiters<S> readers_;
    detail::Waiters<S> writers_;
};

// Holds an RwLock for reading while it lives.
template <class Lock>
class [[nodiscard]] SharedGuard {
  public:
    explicit SharedGuard(Lock& lock) : lock_(lock) { lock.lock_shared(); }
    ~SharedGuard() { lock_.unlock_shared(); }
    SharedGuard(const SharedGuard&) = delete;
    SharedGuard& operator=(const SharedGuard&) = delete;

  private:
    Lock& lock_;
};

} // namespace uk

#include <uk/lock/rw_lock_impl.hpp>
