// SPDX-License-Identifier: BSD-3-Clause
// Resolver: who knows addresses of names, DNS for example; a table that libraries add rows to, and
// getaddrinfo() (lib/libnetdb) asks.
//
//     UK_RESOLVER({.name = "dns of this stack", .find = find});
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <uk/base/result.hpp>
#include <uk/base/section_table.hpp>

namespace uk {

struct HostAddress {
    int family;        // UK_AF_INET: the first four bytes; UK_AF_INET6
    uint8_t bytes[16]; // network byte order
    uint32_t scope;    // sin6_scope_id
};

// Static. Rows are asked in the ascending order of `order`, until one says something else than
// ENOSYS. Thread context; may block, and gives up with EINTR.
struct Resolver {
    const char* name; // for people
    unsigned order = 0;
    // Addresses of a host, the best one first, of one family or of all (UK_AF_UNSPEC); returns how
    // many, at least one. `host` is 1 to 253 bytes, no address, and is not trusted. Errors: ENOENT
    // (there is no such host), ENODATA (it has no address of this family), EAGAIN (perhaps later),
    // EIO (not at all), ENOMEM, EINTR; ENOSYS: nothing to ask is known.
    Result<size_t> (*find)(std::string_view host, int family, std::span<HostAddress> out);
    // The name of an address, without a 0; returns its length. Errors: as find(), and ERANGE. May
    // be null.
    Result<size_t> (*name_of)(const HostAddress& address, std::span<char> out) = nullptr;
};

UK_SECTION_TABLE(uk_resolvers, uk::Resolver);

// ask(row) of each row, in their order, until one says something else than ENOSYS; that, if nobody
// does.
template <class Ask>
[[nodiscard]] Result<size_t> ask_resolvers(Ask ask) {
    for (uint64_t least = 0;;) {
        const Resolver* next = nullptr;
        for (const Resolver* row : UK_SECTION_SPAN(uk_resolvers)) {
            if (row->order >= least && (next == nullptr || row->order < next->order))
                next = row;
        }
        if (next == nullptr)
            return Errno::nosys;
        const Result<size_t> found = ask(*next);
        if (found.code() != Errno::nosys)
            return found;
        least = uint64_t{next->order} + 1;
    }
}

} // namespace uk

#define UK_RESOLVER(...) UK_SECTION_ROW(uk_resolvers, uk::Resolver, __VA_ARGS__)
