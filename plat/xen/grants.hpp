// SPDX-License-Identifier: BSD-3-Clause
// This domain's grant table.
#pragma once

#include <uk/xen/grants.hpp>

#include "hypervisor.hpp"

namespace uk::xen {

struct Machine {
    [[nodiscard]] uint64_t machine_frame(Paddr page) const { return xen::machine_frame(page); }
};

// One page of it, mapped when it is first asked for: 512 entries. Thread context the first time.
// The error is Xen's.
[[nodiscard]] Result<GrantTable<Machine>*> grants();

} // namespace uk::xen
