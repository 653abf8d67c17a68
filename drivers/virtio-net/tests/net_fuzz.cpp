// SPDX-License-Identifier: BSD-3-Clause
// Fuzz target: a network device that says anything. Packets stay in their buffers, what is said of
// them lies inside, and no buffer is lost or given twice.
#include "fake_net.hpp"

#include <cstdlib>
#include <set>

namespace {

using namespace net_test;
using uk::netdev::Buffer;
using uk::netdev::Offload;

void require(bool holds) {
    if (!holds) {
        __builtin_trap();
    }
}

class Run {
  public:
    Run(const uint8_t* data, size_t size) : at_(data), end_(data + size), net_(offers(byte())) {
        net_.limit = static_cast<uint16_t>(1U << byte() % 6);
        const uint32_t bytes = 1536 + 64 * (byte() % 16);
        require(pool_.init({.count = kCount, .bytes = bytes, .headroom = 64}).ok());
        nic_.emplace(Virtio{&net_});
        require(nic_->identify().ok() && nic_->start({.pool = &pool_, .on_event = ignore}).ok());
    }
    void go() {
        while (at_ < end_) {
            switch (byte() % 10) {
            case 0:
                receive();
                break;
            case 1:
                send();
                break;
            case 2:
            case 3:
                bring();
                break;
            case 4:
                net_.tx().device.use(byte(), byte());
                break;
            case 5:
                (void)nic_->arm(0, byte());
                break;
            case 6:
                fetch();
                break;
            case 7:
                change();
                break;
            case 8:
                net_.queues.back()->device.use(byte(), byte());
                break;
            default:
                scribble();
            }
        }
        for (unsigned i = 0; i < 16; i++) {
            receive();
        }
        // Whatever it did: when it is off each buffer is free, once.
        net_.config_is_steady = true;
        net_.set_status(uk::virtio::kNeedsReset);
        require(!nic_->link_is_up());
        require(pool_.free_count() == kCount);
        std::set<Buffer*> all;
        while (Buffer* buffer = pool_.take()) {
            require(all.insert(buffer).second);
        }
        require(all.size() == kCount);
        for (Buffer* buffer : all) {
            uk::netdev::release(buffer);
        }
        pool_.close();
    }

  private:
    static constexpr uint32_t kCount = 96;

    static void ignore(void* /*context*/, uint16_t /*queue*/, uint8_t /*what*/) {}
    static uint64_t offers(uint8_t bits) {
        return (bits & 1) != 0 ? kAll : kAll & ~((bits & 2) != 0 ? F::kMergeable : F::kChecksum);
    }
    uint8_t byte() { return at_ < end_ ? *at_++ : uint8_t{0}; }
    uint16_t word() { return static_cast<uint16_t>(byte() | byte() << 8); }

    void receive() {
        Buffer* packets[4];
        const unsigned count = nic_->receive(0, std::span(packets, 1U + byte() % 4));
        for (unsigned i = 0; i < count; i++) {
            const Buffer& packet = *packets[i];
            const uint32_t size = uk::netdev::packet_size(packet);
            require(packet.size() >= uk::virtio::kEthernetBytes &&
                    size <= uk::virtio::kMostPacketBytes);
            const Offload& offload = packet.offload;
            require(offload.checksum != Offload::Checksum::partial ||
                    offload.checksum_start + offload.checksum_offset + 2U <= size);
            require(offload.segments == Offload::Segments::none || offload.segment_bytes != 0);
            require(offload.header_bytes <= size);
            uk::netdev::release(packets[i]);
        }
    }
    void send() {
        Buffer* packet = pool_.take();
        if (packet == nullptr) {
            return;
        }
        packet->set_size(byte());
        packet->offload = {Offload::Checksum{static_cast<uint8_t>(byte() % 3)},
                           Offload::Segments{static_cast<uint8_t>(byte() % 3)},
                           byte(),
                           byte(),
                           byte(),
                           byte()};
        if ((byte() & 1) != 0) {
            packet->next = pool_.take();
        }
        if (nic_->transmit(0, {&packet, 1}) == 0) {
            uk::netdev::release(packet);
        }
    }
    // A chain that the driver gave, perhaps, with any header and any length.
    void bring() {
        FakeDevice::Chain chain;
        const NetHeader header{byte(), byte(), word(), word(), word(), word(), word()};
        uint32_t room = 1;
        if (net_.rx().device.next(chain)) {
            room = chain.pieces[0].length + 1;
            std::memcpy(reinterpret_cast<void*>(chain.pieces[0].address), &header, sizeof header);
        }
        net_.rx().device.use(chain.head, byte() != 0 ? word() % room : word());
    }
    void fetch() {
        FakeDevice::Chain chain;
        if (net_.tx().device.next(chain)) {
            net_.tx().device.use(chain.head, 0);
        }
    }
    // Another configuration, perhaps one that changes all the time, and a word about it.
    void change() {
        net_.config = {{byte(), byte(), 0, 0, 0, 0}, word(), word(), word()};
        net_.config_is_steady = (byte() & 1) != 0;
        if ((byte() & 15) == 15) {
            net_.set_status(uk::virtio::kNeedsReset);
        }
        net_.on_changed(net_.changed_context);
        (void)nic_->link_is_up();
    }
    void scribble() {
        const size_t used = net_.rx().memory.layout.used();
        const size_t where = used + word() % (net_.rx().memory.layout.bytes() - used);
        net_.rx().memory.data()[where] = static_cast<char>(byte());
    }
    const uint8_t* at_;
    const uint8_t* end_;
    FakeNet net_;
    uk::netdev::Pool pool_;
    std::optional<Nic> nic_;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    if (size > 0) {
        Run(data, size).go();
    }
    return 0;
}
