// SPDX-License-Identifier: BSD-3-Clause
// AF_UNIX of this image: its row in the table of families, and its paths.
#include <uk/unixsocket.hpp>

#ifdef CONFIG_LIBPOSIX_PROCESS
#include <uk/posix/process.hpp>
#endif
#ifdef CONFIG_LIBPOSIX_VFS
#include <uk/posix/vfs.hpp>
#include <uk/vfs/operations.hpp>
#endif

namespace uk::unixsocket {

namespace {

constinit Domain<Image> g_domain;

} // namespace

UK_SOCKET_FAMILY({.domain = UK_AF_UNIX,
                  .name = "unix",
                  .create = uk::UnixSocket::create,
                  .pair = uk::UnixSocket::create_pair});

Domain<Image>& Image::domain() {
    return g_domain;
}

uk_ucred Image::credentials() {
#ifdef CONFIG_LIBPOSIX_PROCESS
    return posix::g_process.with([](const posix::Process& process) {
        return uk_ucred{posix::kProcessId, process.identity.user().effective,
                        process.identity.group().effective};
    });
#else
    return {1, 0, 0};
#endif
}

#ifdef CONFIG_LIBPOSIX_VFS

namespace {

// Where a path begins.
struct Start {
    explicit Start(std::string_view path)
        : root(posix::root_folder()),
          start(path.starts_with('/') ? root : posix::current_folder()) {}
    // Errors: ENOENT (there are no files at all).
    [[nodiscard]] Result<vfs::At> at(const uk_ucred& maker) const {
        if (!root)
            return Errno::noent;
        return vfs::At{
            .root = root, .start = start ? start : root, .owner = maker.uid, .group = maker.gid};
    }
    vfs::Place root;
    vfs::Place start;
};

Result<Ref<vfs::Node>> socket_at(const vfs::At& at, std::string_view path) {
    const vfs::Place place = UK_TRY(vfs::find(at, path));
    if (place.node->kind() != vfs::NodeKind::socket)
        return Errno::connrefused;
    return Ref<vfs::Node>(place.node);
}

} // namespace

Result<Image::Place> Image::make_node(std::string_view path) {
    const Start start(path);
    const vfs::At at = UK_TRY(start.at(credentials()));
    const uint32_t permissions = posix::g_process.with(
        [](const posix::Process& process) { return 0777 & ~process.identity.file_mask(); });
    const Result<> made = vfs::make_node(at, path, vfs::NodeKind::socket, permissions, 0);
    if (!made.ok())
        return made.code() == Errno::exist ? Errno::addrinuse : made.code();
    return socket_at(at, path);
}

Result<Image::Place> Image::find_node(std::string_view path) {
    const Start start(path);
    return socket_at(UK_TRY(start.at({})), path);
}

#else

Result<Image::Place> Image::make_node(std::string_view /*path*/) {
    return Errno::nosys;
}

Result<Image::Place> Image::find_node(std::string_view /*path*/) {
    return Errno::nosys;
}

#endif

} // namespace uk::unixsocket
