// SPDX-License-Identifier: BSD-3-Clause
// What pages of applications need of the architecture.
#pragma once

#include <uk/linuxabi/x86_64/syscall.hpp>

namespace uk::linuxabi {

// Bytes that were written can be fetched as instructions.
inline void sync_code(void* /*start*/, unsigned long /*size*/) {}

} // namespace uk::linuxabi
