// SPDX-License-Identifier: BSD-3-Clause
// BasicSocketFamily: what makes sockets of one address family, and how one of several is found.
#pragma once

#include <cstdint>
#include <span>

#include <uk/abi/socket.h>
#include <uk/base/ref.hpp>
#include <uk/base/result.hpp>
#include <uk/socket/options.hpp>

namespace uk {

template <class Socket>
struct SocketPair {
    Ref<Socket> first;
    Ref<Socket> second;
};

// Static. Several rows may have the same domain, stacks that stand side by side: they are asked in
// the ascending order of `order`, until one says something else than EAFNOSUPPORT.
template <class Socket>
struct BasicSocketFamily {
    int domain;       // UK_AF_*
    const char* name; // for people
    unsigned order = 0;
    // As socket(). The kind's type is 1 .. 10 without flags. Errors: ESOCKTNOSUPPORT,
    // EPROTONOSUPPORT, EAFNOSUPPORT (see above), ENOMEM, EPERM. A socket says the protocol that it
    // has, also where 0 was asked for.
    Result<Ref<Socket>> (*create)(const SocketKind& kind, uint32_t status);
    // As socketpair(); null: EOPNOTSUPP.
    Result<SocketPair<Socket>> (*pair)(const SocketKind& kind, uint32_t status) = nullptr;
};

namespace detail {

// call(row) of each row of the domain, in their order.
template <class Socket, class Call>
auto ask_families(std::span<const BasicSocketFamily<Socket>* const> table, const SocketKind& kind,
                  Call call) -> decltype(call(*table[0])) {
    constexpr int kMostType = UK_SOCK_PACKET;
    if (kind.domain < 0 || kind.domain >= UK_AF_MAX)
        return Errno::afnosupport;
    if (kind.type < 0 || kind.type > kMostType)
        return Errno::inval;
    for (uint64_t least = 0;;) { // of `order`
        const BasicSocketFamily<Socket>* next = nullptr;
        for (const BasicSocketFamily<Socket>* row : table) {
            if (row->domain == kind.domain && row->order >= least &&
                (next == nullptr || row->order < next->order))
                next = row;
        }
        if (next == nullptr)
            return Errno::afnosupport;
        auto made = call(*next);
        if (made.code() != Errno::afnosupport)
            return made;
        least = uint64_t{next->order} + 1;
    }
}

} // namespace detail

// A socket from a table of families, whose rows of one domain differ in `order`. Errors:
// EAFNOSUPPORT (nobody has the domain), EINVAL (there is no such type), and those of create() and
// pair().
template <class Socket>
[[nodiscard]] Result<Ref<Socket>>
make_socket(std::span<const BasicSocketFamily<Socket>* const> table, const SocketKind& kind,
            uint32_t status) {
    return detail::ask_families<Socket>(table, kind, [&](const BasicSocketFamily<Socket>& row) {
        return row.create(kind, status);
    });
}
template <class Socket>
[[nodiscard]] Result<SocketPair<Socket>>
make_socket_pair(std::span<const BasicSocketFamily<Socket>* const> table, const SocketKind& kind,
                 uint32_t status) {
    using Made = Result<SocketPair<Socket>>;
    return detail::ask_families<Socket>(
        table, kind, [&](const BasicSocketFamily<Socket>& row) -> Made {
            return row.pair != nullptr ? row.pair(kind, status) : Made(Errno::opnotsupp);
        });
}

} // namespace uk
