// SPDX-License-Identifier: BSD-3-Clause
// What a system call that is not there says.
#pragma once

#include <uk/base/atomic.hpp>

namespace uk::detail {

// -ENOSYS, and the first time (`told` is false before) a line in the log.
long syscall_absent(const char* name, Atomic<bool>& told);

} // namespace uk::detail
