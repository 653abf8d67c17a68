// SPDX-License-Identifier: BSD-3-Clause
// The bytes of a file in pages: any calls in any order, on a store that becomes full, leave what a
// string holds. Numbers come from the input, at the edges of pages more often than elsewhere.
#include <cstdint>
#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "page_store.hpp"

namespace {

using uk::Errno;
using uk::kPageSize;
using uk::Paddr;

constexpr int kKeep = UK_FALLOC_FL_KEEP_SIZE;
constexpr int kModes[] = {0, kKeep, UK_FALLOC_FL_PUNCH_HOLE | kKeep, UK_FALLOC_FL_ZERO_RANGE,
                          UK_FALLOC_FL_ZERO_RANGE | kKeep};
constexpr size_t kShared = 16;

class Calls {
  public:
    Calls(PageStore& store, std::span<const std::byte> base, const uint8_t* at, size_t size)
        : at_(at), end_(at + size), file_(PageStoreFace{&store}),
          model_(reinterpret_cast<const char*>(base.data()), base.size()) {
        file_.set_base(base);
    }
    ~Calls() {
        while (!shared_.empty())
            unshare();
    }

    void run() {
        while (at_ != end_) {
            step(next());
            UK_VERIFY(file_.size() == model_.size());
        }
        std::string all(model_.size() + 10, '?');
        Piece piece(all.data(), all.size());
        UK_VERIFY(file_.read(piece.pieces, 0).value_or(0) == model_.size());
        UK_VERIFY(all.compare(0, model_.size(), model_) == 0);
    }

  private:
    unsigned next() { return at_ == end_ ? 0 : *at_++; }
    // A page of the first 80, one byte before its beginning to one behind, or anywhere in it.
    uint64_t place() {
        const uint64_t page = next() % 80 * kPageSize;
        const unsigned byte = next();
        return byte < 3 ? page + byte - (page == 0 ? 0 : 1) : page + byte * 16;
    }

    void step(unsigned call) {
        switch (call % 7) {
        case 0:
            return read(place(), place());
        case 1:
            return write(place(), place() % (3 * kPageSize));
        case 2:
            return resize(place());
        case 3:
            return allocate(kModes[call / 7 % std::size(kModes)], place(), place() + 1);
        case 4:
            return share(place() / kPageSize, next() * 16);
        case 5:
            return shared_.empty() ? void() : unshare();
        default:
            return seek(place());
        }
    }
    void grow(uint64_t size) {
        if (size > model_.size())
            model_.resize(size, '\0');
    }

    void read(uint64_t at, size_t length) {
        std::string got(length, '?');
        Piece piece(got.data(), got.size());
        const size_t there = at < model_.size() ? model_.size() - at : 0;
        UK_VERIFY(file_.read(piece.pieces, at).value() == std::min(there, length));
        UK_VERIFY(there == 0 || model_.compare(at, length, got, 0, std::min(there, length)) == 0);
    }
    void write(uint64_t at, size_t length) {
        const std::string text(length, static_cast<char>('a' + next() % 26));
        Piece piece(text.data(), text.size());
        uk::Result<size_t> done = file_.write(piece.pieces, at);
        UK_VERIFY(done.ok() || done.code() == Errno::nospc);
        if (!done.ok() || done.value() == 0)
            return;
        grow(at + done.value());
        model_.replace(at, done.value(), text, 0, done.value());
    }
    void resize(uint64_t size) {
        UK_VERIFY(file_.resize(size).ok());
        model_.resize(size, '\0');
    }
    void allocate(int mode, uint64_t at, uint64_t size) {
        uk::Result<> done = file_.allocate(mode, at, size);
        UK_VERIFY(done.ok() || done.code() == Errno::nospc);
        if (!done.ok())
            return;
        if ((mode & kKeep) == 0)
            grow(at + size);
        if ((mode & ~kKeep) != 0 && at < model_.size()) {
            const size_t part = std::min<uint64_t>(size, model_.size() - at);
            model_.replace(at, part, part, '\0');
        }
    }
    // As a mapping has the page: what is written there is in the file, as far as that goes.
    void share(uint64_t page, size_t at) {
        if (shared_.size() == kShared)
            return;
        uk::Result<Paddr> frame = file_.share(page * kPageSize);
        if (page * kPageSize >= model_.size()) {
            UK_VERIFY(frame.code() == Errno::nxio);
            return;
        }
        UK_VERIFY(frame.ok() || frame.code() == Errno::nospc);
        if (!frame.ok())
            return;
        shared_.emplace(page, frame.value());
        char* memory = reinterpret_cast<char*>(frame.value().value());
        const size_t there = std::min<uint64_t>(kPageSize, model_.size() - page * kPageSize);
        UK_VERIFY(std::memcmp(memory, model_.data() + page * kPageSize, there) == 0);
        memory[at] = 'S';
        if (at < there)
            model_[page * kPageSize + at] = 'S';
    }
    void unshare() {
        auto which = shared_.begin();
        std::advance(which, next() % shared_.size());
        file_.unshare(which->first * kPageSize, which->second);
        shared_.erase(which);
    }
    // What is no data is zeros, and holes and data follow each other.
    void seek(uint64_t at) {
        uk::Result<uint64_t> hole = file_.seek(at, true);
        uk::Result<uint64_t> data = file_.seek(at, false);
        if (at >= model_.size()) {
            UK_VERIFY(hole.code() == Errno::nxio && data.code() == Errno::nxio);
            return;
        }
        UK_VERIFY(hole.ok());
        const uint64_t data_at = data.ok() ? data.value() : model_.size();
        UK_VERIFY((hole.value() == at) != (data_at == at));
        UK_VERIFY(model_.find_first_not_of('\0', at) >= data_at);
    }

    const uint8_t* at_;
    const uint8_t* end_;
    Content file_;
    std::string model_;
    std::multimap<uint64_t, Paddr> shared_;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    if (size < 2)
        return 0;
    PageStore store;
    store.most_frames = data[0] % 2 == 0 ? 6 : ~uint64_t{0};
    const std::vector<std::byte> base(data[1] * 100, std::byte{'b'});
    Calls(store, base, data + 2, size - 2).run();
    return 0;
}
