// SPDX-License-Identifier: BSD-3-Clause
// Entries of vfs.fstab, and what is said about wrong ones.
#include <gtest/gtest.h>

#include <uk/abi/mount.h>
#include <uk/vfs/fstab.hpp>

namespace {

using uk::vfs::FstabEntry;
using uk::vfs::FstabProblem;

constexpr std::string_view kDrivers[] = {"ramfs", "cpiofs", "devfs"};

FstabEntry good(std::string_view text) {
    FstabProblem problem{};
    auto entry = uk::vfs::read_fstab_entry(text, kDrivers, problem);
    EXPECT_TRUE(entry.ok()) << text << ": " << problem.why;
    return entry.ok() ? entry.value() : FstabEntry{};
}

FstabProblem bad(std::string_view text) {
    FstabProblem problem{};
    EXPECT_FALSE(uk::vfs::read_fstab_entry(text, kDrivers, problem).ok()) << text;
    return problem;
}

TEST(Fstab, ReadsWhatIsThere) {
    FstabEntry entry = good("initrd0:/:cpiofs");
    EXPECT_EQ(entry.device, "initrd0");
    EXPECT_EQ(entry.mount_point, "/");
    EXPECT_EQ(entry.driver, "cpiofs");
    EXPECT_EQ(entry.flags, 0U);
    EXPECT_FALSE(entry.makes_mount_point);
    entry = good(":/tmp:ramfs:ro,noexec:size=64M,mode=1777:mkmp");
    EXPECT_EQ(entry.device, "");
    EXPECT_EQ(entry.flags, uint32_t{UK_MS_RDONLY | UK_MS_NOEXEC});
    EXPECT_EQ(entry.options, "size=64M,mode=1777");
    EXPECT_TRUE(entry.makes_mount_point);
    EXPECT_EQ(good(":/x:ramfs:0x9").flags, uint32_t{UK_MS_RDONLY | UK_MS_NOEXEC});
    EXPECT_EQ(good(":/x:ramfs:::").flags, 0U);
    EXPECT_EQ(good(":/x:ramfs:rw,").flags, 0U);
}

TEST(Fstab, SaysWhatIsWrong) {
    EXPECT_STREQ(bad("").field, "mountpoint");
    EXPECT_STREQ(bad("initrd0").field, "mountpoint");
    EXPECT_STREQ(bad("initrd0:x:ramfs").field, "mountpoint");
    EXPECT_EQ(bad("initrd0:x:ramfs").text, "x");
    EXPECT_STREQ(bad(":/").field, "driver");
    FstabProblem problem = bad(":/:ramsf");
    EXPECT_STREQ(problem.field, "driver");
    EXPECT_EQ(problem.text, "ramsf");
    EXPECT_EQ(problem.nearest, "ramfs");
    EXPECT_EQ(bad(":/:ext4").nearest, "");
    problem = bad(":/:ramfs:ro,noexce");
    EXPECT_STREQ(problem.field, "flags");
    EXPECT_EQ(problem.text, "noexce");
    EXPECT_EQ(problem.nearest, "noexec");
    EXPECT_STREQ(bad(":/:ramfs:1x").field, "flags");
    EXPECT_STREQ(bad(":/:ramfs:0x100000000").field, "flags");
    EXPECT_STREQ(bad(":/:ramfs:::mkdir").field, "mkmp");
    EXPECT_STREQ(bad(":/:ramfs:::mkmp:more").field, "end");
}

} // namespace
