// SPDX-License-Identifier: BSD-3-Clause
// Files about file systems: which there are, and what is mounted where.
#include <uk/procfs.hpp>

#include <uk/abi/mount.h>
#include <uk/vfs/mount_table.hpp>
#include <uk/vfs/path.hpp>

namespace uk::procfs {

namespace {

// Blanks and what would end a field are written as in fstab(5).
void append_field(Text& out, std::string_view text) {
    for (const char c : text) {
        if (c == ' ' || c == '\t' || c == '\n' || c == '\\' || c == '#')
            out.append("\\%03o", static_cast<unsigned>(static_cast<unsigned char>(c)));
        else
            out.append_text({&c, 1});
    }
}

void append_flags(Text& out, const vfs::Mount& mount) {
    static constexpr struct {
        uint32_t flag;
        const char* name;
    } kFlags[] = {{UK_MS_NOSUID, ",nosuid"},         {UK_MS_NODEV, ",nodev"},
                  {UK_MS_NOEXEC, ",noexec"},         {UK_MS_NOATIME, ",noatime"},
                  {UK_MS_NODIRATIME, ",nodiratime"}, {UK_MS_RELATIME, ",relatime"}};
    out.append_text(mount.read_only() ? "ro" : "rw");
    for (const auto& flag : kFlags) {
        if (mount.has(flag.flag))
            out.append_text(flag.name);
    }
}

// Calls write(mount, path) for each; what has no path from the root of all is left out.
template <class Write>
void for_each_mount(Write write) {
    vfs::MountTable& table = vfs::mounts();
    const vfs::Place root = table.root();
    uint32_t id = 0;
    while (Ref<vfs::Mount> mount = table.next(id)) {
        id = mount->id();
        char room[vfs::kMostPath];
        Result<std::string_view> path =
            vfs::path_of(table, root, vfs::MountTable::root_of(*mount), {}, room);
        if (path.ok())
            write(*mount, path.value());
    }
}

// proc_pid_mounts(5).
void write_mounts(Text& out) {
    for_each_mount([&](vfs::Mount& mount, std::string_view path) {
        append_field(out, mount.source()[0] != '\0' ? mount.source() : "none");
        out.append_text(" ");
        append_field(out, path);
        out.append(" %s ", mount.file_system().name());
        append_flags(out, mount);
        out.append_text(" 0 0\n");
    });
}

void write_file_systems(Text& out) {
    for (const vfs::Driver* driver : UK_SECTION_SPAN(uk_vfs_drivers))
        out.append("nodev\t%s\n", driver->name);
}

Result<size_t> mounts_target(std::span<char> room) {
    constexpr std::string_view kTarget = "self/mounts";
    kTarget.copy(room.data(), room.size());
    return kTarget.size();
}

UK_PROC_ENTRY({.path = "filesystems", .write = write_file_systems});
UK_PROC_ENTRY({.path = "mounts", .target = mounts_target});
UK_PROC_ENTRY({.path = "1/mounts", .write = write_mounts});

} // namespace

} // namespace uk::procfs
