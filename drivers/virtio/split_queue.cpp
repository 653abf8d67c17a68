// SPDX-License-Identifier: BSD-3-Clause
// The driver's side of a split virtqueue. VIRTIO 1.2, 2.7.
#include <uk/virtio/split_queue.hpp>

#include <uk/assert.h>
#include <uk/base/bits.hpp>
#include <uk/print.h>

namespace uk::virtio {

SplitQueue::SplitQueue(Layout layout, void* memory, DmaAddr address, std::span<Slot> slots,
                       bool event_index, unsigned number)
    : layout_(layout), memory_(static_cast<std::byte*>(memory)), address_(address), slots_(slots),
      free_(layout.size), number_(static_cast<uint16_t>(number)), event_index_(event_index) {
    UK_ASSERT(is_pow2(layout.size) && layout.size <= Layout::kMostSize);
    UK_ASSERT(slots.size() >= layout.size);
    for (unsigned i = 0; i < layout.size; i++) {
        slots_[i] = {nullptr, 0, static_cast<uint16_t>(i + 1), 0};
    }
}

AvailableRing& SplitQueue::available() const {
    return *reinterpret_cast<AvailableRing*>(memory_ + layout_.available());
}
UsedRing& SplitQueue::used() const {
    return *reinterpret_cast<UsedRing*>(memory_ + layout_.used());
}
Atomic<uint16_t>& SplitQueue::used_event() const {
    return available().entries[layout_.size];
}
Atomic<uint16_t>& SplitQueue::available_event() const {
    const size_t behind = sizeof(UsedRing) + layout_.size * sizeof(UsedElement);
    return *reinterpret_cast<Atomic<uint16_t>*>(memory_ + layout_.used() + behind);
}

bool SplitQueue::give_up(const char* why) {
    broken_ = true;
    uk_pr_err("virtio queue %u is broken: the device %s\n", number_, why);
    return false;
}

// Fills descriptors: of the queue, along the free list, or of an indirect table, one by one.
void SplitQueue::put_chain(Descriptor* table, uint16_t first, std::span<const Buffer> readable,
                           std::span<const Buffer> writable) {
    const bool is_queue = table == reinterpret_cast<Descriptor*>(memory_);
    const size_t count = readable.size() + writable.size();
    uint16_t at = first;
    for (size_t i = 0; i < count; i++) {
        const bool writes = i >= readable.size();
        const Buffer& buffer = writes ? writable[i - readable.size()] : readable[i];
        const auto next = static_cast<uint16_t>(is_queue ? slots_[at].next : at + 1);
        const bool last = i + 1 == count;
        const unsigned flags = (writes ? Descriptor::kWrite : 0U) | (last ? 0U : Descriptor::kNext);
        table[at] = {buffer.address.value(), buffer.size, static_cast<uint16_t>(flags),
                     last ? uint16_t{0} : next};
        at = next;
    }
}

Result<> SplitQueue::add_one(const Buffer& buffer, bool device_writes, void* token) {
    if (broken_) {
        return Errno::io;
    }
    if (buffer.size == 0) {
        return Errno::inval;
    }
    if (free_ == 0) {
        return Errno::again;
    }
    const uint16_t head = first_free_;
    Slot& slot = slots_[head];
    first_free_ = slot.next;
    free_--;
    slot.token = token;
    slot.writable = device_writes ? buffer.size : 0;
    slot.count = 1;
    reinterpret_cast<Descriptor*>(memory_)[head] = {
        buffer.address.value(), buffer.size, device_writes ? Descriptor::kWrite : uint16_t{0}, 0};
    available().entries[added_ & (layout_.size - 1)].store_relaxed(head);
    added_++;
    in_flight_++;
    return {};
}

Result<> SplitQueue::add(std::span<const Buffer> readable, std::span<const Buffer> writable,
                         void* token) {
    const size_t count = readable.size() + writable.size();
    if (count == 1) {
        const bool writes = readable.empty();
        return add_one(writes ? writable[0] : readable[0], writes, token);
    }
    const bool is_indirect = count > 1 && count <= layout_.indirect;
    if (broken_) {
        return Errno::io;
    }
    if (count == 0 || (!is_indirect && count > layout_.size)) {
        return Errno::inval;
    }
    uint32_t room = 0;
    for (const Buffer& buffer : readable) {
        if (buffer.size == 0) {
            return Errno::inval;
        }
    }
    for (const Buffer& buffer : writable) {
        if (buffer.size == 0 || __builtin_add_overflow(room, buffer.size, &room)) {
            return Errno::inval;
        }
    }
    const auto needed = static_cast<uint16_t>(is_indirect ? 1 : count);
    if (needed > free_) {
        return Errno::again;
    }
    const uint16_t head = first_free_;
    auto* queue = reinterpret_cast<Descriptor*>(memory_);
    if (is_indirect) {
        const size_t table =
            layout_.tables() + size_t{head} * layout_.indirect * sizeof(Descriptor);
        put_chain(reinterpret_cast<Descriptor*>(memory_ + table), 0, readable, writable);
        queue[head] = {(address_ + table).value(),
                       static_cast<uint32_t>(count * sizeof(Descriptor)), Descriptor::kIndirect, 0};
    } else {
        put_chain(queue, head, readable, writable);
    }
    uint16_t last = head;
    for (unsigned i = 1; i < needed; i++) {
        last = slots_[last].next;
    }
    first_free_ = slots_[last].next;
    free_ = static_cast<uint16_t>(free_ - needed);
    slots_[head].token = token;
    slots_[head].writable = room;
    slots_[head].count = needed;
    available().entries[added_ & (layout_.size - 1)].store_relaxed(head);
    added_++;
    in_flight_++;
    return {};
}

bool SplitQueue::publish() {
    if (added_ == published_ || broken_) {
        return false;
    }
    available().index.store_release(added_);
    const uint16_t before = published_;
    published_ = added_;
    fence_full(); // what the device wants is read after it can see the chains (2.7.13.4.1)
    const bool wanted = wants_notification(before);
    if (wanted) {
        told_ = added_;
    } else if (static_cast<uint16_t>(added_ - told_) > layout_.size) [[unlikely]] {
        told_ = static_cast<uint16_t>(added_ - layout_.size); // it does not go round
    }
    return wanted;
}

// Of what was published after `before`.
bool SplitQueue::wants_notification(uint16_t before) const {
    if (event_index_) {
        return passes_event(available_event().load_relaxed(), published_, before);
    }
    return (used().flags.load_relaxed() & UsedRing::kNoNotify) == 0;
}

bool SplitQueue::is_due() {
    // What the device wanted before it used a chain is no wish of now.
    const auto waiting = static_cast<uint16_t>(published_ - taken_);
    const auto untold = static_cast<uint16_t>(published_ - told_);
    if (untold == 0 || waiting == 0 || broken_) {
        return false;
    }
    const uint16_t since = untold < waiting ? told_ : taken_;
    if (!wants_notification(since)) {
        return false;
    }
    told_ = published_;
    return true;
}

void SplitQueue::release(uint16_t head) {
    Slot& slot = slots_[head];
    uint16_t last = head;
    for (unsigned i = 1; i < slot.count; i++) {
        last = slots_[last].next;
    }
    slots_[last].next = first_free_;
    first_free_ = head;
    free_ = static_cast<uint16_t>(free_ + slot.count);
    slot.count = 0;
    slot.token = nullptr;
    in_flight_--;
}

bool SplitQueue::take(Used& out) {
    if (broken_) {
        return false;
    }
    const auto ready = static_cast<uint16_t>(used().index.load_acquire() - taken_);
    if (ready == 0) {
        return false;
    }
    const auto unpublished = static_cast<uint16_t>(added_ - published_);
    if (ready > in_flight_ - unpublished) {
        return give_up("gives back more chains than it was given");
    }
    const UsedElement& element = used().entries[taken_ & (layout_.size - 1)];
    const uint32_t head = element.head.load_relaxed();
    const uint32_t written = element.written.load_relaxed();
    if (head >= layout_.size || slots_[head].count == 0) {
        return give_up("gives back a chain that it does not have");
    }
    if (written > slots_[head].writable) {
        return give_up("claims to have written beyond the buffers");
    }
    out = {slots_[head].token, written};
    release(static_cast<uint16_t>(head));
    taken_++;
    return true;
}

bool SplitQueue::take_back(Used& out) {
    broken_ = true;
    if (in_flight_ == 0) {
        return false;
    }
    uint16_t head = 0;
    while (slots_[head].count == 0) { // all but one in_flight_ th
        head++;
    }
    out = {slots_[head].token, 0};
    release(head);
    return true;
}

void SplitQueue::disarm() {
    if (event_index_) { // the flag must stay 0 then (2.7.7.1): an index that is long past
        used_event().store_relaxed(static_cast<uint16_t>(taken_ - 1));
    } else {
        available().flags.store_relaxed(AvailableRing::kNoInterrupt);
    }
}

bool SplitQueue::arm(uint16_t more) {
    if (event_index_) {
        used_event().store_relaxed(static_cast<uint16_t>(taken_ + more));
    } else {
        available().flags.store_relaxed(0);
    }
    fence_full(); // either the device sees this before it uses a chain, or we see the chain
    return used().index.load_acquire() == taken_;
}

} // namespace uk::virtio
