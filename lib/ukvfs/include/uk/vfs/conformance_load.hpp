// SPDX-License-Identifier: BSD-3-Clause
// Host tests only: the suite of file systems that can be written under load: full, without memory,
// with many names, deep, against a model, by many threads. X is that of FileSystemChanges.
//
//     INSTANTIATE_TYPED_TEST_SUITE_P(Mine, FileSystemLoad, testing::Types<Mine>);
//
// 20,000 random operations; a million in `make check-all`, or as many as UK_TEST_STEPS says.
#pragma once

#ifdef UK_HOST_TEST

#include <atomic>
#include <cstdlib>

#include <uk/fakes/effort.hpp>
#include <uk/fakes/frames.hpp>
#include <uk/fakes/heap.hpp>
#include <uk/vfs/conformance.hpp>
#include <uk/vfs/conformance_model.hpp>

namespace uk::vfs::conformance {

// Names of its own, which start with its number, in folders that others use, too.
inline void work_on_files(Hand& hand, unsigned number) {
    std::mt19937 random(number);
    const string folders[] = {"a/", "b/", "a/c/", ""};
    const string mine = "t" + std::to_string(number) + ".";
    std::map<string, string> files;
    for (int i = 0; i < (uk::fakes::kOnlyThreads ? 100 : 400); i++) {
        const string path = folders[random() % 4] + mine + std::to_string(random() % 5);
        const auto there = files.find(path);
        if (there == files.end()) {
            const string text = pattern(random() % 20'000, random());
            ASSERT_TRUE(hand.file(path, text).ok());
            files[path] = text;
            continue;
        }
        ASSERT_TRUE(hand.read(path).take() == there->second) << path;
        if (i % 3 == 0) {
            ASSERT_TRUE(hand.remove(path).ok());
            files.erase(there);
        } else if (i % 3 == 1) {
            const string to = folders[random() % 4] + mine + std::to_string(random() % 5);
            ASSERT_TRUE(hand.rename(path, to).ok());
            string text = there->second;
            files.erase(there);
            files[to] = text;
        } else {
            ASSERT_TRUE(hand.write(path, "more", there->second.size()).ok());
            there->second += "more";
        }
    }
    for (const auto& [path, text] : files)
        ASSERT_TRUE(hand.read(path).take() == text) << path;
}

} // namespace uk::vfs::conformance

template <class X>
class FileSystemLoad : public testing::Test {
  protected:
    using Hand = uk::vfs::conformance::Hand;
};

TYPED_TEST_SUITE_P(FileSystemLoad);

TYPED_TEST_P(FileSystemLoad, FullAndEmptyAgain) {
    using namespace uk::vfs;
    auto made = TypeParam::make_small(100 * 4096, 50).take();
    conformance::Hand hand(*made);
    const FileSystemFacts before = hand.usage();
    const size_t held = TypeParam::held();
    for (int round = 0; round < 3; round++) {
        EXPECT_EQ(hand.file("large", std::string(200 * 4096, 'x')).code(), uk::Errno::nospc);
        EXPECT_EQ(hand.facts("large").take().size, 100u * 4096);
        EXPECT_EQ(hand.usage().blocks_free, 0u);
        EXPECT_EQ(hand.file("other", "x").code(), uk::Errno::nospc);
        EXPECT_EQ(hand.facts("other").take().size, 0u);
        ASSERT_TRUE(hand.resize("large", 5000).ok());
        ASSERT_TRUE(hand.write("other", "x", 0).ok());
        int files = 0;
        while (hand.file("f" + std::to_string(files), "").ok())
            files++;
        EXPECT_EQ(hand.folder("d").code(), uk::Errno::nospc);
        EXPECT_EQ(files, 47);
        EXPECT_EQ(hand.usage().nodes_free, 0u);
        ASSERT_TRUE(hand.rename("f0", "renamed").ok()) << "needs no node";
        ASSERT_TRUE(hand.rename("renamed", "f0").ok());
        for (int i = 0; i < files; i++)
            ASSERT_TRUE(hand.remove("f" + std::to_string(i)).ok());
        ASSERT_TRUE(hand.remove("large").ok());
        ASSERT_TRUE(hand.remove("other").ok());
        const FileSystemFacts after = hand.usage();
        EXPECT_EQ(after.blocks_free, before.blocks_free);
        EXPECT_EQ(after.nodes_free, before.nodes_free);
        EXPECT_EQ(TypeParam::held(), held);
    }
}

TYPED_TEST_P(FileSystemLoad, EachFailureLeavesWhatWas) {
    using namespace uk;
    const auto sweep = [](auto fail_at, auto failed) {
        size_t k = 1;
        for (bool more = true; more; k++) {
            const size_t held = TypeParam::held();
            {
                auto made = TypeParam::make({}).take();
                vfs::conformance::Hand hand(*made);
                UK_MUST(hand.folder("d"));
                UK_MUST(hand.file("f", "text"));
                fail_at(k);
                const auto attempt = [&](auto operation) {
                    const auto before = hand.usage();
                    const size_t there = hand.list("").take().size();
                    const size_t blocks = TypeParam::held();
                    Result<> done = operation();
                    if (done.ok())
                        return;
                    EXPECT_EQ(done.code(), Errno::nomem);
                    EXPECT_EQ(hand.usage().nodes_free, before.nodes_free);
                    EXPECT_EQ(hand.usage().blocks_free, before.blocks_free);
                    EXPECT_EQ(hand.list("").take().size(), there);
                    EXPECT_LE(TypeParam::held(), blocks + 3) << "tables at most";
                    EXPECT_TRUE(operation().ok()) << "again";
                };
                attempt([&] { return hand.make("new", vfs::NodeKind::regular); });
                attempt([&] { return hand.folder("sub"); });
                attempt([&] { return hand.make("link", vfs::NodeKind::link, "target"); });
                attempt([&] { return hand.link("f", "g"); });
                attempt([&] { return hand.rename("f", "d/f"); });
                attempt([&] { return hand.rename("new", "d/f"); });
                attempt([&]() -> Result<> {
                    UK_TRY(hand.write("d/f", "x", 20 << 20));
                    return ok();
                });
                more = failed();
                fail_at(0);
            }
            EXPECT_EQ(TypeParam::held(), held) << k;
        }
        EXPECT_GE(k, 3u);
    };
    sweep(fakes::heap_fail_at, fakes::heap_failed);
    sweep(fakes::frames_fail_at, fakes::frames_failed);
}

TYPED_TEST_P(FileSystemLoad, ManyNamesInOneDirectory) {
    if (uk::fakes::kOnlyThreads)
        GTEST_SKIP();
    const int count = std::getenv("UK_CHECK_ALL") != nullptr ? 100'000 : 20'000;
    const size_t held = TypeParam::held();
    {
        auto made = TypeParam::make({}).take();
        uk::vfs::conformance::Hand hand(*made);
        uk::Ref<uk::vfs::Node> root = hand.walk("").take();
        const auto name = [](int i) { return "file number " + std::to_string(i); };
        for (int i = 0; i < count; i++)
            ASSERT_TRUE(hand.make(name(i), uk::vfs::NodeKind::regular).ok());
        const auto all = hand.list("", 500).take();
        EXPECT_EQ(all.size(), static_cast<size_t>(count));
        std::set<std::string> seen;
        for (const auto& one : all)
            seen.insert(one.name);
        EXPECT_EQ(seen.size(), static_cast<size_t>(count));
        for (int i = 0; i < count; i += 2)
            ASSERT_TRUE(hand.remove(name(i)).ok());
        for (int i = 0; i < count; i += 97)
            ASSERT_EQ(hand.walk(name(i)).ok(), i % 2 == 1);
        EXPECT_EQ(hand.list("", 500).take().size(), static_cast<size_t>(count) / 2);
    }
    EXPECT_EQ(TypeParam::held(), held);
}

TYPED_TEST_P(FileSystemLoad, DeepTreesGoWithoutRecursion) {
    if (uk::fakes::kOnlyThreads)
        GTEST_SKIP();
    using namespace uk::vfs;
    const size_t held = TypeParam::held();
    {
        auto made = TypeParam::make({}).take();
        uk::Ref<Node> at = made->root().take();
        for (int i = 0; i < 100'000; i++) {
            conformance::Exclusive guard(*at);
            uk::Ref<Node> below =
                at->create("d", {.kind = NodeKind::directory, .permissions = 0755}).take();
            at->lock().unlock();
            std::swap(at, below);
            below->lock().lock(); // for the guard
        }
    }
    EXPECT_EQ(TypeParam::held(), held);
}

TYPED_TEST_P(FileSystemLoad, RandomOperationsAgainstAModel) {
    if (uk::fakes::kOnlyThreads)
        GTEST_SKIP();
    const char* wanted = std::getenv("UK_TEST_STEPS");
    const bool is_long = std::getenv("UK_CHECK_ALL") != nullptr;
    const int steps = wanted != nullptr ? std::atoi(wanted) : is_long ? 1'000'000 : 20'000;
    const size_t held = TypeParam::held();
    for (unsigned seed = 1; seed <= 4; seed++) {
        auto made = TypeParam::make({}).take();
        uk::vfs::conformance::Model model(*made, seed);
        for (int i = 0; i < steps / 4; i++) {
            model.step();
            if (i % (steps / 40) == 0)
                model.compare();
            ASSERT_FALSE(testing::Test::HasFatalFailure()) << "seed " << seed << ", step " << i;
        }
        model.compare();
    }
    EXPECT_EQ(TypeParam::held(), held);
}

// Each thread has names of its own in directories that all share, and knows what they hold.
TYPED_TEST_P(FileSystemLoad, ManyThreadsInTheSameDirectories) {
    using namespace uk::vfs;
    using std::string;
    auto made = TypeParam::make({}).take();
    conformance::Hand hand(*made);
    for (const char* folder : {"a", "b", "a/c"})
        ASSERT_TRUE(hand.folder(folder).ok());
    std::atomic<bool> stop{false};
    std::vector<std::thread> threads;
    for (unsigned number = 0; number < 4; number++)
        threads.emplace_back([&, number] { conformance::work_on_files(hand, number); });
    std::thread lister([&] {
        while (!stop) {
            std::multiset<string> seen;
            for (const auto& one : hand.list("", 3).take())
                seen.insert(one.name);
            ASSERT_EQ(seen.count("a"), 1u);
            ASSERT_EQ(seen.count("b"), 1u);
        }
    });
    std::thread mover([&] { // directories move, too
        for (int i = 0; i < (uk::fakes::kOnlyThreads ? 100 : 300); i++) {
            ASSERT_TRUE(hand.folder("b/moves").ok());
            ASSERT_TRUE(hand.rename("b/moves", "a/c/moved").ok());
            ASSERT_TRUE(hand.rename("a/c/moved", "last").ok());
            ASSERT_TRUE(hand.remove("last").ok());
        }
    });
    for (std::thread& thread : threads)
        thread.join();
    mover.join();
    stop = true;
    lister.join();
}

REGISTER_TYPED_TEST_SUITE_P(FileSystemLoad, FullAndEmptyAgain, EachFailureLeavesWhatWas,
                            ManyNamesInOneDirectory, DeepTreesGoWithoutRecursion,
                            RandomOperationsAgainstAModel, ManyThreadsInTheSameDirectories);

#endif // UK_HOST_TEST
