// SPDX-License-Identifier: BSD-3-Clause
// Where paths begin: root, current folder, descriptors.
#include <uk/posix/process.hpp>
#include <uk/spinlock.hpp>
#include <uk/syscall.h>
#include <uk/syscall/edge.hpp>

#include "call.hpp"

namespace uk::posix {

namespace {

// A Place in a global object: the image ends without destructors.
struct Folder {
    GlobalRef<vfs::Mount> mount;
    GlobalRef<vfs::Node> node;
};

// Empty until somebody changes them: then they are the root of all.
struct Folders {
    Folder root;
    Folder current;
};
constinit Guarded<Folders, Spinlock<LockRank::subsystem>> g_folders;

vfs::Place folder(Folder Folders::*which) {
    vfs::Place place = g_folders.with([&](Folders& folders) {
        const Folder& folder = folders.*which;
        return vfs::Place{folder.mount.ref(), folder.node.ref()};
    });
    return place ? place : vfs::mounts().root();
}

// What it was before is dropped without the lock.
Result<> set_folder(Folder Folders::*which, vfs::Place place) {
    if (!place.node->is_directory())
        return Errno::notdir;
    g_folders.with([&](Folders& folders) {
        Folder& folder = folders.*which;
        folder.mount.swap(place.mount);
        folder.node.swap(place.node);
    });
    return ok();
}

Result<long> write_current(char* out, size_t size) {
    const vfs::Place root = root_folder();
    if (!root)
        return Errno::noent;
    auto* room = static_cast<char*>(heap::allocate(vfs::kMostPath));
    if (room == nullptr)
        return Errno::nomem;
    room[vfs::kMostPath - 1] = '\0';
    const auto write = [&]() -> Result<long> {
        const std::string_view path = UK_TRY(vfs::path_of(vfs::mounts(), root, current_folder(), {},
                                                          std::span(room, vfs::kMostPath - 1)));
        if (path.size() + 1 > size)
            return Errno::range;
        UK_TRY(user::copy_out(address(out), path.data(), path.size() + 1));
        return static_cast<long>(path.size() + 1);
    };
    Result<long> done = write();
    heap::deallocate(room);
    return done;
}

} // namespace

vfs::Place root_folder() {
    return folder(&Folders::root);
}

vfs::Place current_folder() {
    return folder(&Folders::current);
}

Result<> Text::read(const char* from, size_t most) {
    Result<size_t> length =
        user::copy_string_in(short_, most < sizeof(short_) ? most : sizeof(short_), address(from));
    if (!length.ok() && length.code() == Errno::nametoolong && most > sizeof(short_)) {
        long_ = static_cast<char*>(heap::allocate(most));
        if (long_ == nullptr)
            return Errno::nomem;
        length = user::copy_string_in(long_, most, address(from));
    }
    size_ = UK_TRY(length);
    return ok();
}

Result<> Start::set(int folder, std::string_view path) {
    root_ = root_folder();
    if (!root_)
        return Errno::noent;
    if (!path.empty() && path.front() == '/')
        return ok();
    if (folder == UK_AT_FDCWD)
        start_ = current_folder();
    else
        start_ = place_of(*UK_TRY(open_file(folder, Errno::notdir)));
    return ok();
}

vfs::At Start::makers_at() const {
    uk_uid_t user = 0;
    uk_gid_t group = 0;
    g_process.with([&](const Process& process) {
        user = process.identity.user().effective;
        group = process.identity.group().effective;
    });
    return {.root = root_, .start = start(), .owner = user, .group = group};
}

Result<Target> target_of(int folder, const char* path, int flags) {
    PathOf where;
    UK_TRY(where.text.read(path));
    if (where.view().empty()) {
        if ((flags & UK_AT_EMPTY_PATH) == 0)
            return Errno::noent;
        if (folder == UK_AT_FDCWD) {
            Target target{current_folder(), {}};
            return target.place ? Result<Target>(std::move(target)) : Errno::noent;
        }
        Ref<File> file = UK_TRY(fd_table().get(folder));
        if (const vfs::OpenNode* opened = file->opened_node())
            return Target{opened->place(), {}};
        return Target{{}, std::move(file)};
    }
    UK_TRY(where.start.set(folder, where.view()));
    return Target{
        UK_TRY(vfs::find(where.at(), where.view(), (flags & UK_AT_SYMLINK_NOFOLLOW) == 0)), {}};
}

Result<vfs::Place> place_of(int folder, const char* path, bool follow) {
    PathOf where;
    UK_TRY(where.read(folder, path));
    return vfs::find(where.at(), where.view(), follow);
}

Result<Ref<File>> open_file(int fd, Errno other) {
    Ref<File> file = UK_TRY(fd_table().get(fd));
    if (file->opened_node() == nullptr)
        return other;
    return file;
}

Result<Ref<File>> working_file(int fd, Errno other) {
    Ref<File> file = UK_TRY(open_file(fd, other));
    if (file->opened_node()->is_path_only())
        return Errno::badf;
    return file;
}

} // namespace uk::posix

using namespace uk;
using namespace uk::posix;

extern "C" {

long uk_sys_chdir(const char* path) {
    return syscall([&]() -> Result<> {
        return set_folder(&Folders::current, UK_TRY(place_of(UK_AT_FDCWD, path)));
    });
}

long uk_sys_fchdir(int fd) {
    return syscall([&]() -> Result<> {
        Ref<File> file = UK_TRY(open_file(fd, Errno::notdir));
        return set_folder(&Folders::current, place_of(*file));
    });
}

long uk_sys_chroot(const char* path) {
    return syscall([&]() -> Result<> {
        return set_folder(&Folders::root, UK_TRY(place_of(UK_AT_FDCWD, path)));
    });
}

long uk_sys_getcwd(char* path, size_t size) {
    return syscall([&] { return write_current(path, size); });
}

} // extern "C"
