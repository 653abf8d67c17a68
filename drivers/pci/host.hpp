// SPDX-License-Identifier: BSD-3-Clause
// What each architecture tells about the machine's host bridge.
#pragma once

#include <uk/base/result.hpp>
#include <uk/hal/irq_line.hpp>
#include <uk/pci/scan.hpp>

namespace uk::pci {

// The way to configuration space, and who gives numbers and addresses. Once. Errors: ENODEV (the
// machine has no PCI), those of hal::map_device().
[[nodiscard]] Result<> find_host(Host& host);

// As interrupt_line() in driver.hpp.
[[nodiscard]] Result<hal::IrqLine> line_of(const Host& host, const Found& found,
                                           const Function& function);

} // namespace uk::pci
