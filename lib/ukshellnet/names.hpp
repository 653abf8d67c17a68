// SPDX-License-Identifier: BSD-3-Clause
// Private: what commands make of names.
#pragma once

#include <span>

#include <uk/lwip/status.hpp>
#include <uk/shell.hpp>

namespace uk::shell {

// Addresses of an address as text or of a name, at least one; 0 after a message. Blocks.
size_t find_addresses(Call& call, const char* name, std::span<lwip::Address> out);

} // namespace uk::shell
