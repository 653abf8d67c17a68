// SPDX-License-Identifier: BSD-3-Clause
// The same random calls here and at the host's kernel, in a folder of its own: the same errors, the
// same tree afterwards.
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <random>

#include <dirent.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "world.hpp"

namespace {

using uk::Errno;
using uk::vfs::NodeKind;

// How deep the folder lies where the calls begin: ".." never leads out, there or here.
constexpr int kDepth = 130;
constexpr int kMostUps = 3; // of one path; a walk follows 40 links

class Differential : public World {
  protected:
    Differential() {
        const char* base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
        folder_ = std::string(base) + "/ukvfs-XXXXXX";
        EXPECT_NE(mkdtemp(folder_.data()), nullptr);
        umask(0);
        host_ = ::open(folder_.c_str(), O_RDONLY | O_DIRECTORY);
        for (int i = 0; i < kDepth; i++) {
            EXPECT_EQ(mkdirat(host_, "d", 0755), 0);
            const int next = openat(host_, "d", O_RDONLY | O_DIRECTORY);
            close(host_);
            host_ = next;
            mkdir("d");
            start = place("d");
        }
    }
    ~Differential() override {
        close(host_);
        std::filesystem::remove_all(folder_);
    }

    void begin(unsigned seed) { random_.seed(seed); }
    unsigned number(unsigned below) { return random_() % below; }
    bool chance(unsigned percent) { return number(100) < percent; }

    std::string component() {
        static const char* const kNames[] = {"a", "b", "c", "d", "e"};
        const unsigned what = number(100);
        if (what < 78)
            return kNames[number(5)];
        if (what < 85)
            return ".";
        if (what < 94 && ups_ < kMostUps) {
            ups_++;
            return "..";
        }
        if (what == 98)
            return std::string(255, 'n');
        if (what == 99)
            return std::string(256, 'n');
        return kNames[number(3)];
    }
    std::string path() {
        ups_ = 0;
        if (chance(1))
            return "";
        std::string text;
        for (unsigned i = 0, count = 1 + number(4); i < count; i++) {
            if (i != 0)
                text += chance(8) ? "//" : "/";
            text += component();
        }
        if (chance(8))
            text += chance(20) ? "//" : "/";
        return text;
    }

    // One call on both sides; what went wrong where.
    void step();
    void compare(const std::string& what, long host, Errno ours) {
        const int theirs = host < 0 ? errno : 0;
        ASSERT_EQ(theirs, static_cast<int>(ours))
            << what << ": host " << strerrorname_np(theirs) << ", here " << uk::errno_name(ours);
    }
    void rename(const std::string& one);
    void read_link(const std::string& one);
    void open_somehow(const std::string& one);
    void compare_opens(const std::string& path, int flags);
    void compare_facts(const std::string& path, bool follow);
    void compare_trees(int host, const uk::vfs::Place& here, const std::string& name);

    std::string folder_;
    int host_ = -1;
    std::mt19937 random_;
    int ups_ = 0;
};

void Differential::compare_opens(const std::string& path, int flags) {
    const int theirs = openat(host_, path.c_str(), flags, 0644);
    auto ours = uk::vfs::open(at(), path, static_cast<uint32_t>(flags), 0644);
    compare("open " + path + " " + std::to_string(flags), theirs, ours.code());
    if (theirs < 0)
        return;
    struct stat stat {};
    fstat(theirs, &stat);
    uk_stat facts{};
    UK_MUST(ours.value()->stat(facts));
    EXPECT_EQ(facts.st_mode & S_IFMT, stat.st_mode & S_IFMT) << path;
    EXPECT_EQ(facts.st_nlink, stat.st_nlink) << path;
    if (S_ISREG(stat.st_mode) && (flags & O_ACCMODE) != O_RDONLY && (flags & O_PATH) == 0) {
        EXPECT_EQ(::write(theirs, "12345", 5), 5);
        EXPECT_EQ(UK_MUST(write(*ours.value(), "12345")), 5U);
    }
    close(theirs);
}

void Differential::compare_facts(const std::string& path, bool follow) {
    struct stat stat {};
    const int done = fstatat(host_, path.c_str(), &stat, follow ? 0 : AT_SYMLINK_NOFOLLOW);
    auto ours = uk::vfs::find(at(), path, follow);
    compare("stat " + path, done, ours.code());
    if (done < 0)
        return;
    uk_stat facts{};
    uk::vfs::stat(ours.value(), facts);
    EXPECT_EQ(facts.st_mode, stat.st_mode) << path;
    EXPECT_EQ(facts.st_nlink, stat.st_nlink) << path;
    if (!S_ISDIR(stat.st_mode)) {
        EXPECT_EQ(facts.st_size, stat.st_size) << path;
    }
}

void Differential::rename(const std::string& one) {
    const char* one_text = one.c_str();
    static constexpr unsigned kFlags[] = {0, 0, 0, RENAME_NOREPLACE, RENAME_EXCHANGE};
    const std::string other = path();
    const unsigned flags = kFlags[number(5)];
    return compare("rename " + one + " " + other + " " + std::to_string(flags),
                   syscall(SYS_renameat2, host_, one_text, host_, other.c_str(), flags),
                   uk::vfs::rename(at(), one, at(), other, flags).code());
}

void Differential::read_link(const std::string& one) {
    const char* one_text = one.c_str();
    char theirs[4096];
    const ssize_t size = readlinkat(host_, one_text, theirs, sizeof(theirs));
    auto found = uk::vfs::find(at(), one, false);
    auto ours = found.ok() ? uk::vfs::link_text(found.value())
                           : uk::Result<std::string_view>(found.error());
    compare("readlink " + one, size, ours.code());
    if (size >= 0) {
        EXPECT_EQ(std::string(theirs, static_cast<size_t>(size)), ours.value());
    }
}

void Differential::open_somehow(const std::string& one) {
    // Not blocking, because of FIFOs; which have nobody to open them here.
    int flags = O_NONBLOCK;
    static constexpr int kModes[] = {O_RDONLY, O_WRONLY, O_RDWR};
    flags |= kModes[number(3)];
    for (const int flag : {O_CREAT, O_CREAT, O_EXCL, O_TRUNC, O_DIRECTORY, O_NOFOLLOW})
        flags |= chance(30) ? flag : 0;
    if (chance(10))
        flags |= O_PATH;
    if ((flags & (O_CREAT | O_DIRECTORY)) == (O_CREAT | O_DIRECTORY))
        flags &= ~O_CREAT; // what kernels say to both has changed
    auto found = uk::vfs::find(at(), one);
    if (found.ok() && found.value().node->kind() == NodeKind::fifo)
        return;
    return compare_opens(one, flags);
}

void Differential::step() {
    const std::string one = path();
    const char* one_text = one.c_str();
    switch (number(12)) {
    case 0:
        return compare("mkdir " + one, mkdirat(host_, one_text, 0755),
                       uk::vfs::make_directory(at(), one, 0755).code());
    case 1:
        return compare("mkfifo " + one, mknodat(host_, one_text, S_IFIFO | 0644, 0),
                       uk::vfs::make_node(at(), one, NodeKind::fifo, 0644, 0).code());
    case 2: {
        const std::string target = path();
        return compare("symlink " + target + " " + one, symlinkat(target.c_str(), host_, one_text),
                       uk::vfs::make_link(at(), one, target).code());
    }
    case 3: {
        const std::string other = path();
        const bool follow = chance(30);
        const int done =
            linkat(host_, one_text, host_, other.c_str(), follow ? AT_SYMLINK_FOLLOW : 0);
        auto from = uk::vfs::find(at(), one, follow);
        return compare("link " + one + " " + other, done,
                       from.ok() ? uk::vfs::link(from.value(), at(), other).code() : from.code());
    }
    case 4:
        return compare("unlink " + one, unlinkat(host_, one_text, 0),
                       uk::vfs::unlink(at(), one).code());
    case 5:
        return compare("rmdir " + one, unlinkat(host_, one_text, AT_REMOVEDIR),
                       uk::vfs::remove_directory(at(), one).code());
    case 6:
    case 7:
        return rename(one);
    case 8:
        return read_link(one);
    case 9:
        return compare_facts(one, chance(50));
    default:
        return open_somehow(one);
    }
}

void Differential::compare_trees(int host, const uk::vfs::Place& here, const std::string& name) {
    std::vector<std::string> theirs;
    const int folder = openat(host, ".", O_RDONLY | O_DIRECTORY);
    DIR* entries = fdopendir(folder);
    while (const dirent* entry = readdir(entries)) {
        if (entry->d_name != std::string(".") && entry->d_name != std::string(".."))
            theirs.emplace_back(entry->d_name);
    }
    closedir(entries);
    std::sort(theirs.begin(), theirs.end());
    struct Names final : uk::vfs::EntrySink {
        std::vector<std::string> names;
        bool entry(uk::vfs::Name entry_name, uint64_t, NodeKind, uint64_t) override {
            names.emplace_back(entry_name);
            return true;
        }
    } ours;
    {
        uk::SharedGuard guard(here.node->lock());
        UK_MUST(here.node->list(0, ours));
    }
    ASSERT_EQ(ours.names, theirs) << name;
    const uk::vfs::At inside{.root = root, .start = here, .table = table};
    for (const std::string& each : theirs) {
        struct stat stat {};
        ASSERT_EQ(fstatat(host, each.c_str(), &stat, AT_SYMLINK_NOFOLLOW), 0);
        const uk::vfs::Place child = UK_MUST(uk::vfs::find(inside, each, false));
        uk_stat facts{};
        uk::vfs::stat(child, facts);
        EXPECT_EQ(facts.st_mode, stat.st_mode) << name << "/" << each;
        EXPECT_EQ(facts.st_nlink, stat.st_nlink) << name << "/" << each;
        if (S_ISDIR(stat.st_mode)) {
            const int next = openat(host, each.c_str(), O_RDONLY | O_DIRECTORY);
            compare_trees(next, child, name + "/" + each);
            close(next);
        } else {
            EXPECT_EQ(facts.st_size, stat.st_size) << name << "/" << each;
        }
    }
}

TEST_F(Differential, AnswersAsTheHostDoes) {
    constexpr int kSteps = 30000;
    begin(20261121);
    for (int i = 0; i < kSteps; i++) {
        step();
        if (HasFatalFailure())
            FAIL() << "step " << i;
        if (i % 1000 == 999)
            compare_trees(host_, start, "");
    }
}

} // namespace
