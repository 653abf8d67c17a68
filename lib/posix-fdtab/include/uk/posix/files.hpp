// SPDX-License-Identifier: BSD-3-Clause
// What files that wait, and those who wait for files, have of this image: the environment of their
// templates. For libraries of the posix floor.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <utility>

#include <uk/abi/fcntl.h>
#include <uk/alloc/heap.hpp>
#include <uk/config.hpp>
#include <uk/file.hpp>
#include <uk/file/ready_wait.hpp>
#include <uk/hal/clock.hpp>
#include <uk/posix/fdtab.hpp>
#include <uk/sched.hpp>
#include <uk/spinlock.hpp>
#include <uk/syscall/edge.hpp>

namespace uk::posix {

// Where no other thread takes what comes from outside (keys), the only thread does it before it
// waits: the function says until when at most, and an interrupt may end it earlier by unpark(). Set
// once, at init level lib.
using LookAround = uint64_t (*)(uint64_t deadline_ns);
void set_look_around(LookAround look);

struct ImageFiles {
    using File = uk::File;
    using Source = ReadySource;
    using Thread = uk::Thread;
    using Mutex = uk::Mutex;                        // sleeps
    using Lock = Spinlock<LockRank::subsystem>;     // against threads
    using ReadyLock = IrqSpinlock<LockRank::ready>; // inside a notify()

    static Thread& current() { return sched::current(); }
    static void park(uint64_t deadline_ns);
    static void unpark(Thread& thread) { sched::unpark(thread); }
    static bool interrupted() { return uk::interrupted(); }
    static uint64_t now_ns() { return hal::clock_monotonic_ns(); }
    static void* allocate(size_t size) { return heap::allocate(size); }
    static void deallocate(void* memory) { heap::deallocate(memory); }
};
static_assert(ReadyEnvironment<ImageFiles> && kReadyNever == kNever);

// A file on the heap, whose destroy() gives it back. Errors: ENOMEM.
template <class T, class... Arguments>
[[nodiscard]] Result<Ref<T>> make_file(Arguments&&... arguments) {
    void* memory = heap::allocate(sizeof(T));
    if (memory == nullptr)
        return Errno::nomem;
    return Ref<T>::adopt(*::new (memory) T(std::forward<Arguments>(arguments)...));
}

// A descriptor for it; of `flags` UK_O_CLOEXEC counts. Errors: EMFILE, ENOMEM.
template <class T>
[[nodiscard]] Result<int> add_file(Ref<T> file, int flags) {
    T* const object = file.release();
    return fd_table().add(Ref<File>::adopt(*object), (flags & UK_O_CLOEXEC) != 0);
}

} // namespace uk::posix
