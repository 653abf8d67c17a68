// SPDX-License-Identifier: BSD-3-Clause
// Private: addresses of a name, and the name of an address, from /etc/hosts and from resolvers.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include <uk/socket/resolver.hpp>

namespace uk::netdb {

inline constexpr size_t kMostAddresses = 16; // of one name

// A text that is an address, with a number behind '%' for one of IPv6. Of `family`, or any.
[[nodiscard]] bool parse_address(std::string_view text, int family, HostAddress& out);
// As Resolver has them: /etc/hosts first, "localhost" without it, then who is in the table. ENOENT
// also where there is nobody to ask.
[[nodiscard]] Result<size_t> find_host(std::string_view host, int family,
                                       std::span<HostAddress> out);
[[nodiscard]] Result<size_t> name_of_host(const HostAddress& address, std::span<char> out);

} // namespace uk::netdb
