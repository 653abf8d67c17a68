// SPDX-License-Identifier: BSD-3-Clause
// Reading and writing descriptors of the host that may be anything. From anywhere.
#pragma once

#include <cstddef>

#include <uk/linuxabi/types.hpp>

namespace uk::linuxabi {

// Polls one descriptor; no timeout = wait for ever. False if it took a signal or ran out of time.
bool poll_one(PollFd& fd, const Timespec* timeout);

// Waits where it must; bytes that nobody takes any more go nowhere.
void write_all(int fd, const char* data, size_t size);

} // namespace uk::linuxabi
