// SPDX-License-Identifier: BSD-3-Clause
// Error numbers of Xen as ours.
#pragma once

#include <string_view>

#include <uk/base/result.hpp>

namespace uk::xen {

// What a hypercall returned: the value, or an error (-4095 to -1, numbered as in Linux; one that we
// do not have becomes EIO). Pure.
[[nodiscard]] Result<uint64_t> result_of(int64_t returned);

// The error that xenstore names, "ENOENT"; one that we do not have becomes EIO. Pure.
[[nodiscard]] Errno errno_named(std::string_view name);

} // namespace uk::xen
