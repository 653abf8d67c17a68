// SPDX-License-Identifier: BSD-3-Clause
// The console's private side.
#pragma once

#include <uk/base/late.hpp>
#include <uk/devicetree/tree.hpp>
#include <uk/io/reg.hpp>
#include <uk/uart/pl011.hpp>

namespace uk::kvm {

// Set up by the first that writes or reads, if there is one.
extern Late<uart::Pl011<io::Mmio>> g_console;

// What the device tree says of it. Slow. Errors: ENODEV (no tree, or none in it), EINVAL.
[[nodiscard]] Result<devicetree::Device> console_device();

} // namespace uk::kvm
