// SPDX-License-Identifier: BSD-3-Clause
// The one process of an image, for libraries of the posix floor. From any thread; nothing blocks.
#pragma once

#include <uk/base/result.hpp>
#include <uk/posix/identity.hpp>
#include <uk/posix/limits.hpp>
#include <uk/spinlock.hpp>

namespace uk::posix {

struct Process {
    Identity identity;
    Limits limits;
};

using ProcessLock = Spinlock<LockRank::subsystem>;
extern constinit Guarded<Process, ProcessLock> g_process;

// The soft limit of a resource that there is.
[[nodiscard]] uint64_t limit_of(int resource);

// The mask that new files' permissions go through.
[[nodiscard]] uint32_t file_mask();

// Whether a number names the process: its id, or 0 for the caller's.
constexpr bool is_this_process(int id) {
    return id == 0 || id == kProcessId;
}

// The number of the calling thread; the first one's is that of the process.
[[nodiscard]] int thread_id();

} // namespace uk::posix
