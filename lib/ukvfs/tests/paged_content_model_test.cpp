// SPDX-License-Identifier: BSD-3-Clause
// PagedContent against a model (random operations), and with many threads at once.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <shared_mutex>
#include <string>
#include <thread>
#include <vector>

#include <uk/fakes/effort.hpp>

#include "page_store.hpp"

namespace {

using uk::Errno;
using uk::kPageSize;
using uk::Paddr;

constexpr int kKeep = UK_FALLOC_FL_KEEP_SIZE;
constexpr int kPunch = UK_FALLOC_FL_PUNCH_HOLE | kKeep;

// A content and a string that should be the same.
class Twin {
  public:
    Twin(PageStore& store, std::span<const std::byte> base, unsigned seed)
        : file_(PageStoreFace{&store}), random_(seed),
          model_(reinterpret_cast<const char*>(base.data()), base.size()) {
        file_.set_base(base);
    }
    ~Twin() {
        while (!shared_.empty())
            unshare();
    }

    void step() {
        switch (random_() % 16) {
        case 0:
            return resize();
        case 1:
            return allocate(0);
        case 2:
            return allocate(kKeep);
        case 3:
            return allocate(kPunch);
        case 4:
            return allocate(UK_FALLOC_FL_ZERO_RANGE | (random_() % 2 ? kKeep : 0));
        case 5:
        case 6:
            return share();
        case 7:
            return shared_.empty() ? share() : unshare();
        case 8:
            return seek();
        case 9:
            return fill();
        case 10:
        case 11:
        case 12:
            return read();
        default:
            return write();
        }
    }
    void compare() {
        ASSERT_EQ(file_.size(), model_.size());
        std::string all(model_.size() + 10, '?');
        Piece piece(all.data(), all.size());
        ASSERT_EQ(file_.read(piece.pieces, 0).value_or(0), model_.size());
        all.resize(model_.size());
        ASSERT_TRUE(all == model_);
    }

  private:
    static constexpr uint64_t kReach = 300 * kPageSize;

    uint64_t place() {
        const uint64_t at = random_() % 4 == 0 ? random_() % kReach : random_() % 20000;
        return random_() % 3 == 0 ? at / kPageSize * kPageSize : at;
    }
    size_t length() { return random_() % 3 == 0 ? random_() % 50000 : random_() % 5000; }
    void grow(uint64_t size) {
        if (size > model_.size())
            model_.resize(size, '\0');
    }

    void read() {
        const uint64_t at = place();
        std::string got(length(), '?');
        Piece piece(got.data(), got.size());
        got.resize(file_.read(piece.pieces, at).take());
        const size_t there = at < model_.size() ? model_.size() - at : 0;
        ASSERT_EQ(got.size(), std::min(there, piece.piece.size));
        ASSERT_TRUE(got.empty() || got == model_.substr(at, got.size()));
    }
    void write() {
        const uint64_t at = place();
        const std::string text(length(), static_cast<char>('a' + random_() % 26));
        Piece piece(text.data(), text.size());
        uk::Result<size_t> done = file_.write(piece.pieces, at);
        if (!done.ok()) {
            ASSERT_EQ(done.code(), Errno::nospc);
            return;
        }
        if (done.value() == 0)
            return;
        grow(at + done.value());
        model_.replace(at, done.value(), text.substr(0, done.value()));
    }
    void resize() {
        const uint64_t size = place();
        ASSERT_TRUE(file_.resize(size).ok());
        model_.resize(size, '\0');
    }
    void allocate(int mode) {
        const uint64_t at = place();
        const size_t size = length() + 1;
        uk::Result<> done = file_.allocate(mode, at, size);
        if (!done.ok()) {
            ASSERT_EQ(done.code(), Errno::nospc);
            return;
        }
        if ((mode & kKeep) == 0)
            grow(at + size);
        if ((mode & ~kKeep) != 0 && at < model_.size()) {
            const size_t part = std::min<uint64_t>(size, model_.size() - at);
            model_.replace(at, part, std::string(part, '\0'));
        }
    }
    void share() {
        const uint64_t page = place() / kPageSize;
        uk::Result<Paddr> frame = file_.share(page * kPageSize);
        if (page * kPageSize >= model_.size()) {
            ASSERT_EQ(frame.code(), Errno::nxio);
            return;
        }
        if (!frame.ok()) {
            ASSERT_EQ(frame.code(), Errno::nospc);
            return;
        }
        shared_.emplace(page, frame.value());
        char* memory = reinterpret_cast<char*>(frame.value().value());
        const size_t there = std::min<uint64_t>(kPageSize, model_.size() - page * kPageSize);
        ASSERT_EQ(std::memcmp(memory, model_.data() + page * kPageSize, there), 0);
        const size_t at = random_() % kPageSize; // may lie behind the end
        memory[at] = 'S';
        if (at < there)
            model_[page * kPageSize + at] = 'S';
    }
    void unshare() {
        auto which = shared_.begin();
        std::advance(which, random_() % shared_.size());
        file_.unshare(which->first * kPageSize, which->second);
        shared_.erase(which);
    }
    void fill() {
        const uint64_t page = place() / kPageSize;
        std::string got(kPageSize, '?');
        uk::Result<> done = file_.fill(page * kPageSize, std::as_writable_bytes(std::span(got)));
        ASSERT_EQ(done.ok(), page * kPageSize < model_.size());
        if (done.ok()) {
            got.resize(std::min<uint64_t>(kPageSize, model_.size() - page * kPageSize));
            ASSERT_TRUE(got == model_.substr(page * kPageSize, got.size()));
        }
    }
    // What is no data is zeros, and holes and data follow each other.
    void seek() {
        const uint64_t at = place();
        uk::Result<uint64_t> hole = file_.seek(at, true);
        uk::Result<uint64_t> data = file_.seek(at, false);
        if (at >= model_.size()) {
            ASSERT_EQ(hole.code(), Errno::nxio);
            ASSERT_EQ(data.code(), Errno::nxio);
            return;
        }
        ASSERT_TRUE(hole.ok());
        const uint64_t data_at = data.ok() ? data.value() : model_.size();
        ASSERT_TRUE((hole.value() == at) != (data_at == at));
        for (uint64_t i = at; i < data_at; i++)
            ASSERT_EQ(model_[i], '\0');
    }

    Content file_;
    std::mt19937 random_;
    std::string model_;
    std::multimap<uint64_t, Paddr> shared_;
};

TEST(PagedContentModel, RandomOperations) {
    for (unsigned seed = 1; seed <= uk::fakes::effort(12); seed++) {
        PageStore store;
        store.most_frames = seed % 3 == 1 ? 40 : ~uint64_t{0};
        std::vector<std::byte> base(seed % 2 ? 50000 : 0, std::byte{'b'});
        Twin twin(store, base, seed);
        for (int i = 0; i < 2000; i++) {
            twin.step();
            if (i % 50 == 0)
                twin.compare();
            ASSERT_FALSE(testing::Test::HasFatalFailure()) << "seed " << seed << ", step " << i;
        }
    }
}

// Faults beside reads and writes: each thread finds whole pages, whoever made them.
TEST(PagedContentThreads, FaultsBesideReadsAndWrites) {
    PageStore store;
    const std::vector<std::byte> base(64 * kPageSize, std::byte{'b'});
    Content file(PageStoreFace{&store});
    file.set_base(base);
    std::shared_mutex lock; // the node's
    constexpr int kRounds = 1500;
    constexpr uint64_t kWritten = 32; // pages below are never written, so they may be mapped
    std::vector<std::thread> threads;
    threads.emplace_back([&] {
        std::mt19937 random(1);
        for (int i = 0; i < kRounds; i++) {
            std::unique_lock guard(lock);
            if (i % 10 == 0) {
                ASSERT_TRUE(file.resize((kWritten + random() % 64) * kPageSize).ok());
            } else {
                const std::string text(2 * kPageSize, static_cast<char>('A' + i % 26));
                Piece piece(text.data(), text.size());
                ASSERT_EQ(
                    file.write(piece.pieces, (kWritten + random() % 80) * kPageSize).value_or(0),
                    text.size());
            }
        }
    });
    for (unsigned reader = 0; reader < 2; reader++) {
        threads.emplace_back([&, reader] {
            std::mt19937 random(10 + reader);
            for (int i = 0; i < kRounds; i++) {
                char bytes[kPageSize];
                Piece piece(bytes, sizeof(bytes));
                const uint64_t page = random() % 128;
                std::shared_lock guard(lock);
                const size_t got = file.read(piece.pieces, page * kPageSize).take();
                for (size_t at = 1; at < got; at++)
                    ASSERT_EQ(bytes[at], bytes[0]) << "half a page";
                ASSERT_TRUE(page >= kWritten || bytes[0] == 'b');
            }
        });
    }
    for (unsigned mapper = 0; mapper < 2; mapper++) {
        threads.emplace_back([&, mapper] {
            std::mt19937 random(20 + mapper);
            std::vector<std::byte> page(kPageSize);
            for (int i = 0; i < kRounds; i++) {
                const uint64_t at = random() % 128 * kPageSize;
                if (uk::Result<Paddr> frame = file.share(at); frame.ok())
                    file.unshare(at, frame.value());
                if (at < kWritten * kPageSize) {
                    ASSERT_TRUE(file.fill(at, page).ok());
                    ASSERT_EQ(page[77], std::byte{'b'});
                }
            }
        });
    }
    for (std::thread& thread : threads)
        thread.join();
}

} // namespace
