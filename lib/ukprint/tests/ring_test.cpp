// SPDX-License-Identifier: BSD-3-Clause
// Host tests: the ring of lines against a plain list that is cut from the front.
#include <uk/log/ring.hpp>

#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <vector>

namespace {

using uk::log::Ring;

struct Kept {
    std::string text;
    int level;
    bool seen;
    bool operator==(const Kept&) const = default;
};

std::deque<Kept> contents(const Ring& ring) {
    std::deque<Kept> result;
    size_t at = ring.oldest();
    for (size_t i = 0; i < ring.lines(); i++, at = ring.next(at)) {
        const Ring::Line line = ring.at(at);
        result.push_back(
            {std::string(line.first, line.first_size) + std::string(line.second, line.second_size),
             line.level, line.seen});
    }
    return result;
}

TEST(Ring, KeepsLinesInOrder) {
    std::vector<char> storage(64);
    Ring ring(storage);
    EXPECT_TRUE(contents(ring).empty());
    ring.append("one", 3, 1, false);
    ring.append("", 0, 4, true);
    ring.append("three", 5, 0, true);
    EXPECT_EQ(contents(ring),
              (std::deque<Kept>{{"one", 1, false}, {"", 4, true}, {"three", 0, true}}));
}

TEST(Ring, SeenCanBeSetLater) {
    std::vector<char> storage(64);
    Ring ring(storage);
    ring.append("a", 1, 3, false);
    ring.append("b", 1, 4, false);
    ring.set_seen(ring.next(ring.oldest()));
    EXPECT_EQ(contents(ring), (std::deque<Kept>{{"a", 3, false}, {"b", 4, true}}));
}

TEST(Ring, WithoutStorageDropsEverything) {
    Ring ring({});
    ring.append("a", 1, 0, false);
    EXPECT_EQ(ring.lines(), 0u);
}

// Every size of storage from none to more than a line, every length of line: whole lines only, the
// latest ones, as many as fit.
TEST(Ring, MatchesAListForEverySize) {
    uint64_t state = 7;
    auto random = [&state] {
        return (state = state * 6364136223846793005u + 1442695040888963407u) >> 40;
    };
    for (size_t size = 0; size < 80; size++) {
        std::vector<char> storage(size);
        Ring ring(storage);
        std::deque<Kept> model;
        size_t used = 0;
        for (int step = 0; step < 300; step++) {
            std::string text(random() % 40, static_cast<char>('a' + step % 26));
            const auto level = static_cast<uint8_t>(random() % 5);
            const bool seen = random() % 2 == 0;
            ring.append(text.data(), text.size(), level, seen);
            if (size > 3) {
                text.resize(std::min(text.size(), size - 3));
                model.push_back({text, level, seen});
                used += text.size() + 3;
                while (used > size) {
                    used -= model.front().text.size() + 3;
                    model.pop_front();
                }
            }
            ASSERT_EQ(contents(ring), model) << "size " << size << " step " << step;
        }
    }
}

TEST(Ring, CutsAtItsLongestLine) {
    std::vector<char> storage(4096);
    Ring ring(storage);
    const std::string text(3000, 'x');
    ring.append(text.data(), text.size(), 2, true);
    EXPECT_EQ(contents(ring)[0].text.size(), Ring::kMaxLine);
}

// A crash report reads the ring after whatever went wrong: any bytes may stand in it.
TEST(Ring, WrittenOverItIsStillReadInside) {
    for (int fill : {0xff, 0x7f, 0x01}) {
        for (size_t size : {4, 64, 1024}) {
            std::vector<char> storage(size);
            Ring ring(storage);
            for (int i = 0; i < 100; i++) {
                ring.append("some text", 9, 1, false);
            }
            std::fill(storage.begin(), storage.end(), static_cast<char>(fill));
            size_t position = ring.oldest();
            for (size_t i = 0; i < ring.lines(); i++, position = ring.next(position)) {
                ASSERT_LT(position, size);
                const Ring::Line line = ring.at(position);
                ASSERT_LE(line.first_size + line.second_size, size);
                ASSERT_LE(line.first_size, storage.data() + size - line.first);
            }
        }
    }
}

} // namespace
