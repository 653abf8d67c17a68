// SPDX-License-Identifier: BSD-3-Clause
// DNS among the resolvers of this image.
#include "inet.hpp"
#include "names.hpp"

#include "../stack_impl.hpp"

namespace uk::lwip {
namespace {

Result<size_t> find(std::string_view host, int family, std::span<HostAddress> out) {
    return find_name<Inet>(host, family, out, search_domain());
}

UK_RESOLVER({.name = "dns (lwip)", .order = 100, .find = find});

} // namespace
} // namespace uk::lwip
