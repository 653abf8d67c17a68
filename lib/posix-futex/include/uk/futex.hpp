// SPDX-License-Identifier: BSD-3-Clause
// Futexes of this image for libraries of the kernel; applications call uk_sys_futex().
#pragma once

#include <cstddef>
#include <cstdint>

#include <uk/base/address.hpp>

namespace uk::futex {

// Wakes up to `most` threads that wait at `word`, whoever wrote to it before; how many. For threads
// without locks. May switch.
size_t wake(Vaddr word, size_t most);

} // namespace uk::futex
