// SPDX-License-Identifier: BSD-3-Clause
// Where RAM lies on linuxu.
#pragma once

#include <cstddef>
#include <cstdint>

#include <uk/config.hpp>

namespace uk::linuxu {

// The first physical address. It keeps 1 MiB distance from a 2 MiB boundary: a host that hands out
// huge pages unasked then fills the first MiB, which is all that small programs use, page by page,
// and needs not clear 2 MiB before main.
inline constexpr uintptr_t kRamStart = 0x10100000;
inline constexpr uintptr_t kRamAlign = 0x200000;
inline constexpr size_t kRamSize = static_cast<size_t>(cfg::linuxu_memory_mib) << 20;

static_assert(kRamSize >= (size_t{1} << 20), "LINUXU_MEMORY_MIB is at least 1");

} // namespace uk::linuxu
