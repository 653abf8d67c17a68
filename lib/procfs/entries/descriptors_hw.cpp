// SPDX-License-Identifier: BSD-3-Clause
// /proc/self/fd: a link for each open descriptor, which leads to the very node that is open.
#include <uk/procfs/nodes.hpp>

#include <uk/base/format.hpp>
#include <uk/base/strings.hpp>
#include <uk/posix/fdtab.hpp>
#include <uk/string.h>
#include <uk/vfs/mount_table.hpp>
#include <uk/vfs/open_node.hpp>
#include <uk/vfs/path.hpp>

namespace uk::procfs {

namespace {

// What the link of a file shows.
Result<char*> target_of(File& file, int fd, size_t& size) {
    char room[vfs::kMostPath];
    Result<std::string_view> path = Errno::noent;
    if (vfs::OpenNode* open = file.opened_node()) {
        vfs::MountTable& table = vfs::mounts();
        path = vfs::path_of(table, table.root(), open->place(), open->folder(), room);
    }
    // A file without a name is a pipe, an eventfd ..., or was deleted.
    const std::string_view text =
        path.ok()
            ? path.value()
            : format(room, file.opened_node() != nullptr ? "(deleted):[%d]" : "anon:[%d]", fd);
    size = text.size();
    return copy_of(text);
}

class FdLink final : public Link {
  public:
    FdLink(ProcFileSystem& file_system, Ref<File> file, uint64_t fd, char* text, size_t size)
        : Link(file_system, "fd", fd + 1, text, size), file_(static_cast<Ref<File>&&>(file)) {}

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

    Ref<File> file_;
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
        size_t size = 0;
        char* text = UK_TRY(target_of(*file.value(), fd, size));
        Result<Ref<FdLink>> made =
            make_node<FdLink>(proc(), file.value(), number.value(), text, size);
        if (!made.ok()) {
            heap::deallocate(text);
            return made.error();
        }
        return Ref<Node>(made.take());
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
