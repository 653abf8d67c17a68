// SPDX-License-Identifier: BSD-3-Clause
// Whom lwIP's DNS asks. All functions under the stack's lock.
#pragma once

#include <span>

#include <lwip/ip_addr.h>

namespace uk::lwip {

// More servers that netdev.ip= names, for the next device: asked first, and those that routers
// announce not at all.
void set_name_servers(std::span<const ip_addr_t> servers);

// DHCP of another device tells servers, too, and lwIP puts them in front, at each renewal: back
// behind the fixed ones. Before a question.
void put_fixed_servers_first();

// Of netdev.ip= none from now on. For tests.
void forget_fixed_servers();

inline constexpr int kNoAnswer = -1;
// In a call-back of lwIP's DNS without an address: the RCODE of the answer (RFC 1035, 4.1.1), or
// kNoAnswer.
[[nodiscard]] int dns_rcode();

} // namespace uk::lwip
