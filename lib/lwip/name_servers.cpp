// SPDX-License-Identifier: BSD-3-Clause
// Name servers: netdev.ip='s, DHCP's, those of routers.
#include "name_servers.hpp"

#include <lwip/dns.h>

#include <hooks.h>

namespace uk::lwip {
namespace {

constexpr unsigned kMostAnnounced = 2;

constinit int g_rcode = kNoAnswer;                 // of the answer that lwIP just looks at
constinit ip_addr_t g_fixed[DNS_MAX_SERVERS] = {}; // netdev.ip='s
constinit unsigned g_fixed_count = 0;

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

bool is_fixed(const ip_addr_t& server) {
    for (unsigned i = 0; i < g_fixed_count; i++) {
        if (ip_addr_cmp(&g_fixed[i], &server))
            return true;
    }
    return false;
}

} // namespace

void put_fixed_servers_first() {
    ip_addr_t known[DNS_MAX_SERVERS];
    const unsigned count = server_count();
    for (unsigned i = 0; i < count; i++)
        known[i] = *dns_getserver(static_cast<u8_t>(i));
    unsigned at = 0;
    for (; at < g_fixed_count; at++)
        dns_setserver(static_cast<u8_t>(at), &g_fixed[at]);
    for (unsigned i = 0; i < count && at < DNS_MAX_SERVERS; i++) {
        if (!is_fixed(known[i]))
            dns_setserver(static_cast<u8_t>(at++), &known[i]);
    }
}

void set_name_servers(std::span<const ip_addr_t> servers) {
    for (const ip_addr_t& one : servers) {
        if (!ip_addr_isany(&one) && g_fixed_count < DNS_MAX_SERVERS && !is_fixed(one))
            g_fixed[g_fixed_count++] = one;
    }
    put_fixed_servers_first();
}

void forget_fixed_servers() {
    g_fixed_count = 0;
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
    if (g_fixed_count != 0 || ip_addr_isany(server) || ip_addr_ismulticast(server))
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
