// SPDX-License-Identifier: BSD-3-Clause
// For KernelMachine only: stacks between guard pages, from the address space (LIBUKVMEM).
#pragma once

#include <cstddef>
#include <span>

#include <uk/base/result.hpp>
#include <uk/sched/thread.hpp>

// Under LIBUKSCHED_STACK_GUARD. From below: a guard page, the thread's own part, and where `kernel`
// is not 0 another guard page and that many bytes. All pages have their frames until the stack is
// given back, so no access to it ever faults, whoever runs on it. Before the address space exists,
// or where the machine has none, it is a run of frames of the same shape without guards.
namespace uk::sched::detail {

inline constexpr size_t kStackGuardBytes = 4096;

// `bytes` is the size of what is returned: own part, guard, kernel part. Whole pages. Thread
// context; does not block. Errors: ENOMEM.
[[nodiscard]] Result<ThreadStack> guarded_stack_get(size_t bytes, size_t kernel, const char* name);
// The next owner's name, for the crash report. Thread context.
void guarded_stack_rename(ThreadStack stack, size_t kernel, const char* name);
// Thread context, or idle.
void guarded_stack_put(ThreadStack stack);
// At most kMostStacks, for which other CPUs are asked once.
inline constexpr size_t kMostStacks = 16;
void guarded_stacks_put(std::span<const ThreadStack> stacks);

} // namespace uk::sched::detail
