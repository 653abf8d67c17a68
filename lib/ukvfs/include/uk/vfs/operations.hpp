// SPDX-License-Identifier: BSD-3-Clause
// What can be done with paths: every check that POSIX and Linux ask for is made here, once.
//
//     const uk::vfs::At at{.root = root, .start = current};
//     uk::Ref<uk::File> file = UK_TRY(uk::vfs::open(at, "/etc/hosts", UK_O_RDONLY, 0));
//
// Thread context; they may block. Errors are those of Linux's manual for the system call of that
// name, those of the walk among them (<uk/vfs/path.hpp>). The program is root: permissions are
// kept and shown, and nothing is refused for them but running what nobody may run.
#pragma once

#include <span>
#include <string_view>

#include <uk/abi/stat.h>
#include <uk/file.hpp>
#include <uk/vfs/mount.hpp>
#include <uk/vfs/mount_table.hpp>
#include <uk/vfs/path.hpp>

struct uk_statfs;
struct uk_statx;

namespace uk::vfs {

// Where a path begins, and who makes what it leads to. The places outlive it.
struct At {
    const Place& root;
    const Place& start;
    uk_uid_t owner = 0;
    uk_gid_t group = 0;
    MountTable& table = mounts();
    uint32_t limits = kNoLimits; // of the walk; only open() looks at them
};

// --- From paths ---

// The node of a path; a link at its end only if `follow`.
[[nodiscard]] Result<Place> find(const At& at, std::string_view path, bool follow = true);
// `flags`: UK_O_*; what is not known is ignored. `permissions` of a new file: 07777, without what
// umask takes away.
[[nodiscard]] Result<Ref<File>> open(const At& at, std::string_view path, uint32_t flags,
                                     uint32_t permissions);
[[nodiscard]] Result<> make_directory(const At& at, std::string_view path, uint32_t permissions);
// No directory, no link.
[[nodiscard]] Result<> make_node(const At& at, std::string_view path, NodeKind kind,
                                 uint32_t permissions, uint64_t device);
[[nodiscard]] Result<> make_link(const At& at, std::string_view path, std::string_view target);
// One more name for `node`, or its first (O_TMPFILE without O_EXCL).
[[nodiscard]] Result<> link(const Place& node, const At& at, std::string_view path);
[[nodiscard]] Result<> unlink(const At& at, std::string_view path);
[[nodiscard]] Result<> remove_directory(const At& at, std::string_view path);
// `flags`: UK_RENAME_NOREPLACE, UK_RENAME_EXCHANGE; others are EINVAL.
[[nodiscard]] Result<> rename(const At& from, std::string_view path, const At& to,
                              std::string_view to_path, unsigned flags);

// --- Of nodes ---

// Fills all of it.
void stat(const Place& place, uk_stat& out);
void statx(const Place& place, uk_statx& out);
void statfs(const Place& place, uk_statfs& out);
// What a symbolic link says; the text lives as long as the node. Errors: EINVAL (no link).
[[nodiscard]] Result<std::string_view> link_text(const Place& place);
// `mode`: UK_R_OK, W_OK, X_OK. Errors: EACCES, EROFS.
[[nodiscard]] Result<> access(const Place& place, int mode);
[[nodiscard]] Result<> set_permissions(const Place& place, uint32_t permissions);
inline constexpr uint32_t kSameOwner = ~uint32_t{0}; // leaves it
[[nodiscard]] Result<> set_owner(const Place& place, uk_uid_t owner, uk_gid_t group);
// Null: leaves it.
[[nodiscard]] Result<> set_times(const Place& place, const Moment* accessed,
                                 const Moment* modified);
// Errors: EISDIR, EINVAL (no regular file), EROFS, EFBIG ...
[[nodiscard]] Result<> resize(const Place& place, int64_t size);
[[nodiscard]] Result<> allocate(const Place& place, int mode, int64_t offset, int64_t size);
[[nodiscard]] Result<> sync(const Place& place, bool data_only);
// Extended attributes, as the functions of Node. Errors besides: EROFS.
[[nodiscard]] Result<size_t> get_attribute(const Place& place, Name name,
                                           std::span<std::byte> room);
[[nodiscard]] Result<> set_attribute(const Place& place, Name name,
                                     std::span<const std::byte> value, int flags);
[[nodiscard]] Result<> remove_attribute(const Place& place, Name name);
[[nodiscard]] Result<size_t> list_attributes(const Place& place, std::span<char> room);
// Of each file system that is mounted.
[[nodiscard]] Result<> sync_all(MountTable& table);

} // namespace uk::vfs
