// SPDX-License-Identifier: BSD-3-Clause
// Sockets of AF_UNIX of this image; programs make them by socket(), the rest of the system by
// uk::socket::make().
#pragma once

#include <string_view>

#include <uk/config.hpp>
#include <uk/posix/files.hpp>
#include <uk/socket.hpp>
#include <uk/unixsocket/socket.hpp>
#ifdef CONFIG_LIBPOSIX_VFS
#include <uk/vfs/node.hpp>
#endif

namespace uk {

namespace unixsocket {

struct Image : posix::ImageFiles {
    using Socket = uk::Socket;
#ifdef CONFIG_LIBPOSIX_VFS
    using Place = Ref<vfs::Node>;
    static const void* key(const Place& place) {
        return place.get();
    }
#else
    struct Place {};
    static const void* key(const Place& /*place*/) {
        return nullptr;
    }
#endif
    static Domain<Image>& domain();
    static uk_ucred credentials();
    static Result<Ref<uk::File>> file_of(int fd) {
        return posix::fd_table().get(fd);
    }
    static Result<int> add_file(Ref<uk::File> file, bool close_on_exec) {
        return posix::fd_table().add(std::move(file), close_on_exec);
    }
    static Result<Place> make_node(std::string_view path);
    static Result<Place> find_node(std::string_view path);
};

} // namespace unixsocket

using UnixSocket = unixsocket::UnixSocket<unixsocket::Image>;

} // namespace uk
