// SPDX-License-Identifier: BSD-3-Clause
// What the comparison with the host does not show: mounts, times, positions, files without names.
#include <uk/abi/dirent.h>
#include <uk/abi/mount.h>
#include <uk/abi/statfs.h>
#include <uk/abi/unistd.h>
#include <uk/fakes/hal.hpp>
#include <uk/fakes/heap.hpp>

#include "world.hpp"

namespace {

using uk::Errno;
using uk::vfs::NodeKind;
using uk::vfs::Place;

using Operations = World;
using Mounts = World;

TEST_F(Operations, ReadAndWriteWhereTheyShould) {
    auto file = open("f", UK_O_CREAT | UK_O_RDWR);
    EXPECT_EQ(UK_MUST(write(*file, "hello world")), 11U);
    EXPECT_EQ(UK_MUST(file->seek(6, UK_SEEK_SET)), 6U);
    EXPECT_EQ(read(*file), "world");
    EXPECT_EQ(read(*file), "");
    EXPECT_EQ(UK_MUST(file->seek(-5, UK_SEEK_END)), 6U);
    EXPECT_EQ(UK_MUST(file->seek(-6, UK_SEEK_CUR)), 0U);
    EXPECT_EQ(file->seek(-1, UK_SEEK_CUR).code(), Errno::inval);
    EXPECT_EQ(file->seek(INT64_MAX, UK_SEEK_END).code(), Errno::inval);
    EXPECT_EQ(UK_MUST(file->seek(5, UK_SEEK_DATA)), 5U);
    EXPECT_EQ(UK_MUST(file->seek(5, UK_SEEK_HOLE)), 11U);
    EXPECT_EQ(file->seek(11, UK_SEEK_DATA).code(), Errno::nxio);
    EXPECT_EQ(file->seek(-1, UK_SEEK_HOLE).code(), Errno::nxio);
    auto other = open("f", UK_O_WRONLY | UK_O_APPEND);
    EXPECT_EQ(UK_MUST(write(*other, "!")), 1U);
    EXPECT_EQ(UK_MUST(other->seek(0, UK_SEEK_CUR)), 12U);
    EXPECT_EQ(UK_MUST(file->seek(0, UK_SEEK_END)), 12U);
    open("f", UK_O_WRONLY | UK_O_TRUNC);
    EXPECT_EQ(UK_MUST(file->seek(0, UK_SEEK_END)), 0U);
    UK_MUST(file->seek(INT64_MAX, UK_SEEK_SET));
    EXPECT_EQ(write(*file, "x").code(), Errno::fbig);
    EXPECT_EQ(UK_MUST(write(*file, "")), 0U);
}

TEST_F(Operations, KeepFilesThatHaveNoNameAnyMore) {
    auto file = open("f", UK_O_CREAT | UK_O_RDWR);
    UK_MUST(uk::vfs::unlink(at(), "f"));
    UK_MUST(write(*file, "still here"));
    UK_MUST(file->seek(0, UK_SEEK_SET));
    EXPECT_EQ(read(*file), "still here");
    uk_stat facts{};
    UK_MUST(file->stat(facts));
    EXPECT_EQ(facts.st_nlink, 0U);
    EXPECT_EQ(uk::vfs::link(file->opened_node()->place(), at(), "g").code(), Errno::noent);
}

TEST_F(Operations, MakeFilesWithoutNames) {
    auto file = open(".", UK_O_TMPFILE | UK_O_RDWR);
    UK_MUST(write(*file, "text"));
    EXPECT_EQ(path_to(file->opened_node()->place()), "ENOENT");
    UK_MUST(uk::vfs::link(file->opened_node()->place(), at(), "named"));
    EXPECT_EQ(read(*open("named", UK_O_RDONLY)), "text");
    UK_MUST(uk::vfs::link(file->opened_node()->place(), at(), "named-too"));
    for (const char* name : {"named", "named-too"})
        UK_MUST(uk::vfs::unlink(at(), name));
    EXPECT_EQ(uk::vfs::link(file->opened_node()->place(), at(), "again").code(), Errno::noent);
    touch("named");
    auto only = open(".", UK_O_TMPFILE | UK_O_RDWR | UK_O_EXCL);
    EXPECT_EQ(uk::vfs::link(only->opened_node()->place(), at(), "x").code(), Errno::noent);
    EXPECT_EQ(open_error(".", UK_O_TMPFILE), Errno::inval);
    EXPECT_EQ(open_error(".", UK_O_TMPFILE | UK_O_CREAT | UK_O_RDWR), Errno::inval);
    EXPECT_EQ(open_error("named", UK_O_TMPFILE | UK_O_RDWR), Errno::notdir);
}

TEST_F(Operations, OpenPathsOnly) {
    touch("f");
    symlink("f", "l");
    auto file = open("f", UK_O_PATH | UK_O_RDWR | UK_O_TRUNC);
    EXPECT_EQ(file->status(), uint32_t{UK_O_PATH});
    const uk::IoPiece piece{nullptr, 0};
    uk::IoPieces pieces({&piece, 1}, uk::IoMemory::kernel);
    EXPECT_EQ(file->read(pieces).code(), Errno::badf);
    EXPECT_EQ(file->write(pieces).code(), Errno::badf);
    EXPECT_EQ(file->seek(0, UK_SEEK_SET).code(), Errno::badf);
    EXPECT_EQ(file->opened_node()->lock_file(UK_LOCK_SH).code(), Errno::badf);
    uk_stat facts{};
    UK_MUST(open("l", UK_O_PATH | UK_O_NOFOLLOW)->stat(facts));
    EXPECT_EQ(facts.st_mode & UK_S_IFMT, uint32_t{UK_S_IFLNK});
    EXPECT_EQ(open_error("l", UK_O_NOFOLLOW), Errno::loop);
    EXPECT_EQ(open_error("l", UK_O_NOFOLLOW | UK_O_DIRECTORY), Errno::notdir);
}

TEST_F(Operations, RefuseWhatNothingOpens) {
    UK_MUST(uk::vfs::make_node(at(), "socket", NodeKind::socket, 0600, 0));
    UK_MUST(uk::vfs::make_node(at(), "device", NodeKind::character, 0600, 0x103));
    EXPECT_EQ(open_error("socket", UK_O_RDWR), Errno::nxio);
    EXPECT_EQ(open_error("device", UK_O_RDWR), Errno::nxio);
    EXPECT_EQ(open_error("new", UK_O_CREAT | UK_O_DIRECTORY), Errno::inval);
    uk_statx facts{};
    uk::vfs::statx(place("device"), facts);
    EXPECT_EQ(facts.stx_rdev_major, 1U);
    EXPECT_EQ(facts.stx_rdev_minor, 3U);
}

TEST_F(Operations, ListEntriesWithTheirDots) {
    mkdir("d");
    mkdir("d/inner");
    touch("d/a");
    symlink("a", "d/l");
    auto folder = open("d", UK_O_RDONLY | UK_O_DIRECTORY);
    std::vector<std::string> names;
    std::vector<int64_t> positions;
    for (;;) {
        char room[64]; // one or two at once
        const uk::IoPiece piece{room, sizeof(room)};
        uk::IoPieces pieces({&piece, 1}, uk::IoMemory::kernel);
        const size_t size = UK_MUST(folder->entries(pieces));
        if (size == 0)
            break;
        for (size_t done = 0; done < size;) {
            uk_dirent64 head;
            memcpy(&head, room + done, sizeof(head));
            names.emplace_back(room + done + offsetof(uk_dirent64, d_name));
            positions.push_back(head.d_off);
            if (names.back() == ".") {
                EXPECT_EQ(head.d_type, UK_DT_DIR);
            }
            if (names.back() == "l") {
                EXPECT_EQ(head.d_type, UK_DT_LNK);
            }
            if (names.back() == "..") {
                uk_stat facts{};
                uk::vfs::stat(root, facts);
                EXPECT_EQ(head.d_ino, facts.st_ino);
            }
            done += head.d_reclen;
        }
    }
    EXPECT_EQ(names, (std::vector<std::string>{".", "..", "a", "inner", "l"}));
    UK_MUST(folder->seek(positions[2], UK_SEEK_SET));
    char room[24];
    const uk::IoPiece piece{room, sizeof(room)};
    uk::IoPieces few({&piece, 1}, uk::IoMemory::kernel);
    few.limit(23);
    EXPECT_EQ(folder->entries(few).code(), Errno::inval);
    EXPECT_EQ(open("d/a", UK_O_RDONLY)->entries(few).code(), Errno::notdir);
    EXPECT_EQ(folder->read(few).code(), Errno::isdir);
}

TEST_F(Operations, KeepTimesAsRelatimeSays) {
    uk::fakes::clock_set_wall(1000);
    touch("f");
    auto file = open("f", UK_O_RDWR);
    const auto accessed = [&] {
        uk_stat facts{};
        UK_MUST(file->stat(facts));
        return facts.st_atim.tv_sec * 1000000000 + facts.st_atim.tv_nsec;
    };
    uk::fakes::clock_set_wall(2000);
    read(*file);
    EXPECT_EQ(accessed(), 2000); // was not later than the last change
    uk::fakes::clock_set_wall(3000);
    read(*file);
    EXPECT_EQ(accessed(), 2000);
    UK_MUST(write(*file, "x"));
    uk::fakes::clock_set_wall(4000);
    read(*file);
    EXPECT_EQ(accessed(), 4000);
    uk::fakes::clock_set_wall(86400ULL * 1000000000 + 5000);
    file = open("f", UK_O_RDONLY);
    read(*file);
    EXPECT_EQ(accessed(), 86400LL * 1000000000 + 5000); // a day later
    uk::fakes::clock_set_wall(86400ULL * 1000000000 + 6000);
    UK_MUST(table.remount(root, UK_MS_STRICTATIME));
    read(*file);
    EXPECT_EQ(accessed(), 86400LL * 1000000000 + 6000);
    UK_MUST(table.remount(root, UK_MS_NOATIME));
    uk::fakes::clock_set_wall(86400ULL * 3000000000);
    read(*file);
    EXPECT_EQ(accessed(), 86400LL * 1000000000 + 6000);
    uk::fakes::clock_set_wall(0);
}

TEST_F(Operations, ChangeFacts) {
    const auto mode = [&] {
        uk_stat facts{};
        uk::vfs::stat(place("f"), facts);
        return facts.st_mode;
    };
    touch("f");
    UK_MUST(uk::vfs::set_permissions(place("f"), 06755));
    EXPECT_EQ(mode(), uint32_t{UK_S_IFREG | 06755});
    UK_MUST(uk::vfs::set_owner(place("f"), 5, uk::vfs::kSameOwner));
    EXPECT_EQ(mode(), uint32_t{UK_S_IFREG | 0755});
    const uk::vfs::Moment before_1970 = -1;
    UK_MUST(uk::vfs::set_times(place("f"), &before_1970, nullptr));
    uk_stat facts{};
    uk::vfs::stat(place("f"), facts);
    EXPECT_EQ(facts.st_uid, 5U);
    EXPECT_EQ(facts.st_gid, 0U);
    EXPECT_EQ(facts.st_atim.tv_sec, -1);
    EXPECT_EQ(facts.st_atim.tv_nsec, 999999999);
    EXPECT_EQ(uk::vfs::access(place("f"), UK_R_OK | UK_W_OK | UK_X_OK).code(), Errno::ok);
    UK_MUST(uk::vfs::set_permissions(place("f"), 0));
    EXPECT_EQ(uk::vfs::access(place("f"), UK_R_OK | UK_W_OK).code(), Errno::ok);
    EXPECT_EQ(uk::vfs::access(place("f"), UK_X_OK).code(), Errno::acces);
    symlink("f", "l");
    EXPECT_EQ(uk::vfs::set_permissions(place("l", false), 0).code(), Errno::opnotsupp);
    // What is made in a directory with this bit belongs to its group.
    mkdir("d");
    UK_MUST(uk::vfs::set_owner(place("d"), 1, 7));
    UK_MUST(uk::vfs::set_permissions(place("d"), 02755));
    mkdir("d/inner");
    uk::vfs::stat(place("d/inner"), facts);
    EXPECT_EQ(facts.st_gid, 7U);
    EXPECT_EQ(facts.st_mode, uint32_t{UK_S_IFDIR | 02755});
}

TEST_F(Operations, ResizeWhatHasASize) {
    touch("f");
    mkdir("d");
    UK_MUST(uk::vfs::make_node(at(), "fifo", NodeKind::fifo, 0600, 0));
    UK_MUST(uk::vfs::resize(place("f"), 100));
    EXPECT_EQ(read(*open("f", UK_O_RDONLY)), std::string(100, '\0'));
    EXPECT_EQ(uk::vfs::resize(place("f"), -1).code(), Errno::inval);
    EXPECT_EQ(uk::vfs::resize(place("f"), INT64_MAX).code(), Errno::fbig);
    EXPECT_EQ(uk::vfs::resize(place("d"), 0).code(), Errno::isdir);
    EXPECT_EQ(uk::vfs::resize(place("fifo"), 0).code(), Errno::inval);
    EXPECT_EQ(uk::vfs::allocate(place("f"), 0, 0, 0).code(), Errno::inval);
    EXPECT_EQ(uk::vfs::allocate(place("f"), 0, INT64_MAX, 1).code(), Errno::fbig);
    EXPECT_EQ(uk::vfs::allocate(place("f"), UK_FALLOC_FL_PUNCH_HOLE, 0, 1).code(),
              Errno::opnotsupp);
    EXPECT_EQ(uk::vfs::allocate(place("fifo"), 0, 0, 1).code(), Errno::spipe);
    EXPECT_EQ(uk::vfs::allocate(place("d"), 0, 0, 1).code(), Errno::isdir);
}

TEST_F(Operations, LoseNothingWithoutMemory) {
    mkdir("d");
    const size_t before = uk::fakes::heap_live_blocks();
    for (size_t k = 1;; k++) {
        uk::fakes::heap_fail_at(k);
        auto file = uk::vfs::open(at(), "d/f", UK_O_CREAT | UK_O_RDWR, 0600);
        const bool failed = uk::fakes::heap_failed();
        uk::fakes::heap_fail_at(0);
        EXPECT_EQ(file.ok(), !failed);
        if (file.ok())
            break;
        EXPECT_EQ(file.code(), Errno::nomem);
        EXPECT_EQ(uk::fakes::heap_live_blocks(), before);
    }
    EXPECT_EQ(uk::fakes::heap_live_blocks(), before);
}

TEST_F(Mounts, ThatAreReadOnlyChangeNothing) {
    mkdir("m");
    Place other = mount_tiny({.on = place("m"), .folder = {}});
    touch("m/f");
    mkdir("m/d");
    auto writer = open("m/f", UK_O_WRONLY);
    EXPECT_EQ(table.remount(other, UK_MS_RDONLY).code(), Errno::busy);
    writer.reset();
    UK_MUST(table.remount(other, UK_MS_RDONLY));
    EXPECT_EQ(open_error("m/f", UK_O_WRONLY), Errno::rofs);
    EXPECT_EQ(open_error("m/f", UK_O_TRUNC), Errno::rofs);
    EXPECT_EQ(open_error("m/f", UK_O_CREAT), Errno::ok);
    EXPECT_EQ(open_error("m/g", UK_O_CREAT), Errno::rofs);
    EXPECT_EQ(open_error("m", UK_O_TMPFILE | UK_O_RDWR), Errno::rofs);
    EXPECT_EQ(uk::vfs::make_directory(at(), "m/d", 0).code(), Errno::exist);
    EXPECT_EQ(uk::vfs::make_directory(at(), "m/e", 0).code(), Errno::rofs);
    EXPECT_EQ(uk::vfs::unlink(at(), "m/f").code(), Errno::rofs);
    EXPECT_EQ(uk::vfs::remove_directory(at(), "m/d").code(), Errno::rofs);
    EXPECT_EQ(uk::vfs::rename(at(), "m/f", at(), "m/g", 0).code(), Errno::rofs);
    EXPECT_EQ(uk::vfs::set_permissions(place("m/f"), 0).code(), Errno::rofs);
    EXPECT_EQ(uk::vfs::resize(place("m/f"), 0).code(), Errno::rofs);
    EXPECT_EQ(uk::vfs::access(place("m/f"), UK_W_OK).code(), Errno::rofs);
    uk_statfs facts{};
    uk::vfs::statfs(other, facts);
    EXPECT_NE(facts.f_flags & UK_ST_RDONLY, 0);
    EXPECT_EQ(facts.f_type, 0x71f5);
    UK_MUST(table.remount(other, 0));
    EXPECT_EQ(open_error("m/f", UK_O_WRONLY), Errno::ok);
    EXPECT_EQ(table.remount(place("m/f"), 0).code(), Errno::inval);
}

TEST_F(Mounts, AreApartFromEachOther) {
    mkdir("m");
    touch("f");
    mount_tiny({.on = place("m"), .folder = {}});
    mkdir("m/d");
    EXPECT_EQ(uk::vfs::rename(at(), "f", at(), "m/f", 0).code(), Errno::xdev);
    EXPECT_EQ(uk::vfs::link(place("f"), at(), "m/f").code(), Errno::xdev);
    EXPECT_EQ(uk::vfs::rename(at(), "m", at(), "n", 0).code(), Errno::busy);
    EXPECT_EQ(uk::vfs::remove_directory(at(), "m").code(), Errno::busy);
    mkdir("n");
    EXPECT_EQ(uk::vfs::rename(at(), "n", at(), "m", 0).code(), Errno::busy);
    EXPECT_EQ(uk::vfs::make_directory(at(), "m", 0).code(), Errno::exist);
    // The same tree a second time is another mount all the same.
    mkdir("b");
    UK_MUST(table.bind({.on = place("b"), .folder = {}}, place("n"), false));
    touch("n/x");
    EXPECT_TRUE(place("n/x").node.get() == place("b/x").node.get());
    EXPECT_EQ(uk::vfs::rename(at(), "n/x", at(), "b/y", 0).code(), Errno::xdev);
    EXPECT_TRUE(place("b/..") == root);
    uk_stat one{};
    uk_stat two{};
    uk::vfs::stat(place("m/d"), one);
    uk::vfs::stat(place("n"), two);
    EXPECT_NE(one.st_dev, two.st_dev);
}

TEST_F(Mounts, GoWhenNobodyUsesThem) {
    mkdir("m");
    const Place point = place("m");
    mount_tiny({.on = point, .folder = {}});
    touch("m/f");
    {
        auto file = open("m/f", UK_O_RDONLY);
        EXPECT_EQ(table.unmount(place("m"), false).code(), Errno::busy);
    }
    EXPECT_EQ(table.unmount(place("m/f"), false).code(), Errno::inval);
    EXPECT_EQ(table.unmount(place("/"), false).code(), Errno::busy);
    mkdir("m/inner");
    mount_tiny({.on = place("m/inner"), .folder = {}});
    EXPECT_EQ(table.unmount(place("m"), false).code(), Errno::busy);
    EXPECT_EQ(tiny::TinyFs::file_systems, 3);
    UK_MUST(table.unmount(place("m/inner"), false));
    EXPECT_EQ(tiny::TinyFs::file_systems, 2);
    UK_MUST(table.unmount(place("m"), false));
    EXPECT_EQ(tiny::TinyFs::file_systems, 1);
    EXPECT_TRUE(place("m") == point);
    UK_MUST(uk::vfs::remove_directory(at(), "m"));
}

TEST_F(Mounts, MayGoBeforeTheirUsers) {
    mkdir("m");
    mount_tiny({.on = place("m"), .folder = {}});
    mkdir("m/inner");
    mount_tiny({.on = place("m/inner"), .folder = {}});
    touch("m/inner/f");
    auto file = open("m/inner/f", UK_O_RDWR);
    Place inner = place("m/inner");
    UK_MUST(table.unmount(place("m"), true));
    EXPECT_EQ(error_of("m/inner"), Errno::noent);
    EXPECT_EQ(tiny::TinyFs::file_systems, 2);
    UK_MUST(write(*file, "x"));
    start = inner;
    EXPECT_TRUE(place("..") == inner);
    EXPECT_EQ(error_of("f"), Errno::ok);
    EXPECT_EQ(path_to(inner), "ENOENT");
    EXPECT_EQ(table.unmount(inner, false).code(), Errno::inval);
    start = root;
    inner = {};
    EXPECT_EQ(tiny::TinyFs::file_systems, 2);
    file.reset();
    EXPECT_EQ(tiny::TinyFs::file_systems, 1);
}

TEST_F(Mounts, Move) {
    mkdir("a");
    mkdir("b");
    Place mount = mount_tiny({.on = place("a"), .folder = {}});
    mkdir("a/inner");
    EXPECT_EQ(table.move(mount, {.on = place("a/inner"), .folder = {}}).code(), Errno::loop);
    EXPECT_EQ(table.move(place("b"), {.on = place("a"), .folder = {}}).code(), Errno::inval);
    EXPECT_EQ(table.move(root, {.on = place("a"), .folder = {}}).code(), Errno::inval);
    UK_MUST(table.move(mount, {.on = place("b"), .folder = {}}));
    EXPECT_TRUE(place("b") == mount);
    EXPECT_EQ(error_of("a/inner"), Errno::noent);
    EXPECT_EQ(uk::vfs::remove_directory(at(), "b").code(), Errno::busy);
    UK_MUST(uk::vfs::remove_directory(at(), "a"));
    touch("f");
    EXPECT_EQ(table.move(mount, {.on = place("f"), .folder = root.node}).code(), Errno::notdir);
    EXPECT_TRUE(place("b") == mount);
    EXPECT_EQ(path_to(place("b/inner")), "/b/inner");
}

TEST_F(Mounts, BindWithWhatIsBelow) {
    mkdir("a");
    mkdir("a/b");
    mkdir("other");
    mkdir("copy");
    touch("a/file");
    mount_tiny({.on = place("a/b"), .folder = {}});
    mkdir("a/b/c");
    mount_tiny({.on = place("a/b/c"), .folder = {}});
    touch("a/b/c/deep");
    mount_tiny({.on = place("other"), .folder = {}});
    UK_MUST(
        table.bind({.on = place("a/file"), .folder = place("a").node}, place("a/b/c/deep"), false));
    UK_MUST(table.bind({.on = place("copy"), .folder = {}}, place("a"), true));
    EXPECT_EQ(error_of("copy/b/c/deep"), Errno::ok);
    EXPECT_TRUE(place("copy/file").node.get() == place("a/b/c/deep").node.get());
    EXPECT_EQ(path_to(place("copy/b/c")), "/copy/b/c");
    int count = 0;
    uk::Ref<uk::vfs::Mount> mount;
    for (uint32_t id = 0; (mount = table.next(id)); id = mount->id())
        count++;
    EXPECT_EQ(count, 5 + 4); // the tree has four mounts: itself, two directories, a file
    UK_MUST(table.unmount(place("copy"), true));
    EXPECT_EQ(error_of("copy/b"), Errno::noent);
    EXPECT_EQ(error_of("a/b/c/deep"), Errno::ok);
}

TEST_F(Operations, LockFilesAndParts) {
    auto one = open("f", UK_O_CREAT | UK_O_RDWR);
    auto two = open("f", UK_O_RDWR);
    UK_MUST(one->opened_node()->lock_file(UK_LOCK_EX));
    EXPECT_EQ(two->opened_node()->lock_file(UK_LOCK_SH | UK_LOCK_NB).code(), Errno::again);
    EXPECT_EQ(two->opened_node()->lock_file(3).code(), Errno::inval);
    UK_MUST(one->opened_node()->lock_file(UK_LOCK_SH));
    UK_MUST(two->opened_node()->lock_file(UK_LOCK_SH | UK_LOCK_NB));
    one.reset();
    UK_MUST(two->opened_node()->lock_file(UK_LOCK_EX | UK_LOCK_NB));
    one = open("f", UK_O_RDONLY);

    const auto lock = [](uk::File& file, int command, uk_flock& range) {
        return file.control(command, reinterpret_cast<uintptr_t>(&range)).code();
    };
    uk_flock range{UK_F_WRLCK, UK_SEEK_SET, 10, 10, 0};
    EXPECT_EQ(lock(*two, UK_F_OFD_SETLK, range), Errno::ok);
    uk_flock other{UK_F_RDLCK, UK_SEEK_SET, 25, -10, 0};
    EXPECT_EQ(lock(*one, UK_F_OFD_SETLK, other), Errno::again);
    EXPECT_EQ(lock(*one, UK_F_SETLK, other), Errno::again); // the process is another owner
    EXPECT_EQ(lock(*one, UK_F_OFD_GETLK, other), Errno::ok);
    EXPECT_EQ(other.l_type, UK_F_WRLCK);
    EXPECT_EQ(other.l_start, 10);
    EXPECT_EQ(other.l_len, 10);
    EXPECT_EQ(other.l_pid, -1);
    other = {UK_F_RDLCK, UK_SEEK_SET, 20, 0, 0};
    EXPECT_EQ(lock(*one, UK_F_OFD_SETLK, other), Errno::ok);
    other = {UK_F_WRLCK, UK_SEEK_SET, 0, 0, 0};
    EXPECT_EQ(lock(*one, UK_F_OFD_SETLK, other), Errno::badf); // open for reading
    other = {UK_F_RDLCK, UK_SEEK_SET, -1, 1, 0};
    EXPECT_EQ(lock(*one, UK_F_SETLK, other), Errno::inval);
    other = {UK_F_RDLCK, UK_SEEK_SET, INT64_MAX, 2, 0};
    EXPECT_EQ(lock(*one, UK_F_SETLK, other), Errno::overflow);
    other = {UK_F_RDLCK, UK_SEEK_SET, 0, 1, 7};
    EXPECT_EQ(lock(*one, UK_F_OFD_SETLK, other), Errno::inval);
    other = {9, UK_SEEK_SET, 0, 1, 0};
    EXPECT_EQ(lock(*one, UK_F_SETLK, other), Errno::inval);
    two.reset();
    other = {UK_F_RDLCK, UK_SEEK_SET, 0, 0, 0};
    EXPECT_EQ(lock(*one, UK_F_OFD_SETLKW, other), Errno::ok);
    EXPECT_EQ(one->control(99, 0).code(), Errno::notty);
}

TEST_F(Operations, LocksOfTheProcessGoWithAnyDescriptor) {
    auto one = open("f", UK_O_CREAT | UK_O_RDWR);
    auto two = open("f", UK_O_RDWR);
    auto path = open("f", UK_O_PATH);
    const auto lock = [](uk::File& file, int command) {
        uk_flock range{UK_F_WRLCK, UK_SEEK_SET, 10, 10, 0};
        return file.control(command, reinterpret_cast<uintptr_t>(&range)).code();
    };
    EXPECT_EQ(lock(*one, UK_F_SETLK), Errno::ok);
    path->descriptor_closed();
    EXPECT_EQ(lock(*two, UK_F_OFD_SETLK), Errno::again);
    two->descriptor_closed();
    EXPECT_EQ(lock(*two, UK_F_OFD_SETLK), Errno::ok);
    one->descriptor_closed();
    EXPECT_EQ(lock(*one, UK_F_SETLK), Errno::again) << "locks of open files stay with them";
}

TEST_F(Operations, FoldersHandTheirGroupOn) {
    mkdir("d");
    UK_MUST(uk::vfs::set_owner(place("d"), 1, 77));
    UK_MUST(uk::vfs::set_permissions(place("d"), 02775));
    mkdir("d/sub");
    touch("d/file");
    symlink("x", "d/link");
    mkdir("other");
    const auto facts = [&](std::string_view path) {
        uk_stat out{};
        uk::vfs::stat(place(path, false), out);
        return out;
    };
    EXPECT_EQ(facts("d/sub").st_gid, 77u);
    EXPECT_EQ(facts("d/sub").st_mode & 07777, 02755u);
    EXPECT_EQ(facts("d/file").st_gid, 77u);
    EXPECT_EQ(facts("d/file").st_mode & 07777, 0644u);
    EXPECT_EQ(facts("d/link").st_gid, 77u);
    EXPECT_EQ(facts("d/file").st_uid, 0u);
    EXPECT_EQ(facts("other").st_gid, 0u);
    EXPECT_EQ(facts("other").st_mode & 07777, 0755u);
}

} // namespace
