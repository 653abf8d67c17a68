// SPDX-License-Identifier: BSD-3-Clause
// What came before getaddrinfo(): gethostbyname(), getservbyname(), getprotobyname(), with one
// result each.
#include <errno.h>
#include <netdb.h>
#include <string.h>

#include <uk/netdb/text.hpp>

#include "hosts.hpp"

namespace netdb = uk::netdb;

int h_errno;

namespace {

constexpr size_t kMostName = 253;

struct HostResult {
    hostent entry;
    char name[kMostName + 1];
    char* no_aliases[1];
    char* list[netdb::kMostAddresses + 1];
    uint8_t bytes[netdb::kMostAddresses][16];
};
HostResult g_host;

struct ServiceResult {
    servent entry;
    char name[16];
    char protocol[4];
    char* no_aliases[1];
};
ServiceResult g_service;

struct ProtocolResult {
    protoent entry;
    char name[16];
    char alias[16];
    char* aliases[2];
};
ProtocolResult g_protocol;

hostent* fail(int code) {
    h_errno = code;
    return nullptr;
}

servent* give(const netdb::Service* service, const char* protocol) {
    if (service == nullptr) {
        return nullptr;
    }
    const bool udp = protocol != nullptr ? strcmp(protocol, "udp") == 0 : !service->tcp;
    const bool tcp = protocol != nullptr ? strcmp(protocol, "tcp") == 0 : service->tcp;
    if (!(udp && service->udp) && !(tcp && service->tcp)) {
        return nullptr;
    }
    strcpy(g_service.name, service->name);
    strcpy(g_service.protocol, udp ? "udp" : "tcp");
    g_service.entry = {g_service.name, g_service.no_aliases, htons(service->port),
                       g_service.protocol};
    return &g_service.entry;
}

protoent* give(const netdb::Protocol* protocol) {
    if (protocol == nullptr) {
        return nullptr;
    }
    strcpy(g_protocol.name, protocol->name);
    strcpy(g_protocol.alias, protocol->alias);
    g_protocol.aliases[0] = g_protocol.alias;
    g_protocol.entry = {g_protocol.name, g_protocol.aliases, protocol->number};
    return &g_protocol.entry;
}

} // namespace

struct hostent* gethostbyname2(const char* host, int family) {
    if (family != AF_INET && family != AF_INET6) {
        errno = EAFNOSUPPORT;
        return fail(NO_RECOVERY);
    }
    if (strlen(host) > kMostName) {
        return fail(HOST_NOT_FOUND);
    }
    uk::HostAddress found[netdb::kMostAddresses];
    size_t count = 1;
    if (!netdb::parse_address(host, family, found[0])) {
        if (!netdb::is_host_name(host)) {
            return fail(HOST_NOT_FOUND);
        }
        const uk::Result<size_t> asked = netdb::find_host(host, family, found);
        if (!asked.ok()) {
            return fail(asked.code() == uk::Errno::noent    ? HOST_NOT_FOUND
                        : asked.code() == uk::Errno::nodata ? NO_DATA
                        : asked.code() == uk::Errno::again  ? TRY_AGAIN
                                                            : NO_RECOVERY);
        }
        count = asked.value();
    }
    strcpy(g_host.name, host);
    for (size_t i = 0; i < count; i++) {
        memcpy(g_host.bytes[i], found[i].bytes, sizeof(found[i].bytes));
        g_host.list[i] = reinterpret_cast<char*>(g_host.bytes[i]);
    }
    g_host.list[count] = nullptr;
    g_host.entry = {g_host.name, g_host.no_aliases, family, family == AF_INET ? 4 : 16,
                    g_host.list};
    return &g_host.entry;
}

struct hostent* gethostbyname(const char* host) {
    return gethostbyname2(host, AF_INET);
}

struct servent* getservbyname(const char* name, const char* protocol) {
    return give(netdb::find_service(std::string_view(name)), protocol);
}

struct servent* getservbyport(int port, const char* protocol) {
    return give(netdb::find_service(ntohs(static_cast<uint16_t>(port))), protocol);
}

struct protoent* getprotobyname(const char* name) {
    return give(netdb::find_protocol(std::string_view(name)));
}

struct protoent* getprotobynumber(int number) {
    return give(netdb::find_protocol(number));
}
