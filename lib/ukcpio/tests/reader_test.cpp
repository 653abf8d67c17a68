// SPDX-License-Identifier: BSD-3-Clause
// Host tests of the reader: what is in an archive, several archives, and every way to damage one.
#include <uk/cpio/reader.hpp>

#include <gtest/gtest.h>

#include <vector>

#include "archive.hpp"

namespace {

using uk::Errno;
using uk::Result;
using uk::cpio::Entry;
using uk::cpio::Kind;
using uk::cpio::Problem;
using uk::cpio::Reader;
using uk::cpio::tests::Archive;
using uk::cpio::tests::Member;

struct Seen {
    std::vector<Entry> entries;
    Errno end = Errno::ok;
    Problem problem;
};

// The entries point into the archive.
Seen read(const Archive& archive) {
    Seen seen;
    Reader reader(archive.bytes());
    for (;;) {
        Result<Entry> entry = reader.next();
        if (!entry.ok()) {
            seen.end = entry.code();
            seen.problem = reader.problem();
            EXPECT_EQ(reader.next().code(), seen.end);
            return seen;
        }
        seen.entries.push_back(entry.take());
    }
}

void expect_damage(const Archive& archive, size_t offset, const std::string& text) {
    const Seen seen = read(archive);
    ASSERT_EQ(seen.end, Errno::inval) << text;
    EXPECT_EQ(seen.problem.offset, offset) << seen.problem.text;
    EXPECT_NE(std::string(seen.problem.text).find(text), std::string::npos) << seen.problem.text;
}

// Of one member, the first.
void expect_refused(const Member& member, const std::string& text) {
    expect_damage(Archive().add(member).end(), 0, text);
}

TEST(CpioReader, GivesAllThatAMemberSays) {
    Archive archive;
    archive.add({.name = "etc", .mode = 040755, .links = 2})
        .add({.name = "etc/motd", .content = "hello", .mode = 0104755, .inode = 77})
        .add({.name = "etc/link", .content = "../etc/motd", .mode = 0120777})
        .add({.name = "null", .mode = 020666, .device_major = 1, .device_minor = 3})
        .add({.name = "disk", .mode = 060600, .device_major = 8, .device_minor = 1})
        .add({.name = "fifo", .mode = 010600})
        .add({.name = "socket", .mode = 0140600})
        .end();
    const Seen seen = read(archive);
    ASSERT_EQ(seen.end, Errno::nodata);
    EXPECT_EQ(seen.problem.text, nullptr);
    ASSERT_EQ(seen.entries.size(), 7u);
    EXPECT_EQ(seen.entries[0].kind, Kind::folder);
    EXPECT_FALSE(seen.entries[0].has_other_names());
    const Entry& file = seen.entries[1];
    EXPECT_EQ(file.path, "etc/motd");
    EXPECT_EQ(file.text(), "hello");
    EXPECT_EQ(file.kind, Kind::file);
    EXPECT_EQ(file.mode, 0104755u);
    EXPECT_EQ(file.uid, 7u);
    EXPECT_EQ(file.gid, 8u);
    EXPECT_EQ(file.links, 1u);
    EXPECT_EQ(file.mtime, 1234567890u);
    EXPECT_EQ(file.identity, (uk::cpio::Identity{0, {3, 4}, 77}));
    EXPECT_EQ(file.offset, 116u); // 110 + "etc\0", and two zeros
    EXPECT_EQ(seen.entries[2].kind, Kind::link);
    EXPECT_EQ(seen.entries[2].text(), "../etc/motd");
    EXPECT_EQ(seen.entries[3].kind, Kind::character_device);
    EXPECT_EQ(seen.entries[3].device, (uk::cpio::Device{1, 3}));
    EXPECT_EQ(seen.entries[4].kind, Kind::block_device);
    EXPECT_EQ(seen.entries[5].kind, Kind::fifo);
    EXPECT_EQ(seen.entries[6].kind, Kind::socket);
    for (const Entry& entry : seen.entries) {
        EXPECT_EQ(static_cast<size_t>(entry.content.data() - archive.bytes().data()) % 4, 0u);
    }
}

TEST(CpioReader, ReadsSeveralArchivesWithZerosAround) {
    Archive archive;
    archive.zeros(8)
        .add({.name = "a", .content = "1"})
        .end()
        .zeros(388)
        .add({.name = "a", .content = "2", .sum = '2', .magic = "070702"})
        .end()
        .end()
        .zeros(512);
    const Seen seen = read(archive);
    ASSERT_EQ(seen.end, Errno::nodata);
    ASSERT_EQ(seen.entries.size(), 2u);
    EXPECT_EQ(seen.entries[0].identity.archive, 0u);
    EXPECT_EQ(seen.entries[1].identity.archive, 1u);
    EXPECT_FALSE(seen.entries[0].has_sum);
    EXPECT_TRUE(seen.entries[1].has_sum);
}

TEST(CpioReader, NothingAndZerosAreNoArchive) {
    EXPECT_EQ(read(Archive()).end, Errno::nodata);
    EXPECT_EQ(read(Archive().zeros(1)).end, Errno::nodata);
    EXPECT_EQ(read(Archive().zeros(4097)).end, Errno::nodata);
}

TEST(CpioReader, TheLastZerosMayBeMissing) {
    Archive archive;
    archive.add({.name = "a", .content = "1"}).end();
    archive.text().resize(archive.text().size() - 3); // 110 + 11 bytes are not a multiple of 4
    EXPECT_EQ(read(archive).end, Errno::nodata);
    archive.text().pop_back();
    EXPECT_EQ(read(archive).end, Errno::inval);
}

TEST(CpioReader, PathsHaveOneForm) {
    for (const char* name : {"a/b", "./a/b", "/a/b", "//a/b", "././a/b", "././/a/b/"}) {
        const Archive archive = Archive().add({.name = name}).end();
        const Seen seen = read(archive);
        ASSERT_EQ(seen.entries.size(), 1u) << name;
        EXPECT_EQ(seen.entries[0].path, "a/b") << name;
    }
    for (const char* name : {".", "./", "/", "/.", "./."}) {
        const Archive archive = Archive().add({.name = name, .mode = 040700}).end();
        const Seen seen = read(archive);
        ASSERT_EQ(seen.entries.size(), 1u) << name;
        EXPECT_EQ(seen.entries[0].path, "") << name;
    }
    for (const char* name : {"..a", "a..", ".a", "...", "a/.b", "a b\n\xff", "./TRAILER!!!"}) {
        EXPECT_EQ(read(Archive().add({.name = name}).end()).entries.size(), 1u) << name;
    }
}

TEST(CpioReader, RefusesPathsThatLeadElsewhere) {
    for (const char* name : {"..", "../a", "a/..", "a/../b", "./..", "/../a"}) {
        expect_refused({.name = name}, "'..'");
    }
    for (const char* name : {"a//b", "a//"}) {
        expect_refused({.name = name}, "'//'");
    }
    for (const char* name : {"a/.", "a/./b"}) {
        expect_refused({.name = name}, "'.'");
    }
    expect_refused({.name = "."}, "'.' that is not a folder");
    expect_refused({.name = ""}, "1 to 4095 bytes");
    expect_refused({.name = std::string("a\0b", 3)}, "length");
    expect_refused({.name = std::string(256, 'x')}, "255");
    EXPECT_EQ(read(Archive().add({.name = std::string(255, 'x')}).end()).end, Errno::nodata);
}

std::string long_path(size_t size) {
    std::string path;
    while (path.size() + 1 < size) {
        path += "a/";
    }
    path.resize(size, 'b');
    return path;
}

TEST(CpioReader, PathsEndAt4095Bytes) {
    EXPECT_EQ(read(Archive().add({.name = long_path(4095)}).end()).end, Errno::nodata);
    expect_refused({.name = long_path(4096)}, "1 to 4095 bytes");
}

TEST(CpioReader, RefusesKindsAndContentsThatDoNotFit) {
    expect_refused({.name = "a", .mode = 0644}, "kind");
    expect_refused({.name = "a", .mode = 0170644}, "kind");
    expect_refused({.name = "a", .mode = 0300644}, "kind");
    expect_refused({.name = "a", .content = "x", .mode = 040755}, "neither file");
    expect_refused({.name = "a", .content = "x", .mode = 020644}, "neither file");
    expect_refused({.name = "a", .mode = 0120777}, "symbolic link");
    expect_refused({.name = "a", .content = std::string("x\0y", 3), .mode = 0120777},
                   "symbolic link");
    expect_refused({.name = "a", .content = std::string(4096, 'x'), .mode = 0120777},
                   "symbolic link");
    expect_refused({.name = "TRAILER!!!", .content = "x"}, "TRAILER");
}

TEST(CpioReader, RefusesEveryDigitThatIsNone) {
    const std::string good = Archive().add({.name = "a", .content = "x"}).end().text();
    for (size_t at = 6; at < 110; at++) {
        for (int wrong = 0; wrong < 256; wrong++) {
            if (isxdigit(wrong) != 0)
                continue;
            std::string text = good;
            text[at] = static_cast<char>(wrong);
            expect_damage(Archive().raw(text), 0, "hexadecimal");
        }
    }
    std::string lower = Archive().add({.name = "a", .inode = 0xabcdef}).end().text();
    for (char& c : std::span(lower).subspan(6, 104)) {
        c = static_cast<char>(tolower(c));
    }
    const Seen seen = read(Archive().raw(lower));
    ASSERT_EQ(seen.entries.size(), 1u);
    EXPECT_EQ(seen.entries[0].identity.inode, 0xabcdefu);
}

TEST(CpioReader, RefusesSizesBeyondTheEnd) {
    const std::string good = Archive().add({.name = "a", .content = "x"}).end().text();
    std::string text = good;
    text.replace(6 + 6 * 8, 8, "FFFFFFFF"); // the content's size
    expect_damage(Archive().raw(text), 0, "content that is cut off");
    text = good;
    text.replace(6 + 11 * 8, 8, "00000FFF");
    expect_damage(Archive().raw(text), 0, "path that is cut off");
    text.replace(6 + 11 * 8, 8, "FFFFFFFF");
    expect_damage(Archive().raw(text), 0, "1 to 4095");
    text.replace(6 + 11 * 8, 8, "00000003");
    expect_damage(Archive().raw(text), 0, "length");
}

TEST(CpioReader, RefusesEveryCut) {
    Archive archive;
    archive.add({.name = "a", .content = "12345"}).add({.name = "b", .content = "1"}).end();
    const std::string good = archive.text();
    for (size_t size = 1; size + 3 < good.size(); size++) {
        EXPECT_EQ(read(Archive().raw(good.substr(0, size))).end, Errno::inval) << size;
    }
}

TEST(CpioReader, SaysWhereItIsDamaged) {
    Archive archive;
    archive.add({.name = "a", .content = "12345"});
    const size_t second = archive.text().size();
    archive.add({.name = ".."}).end();
    expect_damage(archive, second, "'..'");
    EXPECT_EQ(read(archive).entries.size(), 1u);
    archive = Archive();
    archive.add({.name = "a"});
    expect_damage(archive, archive.text().size(), "without TRAILER!!!");
    const size_t end = archive.text().size();
    expect_damage(archive.zeros(200), end, "no header");
}

TEST(CpioReader, SaysWhatElseItIs) {
    expect_damage(Archive().raw("hello, world"), 0, "neither an archive");
    expect_damage(Archive().raw("x"), 0, "neither an archive");
    expect_damage(Archive().raw("070707000000"), 0, "odc");
    expect_damage(Archive().raw("\x1f\x8b\x08"), 0, "gzip");
    expect_damage(Archive().raw("\x28\xb5\x2f\xfd......"), 0, "zstd");
    Archive second;
    second.add({.name = "a"}).end();
    const size_t end = second.text().size();
    expect_damage(second.raw("\xfd"
                             "7zXZ    "),
                  end, "xz");
    Archive askew;
    askew.zeros(2).add({.name = "a"}).end();
    expect_damage(askew, 2, "multiple of 4");
}

TEST(CpioReader, ChecksSums) {
    Archive archive;
    archive.add({.name = "a", .content = "\x01\xff\x02", .sum = 0x102, .magic = "070702"})
        .add({.name = "b", .content = "\x01\xff\x02", .sum = 0x101, .magic = "070702"})
        .add({.name = "c", .content = "\x01\xff\x02", .sum = 0x101, .magic = "070701"})
        .add({.name = "d", .sum = 0x102, .magic = "070702"})
        .end();
    const Seen seen = read(archive);
    ASSERT_EQ(seen.entries.size(), 4u);
    EXPECT_TRUE(sum_is_right(seen.entries[0]));
    EXPECT_FALSE(sum_is_right(seen.entries[1]));
    EXPECT_TRUE(sum_is_right(seen.entries[2]));
    EXPECT_TRUE(sum_is_right(seen.entries[3]));
}

TEST(CpioFind, TakesTheLastOfAPath) {
    Archive archive;
    archive.add({.name = "./a", .content = "1"})
        .add({.name = "b", .content = "2"})
        .end()
        .add({.name = "a", .content = "3"})
        .end();
    EXPECT_EQ(uk::cpio::find(archive.bytes(), "a").value().text(), "3");
    EXPECT_EQ(uk::cpio::find(archive.bytes(), "/a").value().text(), "3");
    EXPECT_EQ(uk::cpio::find(archive.bytes(), "./b").value().text(), "2");
    EXPECT_EQ(uk::cpio::find(archive.bytes(), "c").code(), Errno::noent);
    EXPECT_EQ(uk::cpio::find(archive.bytes(), "").code(), Errno::noent);
}

TEST(CpioFind, FindsTheContentOfEveryName) {
    Archive archive;
    archive.add({.name = "x", .content = "wrong", .inode = 9, .links = 2})
        .end()
        .add({.name = "a", .inode = 9, .links = 3})
        .add({.name = "other", .content = "other", .inode = 9, .links = 3, .minor = 5})
        .add({.name = "b", .inode = 9, .links = 3})
        .add({.name = "c", .content = "right", .inode = 9, .links = 3})
        .add({.name = "empty", .inode = 10, .links = 2})
        .end();
    for (const char* name : {"a", "b", "c"}) {
        EXPECT_EQ(uk::cpio::find(archive.bytes(), name).value().text(), "right") << name;
    }
    EXPECT_EQ(uk::cpio::find(archive.bytes(), "empty").value().text(), "");
}

TEST(CpioFind, SaysWhereItIsDamaged) {
    Archive archive;
    archive.add({.name = "a", .content = "1"});
    Problem problem;
    EXPECT_EQ(uk::cpio::find(archive.bytes(), "a", &problem).code(), Errno::inval);
    EXPECT_EQ(problem.offset, archive.text().size());
    EXPECT_EQ(uk::cpio::find(archive.bytes(), "a").code(), Errno::inval);
}

} // namespace
