// SPDX-License-Identifier: BSD-3-Clause
// Name servers: netdev.ip='s, DHCP's, those of routers.
#include "name_servers.hpp"

#include <lwip/dns.h>

#include <hooks.h>

namespace uk::lwip {
namespace {

constexpr unsigned kMostAnnounced = 2;

constinit int g_rcode = kNoAnswer;          // of the answer that lwIP just looks at
constinit bool g_has_fixed_servers = false; // netdev.ip= names some

unsigned server_count() {
    unsigned count = 0;
    while (count < DNS_MAX_SERVERS && !ip_addr_isany(dns_getserver(static_cast<u8_t>(count))))
        count++;
    return count;
}

void remove_server(const ip_addr_t& server) {
    unsigned kept = 0;
    for (unsigned i = 0; i < DNS_MAX_SERVERS; i++) {
        const ip_addr_t one = *dns_getserver(static_cast<u8_t>(i));
        if (!ip_addr_isany(&one) && !ip_addr_cmp(&one, &server))
            dns_setserver(static_cast<u8_t>(kept++), &one);
    }
    for (; kept < DNS_MAX_SERVERS; kept++)
        dns_setserver(static_cast<u8_t>(kept), nullptr);
}

} // namespace

void set_name_servers(std::span<const ip_addr_t> servers) {
    unsigned count = 0;
    for (const ip_addr_t& one : servers) {
        if (!ip_addr_isany(&one) && count < DNS_MAX_SERVERS)
            dns_setserver(static_cast<u8_t>(count++), &one);
    }
    g_has_fixed_servers = g_has_fixed_servers || count != 0;
}

int dns_rcode() {
    return g_rcode;
}

} // namespace uk::lwip

extern "C" void uk_lwip_dns_error(int rcode) {
    uk::lwip::g_rcode = rcode;
}

// Behind those that DHCP has told; forgotten ones make room.
extern "C" void uk_lwip_rdnss(const ip_addr_t* server, uint32_t seconds) {
    using namespace uk::lwip;
    if (g_has_fixed_servers || ip_addr_isany(server) || ip_addr_ismulticast(server))
        return;
    if (seconds == 0) {
        remove_server(*server);
        return;
    }
    unsigned announced = 0;
    const unsigned count = server_count();
    for (unsigned i = 0; i < count; i++) {
        const ip_addr_t* const one = dns_getserver(static_cast<u8_t>(i));
        announced += IP_IS_V6(one) ? 1 : 0;
        if (ip_addr_cmp(one, server))
            return;
    }
    if (announced < kMostAnnounced && count < DNS_MAX_SERVERS)
        dns_setserver(static_cast<u8_t>(count), server);
}
