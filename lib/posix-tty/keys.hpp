// SPDX-License-Identifier: BSD-3-Clause
// How keys come from the platform's console to whoever wants them.
#pragma once

#include <cstddef>
#include <cstdint>

#include <uk/base/result.hpp>

namespace uk::tty {

// Where keys go; returns how many were taken.
using TakeKeys = size_t (*)(const char* keys, size_t count);
using HangUp = void (*)();

// From now on keys that come are given to `take`, in the order in which they came; what it does
// not take is offered again. A thread looks for them, or, without threads, keys_wait(). `hang_up`
// is called when no more can come. Once.
[[nodiscard]] Result<> keys_start(TakeKeys take, HangUp hang_up);

// For a thread that waits for keys, until unpark(), the deadline, or earlier.
void keys_wait(uint64_t deadline_ns);

} // namespace uk::tty
