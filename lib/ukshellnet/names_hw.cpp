// SPDX-License-Identifier: BSD-3-Clause
// nslookup: names by the resolvers of the image.
#include "names.hpp"

#include <uk/abi/socket.h>
#include <uk/base/minmax.hpp>
#include <uk/socket/resolver.hpp>
#include <uk/string.h>

namespace uk::shell {
namespace {

constexpr size_t kMost = 16; // addresses of a name

const char* problem_of(Errno code) {
    switch (code) {
    case Errno::noent:
        return "there is no such name";
    case Errno::nodata:
        return "it has no address";
    case Errno::again:
        return "nobody answers; perhaps later";
    case Errno::nosys:
        return "no name server is known (netdev.ip=, DHCP)";
    case Errno::intr:
        return "interrupted";
    default:
        return "the name servers will not say";
    }
}

int run_nslookup(Call& call) {
    if (call.words.size() != 2)
        return call.misused("which name?");
    lwip::Address found[kMost];
    const size_t count = find_addresses(call, call.words[1], found);
    for (size_t i = 0; i < count; i++)
        call.out.append("%s\n", lwip::text_of(found[i]).text);
    return count != 0 ? 0 : 1;
}

UK_SHELL_COMMAND({"nslookup", "addresses of a name", run_nslookup, "NAME"});

} // namespace

size_t find_addresses(Call& call, const char* name, std::span<lwip::Address> out) {
    if (lwip::parse_address(name, out[0]))
        return 1;
    HostAddress found[kMost];
    const std::string_view text = name;
    Result<size_t> count = Errno::noent;
    if (!text.empty() && text.size() <= 253) {
        count = ask_resolvers([&](const Resolver& one) {
            return one.find(text, UK_AF_UNSPEC, std::span<HostAddress>(found));
        });
    }
    if (!count.ok()) {
        call.errors.append("%s: '%s': %s\n", call.name(), name, problem_of(count.code()));
        return 0;
    }
    const size_t fits = min(count.value(), out.size());
    for (size_t i = 0; i < fits; i++) {
        out[i].size = found[i].family == UK_AF_INET ? 4 : 16;
        memcpy(out[i].bytes, found[i].bytes, out[i].size);
    }
    return fits;
}

} // namespace uk::shell
