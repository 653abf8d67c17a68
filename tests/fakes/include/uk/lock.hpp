// SPDX-License-Identifier: BSD-3-Clause
// Stands in for lib/uklock's <uk/lock.hpp> in host tests, so that classes bound to the locks of an
// image run in threads of the host. What the real ones answer with a panic is one here, too; a
// thread that reads twice waits behind a writer as it would there.
#pragma once

#include <cstdint>
#include <pthread.h>

#include <uk/assert.h>
#include <uk/base/result.hpp>
#include <uk/lock/rw_lock.hpp>
#include <uk/spinlock/basic.hpp>

namespace uk {

namespace detail {

// Which thread this is; not 0.
inline uintptr_t host_thread() {
    static thread_local char mine;
    return reinterpret_cast<uintptr_t>(&mine);
}

// A mutex and what is waited for under it; unlike the standard's it needs no code to begin with.
class HostMonitor {
  public:
    constexpr HostMonitor() = default;

    class Guard {
      public:
        explicit Guard(HostMonitor& owner) : owner_(owner) { pthread_mutex_lock(&owner_.mutex_); }
        ~Guard() { pthread_mutex_unlock(&owner_.mutex_); }
        Guard(const Guard&) = delete;
        Guard& operator=(const Guard&) = delete;
        template <class Done>
        void wait(Done done) {
            while (!done())
                pthread_cond_wait(&owner_.changed_, &owner_.mutex_);
        }
        void notify() { pthread_cond_broadcast(&owner_.changed_); }

      private:
        HostMonitor& owner_;
    };

  private:
    pthread_mutex_t mutex_ = PTHREAD_MUTEX_INITIALIZER;
    pthread_cond_t changed_ = PTHREAD_COND_INITIALIZER;
};

} // namespace detail

class Mutex {
  public:
    struct State {};

    constexpr Mutex() = default;
    constexpr explicit Mutex(const char* /*name*/) {}
    Mutex(const Mutex&) = delete;
    Mutex& operator=(const Mutex&) = delete;
    ~Mutex() { UK_ASSERT(holder_ == 0 && "mutex goes while it is held"); }

    State lock() {
        detail::HostMonitor::Guard guard(inner_);
        UK_ASSERT(holder_ != detail::host_thread() && "mutex locked twice");
        guard.wait([&] { return holder_ == 0; });
        holder_ = detail::host_thread();
        return {};
    }
    [[nodiscard]] bool try_lock() {
        detail::HostMonitor::Guard guard(inner_);
        if (holder_ != 0)
            return false;
        holder_ = detail::host_thread();
        return true;
    }
    void unlock(State /*state*/ = {}) {
        detail::HostMonitor::Guard guard(inner_);
        UK_ASSERT(holder_ == detail::host_thread() && "mutex of another thread");
        holder_ = 0;
        guard.notify();
    }
    [[nodiscard]] bool held_by_me() {
        detail::HostMonitor::Guard guard(inner_);
        return holder_ == detail::host_thread();
    }

  private:
    detail::HostMonitor inner_;
    uintptr_t holder_ = 0;
};

class RwLock {
  public:
    struct State {};

    constexpr RwLock() = default;
    constexpr explicit RwLock(const char* /*name*/) {}
    RwLock(const RwLock&) = delete;
    RwLock& operator=(const RwLock&) = delete;
    ~RwLock() { UK_ASSERT(readers_ == 0 && writer_ == 0 && "lock goes while it is held"); }

    State lock() {
        detail::HostMonitor::Guard guard(inner_);
        UK_ASSERT(writer_ != detail::host_thread() && "rwlock locked twice");
        waiting_writers_++;
        guard.wait([&] { return readers_ == 0 && writer_ == 0; });
        waiting_writers_--;
        writer_ = detail::host_thread();
        return {};
    }
    [[nodiscard]] bool try_lock() {
        detail::HostMonitor::Guard guard(inner_);
        if (readers_ != 0 || waiting_writers_ != 0 || writer_ != 0)
            return false;
        writer_ = detail::host_thread();
        return true;
    }
    void unlock(State /*state*/ = {}) {
        detail::HostMonitor::Guard guard(inner_);
        UK_ASSERT(writer_ == detail::host_thread() && "rwlock of another thread");
        writer_ = 0;
        guard.notify();
    }
    [[nodiscard]] bool written_by_me() {
        detail::HostMonitor::Guard guard(inner_);
        return writer_ == detail::host_thread();
    }
    void lock_shared() {
        detail::HostMonitor::Guard guard(inner_);
        UK_ASSERT(writer_ != detail::host_thread() && "rwlock read by its writer");
        guard.wait([&] { return waiting_writers_ == 0 && writer_ == 0; });
        readers_++;
    }
    [[nodiscard]] bool try_lock_shared() {
        detail::HostMonitor::Guard guard(inner_);
        if (waiting_writers_ != 0 || writer_ != 0)
            return false;
        readers_++;
        return true;
    }
    void unlock_shared() {
        detail::HostMonitor::Guard guard(inner_);
        UK_ASSERT(readers_ > 0 && "rwlock that nobody reads");
        readers_--;
        guard.notify();
    }

  private:
    detail::HostMonitor inner_;
    unsigned readers_ = 0;
    unsigned waiting_writers_ = 0;
    uintptr_t writer_ = 0;
};

// Deadlines are not kept: whoever waits is woken.
class CondVar {
  public:
    constexpr CondVar() = default;
    constexpr explicit CondVar(const char* /*name*/) {}

    [[nodiscard]] Result<> wait(Mutex& mutex, uint64_t /*deadline_ns*/ = kNever) {
        {
            detail::HostMonitor::Guard guard(inner_);
            const uint64_t before = wakes_;
            mutex.unlock();
            guard.wait([&] { return wakes_ != before; });
        }
        mutex.lock();
        return ok();
    }
    template <class Done>
    [[nodiscard]] Result<> wait_until(Mutex& mutex, Done done, uint64_t deadline_ns = kNever) {
        while (!done())
            UK_TRY(wait(mutex, deadline_ns));
        return ok();
    }
    bool wake_one() { return wake_all() != 0; }
    size_t wake_all() {
        detail::HostMonitor::Guard guard(inner_);
        wakes_++;
        guard.notify();
        return 1;
    }

  private:
    detail::HostMonitor inner_;
    uint64_t wakes_ = 0;
};

} // namespace uk
