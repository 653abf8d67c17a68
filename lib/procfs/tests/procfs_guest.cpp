// SPDX-License-Identifier: BSD-3-Clause
// In the guest: what /proc says is what the system knows.
#include <uk/test.hpp>

#include <uk/abi/fcntl.h>
#include <uk/base/format.hpp>
#include <uk/boot/arguments.hpp>
#include <uk/falloc/frame_allocator.hpp>
#include <uk/posix/fdtab.hpp>
#include <uk/posix/process.hpp>
#include <uk/string.h>
#include <uk/vfs/mounting.hpp>
#include <uk/vfs/operations.hpp>

using namespace uk;

namespace {

// /proc, mounted where the test wants it.
class Proc {
  public:
    Proc() {
        const vfs::Driver* driver = vfs::find_driver("procfs");
        UK_VERIFY(driver != nullptr);
        if (!vfs::mounts().root())
            UK_VERIFY(vfs::mount(vfs::At{none_, none_}, "/", *vfs::find_driver("ramfs"), {}).ok());
        root_ = vfs::mounts().root();
        (void)vfs::make_directory(at(), "/proc-test", 0755);
        UK_VERIFY(vfs::mount(at(), "/proc-test", *driver, {}).ok());
        start_ = vfs::find(at(), "/proc-test").take();
    }
    ~Proc() {
        start_ = {};
        UK_VERIFY(vfs::unmount({.root = root_, .start = root_}, "/proc-test", 0).ok());
        UK_VERIFY(vfs::remove_directory({.root = root_, .start = root_}, "/proc-test").ok());
    }
    Proc(const Proc&) = delete;
    Proc& operator=(const Proc&) = delete;

    vfs::At at() const { return {.root = root_, .start = start_ ? start_ : root_}; }
    // The first bytes of a file.
    std::string_view read(const char* path) {
        Result<Ref<File>> file = vfs::open(at(), path, UK_O_RDONLY, 0);
        if (!file.ok())
            return {};
        const IoPiece piece{text_, sizeof text_};
        IoPieces pieces({&piece, 1}, IoMemory::kernel);
        const Result<size_t> got = file.value()->read(pieces);
        return {text_, got.ok() ? got.value() : 0};
    }
    std::string_view link(const char* path) {
        Result<vfs::Place> place = vfs::find(at(), path, false);
        if (!place.ok())
            return {};
        const std::string_view target = vfs::link_text(place.value()).value_or(std::string_view{});
        const size_t size = target.size() < sizeof text_ ? target.size() : sizeof text_;
        memcpy(text_, target.data(), size); // the node may go with the place
        return {text_, size};
    }
    // How many entries a directory has, "." and ".." not counted.
    size_t count(const char* path) {
        struct Counter final : vfs::EntrySink {
            bool entry(vfs::Name, uint64_t, vfs::NodeKind, uint64_t) override {
                return ++count != 0;
            }
            size_t count = 0;
        } counter;
        Result<vfs::Place> place = vfs::find(at(), path);
        if (!place.ok())
            return 0;
        SharedGuard guard(place.value().node->lock());
        UK_VERIFY(place.value().node->list(0, counter).ok());
        return counter.count;
    }

  private:
    vfs::Place none_;
    vfs::Place root_;
    vfs::Place start_;
    char text_[4096];
};

bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != text.npos;
}

} // namespace

UK_TEST(files_say_what_the_system_knows)
{
    Proc proc;
    UK_TEST_EXPECT(contains(proc.read("meminfo"), "MemTotal:"));
    UK_TEST_EXPECT(contains(proc.read("self/status"), "Pid:\t1\n"));
    UK_TEST_EXPECT(contains(proc.read("1/task/1/status"), "Pid:\t1\n"));
    UK_TEST_EXPECT(contains(proc.read("thread-self/comm"), "\n"));
    UK_TEST_EXPECT(contains(proc.read("mounts"), "/proc-test procfs ro"));
    UK_TEST_EXPECT(contains(proc.read("filesystems"), "nodev\tramfs\n"));
    UK_TEST_EXPECT(contains(proc.read("cpuinfo"), "processor\t: 0\n"));
    const std::string_view words = proc.read("self/cmdline");
    UK_TEST_EXPECT(words.starts_with(bootup::arguments()[0]));
    UK_TEST_EXPECT(proc.read("self/stat").starts_with("1 (" CONFIG_UK_NAME) &&
                   contains(proc.read("self/stat"), ") R 0 1 1 "));
    UK_TEST_EXPECT(contains(proc.read("self/limits"), "Max open files "));
#ifdef CONFIG_LIBPOSIX_SYSINFO
    UK_TEST_EXPECT(proc.read("sys/kernel/hostname").ends_with("\n"));
#endif
#ifdef CONFIG_LIBUKRANDOM
    const std::string_view id = proc.read("sys/kernel/random/uuid");
    UK_TEST_EXPECT(id.size() == 37 && id[8] == '-' && id[14] == '4');
#endif
    UK_TEST_EXPECT(proc.read("nothing").empty());
}

UK_TEST(links_lead_to_what_is_open)
{
    Proc proc;
    UK_TEST_EXPECT(proc.link("self") == "1");
    UK_TEST_EXPECT(proc.link("self/exe") == "/" CONFIG_UK_NAME);
    const size_t before = proc.count("self/fd");
    Ref<File> file = vfs::open(proc.at(), "uptime", UK_O_RDONLY, 0).take();
    const int fd = posix::fd_table().add(file, false).take();
    char path[32];
    (void)format(path, "self/fd/%d", fd);
    UK_TEST_EXPECT(proc.count("self/fd") == before + 1);
    UK_TEST_EXPECT(proc.link(path) == "/proc-test/uptime");
    UK_TEST_EXPECT(contains(proc.read(path), "."));
    UK_TEST_EXPECT(posix::fd_table().close(fd).ok());
    UK_TEST_EXPECT(proc.link(path).empty());
    UK_TEST_EXPECT(proc.count("self/task") >= 1);
#ifdef CONFIG_LIBPOSIX_VFS
    UK_TEST_EXPECT(proc.link("self/root") == "/" && proc.link("self/cwd").starts_with("/"));
    UK_TEST_EXPECT(contains(proc.read("self/cwd/proc-test/mounts"), "procfs"));
#endif
}

UK_TEST(nothing_can_be_changed)
{
    Proc proc;
    UK_TEST_EXPECT(vfs::make_directory(proc.at(), "new", 0755).code() == Errno::rofs);
    UK_TEST_EXPECT(vfs::unlink(proc.at(), "uptime").code() == Errno::rofs);
    UK_TEST_EXPECT(vfs::open(proc.at(), "uptime", UK_O_WRONLY, 0).code() == Errno::rofs);
}
