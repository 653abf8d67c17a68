// SPDX-License-Identifier: BSD-3-Clause
// The locks of this image that put threads to sleep. docs/locks.md says which to use when.
//
//     constinit uk::Guarded<Table, uk::Mutex> g_table;
//     g_table.with([&](Table& table) { table.insert(row); });
//
//     constinit uk::Semaphore g_free(8, "free slots");
//     UK_TRY(g_free.acquire_until(deadline_ns));
//
// Deadlines are of hal::clock_monotonic_ns(); kNever is none. Waiting allocates nothing: waiters
// are on the stacks of those who wait. What may be called where stands with each class.
#pragma once

#include <uk/config.hpp>
#include <uk/lock/completion.hpp>
#include <uk/lock/cond_var.hpp>
#include <uk/lock/event_set.hpp>
#include <uk/lock/mutex.hpp>
#include <uk/lock/rw_lock.hpp>
#include <uk/lock/semaphore.hpp>
#include <uk/sched.hpp>

namespace uk {

namespace detail {

struct ImageLocks : sched::Face {
    static constexpr bool kLockChecks = cfg::libuklock_check;
};

} // namespace detail

// What is not inline is compiled once, in lock_hw.cpp.
extern template class BasicMutex<detail::ImageLocks>;
extern template class BasicRecursiveMutex<detail::ImageLocks>;
extern template class BasicSemaphore<detail::ImageLocks>;
extern template class BasicCondVar<detail::ImageLocks>;
extern template class BasicRwLock<detail::ImageLocks>;
extern template class BasicCompletion<detail::ImageLocks>;
extern template class BasicEventSet<detail::ImageLocks>;

using Mutex = BasicMutex<detail::ImageLocks>;
using RecursiveMutex = BasicRecursiveMutex<detail::ImageLocks>;
using Semaphore = BasicSemaphore<detail::ImageLocks>;
using CondVar = BasicCondVar<detail::ImageLocks>;
using RwLock = BasicRwLock<detail::ImageLocks>;
using Completion = BasicCompletion<detail::ImageLocks>;
using EventSet = BasicEventSet<detail::ImageLocks>;

} // namespace uk
