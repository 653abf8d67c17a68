// SPDX-License-Identifier: BSD-3-Clause
// What interrupt lines need of the architecture: epoll's event, without padding, on this
// architecture alone.
#pragma once

#include <uk/linuxabi/x86_64/syscall.hpp>

namespace uk::linuxabi {

struct [[gnu::packed]] EpollEvent {
    uint32_t events;
    uint64_t data;
};
static_assert(sizeof(EpollEvent) == 12);

} // namespace uk::linuxabi
