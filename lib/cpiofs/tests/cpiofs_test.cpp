// SPDX-License-Identifier: BSD-3-Clause
// cpiofs: the suites, what becomes of each kind of member, and archives that mean harm.
#include <gtest/gtest.h>

#include <deque>

#include <uk/cpiofs/source.hpp>
#include <uk/fakes/frames.hpp>
#include <uk/fakes/heap.hpp>
#include <uk/fakes/log.hpp>
#include <uk/vfs/conformance_changes.hpp>

#include "archive_tree.hpp"

namespace {

using uk::Errno;
using uk::vfs::NodeKind;
using uk::vfs::conformance::Hand;
using uk::vfs::conformance::Planted;
using Made = uk::Result<uk::Ref<uk::vfs::FileSystem>>;

// Archives stay where they are, as in an image.
std::span<const std::byte> keep(const Archive& archive) {
    static std::deque<std::string> g_archives;
    static std::mutex g_lock;
    std::lock_guard guard(g_lock);
    // Exactly as many bytes as there are, so that each one behind them is found out.
    g_archives.emplace_back(const_cast<Archive&>(archive).text());
    g_archives.back().shrink_to_fit();
    return std::as_bytes(std::span(g_archives.back()));
}

size_t held() {
    return uk::fakes::heap_live_blocks() + uk::fakes::frames_live();
}

struct InPlace {
    static Made make(const Planted& tree) {
        return uk::cpiofs::mount_in_place(keep(archive_of(tree)), {});
    }
};
struct Extracted {
    static Made make(const Planted& tree) {
        return uk::cpiofs::mount_extracted(keep(archive_of(tree)), {});
    }
};

using Kinds = testing::Types<InPlace, Extracted>;
INSTANTIATE_TYPED_TEST_SUITE_P(Cpio, FileSystemReads, Kinds);
INSTANTIATE_TYPED_TEST_SUITE_P(Cpio, FileSystemChanges, Kinds);

class CpioFs : public testing::Test {
  protected:
    CpioFs() : held_(held()) {}
    ~CpioFs() override {
        made_.reset();
        EXPECT_EQ(held(), held_);
    }
    void mount(const Archive& archive) {
        made_ = uk::cpiofs::mount_in_place(keep(archive), {}).take();
    }
    Hand hand() { return Hand(*made_); }
    std::string text(const std::string& path) { return hand().read(path).take(); }
    uk::vfs::Facts facts(const std::string& path) { return hand().facts(path).take(); }
    // What both drivers say to an archive that they refuse.
    void refused(const Archive& archive, const std::string& why) {
        const auto bytes = keep(archive);
        for (const bool copies : {false, true}) {
            uk::fakes::log_clear();
            if (copies) {
                EXPECT_EQ(uk::cpiofs::mount_extracted(bytes, {}).code(), Errno::inval) << why;
            } else {
                auto made = uk::cpiofs::mount_in_place(bytes, {}).take();
                EXPECT_EQ(Hand(*made).list("").code(), Errno::io) << why;
                EXPECT_EQ(Hand(*made).walk("x").code(), Errno::io) << why;
            }
            EXPECT_NE(uk::fakes::log_text().find(why), std::string::npos) << why << "\n"
                                                                          << uk::fakes::log_text();
        }
    }

    size_t held_;
    uk::Ref<uk::vfs::FileSystem> made_;
};

TEST_F(CpioFs, MountingCostsNothingUntilSomebodyLooks) {
    const size_t before = held();
    mount(std::move(archive_of(uk::vfs::conformance::common_tree())));
    const size_t mounted = held();
    EXPECT_LE(mounted - before, 2u) << "the file system and its root";
    EXPECT_EQ(text("etc/passwd"), "root:x:0:0::/:/bin/sh\n");
    EXPECT_GT(held(), mounted + 10);
    EXPECT_EQ(uk::fakes::frames_live(), 0u) << "contents are read where they lie";
    EXPECT_EQ(facts("bin/large").stored, 0u);
    ASSERT_TRUE(hand().write("bin/large", "!", 10'000).ok());
    EXPECT_EQ(facts("bin/large").stored, 4096u);
    EXPECT_EQ(text("bin/large").substr(9'999, 3),
              uk::vfs::conformance::pattern(300'001, 2).substr(9'999, 1) + "!" +
                  uk::vfs::conformance::pattern(300'001, 2).substr(10'001, 1));
}

TEST_F(CpioFs, MembersKeepTheirFacts) {
    Archive archive;
    archive.add({.name = "d", .mode = 040700, .mtime = 1000, .uid = 5, .gid = 6})
        .add({.name = "d/f", .content = "x", .mode = 0104755, .mtime = 2000})
        .add({.name = "d/null", .mode = 020666, .device_major = 1, .device_minor = 3})
        .add({.name = "d/far", .mode = 060600, .device_major = 0x12345, .device_minor = 0x6789a})
        .add({.name = "d/fifo", .mode = 010600})
        .end();
    mount(archive);
    EXPECT_EQ(facts("d").permissions, 0700u);
    EXPECT_EQ(facts("d").owner, 5u);
    EXPECT_EQ(facts("d").group, 6u);
    EXPECT_EQ(facts("d").modified, 1000 * 1'000'000'000LL) << "though a name came into it";
    EXPECT_EQ(facts("d/f").permissions, 04755u);
    EXPECT_EQ(facts("d/f").modified, 2000 * 1'000'000'000LL);
    EXPECT_EQ(facts("d/null").device, 0x103u);
    EXPECT_EQ(facts("d/null").kind, NodeKind::character);
    EXPECT_EQ(facts("d/far").device, 0x0001'2000'678'345'9aULL);
    EXPECT_EQ(facts("d/fifo").kind, NodeKind::fifo);
}

TEST_F(CpioFs, LaterMembersCount) {
    Archive archive;
    archive.add({.name = "f", .content = "first"})
        .add({.name = "d", .mode = 040700})
        .add({.name = "d/in", .content = "in"})
        .add({.name = "e", .mode = 040700})
        .end()
        .zeros(508)
        .add({.name = "f", .content = "second"})
        .add({.name = "d", .mode = 040755})
        .add({.name = "e", .content = "a file now"})
        .end();
    mount(archive);
    EXPECT_EQ(text("f"), "second");
    EXPECT_EQ(facts("d").permissions, 0755u);
    EXPECT_EQ(text("d/in"), "in");
    EXPECT_EQ(text("e"), "a file now");
    EXPECT_EQ(hand().list("").take().size(), 3u);
}

TEST_F(CpioFs, HardLinksAreOneFile) {
    Archive archive;
    archive.add({.name = "a", .inode = 7, .links = 3})
        .add({.name = "d", .mode = 040700})
        .add({.name = "d/b", .inode = 7, .links = 3})
        .add({.name = "c", .content = "bytes", .inode = 7, .links = 3})
        .add({.name = "c", .inode = 7, .links = 3})
        .add({.name = "alone", .inode = 8, .links = 2})
        .add({.name = "other", .content = "other", .inode = 7, .links = 2, .major = 99})
        .end();
    archive.add({.name = "next", .content = "next", .inode = 7, .links = 2}).end();
    mount(archive);
    EXPECT_EQ(text("a"), "bytes");
    EXPECT_EQ(text("d/b"), "bytes");
    EXPECT_EQ(facts("a").links, 3u);
    EXPECT_EQ(facts("a").number, facts("c").number);
    EXPECT_EQ(text("alone"), "") << "the other names are not in the archive";
    EXPECT_EQ(facts("alone").links, 1u);
    EXPECT_EQ(text("other"), "other");
    EXPECT_EQ(text("next"), "next") << "numbers mean nothing in the next archive";
    EXPECT_NE(facts("next").number, facts("a").number);
}

TEST_F(CpioFs, EmptyArchives) {
    mount(std::move(Archive().end()));
    EXPECT_EQ(hand().list("").take().size(), 0u);
    made_ = uk::cpiofs::mount_in_place({}, {}).take();
    EXPECT_EQ(hand().list("").take().size(), 0u);
}

TEST_F(CpioFs, OptionsAndReadOnly) {
    Archive archive;
    archive.add({.name = "f", .content = std::string(10'000, 'x')}).end();
    const auto bytes = keep(archive);
    EXPECT_EQ(uk::cpiofs::mount_in_place(bytes, {.options = "what=1"}).code(), Errno::inval);
    EXPECT_EQ(uk::cpiofs::mount_extracted(bytes, {.options = "size=4k"}).code(), Errno::nospc);
    EXPECT_EQ(uk::cpiofs::mount_extracted(bytes, {.options = "nr_inodes=1"}).code(), Errno::nospc);
    made_ = uk::cpiofs::mount_in_place(bytes, {.flags = 1}).take();
    EXPECT_TRUE(made_->read_only());
    EXPECT_STREQ(made_->name(), "cpiofs");
}

TEST_F(CpioFs, RefusesWhatLeadsElsewhere) {
    Archive link;
    link.add({.name = "out", .content = "/etc", .mode = 0120777})
        .add({.name = "out/passwd", .content = "evil"})
        .end();
    refused(link, "'out/passwd', at byte 120 of the archive: its path leads through a symbolic");
    Archive file;
    file.add({.name = "f", .content = "x"}).add({.name = "f/g", .content = "y"}).end();
    refused(file, "'f/g', at byte 116 of the archive: its path leads through a file");
    Archive missing;
    missing.add({.name = "a/b/c", .content = "y"}).end();
    refused(missing, "'a/b/c', at byte 0 of the archive: its folder does not come before it");
    Archive full;
    full.add({.name = "d", .mode = 040755})
        .add({.name = "d/f", .content = "y"})
        .add({.name = "d", .content = "file"})
        .end();
    refused(full, "'d', at byte 232 of the archive: it would replace a folder that is not empty");
    Archive root;
    root.add({.name = ".", .content = "file"}).end();
    refused(root, "damaged at byte 0: '.' that is not a folder");
    Archive twice;
    twice.add({.name = "a", .content = "1", .inode = 3, .links = 2})
        .add({.name = "b", .content = "2", .inode = 3, .links = 2})
        .end();
    refused(twice, "'b', at byte 116 of the archive: the bytes of this file come a second time");
}

TEST_F(CpioFs, RefusesDamage) {
    refused(Archive().add({.name = "../up", .content = "x"}).end(), "damaged at byte 0");
    refused(Archive().add({.name = std::string(256, 'n')}).end(), "damaged at byte 0");
    refused(Archive().raw("no archive at all, but long enough to have a header in it; so there, "
                          "this is more than a hundred and ten bytes"),
            "damaged at byte 0");
    Archive cut;
    cut.add({.name = "f", .content = "x"}).add({.name = "g", .content = std::string(100, 'y')});
    cut.text().resize(cut.text().size() - 50);
    refused(cut, "damaged at byte 116");
    Archive odd;
    odd.add({.name = "x\033[2J/y", .content = "x"}).end();
    refused(odd, "'x?[2J/y', at byte 0");
}

TEST_F(CpioFs, SumsAreComparedWhenBytesAreCopied) {
    Archive right;
    right.add({.name = "f", .content = "abc", .sum = 'a' + 'b' + 'c', .magic = "070702"}).end();
    EXPECT_TRUE(uk::cpiofs::mount_extracted(keep(right), {}).ok());
    Archive wrong;
    wrong.add({.name = "f", .content = "abc", .sum = 5, .magic = "070702"}).end();
    EXPECT_EQ(uk::cpiofs::mount_extracted(keep(wrong), {}).code(), Errno::inval);
    EXPECT_NE(uk::fakes::log_text().find("sum"), std::string::npos);
}

TEST_F(CpioFs, EachFailureIsAnErrorAndLeavesNothing) {
    auto tree = uk::vfs::conformance::common_tree();
    Archive archive = archive_of(tree);
    archive.add({.name = "a", .inode = 7, .links = 2})
        .add({.name = "b", .content = "b", .inode = 7, .links = 2})
        .end();
    const auto bytes = keep(archive);
    for (const bool copies : {false, true}) {
        for (size_t k = 1;; k++) {
            const size_t before = held();
            {
                uk::fakes::heap_fail_at(k);
                Made made = copies ? uk::cpiofs::mount_extracted(bytes, {})
                                   : uk::cpiofs::mount_in_place(bytes, {});
                const bool there = made.ok() && Hand(*made.value()).facts("b").ok();
                const bool failed = uk::fakes::heap_failed();
                uk::fakes::heap_fail_at(0);
                EXPECT_EQ(there, !failed) << k;
                if (!failed) {
                    EXPECT_GE(k, 30u);
                    break;
                }
            }
            ASSERT_EQ(held(), before) << k;
        }
    }
}

} // namespace
