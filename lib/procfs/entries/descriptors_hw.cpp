// SPDX-License-Identifier: BSD-3-Clause
// /proc/self/fd: a link for each open descriptor, which leads to the very node that is open.
#include <uk/procfs/nodes.hpp>

#include <utility>

#include <uk/abi/stat.h>
#include <uk/base/format.hpp>
#include <uk/base/strings.hpp>
#include <uk/posix/fdtab.hpp>
#include <uk/vfs/mount_table.hpp>
#include <uk/vfs/open_node.hpp>
#include <uk/vfs/path.hpp>

namespace uk::procfs {

namespace {

class FdLink final : public LateLink {
  public:
    FdLink(ProcFileSystem& file_system, Ref<File> file, int fd)
        : LateLink(file_system, "fd", static_cast<uint64_t>(fd) + 1), file_(std::move(file)),
          fd_(fd) {}

    Result<bool> jump(vfs::Place& to) override {
        vfs::OpenNode* open = file_->opened_node();
        if (open == nullptr)
            return Errno::nxio;
        to = open->place();
        return true;
    }

  private:
    void destroy() override {
        this->~FdLink();
        heap::deallocate(this);
    }
    // Of a file that no path led to, as Linux writes it.
    std::string_view find_kind(std::span<char> room) {
        uk_stat facts{};
        (void)file_->stat(facts);
        const char* kind = (facts.st_mode & UK_S_IFMT) == UK_S_IFIFO    ? "pipe"
                           : (facts.st_mode & UK_S_IFMT) == UK_S_IFSOCK ? "socket"
                                                                        : nullptr;
        if (kind == nullptr)
            return format(room, "anon_inode:%s", file_->kind_name());
        return format(room, "%s:[%lu]", kind, facts.st_ino);
    }
    std::string_view find_text(std::span<char> room) override {
        vfs::OpenNode* open = file_->opened_node();
        if (open == nullptr)
            return find_kind(room);
        vfs::MountTable& table = vfs::mounts();
        const Result<std::string_view> path =
            vfs::path_of(table, table.root(), open->place(), open->folder(), room);
        return path.ok() ? path.value() : format(room, "(deleted):[%d]", fd_);
    }

    Ref<File> file_;
    int fd_;
};

class FdDirectory final : public Directory {
  public:
    FdDirectory(Directory& parent, vfs::Name name) : Directory(parent.proc(), &parent, name) {}

    Result<Ref<Node>> lookup(vfs::Name name) override {
        const Result<uint64_t> number = parse_u64(name, 10);
        if (!number.ok() || number.value() >= posix::FdTable::kMost ||
            (name.size() > 1 && name.front() == '0'))
            return Errno::noent;
        const int fd = static_cast<int>(number.value());
        Result<Ref<File>> file = posix::fd_table().get(fd);
        if (!file.ok())
            return Errno::noent;
        return Ref<Node>(UK_TRY(make_node<FdLink>(proc(), file.take(), fd)));
    }
    Result<> list(uint64_t from, vfs::EntrySink& sink) override {
        for (;;) {
            const unsigned fd = posix::fd_table().next(static_cast<unsigned>(from));
            if (fd == posix::FdTable::kMost)
                return ok();
            from = uint64_t{fd} + 1;
            char text[16];
            if (!sink.entry(format(text, "%u", fd), from, vfs::NodeKind::link, from))
                return ok();
        }
    }

  private:
    void destroy() override {
        this->~FdDirectory();
        heap::deallocate(this);
    }
};

Result<Ref<Directory>> make_directory(Directory& parent, vfs::Name name) {
    return Ref<Directory>(UK_TRY(make_node<FdDirectory>(parent, name)));
}

UK_PROC_ENTRY({.path = "1/fd", .directory = make_directory});

} // namespace

} // namespace uk::procfs
