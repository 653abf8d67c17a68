// SPDX-License-Identifier: BSD-3-Clause
// Which CPUs take part when page tables change.
#pragma once

namespace uk::x86 {

// CPU `index`, the caller, remembers page tables from now on.
void flush_joins(unsigned index);

} // namespace uk::x86
