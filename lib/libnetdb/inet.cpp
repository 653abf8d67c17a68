// SPDX-License-Identifier: BSD-3-Clause
// <arpa/inet.h>: addresses as text for C.
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include <uk/netdb/text.hpp>

namespace netdb = uk::netdb;

const struct in6_addr in6addr_any = IN6ADDR_ANY_INIT;
const struct in6_addr in6addr_loopback = IN6ADDR_LOOPBACK_INIT;

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);

uint32_t htonl(uint32_t value) {
    return __builtin_bswap32(value);
}
uint32_t ntohl(uint32_t value) {
    return __builtin_bswap32(value);
}
uint16_t htons(uint16_t value) {
    return __builtin_bswap16(value);
}
uint16_t ntohs(uint16_t value) {
    return __builtin_bswap16(value);
}

int inet_aton(const char* text, struct in_addr* out) {
    uint8_t bytes[4];
    if (!netdb::parse_v4_loose(text, bytes)) {
        return 0;
    }
    memcpy(out, bytes, sizeof(bytes));
    return 1;
}

in_addr_t inet_addr(const char* text) {
    struct in_addr address;
    return inet_aton(text, &address) != 0 ? address.s_addr : INADDR_NONE;
}

char* inet_ntoa(struct in_addr address) {
    static char text[netdb::kTextV4];
    netdb::format_v4(reinterpret_cast<const uint8_t*>(&address), text);
    return text;
}

int inet_pton(int family, const char* __restrict text, void* __restrict out) {
    uint8_t bytes[16];
    switch (family) {
    case AF_INET:
        if (!netdb::parse_v4(text, bytes)) {
            return 0;
        }
        memcpy(out, bytes, sizeof(struct in_addr));
        return 1;
    case AF_INET6:
        if (!netdb::parse_v6(text, bytes)) {
            return 0;
        }
        memcpy(out, bytes, sizeof(struct in6_addr));
        return 1;
    default:
        errno = EAFNOSUPPORT;
        return -1;
    }
}

const char* inet_ntop(int family, const void* __restrict address, char* __restrict text,
                      socklen_t size) {
    char whole[netdb::kTextV6];
    size_t length = 0;
    if (family == AF_INET) {
        length = netdb::format_v4(static_cast<const uint8_t*>(address), whole);
    } else if (family == AF_INET6) {
        length = netdb::format_v6(static_cast<const uint8_t*>(address), whole);
    } else {
        errno = EAFNOSUPPORT;
        return nullptr;
    }
    if (length >= size) {
        errno = ENOSPC;
        return nullptr;
    }
    memcpy(text, whole, length + 1);
    return text;
}
