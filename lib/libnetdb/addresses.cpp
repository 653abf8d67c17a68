// SPDX-License-Identifier: BSD-3-Clause
// getaddrinfo() and getnameinfo(); POSIX.1-2017, RFC 3493.
#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

#include <uk/netdb/text.hpp>

#include "hosts.hpp"

namespace netdb = uk::netdb;

namespace {

using uk::Errno;
using uk::HostAddress;
using uk::Result;

constexpr int kKnownFlags = AI_PASSIVE | AI_CANONNAME | AI_NUMERICHOST | AI_V4MAPPED | AI_ALL |
                            AI_ADDRCONFIG | AI_NUMERICSERV;

// What a service is asked by.
struct Kind {
    int type;
    int protocol;
};
constexpr Kind kKinds[] = {
    {SOCK_STREAM, IPPROTO_TCP}, {SOCK_DGRAM, IPPROTO_UDP}, {SOCK_RAW, IPPROTO_IP}};

bool fits(const Kind& kind, const addrinfo& hints) {
    return (hints.ai_socktype == 0 || hints.ai_socktype == kind.type) &&
           (hints.ai_protocol == 0 || kind.protocol == 0 || hints.ai_protocol == kind.protocol);
}

int code_of(Errno problem) {
    switch (problem) {
    case Errno::noent:
        return EAI_NONAME;
    case Errno::nodata:
        return EAI_NODATA;
    case Errno::again:
        return EAI_AGAIN;
    case Errno::nomem:
        return EAI_MEMORY;
    case Errno::io:
        return EAI_FAIL;
    default:
        errno = static_cast<int>(problem);
        return EAI_SYSTEM;
    }
}

// The port of a service for one kind of socket; -1 if that has none.
int port_of(const char* service, const Kind& kind) {
    if (service == nullptr) {
        return 0;
    }
    if (const auto number = netdb::parse_port(service)) {
        return *number;
    }
    const netdb::Service* const known = netdb::find_service(service);
    const bool there = known != nullptr && ((kind.type == SOCK_STREAM && known->tcp) ||
                                            (kind.type == SOCK_DGRAM && known->udp));
    return there ? known->port : -1;
}

// One entry, with its address and perhaps a name in the same memory.
addrinfo* make_entry(const HostAddress& from, const Kind& kind, int protocol, int port,
                     const char* name) {
    const size_t name_size = name != nullptr ? strlen(name) + 1 : 0;
    struct Entry {
        addrinfo info;
        sockaddr_in6 address;
    };
    auto* const entry = static_cast<Entry*>(calloc(1, sizeof(Entry) + name_size));
    if (entry == nullptr) {
        return nullptr;
    }
    entry->info = {0,        from.family, kind.type,
                   protocol, 0,           reinterpret_cast<sockaddr*>(&entry->address),
                   nullptr,  nullptr};
    if (from.family == AF_INET) {
        auto* const address = reinterpret_cast<sockaddr_in*>(&entry->address);
        address->sin_family = AF_INET;
        address->sin_port = htons(static_cast<uint16_t>(port));
        memcpy(&address->sin_addr, from.bytes, sizeof(address->sin_addr));
        entry->info.ai_addrlen = sizeof(*address);
    } else {
        sockaddr_in6& address = entry->address;
        address.sin6_family = AF_INET6;
        address.sin6_port = htons(static_cast<uint16_t>(port));
        memcpy(&address.sin6_addr, from.bytes, sizeof(address.sin6_addr));
        address.sin6_scope_id = from.scope;
        entry->info.ai_addrlen = sizeof(address);
    }
    if (name != nullptr) {
        entry->info.ai_canonname = reinterpret_cast<char*>(entry + 1);
        memcpy(entry->info.ai_canonname, name, name_size);
    }
    return &entry->info;
}

int check(const char* host, const char* service, const addrinfo& hints) {
    if ((hints.ai_flags & ~kKnownFlags) != 0 ||
        ((hints.ai_flags & AI_CANONNAME) != 0 && host == nullptr)) {
        return EAI_BADFLAGS;
    }
    if (hints.ai_family != AF_UNSPEC && hints.ai_family != AF_INET && hints.ai_family != AF_INET6) {
        return EAI_FAMILY;
    }
    if (host == nullptr && service == nullptr) {
        return EAI_NONAME;
    }
    bool any = false;
    for (const Kind& kind : kKinds) {
        any = any || fits(kind, hints);
    }
    if (!any) {
        return EAI_SOCKTYPE;
    }
    if (service != nullptr && (hints.ai_flags & AI_NUMERICSERV) != 0 &&
        !netdb::parse_port(service)) {
        return EAI_NONAME;
    }
    return 0;
}

// Without a host: all interfaces, or this machine.
size_t nobody(const addrinfo& hints, HostAddress* out) {
    size_t count = 0;
    const bool all = (hints.ai_flags & AI_PASSIVE) != 0;
    if (hints.ai_family != AF_INET6) {
        out[count++] = all ? HostAddress{AF_INET, {}, 0} : HostAddress{AF_INET, {127, 0, 0, 1}, 0};
    }
    if (hints.ai_family != AF_INET) {
        out[count] = {AF_INET6, {}, 0};
        out[count++].bytes[15] = all ? 0 : 1;
    }
    return count;
}

Result<size_t> addresses_of(const char* host, const addrinfo& hints, HostAddress* out) {
    if (host == nullptr) {
        return nobody(hints, out);
    }
    if (netdb::parse_address(host, hints.ai_family, out[0])) {
        return size_t{1};
    }
    HostAddress other;
    if (netdb::parse_address(host, AF_UNSPEC, other)) {
        return Errno::nodata; // an address of the other family
    }
    if ((hints.ai_flags & AI_NUMERICHOST) != 0 || !netdb::is_host_name(host)) {
        return Errno::noent;
    }
    return netdb::find_host(host, hints.ai_family, {out, netdb::kMostAddresses});
}

} // namespace

int getaddrinfo(const char* __restrict host, const char* __restrict service,
                const struct addrinfo* __restrict wanted, struct addrinfo** __restrict out) {
    const addrinfo none{};
    const addrinfo& hints = wanted != nullptr ? *wanted : none;
    if (const int wrong = check(host, service, hints)) {
        return wrong;
    }
    HostAddress found[netdb::kMostAddresses];
    const Result<size_t> count = addresses_of(host, hints, found);
    if (!count.ok()) {
        const bool is_address = host != nullptr && netdb::parse_address(host, AF_UNSPEC, found[0]);
        return is_address ? EAI_ADDRFAMILY : code_of(count.code());
    }
    addrinfo* first = nullptr;
    addrinfo** next = &first;
    for (size_t i = 0; i < count.value(); i++) {
        for (const Kind& kind : kKinds) {
            const int port = fits(kind, hints) ? port_of(service, kind) : -1;
            if (port < 0) {
                continue;
            }
            const bool named = first == nullptr && (hints.ai_flags & AI_CANONNAME) != 0;
            const int protocol = kind.protocol != 0 ? kind.protocol : hints.ai_protocol;
            *next = make_entry(found[i], kind, protocol, port, named ? host : nullptr);
            if (*next == nullptr) {
                freeaddrinfo(first);
                return EAI_MEMORY;
            }
            next = &(*next)->ai_next;
        }
    }
    if (first == nullptr) {
        return EAI_SERVICE;
    }
    *out = first;
    return 0;
}

void freeaddrinfo(struct addrinfo* list) {
    while (list != nullptr) {
        addrinfo* const next = list->ai_next;
        free(list);
        list = next;
    }
}

const char* gai_strerror(int code) {
    static constexpr const char* kTexts[] = {
        "Success",
        "Bad value for ai_flags",
        "Name or service not known",
        "Temporary failure in name resolution",
        "Non-recoverable failure in name resolution",
        "No address associated with hostname",
        "ai_family not supported",
        "ai_socktype not supported",
        "Servname not supported for ai_socktype",
        "Address family for hostname not supported",
        "Memory allocation failure",
        "System error",
        "Argument buffer overflow",
    };
    const auto index = static_cast<unsigned>(-code);
    return index < sizeof(kTexts) / sizeof(kTexts[0]) ? kTexts[index] : "Unknown error";
}

namespace {

int put_text(std::string_view text, char* out, socklen_t room) {
    if (text.size() >= room) {
        return EAI_OVERFLOW;
    }
    memcpy(out, text.data(), text.size());
    out[text.size()] = '\0';
    return 0;
}

int put_host(const HostAddress& address, char* out, socklen_t room, int flags) {
    char text[NI_MAXHOST];
    if ((flags & NI_NUMERICHOST) == 0) {
        const Result<size_t> name = netdb::name_of_host(address, text);
        if (name.ok()) {
            return put_text({text, name.value()}, out, room);
        }
        if ((flags & NI_NAMEREQD) != 0) {
            return code_of(name.code());
        }
    }
    size_t length = 0;
    if (address.family == AF_INET) {
        length = netdb::format_v4(address.bytes, text);
    } else {
        length = netdb::format_v6(address.bytes, text);
    }
    return put_text({text, length}, out, room);
}

int put_service(uint16_t port, char* out, socklen_t room, int flags) {
    const netdb::Service* const known =
        (flags & NI_NUMERICSERV) != 0 ? nullptr : netdb::find_service(port);
    if (known != nullptr && ((flags & NI_DGRAM) != 0 ? known->udp : known->tcp)) {
        return put_text(known->name, out, room);
    }
    char text[8];
    size_t size = sizeof(text);
    do {
        text[--size] = static_cast<char>('0' + port % 10);
        port /= 10;
    } while (port != 0);
    return put_text({text + size, sizeof(text) - size}, out, room);
}

} // namespace

int getnameinfo(const struct sockaddr* __restrict address, socklen_t size, char* __restrict host,
                socklen_t host_room, char* __restrict service, socklen_t service_room, int flags) {
    HostAddress from{};
    uint16_t port = 0;
    if (size >= sizeof(sockaddr_in) && address->sa_family == AF_INET) {
        sockaddr_in is;
        memcpy(&is, address, sizeof(is));
        from.family = AF_INET;
        memcpy(from.bytes, &is.sin_addr, sizeof(is.sin_addr));
        port = ntohs(is.sin_port);
    } else if (size >= sizeof(sockaddr_in6) && address->sa_family == AF_INET6) {
        sockaddr_in6 is;
        memcpy(&is, address, sizeof(is));
        from.family = AF_INET6;
        memcpy(from.bytes, &is.sin6_addr, sizeof(is.sin6_addr));
        from.scope = is.sin6_scope_id;
        port = ntohs(is.sin6_port);
    } else {
        return EAI_FAMILY;
    }
    const bool wants_host = host != nullptr && host_room != 0;
    const bool wants_service = service != nullptr && service_room != 0;
    if (!wants_host && !wants_service) {
        return EAI_NONAME;
    }
    if (wants_host) {
        if (const int wrong = put_host(from, host, host_room, flags)) {
            return wrong;
        }
    }
    return wants_service ? put_service(port, service, service_room, flags) : 0;
}
