// SPDX-License-Identifier: BSD-3-Clause
// Host tests: archives that GNU cpio, bsdtar and our own packer write, compared with the files.
#include <uk/cpio/reader.hpp>

#include <gtest/gtest.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

namespace {

namespace fs = std::filesystem;
using uk::Result;
using uk::cpio::Entry;
using uk::cpio::Kind;
using uk::cpio::Reader;

// A folder with one of everything that needs no root.
class CpioTools : public testing::TestWithParam<const char*> {
  protected:
    void SetUp() override {
        char name[] = "/tmp/ukcpio-XXXXXX";
        ASSERT_NE(mkdtemp(name), nullptr);
        top_ = name;
        files_ = top_ / "files";
        fs::create_directories(files_ / "deep/er/empty");
        put("plain", "text\n");
        put("nothing", "");
        put("deep/big", std::string(100'003, '\x9a'));
        put("deep/er/.hidden name \xc3\xa9", "x");
        fs::permissions(files_ / "plain", fs::perms{0751});
        fs::permissions(files_ / "deep", fs::perms{01777});
        fs::create_symlink("deep/big", files_ / "link");
        fs::create_symlink("/no/where", files_ / "deep/dangling");
        put("one", "shared");
        fs::create_hard_link(files_ / "one", files_ / "deep/two");
        fs::create_hard_link(files_ / "one", files_ / "three");
        ASSERT_EQ(mkfifo((files_ / "fifo").c_str(), 0640), 0);
        const timespec times[2] = {{1'000'000'000, 0}, {1'111'111'111, 0}};
        ASSERT_EQ(utimensat(AT_FDCWD, (files_ / "plain").c_str(), times, 0), 0);
    }
    void TearDown() override { fs::remove_all(top_); }

    void put(const std::string& name, const std::string& text) const {
        std::ofstream(files_ / name, std::ios::binary) << text;
    }
    static std::string slurp(const fs::path& path) {
        std::ostringstream text;
        text << std::ifstream(path, std::ios::binary).rdbuf();
        return text.str();
    }

    fs::path top_, files_;
};

TEST_P(CpioTools, MembersAreTheFiles) {
    const fs::path packed = top_ / "packed";
    const std::string command = "tree=$PWD; cd " + files_.string() + " && { " + GetParam() +
                                "; } >" + packed.string() + " 2>" + (top_ / "said").string();
    ASSERT_EQ(system(command.c_str()), 0) << slurp(top_ / "said");
    const std::string text = slurp(packed);
    const auto bytes = std::as_bytes(std::span(text.data(), text.size()));

    Reader reader(bytes);
    std::map<std::string, Entry> seen;
    Result<Entry> entry = reader.next();
    for (; entry.ok(); entry = reader.next()) {
        EXPECT_TRUE(seen.emplace(entry.value().path, entry.value()).second) << entry.value().path;
        EXPECT_TRUE(sum_is_right(entry.value())) << entry.value().path;
    }
    EXPECT_EQ(entry.code(), uk::Errno::nodata) << reader.problem().text;
    seen.erase("");
    size_t count = 0;
    for (const fs::directory_entry& file : fs::recursive_directory_iterator(files_)) {
        const std::string path = file.path().lexically_relative(files_);
        if (fs::is_symlink(file)) {
            ASSERT_EQ(seen[path].kind, Kind::link) << path;
            EXPECT_EQ(seen[path].text(), fs::read_symlink(file).string());
        } else if (fs::is_regular_file(file)) {
            ASSERT_EQ(seen[path].kind, Kind::file) << path;
            EXPECT_EQ(uk::cpio::find(bytes, path).value().text(), slurp(file)) << path;
            EXPECT_EQ(seen[path].links, fs::hard_link_count(file)) << path;
        }
        struct stat status;
        ASSERT_EQ(lstat(file.path().c_str(), &status), 0);
        EXPECT_EQ(seen[path].mode, status.st_mode) << path;
        EXPECT_EQ(seen[path].mtime, static_cast<uint32_t>(status.st_mtime)) << path;
        count++;
    }
    EXPECT_EQ(count, 13u);
    EXPECT_EQ(seen.size(), count);
    EXPECT_EQ(seen["one"].identity, seen["deep/two"].identity);
    EXPECT_EQ(seen["one"].identity, seen["three"].identity);
    EXPECT_NE(seen["one"].identity, seen["plain"].identity);
}

INSTANTIATE_TEST_SUITE_P(Tools, CpioTools,
                         testing::Values("find . | cpio -o -H newc", "find . | cpio -o -H crc",
                                         "bsdtar -c --format newc .",
                                         "$tree/support/cpio/pack . /dev/stdout"));

} // namespace
