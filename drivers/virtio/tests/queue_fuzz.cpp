// SPDX-License-Identifier: BSD-3-Clause
// Fuzz target: a device that writes anything into the rings, at any time. The driver's side must
// keep its own books: each token comes back at most once, with no more bytes than it has room for.
#include <uk/virtio/split_queue.hpp>

#include <cstdlib>
#include <cstring>
#include <map>
#include <vector>

namespace {

using uk::DmaAddr;
using uk::virtio::Buffer;
using uk::virtio::Layout;
using uk::virtio::SplitQueue;

class Run {
  public:
    Run(const uint8_t* data, size_t size, Layout layout, bool event_index)
        : at_(data), end_(data + size), layout_(layout),
          bytes_((layout.bytes() + 63) & ~size_t{63}),
          memory_(static_cast<char*>(std::aligned_alloc(64, bytes_))), slots_(layout.size),
          queue_(layout, std::memset(memory_, 0, bytes_), DmaAddr{0x1000}, slots_, event_index) {}
    ~Run() { std::free(memory_); }

    void go() {
        while (at_ < end_) {
            switch (byte() % 8) {
            case 0:
            case 1:
                add();
                break;
            case 2:
                (void)queue_.publish();
                break;
            case 3:
            case 4:
                take();
                break;
            case 5:
                byte() % 2 == 0 ? queue_.disarm() : (void)queue_.arm(byte());
                break;
            case 6:
                use();
                break;
            default:
                scribble();
            }
        }
        if (queue_.in_flight() != given_.size() || queue_.free_descriptors() > layout_.size) {
            __builtin_trap();
        }
    }

  private:
    uint8_t byte() { return at_ < end_ ? *at_++ : uint8_t{0}; }

    void add() {
        const unsigned readable = byte() % 4;
        const unsigned writable = byte() % 4;
        std::vector<Buffer> buffers;
        uint32_t room = 0;
        for (unsigned i = 0; i < readable + writable; i++) {
            buffers.push_back({DmaAddr{i * 4096U}, byte() + 1U});
            room += i >= readable ? buffers.back().size : 0;
        }
        const std::span<const Buffer> all(buffers);
        if (queue_.add(all.first(readable), all.subspan(readable), reinterpret_cast<void*>(++last_))
                .ok()) {
            given_[last_] = room;
        }
    }
    void take() {
        uk::virtio::Used used;
        if (queue_.take(used)) {
            auto found = given_.find(reinterpret_cast<uintptr_t>(used.token));
            if (found == given_.end() || used.written > found->second) {
                __builtin_trap();
            }
            given_.erase(found);
        }
    }
    // As a device would, with any chain.
    void use() {
        auto& ring = *reinterpret_cast<uk::virtio::UsedRing*>(memory_ + layout_.used());
        const uint16_t index = ring.index.load_relaxed();
        ring.entries[index % layout_.size].head.store_relaxed(byte());
        ring.entries[index % layout_.size].written.store_relaxed(byte());
        ring.index.store_release(static_cast<uint16_t>(index + 1));
    }
    void scribble() {
        size_t where = (byte() | byte() << 8) % layout_.bytes();
        for (unsigned count = byte() % 16; count > 0 && where < layout_.bytes(); count--) {
            memory_[where++] = static_cast<char>(byte());
        }
    }

    const uint8_t* at_;
    const uint8_t* end_;
    Layout layout_;
    size_t bytes_;
    char* memory_;
    std::vector<SplitQueue::Slot> slots_;
    SplitQueue queue_;
    std::map<uintptr_t, uint32_t> given_;
    uintptr_t last_ = 0;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    if (size == 0) {
        return 0;
    }
    const Layout layout{static_cast<uint16_t>(1U << (data[0] & 7)),
                        static_cast<uint16_t>((data[0] & 8) != 0 ? 4 : 0)};
    Run(data + 1, size - 1, layout, (data[0] & 16) != 0).go();
    return 0;
}
