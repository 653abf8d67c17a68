// SPDX-License-Identifier: BSD-3-Clause
// Names of hosts: /etc/hosts, and who else knows.
#include "hosts.hpp"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <uk/abi/socket.h>
#include <uk/config.hpp>
#include <uk/netdb/text.hpp>
#include <uk/syscall.h>

namespace uk::netdb {

namespace {

bool same_address(const HostAddress& one, const HostAddress& other) {
    return one.family == other.family &&
           memcmp(one.bytes, other.bytes, one.family == UK_AF_INET ? 4 : 16) == 0;
}

// line(text) of each line of /etc/hosts, those that are longer than the buffer left out; stops when
// it says true.
template <class Line>
void for_each_line([[maybe_unused]] Line line) {
#ifdef CONFIG_LIBPOSIX_VFS
    const long fd = uk_sys_openat(AT_FDCWD, "/etc/hosts", O_RDONLY | O_CLOEXEC, 0);
    if (fd < 0)
        return;
    char buffer[512];
    size_t size = 0;
    bool skips = false, done = false;
    while (!done) {
        const long got = uk_sys_read(static_cast<int>(fd), buffer + size, sizeof(buffer) - size);
        size += got > 0 ? static_cast<size_t>(got) : 0;
        size_t start = 0;
        for (size_t at = 0; at < size && !done; at++) {
            if (buffer[at] != '\n')
                continue;
            done = !skips && line(std::string_view(buffer + start, at - start));
            skips = false;
            start = at + 1;
        }
        if (got <= 0) {
            if (!done && !skips && start < size)
                (void)line(std::string_view(buffer + start, size - start));
            break;
        }
        size -= start;
        memmove(buffer, buffer + start, size);
        if (size == sizeof(buffer)) {
            skips = true;
            size = 0;
        }
    }
    (void)uk_sys_close(static_cast<int>(fd));
#endif
}

} // namespace

bool parse_address(std::string_view text, int family, HostAddress& out) {
    out = {};
    if (family != UK_AF_INET6 && parse_v4_loose(text, out.bytes)) {
        out.family = UK_AF_INET;
        return true;
    }
    if (family == UK_AF_INET)
        return false;
    const size_t mark = text.find('%');
    if (mark != std::string_view::npos) {
        const auto scope = parse_port(text.substr(mark + 1)); // numbers of interfaces are small
        if (!scope)
            return false;
        out.scope = *scope;
    }
    out.family = UK_AF_INET6;
    return parse_v6(text.substr(0, mark), out.bytes);
}

Result<size_t> find_host(std::string_view host, int family, std::span<HostAddress> out) {
    size_t count = 0;
    bool known = false;
    for_each_line([&](std::string_view line) {
        Words words(line);
        HostAddress address;
        const std::string_view text = words.next();
        if (text.empty() || !parse_address(text, UK_AF_UNSPEC, address))
            return false;
        for (std::string_view name = words.next(); !name.empty(); name = words.next()) {
            if (!same_name(name, host))
                continue;
            known = true;
            if (family == UK_AF_UNSPEC || family == address.family)
                out[count++] = address;
            break;
        }
        return count == out.size();
    });
    if (count != 0)
        return count;
    if (known)
        return Errno::nodata;
    if (same_name(host, "localhost")) {
        if (family != UK_AF_INET)
            out[count++] = {UK_AF_INET6, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 0};
        if (family != UK_AF_INET6)
            out[count++] = {UK_AF_INET, {127, 0, 0, 1}, 0};
        return count;
    }
    const Result<size_t> found =
        ask_resolvers([&](const Resolver& resolver) { return resolver.find(host, family, out); });
    return found.code() == Errno::nosys ? Result<size_t>(Errno::noent) : found;
}

Result<size_t> name_of_host(const HostAddress& address, std::span<char> out) {
    size_t length = 0;
    for_each_line([&](std::string_view line) {
        Words words(line);
        HostAddress there;
        const std::string_view text = words.next();
        if (text.empty() || !parse_address(text, UK_AF_UNSPEC, there) ||
            !same_address(there, address))
            return false;
        const std::string_view name = words.next();
        if (name.empty() || name.size() > out.size())
            return false;
        memcpy(out.data(), name.data(), name.size());
        length = name.size();
        return true;
    });
    if (length != 0)
        return length;
    const Result<size_t> found = ask_resolvers([&](const Resolver& resolver) -> Result<size_t> {
        if (resolver.name_of == nullptr)
            return Errno::nosys;
        return resolver.name_of(address, out);
    });
    return found.code() == Errno::nosys ? Result<size_t>(Errno::noent) : found;
}

} // namespace uk::netdb
