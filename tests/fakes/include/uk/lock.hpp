// SPDX-License-Identifier: BSD-3-Clause
// Stands in for lib/uklock's <uk/lock.hpp> in host tests, so that classes bound to the locks of an
// image run in threads of the host. What the real ones answer with a panic is one here, too; a
// thread that reads twice waits behind a writer as it would there.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>

#include <uk/assert.h>
#include <uk/base/result.hpp>
#include <uk/lock/rw_lock.hpp>
#include <uk/spinlock/basic.hpp>

namespace uk {

class Mutex {
  public:
    struct State {};

    Mutex() = default;
    explicit Mutex(const char* /*name*/) {}
    Mutex(const Mutex&) = delete;
    Mutex& operator=(const Mutex&) = delete;
    ~Mutex() { UK_ASSERT(holder_ == std::thread::id{} && "mutex goes while it is held"); }

    State lock() {
        std::unique_lock<std::mutex> guard(inner_);
        UK_ASSERT(holder_ != std::this_thread::get_id() && "mutex locked twice");
        free_.wait(guard, [&] { return holder_ == std::thread::id{}; });
        holder_ = std::this_thread::get_id();
        return {};
    }
    [[nodiscard]] bool try_lock() {
        std::unique_lock<std::mutex> guard(inner_);
        if (holder_ != std::thread::id{})
            return false;
        holder_ = std::this_thread::get_id();
        return true;
    }
    void unlock(State /*state*/ = {}) {
        std::unique_lock<std::mutex> guard(inner_);
        UK_ASSERT(holder_ == std::this_thread::get_id() && "mutex of another thread");
        holder_ = {};
        free_.notify_one();
    }
    [[nodiscard]] bool held_by_me() {
        std::unique_lock<std::mutex> guard(inner_);
        return holder_ == std::this_thread::get_id();
    }

  private:
    std::mutex inner_;
    std::condition_variable free_;
    std::thread::id holder_;
};

class RwLock {
  public:
    struct State {};

    RwLock() = default;
    explicit RwLock(const char* /*name*/) {}
    RwLock(const RwLock&) = delete;
    RwLock& operator=(const RwLock&) = delete;
    ~RwLock() {
        UK_ASSERT(readers_ == 0 && writer_ == std::thread::id{} && "lock goes while it is held");
    }

    State lock() {
        std::unique_lock<std::mutex> guard(inner_);
        UK_ASSERT(writer_ != std::this_thread::get_id() && "rwlock locked twice");
        waiting_writers_++;
        changed_.wait(guard, [&] { return readers_ == 0 && writer_ == std::thread::id{}; });
        waiting_writers_--;
        writer_ = std::this_thread::get_id();
        return {};
    }
    [[nodiscard]] bool try_lock() {
        std::unique_lock<std::mutex> guard(inner_);
        if (readers_ != 0 || waiting_writers_ != 0 || writer_ != std::thread::id{})
            return false;
        writer_ = std::this_thread::get_id();
        return true;
    }
    void unlock(State /*state*/ = {}) {
        std::unique_lock<std::mutex> guard(inner_);
        UK_ASSERT(writer_ == std::this_thread::get_id() && "rwlock of another thread");
        writer_ = {};
        changed_.notify_all();
    }
    [[nodiscard]] bool written_by_me() {
        std::unique_lock<std::mutex> guard(inner_);
        return writer_ == std::this_thread::get_id();
    }
    void lock_shared() {
        std::unique_lock<std::mutex> guard(inner_);
        UK_ASSERT(writer_ != std::this_thread::get_id() && "rwlock read by its writer");
        changed_.wait(guard, [&] { return waiting_writers_ == 0 && writer_ == std::thread::id{}; });
        readers_++;
    }
    [[nodiscard]] bool try_lock_shared() {
        std::unique_lock<std::mutex> guard(inner_);
        if (waiting_writers_ != 0 || writer_ != std::thread::id{})
            return false;
        readers_++;
        return true;
    }
    void unlock_shared() {
        std::unique_lock<std::mutex> guard(inner_);
        UK_ASSERT(readers_ > 0 && "rwlock that nobody reads");
        readers_--;
        changed_.notify_all();
    }

  private:
    std::mutex inner_;
    std::condition_variable changed_;
    unsigned readers_ = 0;
    unsigned waiting_writers_ = 0;
    std::thread::id writer_;
};

// Deadlines are not kept: whoever waits is woken.
class CondVar {
  public:
    CondVar() = default;
    explicit CondVar(const char* /*name*/) {}

    [[nodiscard]] Result<> wait(Mutex& mutex, uint64_t /*deadline_ns*/ = kNever) {
        std::unique_lock<std::mutex> guard(inner_);
        const uint64_t before = wakes_;
        mutex.unlock();
        woken_.wait(guard, [&] { return wakes_ != before; });
        guard.unlock();
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
        std::unique_lock<std::mutex> guard(inner_);
        wakes_++;
        woken_.notify_all();
        return 1;
    }

  private:
    std::mutex inner_;
    std::condition_variable woken_;
    uint64_t wakes_ = 0;
};

} // namespace uk
