// SPDX-License-Identifier: BSD-3-Clause
// Network devices: packets by the burst, by looking or by interrupt, with or without a stack.
//
//     netdev::Device* device = netdev::find(0);
//     UK_TRY(pool.init({.count = 256, .headroom = device->info().headroom}));
//     UK_TRY(device->start({.pool = &pool, .on_event = wake, .context = me}));
//     for (;;) {
//         unsigned count = device->receive(0, burst);          // each packet is ours now
//         ... device->transmit(0, {burst, count}) ...          // and this gives it away
//         if (count == 0 && device->arm(0))
//             wait();                                          // until on_event()
//     }
//
// A device may have several pairs of queues, each for one thread at a time, sending and receiving
// together; different ones need no lock between them. Nothing here blocks. Thread context but where
// said.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <uk/base/atomic.hpp>
#include <uk/base/result.hpp>
#include <uk/base/section_table.hpp>
#include <uk/netdev/buffer.hpp>
#include <uk/netdev/pool.hpp>

namespace uk::netdev {

// Bits of what a device can do by itself; start() chooses.
inline constexpr uint32_t kSendChecksum = 1u << 0;    // Checksum::partial is allowed
inline constexpr uint32_t kSendTcp4 = 1u << 1;        // and Segments::tcp4
inline constexpr uint32_t kSendTcp6 = 1u << 2;        // and Segments::tcp6
inline constexpr uint32_t kReceiveChecksum = 1u << 3; // brings partial and valid
inline constexpr uint32_t kReceiveTcp4 = 1u << 4;     // brings packets of up to 64 KiB
inline constexpr uint32_t kReceiveTcp6 = 1u << 5;

struct Mac {
    uint8_t bytes[6];
};

// What a device is. Does not change.
struct Info {
    const char* driver = nullptr; // "virtio-net"
    Mac mac{};
    uint16_t mtu = 1500;      // bytes of payload of an Ethernet frame
    uint16_t most_queues = 1; // pairs
    uint16_t headroom = 0;    // what transmit() wants in front of a packet, to be quick
    uint32_t features = 0;
    uint16_t most_pieces = 1; // buffers of a packet that it sends; with more it is dropped
};

// What happened, to the thread that serves a queue.
inline constexpr uint8_t kReceived = 1; // packets may have come
inline constexpr uint8_t kSent = 2;     // room may have come after transmit() took too few
inline constexpr uint8_t kLink = 4;     // the link went up or down

// Which frames a device brings. It may bring more.
enum class Accept : uint8_t {
    multicast,  // those for its address, broadcasts, and all multicasts
    everything, // for bridges and who listens: those for others, too
};

struct StartRequest {
    uint16_t queues = 1;     // pairs
    uint32_t features = ~0u; // of those that the device has
    Accept accept = Accept::multicast;
    Pool* pool = nullptr;      // where received packets go; with headroom as info() says
    uint16_t receive_most = 0; // buffers of it that the device holds for each queue; 0: its choice
    // Called in interrupt context (compiled with |isr), with kReceived, kSent, kLink: wakes a
    // thread. Null: the queues are looked at without interrupts. Who waits for it without a
    // deadline tells the scheduler, by sched::wake_source_add().
    void (*on_event)(void* context, uint16_t queue, uint8_t what) = nullptr;
    void* context = nullptr;
};

// Since start, of one queue pair. Written by who serves it, read by anybody.
struct Counters {
    // For the writer.
    static void add(Atomic<uint64_t>& counter, uint64_t by) {
        counter.store_relaxed(counter.load_relaxed() + by);
    }

    Atomic<uint64_t> rx_packets{0}, rx_bytes{0};
    Atomic<uint64_t> tx_packets{0}, tx_bytes{0};
    Atomic<uint64_t> rx_no_buffer{0}; // the pool was empty: the device may drop meanwhile
    Atomic<uint64_t> rx_bad{0};       // what the device brought could not be true, or was too short
    Atomic<uint64_t> tx_bad{0};       // too many pieces, or offloads that were not agreed on
    Atomic<uint64_t> interrupts{0};
};

class Device {
  public:
    Device(const Device&) = delete;
    Device& operator=(const Device&) = delete;

    [[nodiscard]] const Info& info() const { return info_; }
    [[nodiscard]] unsigned index() const { return index_; } // 0 is the first found
    // Those of info().features that start() agreed on.
    [[nodiscard]] uint32_t features() const { return features_; }
    [[nodiscard]] bool is_started() const { return started_; }

    // Sets up the queues; packets come from now on. Once. Errors: EINVAL (more queues than there
    // are, or no pool, or too small buffers), EBUSY (somebody did before), ENOMEM, EIO (the device
    // refuses).
    [[nodiscard]] virtual Result<> start(const StartRequest& request) = 0;
    // Takes packets to send, the first first, as many as there is room for; returns how many. Those
    // it takes are the device's and released once they are sent, by a later call of this, receive()
    // or reclaim(): no interrupt tells of it. A packet that can never be sent is taken, released
    // and counted (tx_bad). With room for fewer, on_event(kSent) comes when there is more.
    virtual unsigned transmit(unsigned queue, std::span<Buffer* const> packets) = 0;
    // Releases what was sent meanwhile. Returns how many packets are not sent yet. When others wait
    // for their buffers and nothing else goes on, it is for the caller to look now and then.
    virtual unsigned reclaim(unsigned queue) = 0;
    // Fills `packets` with received ones, which are the caller's then, and gives the device new
    // buffers of the pool. Returns how many. When the pool was empty, this or arm() must be called
    // after buffers have come back, or nothing comes any more.
    virtual unsigned receive(unsigned queue, std::span<Buffer*> packets) = 0;
    // One on_event(kReceived) when there is a packet and `more` after it; a device may be earlier.
    // False: there are some already, perhaps without an event.
    virtual bool arm(unsigned queue, uint16_t more = 0) = 0;
    // No kReceived any more; one may be on its way.
    virtual void disarm(unsigned queue) = 0;
    // False for good, with a kLink and a line in the log, of a device that broke: packets to send
    // are dropped then (tx_bad), nothing comes, and the buffers that it had are back.
    [[nodiscard]] virtual bool link_is_up() = 0;
    [[nodiscard]] virtual const Counters& counters(unsigned queue) const = 0;

  protected:
    Device() = default;
    ~Device() = default;

    Info info_;
    uint32_t features_ = 0;
    bool started_ = false;

  private:
    friend void add(Device& device);
    friend Device* find(unsigned index);
    friend unsigned count();
    unsigned index_ = 0;
    Device* next_ = nullptr;
};

// A device was found; it lives for ever. By drivers, one after the other, while the init table runs
// (level dev).
void add(Device& device);
// What stands between a device and whoever finds it, a capture for instance; a table that libraries
// add rows to:
//
//     UK_NETDEV_WRAPPER({.wrap = watch});
struct Wrapper {
    // By add(); returns what is listed in place of `device`: another one that uses it, or itself.
    Device& (*wrap)(Device& device);
};
UK_SECTION_TABLE(uk_netdev_wrappers, Wrapper);
#define UK_NETDEV_WRAPPER(...) UK_SECTION_ROW(uk_netdev_wrappers, uk::netdev::Wrapper, __VA_ARGS__)

// By index; null: there are fewer.
[[nodiscard]] Device* find(unsigned index);
[[nodiscard]] unsigned count();

} // namespace uk::netdev
