// SPDX-License-Identifier: BSD-3-Clause
// What a word of netdev.host= asks for. Pure.
//
//     tap:NAME        an interface of the host, 1 to 15 characters
//     stream:PATH     a socket that listens, 1 to 107 characters
//     fd:NUMBER       a connected one that the process inherited
//
// each perhaps with `,mac=52:54:00:12:34:56`, which is no group's address.
#pragma once

#include <cstddef>
#include <cstdint>

#include <uk/netdev.hpp>

namespace uk::hostnet {

struct Wanted {
    enum class Kind : uint8_t { tap, stream, descriptor };

    Kind kind = Kind::tap;
    char name[108] = {}; // of the interface or the socket
    int descriptor = -1;
    bool has_mac = false;
    netdev::Mac mac{};
};

// False: it is none of these.
[[nodiscard]] bool read_wanted(const char* text, Wanted& wanted);

} // namespace uk::hostnet
