// SPDX-License-Identifier: BSD-3-Clause
// A virtio device as its driver sees it, on whatever bus.
//
//     static uk::Result<> probe(uk::virtio::Device& device);
//     UK_VIRTIO_DRIVER({.name = "virtio-rng", .kind = 4, .probe = probe});
//
//     uint64_t features = UK_TRY(device.negotiate("virtio-rng", wanted, needed));
//     virtio::Queue* queue = UK_TRY(device.add_queue({.index = 0, .on_used = wake, .context =
//     me})); device.start(); UK_TRY(queue->ring.add({}, {&buffer, 1}, me)); queue->kick();
//
// Devices are found at init level dev and live for ever. Thread context, one caller at a time for
// each device, where nothing else is said.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <uk/base/atomic.hpp>
#include <uk/base/result.hpp>
#include <uk/base/section_table.hpp>
#include <uk/hal/irq_line.hpp>
#include <uk/virtio/split_queue.hpp>
#include <uk/virtio/transport.hpp>

namespace uk::virtio {

class Device;

// A queue with its doorbell. The ring is the driver's to synchronise.
class Queue {
  public:
    Queue(Layout layout, void* memory, DmaAddr address, std::span<SplitQueue::Slot> slots,
          bool event_index, uint16_t index)
        : ring(layout, memory, address, slots, event_index, index) {}

    SplitQueue ring;

    // Shows the device what was added, and rings if it wants to hear of it. Context as the ring's.
    void kick() {
        if (ring.publish()) {
            bell_.ring();
        }
    }
    // Before the owner sleeps: see SplitQueue::is_due().
    void kick_if_due() {
        if (ring.is_due()) [[unlikely]] {
            bell_.ring();
        }
    }

  private:
    friend class Device;
    Doorbell bell_;
    void (*on_used_)(void* context) = nullptr;
    void* context_ = nullptr;
    uint16_t vector_ = kNoVector; // of the device's, not of its messages
    Queue* next_ = nullptr;
};

struct QueueRequest {
    uint16_t index = 0;
    uint16_t most = 256;   // descriptors; fewer if the device allows no more
    uint16_t indirect = 0; // descriptors for each chain in a table of its own; 0 = no tables
    // Called in interrupt context (compiled with |isr) when chains may have come back: wakes a
    // thread. Null: the queue is looked at without interrupts.
    void (*on_used)(void* context) = nullptr;
    void* context = nullptr;
};

// The ways in which a bus lets a device interrupt; implemented by each.
class VectorSource {
  public:
    struct Vector {
        hal::IrqLine line;
        uint16_t message = kNoVector; // what the device calls it
        bool is_shared = false;       // the device must be asked whether it was it
    };
    // The device's vector `index`, from 0 on. Errors: ENOSPC (no more), those of hal::irq_line().
    virtual Result<Vector> open(unsigned index) = 0;

  protected:
    ~VectorSource() = default;
};

class Device {
  public:
    Device(Transport& transport, VectorSource& vectors, uint16_t kind)
        : transport_(transport), source_(vectors), kind_(kind) {}
    Device(const Device&) = delete;
    Device& operator=(const Device&) = delete;

    [[nodiscard]] uint16_t kind() const { return kind_; }
    [[nodiscard]] uint64_t features() const { return features_; }
    [[nodiscard]] Transport& transport() { return transport_; }
    // Whether it interrupts, and by messages of its own; known when a queue was added.
    [[nodiscard]] bool has_interrupts() const { return vector_count_ != 0; }
    [[nodiscard]] bool has_messages() const { return has_messages_; }

    // negotiate() of <uk/virtio/transport.hpp>, with indirect descriptors and the event index.
    [[nodiscard]] Result<uint64_t> negotiate(const char* name, uint64_t wanted, uint64_t needed);
    // Sets up a queue, with a vector of its own while there are some. Between negotiate() and
    // start(). Errors: ENOENT (the device has no such queue), ENOMEM, those of the transport and of
    // hal::irq_attach().
    [[nodiscard]] Result<Queue*> add_queue(const QueueRequest& request);
    // Calls on_changed in interrupt context (compiled with |isr) when the device's configuration
    // has changed. Once, between negotiate() and start(). Errors: ENOSPC (it has no vector for
    // that), those of hal::irq_attach().
    [[nodiscard]] Result<> watch_config(void (*on_changed)(void* context), void* context);
    // The driver is ready: the device works from here on.
    void start();
    // It is not: the device is told, and stays off.
    void give_up();

  private:
    static constexpr unsigned kMostVectors = 8;
    struct Vector {
        Device* device = nullptr;
        uint16_t number = 0;
        uint16_t message = kNoVector;
        bool is_shared = false;
        hal::IrqAction action{on_interrupt, this};
        hal::IrqLine line;
    };

    static bool on_interrupt(void* vector);
    Result<uint16_t> vector();
    Result<> attach(Queue& queue, const QueueRequest& request);

    Transport& transport_;
    VectorSource& source_;
    Atomic<Queue*> queues_{nullptr};
    Atomic<void (*)(void*)> on_changed_{nullptr};
    void* changed_context_ = nullptr;
    uint16_t changed_vector_ = kNoVector;
    uint64_t features_ = 0;
    uint16_t kind_;
    bool has_messages_ = false;
    uint16_t vector_count_ = 0;
    Vector vectors_[kMostVectors];
};

// For all devices of a kind (VIRTIO 1.2, 5).
struct Driver {
    const char* name;
    uint16_t kind;
    // Errors are logged, and the device is told that it failed.
    Result<> (*probe)(Device& device);
};

UK_SECTION_TABLE(uk_virtio_drivers, Driver);

// For the buses: the driver for a kind, null if the image has none; and its probe.
[[nodiscard]] const Driver* find_driver(uint16_t kind);
[[nodiscard]] Result<> probe(const Driver& driver, Device& device);

} // namespace uk::virtio

// At namespace scope.
#define UK_VIRTIO_DRIVER(...) UK_SECTION_ROW(uk_virtio_drivers, uk::virtio::Driver, __VA_ARGS__)
