// SPDX-License-Identifier: BSD-3-Clause
// Files over threads of the host: the environment of templates that make files which wait.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <new>
#include <utility>

#include <uk/base/ref.hpp>
#include <uk/file/basic_file.hpp>
#include <uk/file/ready_wait.hpp>
#include <uk/user.hpp>

#include "host_lock.hpp"

struct HostFiles {
    struct Thread {
        std::mutex mutex;
        std::condition_variable changed;
        bool permit = false;
        std::atomic<bool> interrupted{false};
    };
    using Mutex = HostLock;
    using Lock = HostLock;
    using ReadyLock = HostLock;
    using Source = uk::BasicReadySource<HostLock>;
    using File = uk::BasicFile<HostLock, Source>;

    static Thread& current() {
        static thread_local Thread thread;
        return thread;
    }
    static void park(uint64_t deadline_ns) {
        Thread& self = current();
        std::unique_lock lock(self.mutex);
        const auto woken = [&] { return self.permit; };
        if (deadline_ns == uk::kReadyNever)
            self.changed.wait(lock, woken);
        else
            self.changed.wait_until(lock, at(deadline_ns), woken);
        self.permit = false;
    }
    static void unpark(Thread& thread) {
        std::lock_guard guard(thread.mutex);
        thread.permit = true;
        thread.changed.notify_one(); // with the lock: the thread may end right after
    }
    static void interrupt(Thread& thread) {
        thread.interrupted = true;
        unpark(thread);
    }
    static bool interrupted() { return current().interrupted; }
    static uint64_t now_ns() {
        return static_cast<uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
    }
    static void* allocate(size_t size) {
        if (allocations_left == 0)
            return nullptr;
        allocations_left--;
        return std::malloc(size);
    }
    static void deallocate(void* memory) { std::free(memory); }
    static inline std::atomic<size_t> allocations_left{~size_t{0}};
    static Mutex& all_epolls() {
        static Mutex mutex;
        return mutex;
    }
    static void broken() { broken_writes++; }
    static inline std::atomic<int> broken_writes{0};

  private:
    static std::chrono::steady_clock::time_point at(uint64_t ns) {
        return std::chrono::steady_clock::time_point(
            std::chrono::nanoseconds(static_cast<int64_t>(ns)));
    }
};
static_assert(uk::ReadyEnvironment<HostFiles>);

// A file that gives itself back.
template <class T, class... Arguments>
uk::Ref<T> host_file(Arguments&&... arguments) {
    return uk::Ref<T>::adopt(*new (std::malloc(sizeof(T)))
                                 T(std::forward<Arguments>(arguments)...));
}

// One read or write of kernel memory.
inline uk::Result<size_t> host_write(HostFiles::File& file, const void* data, size_t size) {
    const uk::IoPiece piece{const_cast<void*>(data), size};
    uk::IoPieces from({&piece, 1}, uk::IoMemory::kernel);
    return file.write(from);
}
inline uk::Result<size_t> host_read(HostFiles::File& file, void* data, size_t size) {
    const uk::IoPiece piece{data, size};
    uk::IoPieces to({&piece, 1}, uk::IoMemory::kernel);
    return file.read(to);
}
