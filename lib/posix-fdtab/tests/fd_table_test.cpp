// SPDX-License-Identifier: BSD-3-Clause
// The table of descriptors against a model, without memory, and with several threads.
#include <atomic>
#include <cstdlib>
#include <limits>
#include <map>
#include <optional>
#include <random>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <uk/fakes/effort.hpp>
#include <uk/posix/fdtab/basic_fd_table.hpp>

#include "../../ukfile/tests/host_lock.hpp"

namespace {

using uk::Errno;
using uk::Ref;

std::atomic<int> g_files{0};

struct TestFile {
    TestFile() { g_files++; }
    ~TestFile() { g_files--; }
    void ref_retain() { refs++; }
    void ref_release() {
        if (--refs == 0)
            delete this;
    }

    std::atomic<int> refs{1};
    std::atomic<int> users{0};
};

template <unsigned kMostFds>
struct Environment {
    using File = TestFile;
    using Lock = HostLock;
    static constexpr unsigned kMost = kMostFds;
    static inline int refuse_after = std::numeric_limits<int>::max();
    static void* allocate(size_t size) {
        return refuse_after-- > 0 ? ::operator new(size) : nullptr;
    }
    static void deallocate(void* memory) { ::operator delete(memory); }
};
template <unsigned kMostFds>
using Table = uk::posix::BasicFdTable<Environment<kMostFds>>;

Ref<TestFile> make() {
    return Ref<TestFile>::adopt(*new TestFile);
}

class FdTable : public testing::Test {
  protected:
    void TearDown() override { EXPECT_EQ(g_files, 0); }
};

TEST_F(FdTable, LowestFreeDescriptor) {
    Table<1024> table;
    for (int fd = 0; fd < 200; fd++)
        ASSERT_EQ(table.add(make(), false).value(), fd);
    ASSERT_TRUE(table.close(130).ok());
    ASSERT_TRUE(table.close(5).ok());
    EXPECT_EQ(table.add(make(), false, 6).value(), 130);
    EXPECT_EQ(table.add(make(), false, 100).value(), 200);
    EXPECT_EQ(table.add(make(), false).value(), 5);
    EXPECT_EQ(table.add(make(), false, 500).value(), 500);
    EXPECT_EQ(table.count(), 202u);
    EXPECT_EQ(table.close(-1).code(), Errno::badf);
    EXPECT_EQ(table.close(1024).code(), Errno::badf);
    EXPECT_EQ(table.close(499).code(), Errno::badf);
    EXPECT_EQ(table.get(std::numeric_limits<int>::max()).code(), Errno::badf);
    EXPECT_EQ(table.get(std::numeric_limits<int>::min()).code(), Errno::badf);
}

TEST_F(FdTable, Limits) {
    Table<70> table;
    for (int fd = 0; fd < 70; fd++)
        ASSERT_EQ(table.add(make(), false).value(), fd);
    EXPECT_EQ(table.add(make(), false).code(), Errno::mfile);
    EXPECT_EQ(table.add(make(), false, 70).code(), Errno::inval);
    EXPECT_EQ(table.replace(70, make(), false).code(), Errno::badf);
    EXPECT_EQ(table.replace(-1, make(), false).code(), Errno::badf);
    EXPECT_EQ(table.set_limit(71).code(), Errno::inval);
    ASSERT_TRUE(table.set_limit(10).ok());
    EXPECT_TRUE(table.get(69).ok()); // what is open stays
    ASSERT_TRUE(table.close(9).ok());
    ASSERT_TRUE(table.close(10).ok());
    EXPECT_EQ(table.add(make(), false).value(), 9);
    EXPECT_EQ(table.add(make(), false).code(), Errno::mfile);
    EXPECT_EQ(table.add(make(), false, 10).code(), Errno::inval);
    EXPECT_EQ(table.dup_to(9, 10, false).code(), Errno::badf);
    ASSERT_TRUE(table.set_limit(0).ok());
    EXPECT_EQ(table.add(make(), false).code(), Errno::mfile);
}

TEST_F(FdTable, DupSharesTheFile) {
    Table<64> table;
    ASSERT_EQ(table.add(make(), true).value(), 0);
    EXPECT_EQ(table.dup(0, false).value(), 1);
    EXPECT_EQ(table.dup_to(0, 40, true).value(), 40);
    EXPECT_EQ(table.get(0).value().get(), table.get(40).value().get());
    EXPECT_TRUE(table.close_on_exec(0).value());
    EXPECT_FALSE(table.close_on_exec(1).value());
    EXPECT_TRUE(table.close_on_exec(40).value());
    ASSERT_TRUE(table.set_close_on_exec(40, false).ok());
    EXPECT_FALSE(table.close_on_exec(40).value());
    EXPECT_EQ(table.close_on_exec(2).code(), Errno::badf);
    EXPECT_EQ(table.set_close_on_exec(2, true).code(), Errno::badf);
    EXPECT_EQ(table.dup(2, false).code(), Errno::badf);
    EXPECT_EQ(table.dup_to(2, 0, false).code(), Errno::badf);
    EXPECT_EQ(g_files, 1);
    table.close_range(0, 1);
    EXPECT_EQ(g_files, 1);
    EXPECT_TRUE(table.close(40).ok());
    EXPECT_EQ(g_files, 0);
}

TEST_F(FdTable, ReplaceClosesWhatWasThere) {
    Table<64> table;
    auto other = make();
    ASSERT_EQ(table.add(make(), false).value(), 0);
    ASSERT_TRUE(table.replace(0, other, false).ok());
    EXPECT_EQ(g_files, 1);
    EXPECT_EQ(table.get(0).value().get(), other.get());
    ASSERT_TRUE(table.replace(0, other, true).ok()); // by itself
    EXPECT_EQ(g_files, 1);
    EXPECT_EQ(table.count(), 1u);
}

TEST_F(FdTable, OutOfMemory) {
    using Small = Environment<100'000>;
    Table<100'000> table;
    for (int refuse = 0; refuse < 2; refuse++) { // two nodes below the root
        Small::refuse_after = refuse;
        EXPECT_EQ(table.add(make(), false, 70'000).code(), Errno::nomem);
        EXPECT_EQ(g_files, 0);
    }
    Small::refuse_after = 0;
    EXPECT_EQ(table.replace(99'999, make(), false).code(), Errno::nomem);
    EXPECT_EQ(table.count(), 0u);
    Small::refuse_after = std::numeric_limits<int>::max();
    EXPECT_EQ(table.add(make(), false, 70'000).value(), 70'000);
    EXPECT_EQ(table.add(make(), false).value(), 0);
}

// All operations at random, each answer compared with what a map says.
template <unsigned kMostFds>
class Model {
    struct Entry {
        TestFile* file;
        bool close_on_exec;
    };

  public:
    Model(unsigned seed, unsigned spread) : random_(seed), spread_(spread) {}

    void step() {
        const unsigned fd = random_() % spread_;
        const unsigned other = random_() % spread_;
        const bool flag = random_() % 2 != 0;
        switch (random_() % 9) {
        case 0:
        case 1:
        case 2:
            add(random_() % 2 == 0 ? 0 : other, flag);
            break;
        case 3:
        case 4:
            ASSERT_EQ(table_.close(static_cast<int>(fd)).ok(), model_.erase(fd) == 1);
            break;
        case 5:
            dup_to(fd, other, flag);
            break;
        case 6:
            ASSERT_EQ(table_.set_close_on_exec(static_cast<int>(fd), flag).ok(),
                      model_.count(fd) == 1);
            if (model_.count(fd) == 1)
                model_[fd].close_on_exec = flag;
            break;
        case 7:
            if (random_() % 50 == 0) {
                limit_ = random_() % (kMostFds + 1);
                ASSERT_TRUE(table_.set_limit(limit_).ok());
            }
            break;
        default:
            if (random_() % 20 == 0 && fd <= other)
                range(fd, other, flag);
        }
        look_at(other);
    }

  private:
    unsigned lowest(unsigned least) {
        for (auto at = model_.lower_bound(least); at != model_.end() && at->first == least; ++at)
            least++;
        return least;
    }
    void add(unsigned least, bool flag) {
        auto file = make();
        TestFile* raw = file.get();
        auto got = table_.add(std::move(file), flag, least);
        const unsigned want = lowest(least);
        if (least >= limit_) {
            ASSERT_EQ(got.code(), least == 0 ? Errno::mfile : Errno::inval);
        } else if (want >= limit_) {
            ASSERT_EQ(got.code(), Errno::mfile);
        } else {
            ASSERT_EQ(got.value(), static_cast<int>(want));
            model_[want] = {raw, flag};
        }
    }
    void dup_to(unsigned fd, unsigned other, bool flag) {
        auto got = table_.dup_to(static_cast<int>(fd), static_cast<int>(other), flag);
        if (model_.count(fd) == 0 || other >= limit_) {
            ASSERT_EQ(got.code(), Errno::badf);
        } else {
            ASSERT_TRUE(got.ok());
            model_[other] = {model_[fd].file, flag};
        }
    }
    void range(unsigned first, unsigned last, bool close) {
        if (close)
            table_.close_range(first, last);
        else
            table_.set_close_on_exec_range(first, last);
        for (auto at = model_.lower_bound(first); at != model_.end() && at->first <= last;) {
            at->second.close_on_exec = true;
            at = close ? model_.erase(at) : std::next(at);
        }
    }
    void look_at(unsigned fd) {
        ASSERT_EQ(table_.count(), model_.size());
        auto got = table_.get(static_cast<int>(fd));
        ASSERT_EQ(got.ok(), model_.count(fd) == 1);
        if (got.ok()) {
            ASSERT_EQ(got.value().get(), model_[fd].file);
            ASSERT_EQ(table_.close_on_exec(static_cast<int>(fd)).value(), model_[fd].close_on_exec);
        }
    }

    std::minstd_rand random_;
    unsigned spread_;
    unsigned limit_ = kMostFds;
    Table<kMostFds> table_;
    std::map<unsigned, Entry> model_;
};

template <unsigned kMostFds>
void against_model(unsigned seed, unsigned spread) {
    Model<kMostFds> model(seed, spread);
    for (int round = 0; round < 3000 && !testing::Test::HasFatalFailure(); round++)
        model.step();
}

TEST_F(FdTable, AgainstAModel) {
    for (unsigned seed = 1; seed <= uk::fakes::effort(6) && !HasFailure(); seed++) {
        SCOPED_TRACE(seed);
        against_model<40>(seed, 48);
        against_model<64>(seed, 70);
        against_model<1000>(seed, 300);
        against_model<1000>(seed, 1010);
        against_model<300'000>(seed, 9000);
    }
}

// Threads open, close, replace and use at random. Who got() a file uses it as long as he likes.
TEST_F(FdTable, SeveralThreads) {
    Table<200> table;
    std::vector<std::thread> threads;
    for (unsigned me = 0; me < 4; me++) {
        threads.emplace_back([&, me] {
            std::minstd_rand random(me + 1);
            for (int round = 0; round < 4000; round++) {
                const int fd = static_cast<int>(random() % 120);
                switch (random() % 6) {
                case 0:
                    (void)table.add(make(), false).ok();
                    break;
                case 1:
                    (void)table.close(fd).ok();
                    break;
                case 2:
                    (void)table.dup_to(fd, static_cast<int>(random() % 120), true).ok();
                    break;
                case 3:
                    if (random() % 100 == 0)
                        table.close_range(20, 90);
                    break;
                default:
                    if (auto got = table.get(fd); got.ok()) {
                        Ref<TestFile> file = got.take();
                        file->users++;
                        EXPECT_GE(file->refs, 1);
                        file->users--;
                    }
                }
            }
        });
    }
    for (std::thread& thread : threads)
        thread.join();
    EXPECT_LE(static_cast<unsigned>(g_files), table.count());
    table.close_range(0, ~0U);
    EXPECT_EQ(g_files, 0);
}

} // namespace
