// SPDX-License-Identifier: BSD-3-Clause
// Private: what keeps threads apart. Empty in images without threads.
#pragma once

#include <stdio.h>

#include <uk/config.hpp>
#ifdef CONFIG_LIBUKSCHED_THREADS
#include <uk/base/atomic.hpp>
#include <uk/sched.hpp>
#include <uk/spinlock.hpp>
#endif

namespace nolibc {

#ifdef CONFIG_LIBUKSCHED_THREADS

/// For data of the library; the heap may be called under it.
using DataLock = uk::Spinlock<uk::LockRank::subsystem>;
using DataGuard = uk::LockGuard<DataLock>;

/// One thread at a time works on a stream. May be taken again by its holder, since functions of
/// stdio call each other. Who waits sleeps. Thread context. Before there are threads nobody is kept
/// out.
class StreamLock {
  public:
    constexpr StreamLock() = default;

    void lock() {
        if (!try_lock()) {
            (void)waiters_.wait_until([this] { return try_lock(); }, uk::kNever, {"stream"});
        }
    }
    bool try_lock() {
        const uintptr_t self = myself();
        if (holder_.load_relaxed() != self && !holder_.replace_acquire(0, self)) {
            return false;
        }
        depth_++;
        return true;
    }
    void unlock() {
        if (--depth_ == 0) {
            holder_.store_release(0);
            waiters_.wake_one();
        }
    }

  private:
    static uintptr_t myself() {
        return uk::sched::started() ? reinterpret_cast<uintptr_t>(&uk::sched::current()) : 0;
    }

    uk::Atomic<uintptr_t> holder_{0};
    unsigned depth_ = 0; // the holder's
    uk::WaitQueue waiters_;
};

/// The lock of a standard stream; of any other FILE nobody else knows.
StreamLock* lock_of(FILE& file);

#else

struct DataLock {};
struct DataGuard {
    explicit DataGuard(DataLock& /*lock*/) {}
};

#endif

/// Holds the lock of a stream while it lives.
class Hold {
  public:
#ifdef CONFIG_LIBUKSCHED_THREADS
    explicit Hold(FILE* file) : lock_(lock_of(*file)) {
        if (lock_ != nullptr) {
            lock_->lock();
        }
    }
    ~Hold() {
        if (lock_ != nullptr) {
            lock_->unlock();
        }
    }
#else
    explicit Hold(FILE* /*file*/) {}
#endif
    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;

#ifdef CONFIG_LIBUKSCHED_THREADS
  private:
    StreamLock* lock_;
#endif
};

} // namespace nolibc
