// SPDX-License-Identifier: BSD-3-Clause
// This domain's xenstore.
#pragma once

#include <span>
#include <string_view>

#include <uk/base/result.hpp>

namespace uk::xen {

// Paths without a leading slash start at the domain's own folder. They wait for the answer, some
// seconds at most, with interrupts on or off; not from interrupt handlers, one at a time. Errors:
// ENODEV (no xenstore), ETIMEDOUT (no answer), EPROTO (nonsense came), E2BIG (too long for a
// message), or what xenstore says (ENOENT, EACCES, ...).
[[nodiscard]] Result<> store_write(std::string_view path, std::string_view value);

// The value, as far as it fits, is put into `value`; ERANGE if it does not.
[[nodiscard]] Result<size_t> store_read(std::string_view path, std::span<char> value);

// The names below `path`, each with a terminating 0.
[[nodiscard]] Result<size_t> store_list(std::string_view path, std::span<char> names);

} // namespace uk::xen
