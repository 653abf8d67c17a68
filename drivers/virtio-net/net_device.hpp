// SPDX-License-Identifier: BSD-3-Clause
// A network device of virtio as uknetdev wants it. VIRTIO 1.2, 5.1. Pure: Virtio is virtio::Device,
// or a test's.
#pragma once

#include <optional>

#include <uk/netdev.hpp>
#include <uk/print.h>
#include <uk/virtio/device.hpp>

#include "header.hpp"
#include "receiver.hpp"
#include "sender.hpp"

namespace uk::virtio {

// What the driver asks of the core: see virtio::Device.
template <class V>
concept NetVirtio = requires(V& v, const QueueRequest& request, void (*handler)(void*), void* at) {
    { v.transport() } -> std::same_as<Transport&>;
    { v.negotiate("", uint64_t{}, uint64_t{}) } -> std::same_as<Result<uint64_t>>;
    { v.add_queue(request) } -> std::same_as<Result<typename V::Queue*>>;
    { v.watch_config(handler, at) } -> std::same_as<Result<>>;
    {v.start()};
    {v.give_up()};
    { V::to_device(at) } -> std::same_as<DmaAddr>;
};

template <NetVirtio Virtio>
class NetDevice final : public netdev::Device {
    using Queue = typename Virtio::Queue;
    using F = NetFeature;

  public:
    explicit NetDevice(Virtio virtio) : virtio_(virtio) {}

    // Learns what the device is, which then waits for start(). Errors: ENOTSUP (it has no address
    // of its own), EAGAIN (its configuration changes all the time).
    [[nodiscard]] Result<> identify() {
        Transport& transport = virtio_.transport();
        transport.set_status(kAcknowledge | kDriver);
        offered_ = transport.offered(0) | uint64_t{transport.offered(1)} << 32;
        NetConfig config{};
        UK_TRY(transport.read_config(0, std::as_writable_bytes(std::span(&config, 1))));
        if ((offered_ & F::kMac) == 0) {
            uk_pr_warn("virtio-net: the device has no address\n");
            return Errno::notsup;
        }
        info_.driver = "virtio-net";
        __builtin_memcpy(info_.mac.bytes, config.mac, sizeof config.mac);
        if ((offered_ & F::kMtu) != 0 && config.mtu >= kLeastMtu) {
            info_.mtu = config.mtu;
        }
        info_.headroom = kNetHeaderBytes;
        info_.features = features_from_device(offered_);
        info_.most_pieces = Sender::kMostPieces - 1;
        return {};
    }

    Result<> start(const netdev::StartRequest& request) override {
        if (tried_) {
            return Errno::busy;
        }
        if (request.queues != 1 || !is_usable(request.pool)) {
            return Errno::inval;
        }
        tried_ = true;
        request_ = request;
        Result<> done = set_up();
        if (!done.ok()) {
            virtio_.give_up();
            return done;
        }
        started_ = true;
        return {};
    }

    unsigned transmit(unsigned /*queue*/, std::span<netdev::Buffer* const> packets) override {
        unsigned count = sender_->transmit(packets);
        tx_->kick();
        look_for_lies();
        while (count < packets.size() && request_.on_event != nullptr)
            [[unlikely]] {
                // Room for some is worth an interrupt.
                if (tx_->ring.arm(tx_->ring.in_flight() / 2)) {
                    break;
                }
                count += sender_->transmit(packets.subspan(count));
                tx_->kick();
            }
        return count;
    }

    unsigned reclaim(unsigned /*queue*/) override {
        sender_->reclaim();
        look_for_lies();
        return tx_->ring.in_flight();
    }

    unsigned receive(unsigned /*queue*/, std::span<netdev::Buffer*> packets) override {
        sender_->reclaim();
        const unsigned count = receiver_->receive(packets);
        rx_->kick();
        look_for_lies();
        return count;
    }

    bool arm(unsigned /*queue*/, uint16_t more) override {
        if (control_ != nullptr) [[unlikely]] {
            look_at_answers();
        }
        receiver_->refill(); // buffers may have come back since
        rx_->kick();
        rx_->kick_if_due();
        tx_->kick_if_due();
        look_for_lies();
        return rx_->ring.arm(more) || rx_->ring.is_broken(); // then nothing comes any more
    }

    void disarm(unsigned /*queue*/) override { rx_->ring.disarm(); }

    bool link_is_up() override {
        uint16_t status = 0;
        if (started_ && !off_ && (virtio_.transport().status() & kNeedsReset) != 0) {
            turn_off("says that it needs a reset");
        }
        if (off_) {
            return false;
        }
        if ((agreed_ & F::kStatus) == 0) {
            return true;
        }
        Result<> read = virtio_.transport().read_config(
            offsetof(NetConfig, status), std::as_writable_bytes(std::span(&status, 1)));
        return read.ok() && (status & 1) != 0;
    }

    const netdev::Counters& counters(unsigned /*queue*/) const override { return counters_; }

  private:
    static constexpr uint16_t kLeastMtu = 68; // 5.1.4.1
    static constexpr uint16_t kRingSize = 256;

    // 5.1.6.5: a command, and the answer behind it.
    struct Command {
        uint8_t kind;
        uint8_t number;
        uint8_t on;
        uint8_t answer;
    };
    static constexpr unsigned kCommands = 2;

    bool is_usable(const netdev::Pool* pool) const {
        if (pool == nullptr || pool->shape().headroom < kNetHeaderBytes) {
            return false;
        }
        const uint32_t room = pool->shape().bytes - pool->shape().headroom;
        // 5.1.6.3.1; and a frame's first header lies in one piece.
        const bool is_mergeable = (offered_ & F::kMergeable) != 0;
        return room >= (is_mergeable ? 64U : info_.mtu + kEthernetBytes + 4U);
    }

    Result<> set_up() {
        uint64_t wanted = F::kMergeable | F::kMac | F::kMtu | F::kStatus |
                          features_for_device(request_.features & info_.features & ~too_large());
        if (request_.accept != netdev::Accept::everything) {
            wanted |= F::kControl | F::kControlReceive;
        }
        agreed_ = UK_TRY(virtio_.negotiate("virtio-net", wanted, F::kMac));
        features_ = features_from_device(agreed_);
        const bool interrupts = request_.on_event != nullptr;
        rx_ = UK_TRY(virtio_.add_queue({.index = 0,
                                        .most = kRingSize,
                                        .on_used = interrupts ? on_received : nullptr,
                                        .context = this}));
        tx_ = UK_TRY(virtio_.add_queue({.index = 1,
                                        .most = kRingSize,
                                        .on_used = interrupts ? on_sent : nullptr,
                                        .context = this}));
        tx_->ring.disarm();
        if ((agreed_ & F::kControl) != 0 && (agreed_ & F::kControlReceive) != 0) {
            control_ = UK_TRY(virtio_.add_queue({.index = 2, .most = 2 * kCommands}));
        }
        if (interrupts && (agreed_ & F::kStatus) != 0 &&
            !virtio_.watch_config(on_link, this).ok()) {
            uk_pr_info("virtio-net: nothing tells when the link goes up or down\n");
        }
        set_up_queues();
        virtio_.start();
        rx_->kick();
        if (control_ != nullptr) {
            send_commands();
        }
        return {};
    }

    // How many buffers the receiving queue may hold, of `size` descriptors.
    uint16_t most_received(uint16_t size) const {
        const uint32_t half = request_.pool->shape().count / 2;
        const uint32_t wanted =
            request_.receive_most != 0 ? request_.receive_most : (half != 0 ? half : 1);
        return static_cast<uint16_t>(wanted < size ? wanted : size);
    }
    uint16_t buffers_of_largest() const {
        const netdev::PoolRequest& shape = request_.pool->shape();
        const uint32_t room = shape.bytes - shape.headroom + kNetHeaderBytes;
        return static_cast<uint16_t>((kMostPacketBytes + kNetHeaderBytes + room - 1) / room);
    }
    // Features whose packets could need more buffers than the queue holds: the device would wait
    // for more, and nothing would come any more.
    uint32_t too_large() {
        const uint16_t limit = virtio_.transport().queue_limit(0);
        const uint16_t most = most_received(limit < kRingSize ? limit : kRingSize);
        const bool fits = buffers_of_largest() + Receiver::kSlack <= most;
        return fits ? 0 : netdev::kReceiveTcp4 | netdev::kReceiveTcp6;
    }

    void set_up_queues() {
        const uint16_t size = rx_->ring.layout().size;
        netdev::Pool* pool = request_.pool;
        // The direct map is one piece: the difference is the same everywhere in it.
        const void* somewhere = pool->memory();
        const uintptr_t to_device =
            Virtio::to_device(somewhere).value() - reinterpret_cast<uintptr_t>(somewhere);
        const bool is_large = (features_ & (netdev::kReceiveTcp4 | netdev::kReceiveTcp6)) != 0;
        receiver_.emplace(
            rx_->ring, counters_,
            Receiver::Setup{.pool = pool,
                            .to_device = to_device,
                            .features = features_,
                            .mergeable = (agreed_ & F::kMergeable) != 0,
                            .most = most_received(size),
                            .largest = is_large ? buffers_of_largest() : uint16_t{1}});
        sender_.emplace(tx_->ring, counters_,
                        Sender::Setup{.pool = pool, .to_device = to_device, .features = features_});
        receiver_->refill();
    }

    void send_commands() {
        constexpr uint8_t kReceiveMode = 0; // 5.1.6.5.1
        netdev::Buffer* buffer = request_.pool->take();
        if (buffer == nullptr) {
            control_ = nullptr; // more frames come than were asked for
            return;
        }
        const Command wanted[kCommands] = {{kReceiveMode, 1, 1, 0xff},  // all multicasts
                                           {kReceiveMode, 0, 0, 0xff}}; // not everything
        __builtin_memcpy(buffer->data(), wanted, sizeof wanted);
        for (unsigned i = 0; i < kCommands; i++) {
            std::byte* at = buffer->data() + i * sizeof(Command);
            const DmaAddr address = Virtio::to_device(at);
            const Buffer command{address, offsetof(Command, answer)};
            const Buffer answer{address + offsetof(Command, answer), 1};
            (void)control_->ring.add({&command, 1}, {&answer, 1}, buffer).ok();
        }
        if (control_->ring.in_flight() == 0) { // it is too short for any
            netdev::release(buffer);
            control_ = nullptr;
            return;
        }
        control_->kick();
    }

    // Nobody waits for the device: until it has answered it brings more frames than were asked for.
    void look_at_answers() {
        Used used;
        while (control_->ring.take(used)) {
            auto* buffer = static_cast<netdev::Buffer*>(used.token);
            if (control_->ring.in_flight() != 0) {
                continue;
            }
            Command answers[kCommands];
            __builtin_memcpy(answers, buffer->data(), sizeof answers);
            for (const Command& command : answers) {
                if (command.answer != 0) {
                    uk_pr_warn("virtio-net: the device does not choose frames\n");
                    break;
                }
            }
            netdev::release(buffer);
            control_ = nullptr;
            return;
        }
    }

    void look_for_lies() {
        const bool lied = rx_->ring.is_broken() || tx_->ring.is_broken() ||
                          (control_ != nullptr && control_->ring.is_broken());
        if (lied && !off_) [[unlikely]] {
            turn_off("is not to be trusted");
        }
    }
    // For good: whoever asks finds the link down. What the device has of ours comes back.
    [[gnu::cold]] void turn_off(const char* why) {
        off_ = true;
        if (!reset(virtio_.transport())) {
            uk_pr_err("virtio-net: the device %s, and does not reset: it keeps its buffers\n", why);
            return;
        }
        receiver_->take_back();
        sender_->take_back();
        Used used;
        while (control_ != nullptr && control_->ring.take_back(used)) {
            if (control_->ring.in_flight() == 0) { // all commands are in one buffer
                netdev::release(static_cast<netdev::Buffer*>(used.token));
            }
        }
        control_ = nullptr;
        uk_pr_err("virtio-net: the device %s: it is off from now on\n", why);
        if (request_.on_event != nullptr) {
            request_.on_event(request_.context, 0, netdev::kLink);
        }
    }

    // Handlers. With the event index a queue that interrupted is silent until it is armed; without,
    // it is told to be. They may not touch the index: the queue's thread may be arming it.
    static void on_received(void* self) {
        auto& device = *static_cast<NetDevice*>(self);
        netdev::Counters::add(device.counters_.interrupts, 1);
        device.on_used(device.rx_->ring, netdev::kReceived);
    }
    static void on_sent(void* self) {
        auto& device = *static_cast<NetDevice*>(self);
        device.on_used(device.tx_->ring, netdev::kSent);
    }
    void on_used(SplitQueue& ring, uint8_t what) {
        if ((agreed_ & kEventIndex) == 0) {
            ring.disarm();
        }
        request_.on_event(request_.context, 0, what);
    }
    static void on_link(void* self) {
        auto& device = *static_cast<NetDevice*>(self);
        device.request_.on_event(device.request_.context, 0, netdev::kLink);
    }

    Virtio virtio_;
    uint64_t offered_ = 0;
    uint64_t agreed_ = 0;
    bool tried_ = false;
    bool off_ = false;
    netdev::StartRequest request_;
    Queue* rx_ = nullptr;
    Queue* tx_ = nullptr;
    Queue* control_ = nullptr; // until it has answered
    std::optional<Receiver> receiver_;
    std::optional<Sender> sender_;
    netdev::Counters counters_;
};

} // namespace uk::virtio
