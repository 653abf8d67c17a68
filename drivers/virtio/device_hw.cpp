// SPDX-License-Identifier: BSD-3-Clause
// Devices of this image: memory of queues, interrupts, drivers.
#include <uk/virtio/device.hpp>

#include <new>

#include <uk/alloc/box.hpp>
#include <uk/base/bits.hpp>
#include <uk/falloc/dma.hpp>
#include <uk/print.h>

namespace uk::virtio {
namespace {

// Frames of a queue that is not to be; given back when it goes out of scope.
class Memory {
  public:
    Memory() = default;
    Memory(const Memory&) = delete;
    Memory& operator=(const Memory&) = delete;
    ~Memory() {
        if (rings.pages != 0) {
            falloc::free_dma(rings);
        }
        if (slots != nullptr) {
            falloc::free_run(slots, slot_pages);
        }
    }
    Result<> allocate(const Layout& layout) {
        const DmaRun run = UK_TRY(falloc::allocate_dma({.bytes = layout.bytes()}));
        rings = run;
        __builtin_memset(rings.memory, 0, rings.pages * kPageSize);
        slot_pages = div_round_up(layout.size * sizeof(SplitQueue::Slot), kPageSize);
        slots = UK_TRY(falloc::allocate_run(slot_pages));
        for (unsigned i = 0; i < layout.size; i++) {
            ::new (static_cast<SplitQueue::Slot*>(slots) + i) SplitQueue::Slot{};
        }
        return {};
    }
    void keep() {
        rings.pages = 0;
        slots = nullptr;
    }

    DmaRun rings;
    void* slots = nullptr;
    size_t slot_pages = 0;
};

} // namespace

bool Device::on_interrupt(void* self) {
    const Vector& vector = *static_cast<Vector*>(self);
    Device& device = *vector.device;
    bool is_config = device.changed_vector_ == vector.number;
    bool is_queue = true;
    if (vector.is_shared) {
        const uint8_t came = device.transport_.acknowledge();
        is_config = (came & kConfigInterrupt) != 0;
        is_queue = (came & kQueueInterrupt) != 0;
    }
    if (is_config) {
        if (auto* on_changed = device.on_changed_.load_acquire(); on_changed != nullptr) {
            on_changed(device.changed_context_);
        }
    }
    if (!is_queue) {
        return is_config;
    }
    for (Queue* queue = device.queues_.load_acquire(); queue != nullptr; queue = queue->next_) {
        if (queue->vector_ == vector.number) {
            queue->on_used_(queue->context_);
        }
    }
    return true;
}

Result<uint64_t> Device::negotiate(const char* name, uint64_t wanted, uint64_t needed) {
    features_ = UK_TRY(
        virtio::negotiate(transport_, name, wanted | kIndirectDescriptors | kEventIndex, needed));
    return features_;
}

// A vector for one more queue: a new one, or the first if there are no more.
Result<uint16_t> Device::vector() {
    if (vector_count_ < kMostVectors) {
        Result<VectorSource::Vector> more = source_.open(vector_count_);
        if (more.ok()) {
            Vector& mine = vectors_[vector_count_];
            mine.device = this;
            mine.number = vector_count_;
            mine.message = more.value().message;
            mine.is_shared = more.value().is_shared;
            mine.line = more.value().line;
            UK_TRY(hal::irq_attach(mine.line, mine.action));
            has_messages_ = mine.message != kNoVector;
            return vector_count_++;
        }
        if (vector_count_ == 0) {
            return more.error();
        }
    }
    return uint16_t{0};
}

Result<> Device::attach(Queue& queue, const QueueRequest& request) {
    uint16_t message = kNoVector;
    if (request.on_used != nullptr) {
        queue.on_used_ = request.on_used;
        queue.context_ = request.context;
        queue.vector_ = UK_TRY(vector());
        message = vectors_[queue.vector_].message;
    }
    queue.bell_ = UK_TRY(transport_.start_queue(request.index, queue.ring, message));
    queue.next_ = queues_.load_relaxed();
    queues_.store_release(&queue);
    return {};
}

Result<> Device::watch_config(void (*on_changed)(void* context), void* context) {
    const uint16_t before = vector_count_;
    const uint16_t mine = UK_TRY(vector());
    if (has_messages_) {
        // A queue's vector would call it for each packet.
        if (mine < before || !transport_.set_config_vector(vectors_[mine].message)) {
            return Errno::nospc;
        }
        changed_vector_ = mine;
    }
    changed_context_ = context;
    on_changed_.store_release(on_changed);
    return {};
}

Result<Queue*> Device::add_queue(const QueueRequest& request) {
    const uint16_t limit = transport_.queue_limit(request.index);
    if (limit == 0) {
        return Errno::noent;
    }
    const uint16_t most = limit < request.most ? limit : request.most;
    Layout layout;
    layout.size = static_cast<uint16_t>(1U << log2_floor(unsigned{most}));
    layout.indirect = (features_ & kIndirectDescriptors) != 0 ? request.indirect : uint16_t{0};
    Memory memory;
    UK_TRY(memory.allocate(layout));
    Box<Queue> queue =
        UK_TRY(make<Queue>(default_heap(), layout, memory.rings.memory, memory.rings.address,
                           std::span(static_cast<SplitQueue::Slot*>(memory.slots), layout.size),
                           (features_ & kEventIndex) != 0, request.index));
    if (request.on_used == nullptr) {
        queue->ring.disarm();
    }
    UK_TRY(attach(*queue, request));
    memory.keep();
    return queue.release();
}

void Device::start() {
    transport_.set_status(kAcknowledge | kDriver | kFeaturesOk | kDriverOk);
}

void Device::give_up() {
    transport_.set_status(kFailed);
}

const Driver* find_driver(uint16_t kind) {
    for (const Driver* driver : UK_SECTION_SPAN(uk_virtio_drivers)) {
        if (driver->kind == kind) {
            return driver;
        }
    }
    return nullptr;
}

Result<> probe(const Driver& driver, Device& device) {
    Result<> done = driver.probe(device);
    if (!done.ok()) {
        device.give_up();
        uk_pr_warn("%s: the device cannot be used: %s\n", driver.name, done.error().name());
    }
    return done;
}

} // namespace uk::virtio
