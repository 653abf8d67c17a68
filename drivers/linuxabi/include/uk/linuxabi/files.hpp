// SPDX-License-Identifier: BSD-3-Clause
// Reading and writing descriptors of the host that may be anything.
#pragma once

#include <cstddef>

#include <uk/linuxabi/types.hpp>

namespace uk::linuxabi {

// Those of standard input, output and error that are closed become /dev/null: else the first files
// that are opened, and be it the memory of the image, would be read and written in their place.
// Before any is opened.
void fill_standard_descriptors();

// From anywhere, as the next.
// Polls one descriptor; no timeout = wait for ever. False if it took a signal or ran out of time.
bool poll_one(PollFd& fd, const Timespec* timeout);

// Waits where it must; bytes that nobody takes any more go nowhere.
void write_all(int fd, const char* data, size_t size);

} // namespace uk::linuxabi
