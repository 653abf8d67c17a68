// SPDX-License-Identifier: BSD-3-Clause
// What interrupt lines need of the architecture: epoll's event, padded to 8 bytes.
#pragma once

#include <uk/linuxabi/arm64/syscall.hpp>

namespace uk::linuxabi {

struct EpollEvent {
    uint32_t events;
    uint64_t data;
};
static_assert(sizeof(EpollEvent) == 16);

} // namespace uk::linuxabi
