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
// not take is offered again after keys_taken(). A thread does it, or, without threads, who waits
// (posix::set_look_around()). `hang_up` is called when no more can come. Once.
[[nodiscard]] Result<> keys_start(TakeKeys take, HangUp hang_up);

// Somebody has read, so there may be room for more. Thread context.
void keys_taken();

} // namespace uk::tty
