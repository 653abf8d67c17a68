// SPDX-License-Identifier: BSD-3-Clause
// What the tests of the entropy device look at.
#pragma once

#include <cstdint>

#include <uk/base/atomic.hpp>

namespace uk::virtio {

// How often the device interrupted.
extern Atomic<uint32_t> g_rng_interrupts;

} // namespace uk::virtio
