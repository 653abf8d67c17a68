// SPDX-License-Identifier: BSD-3-Clause
// A machine with a time of its own, a fast counter and reference chips that follow it: the devices
// that the tests of the clocks run against.
#pragma once

#include <cstdint>
#include <optional>
#include <random>

namespace clocktest {

__extension__ using Wide = unsigned __int128;

// Time in picoseconds. Everything the CPU does takes some, now and then much more.
class Machine {
  public:
    explicit Machine(uint64_t seed = 1) : random_(seed) {}

    Wide now_ps() const { return now_; }
    uint64_t now_ns() const { return static_cast<uint64_t>(now_ / 1000); }
    void pass_ns(uint64_t ns) { now_ += Wide{ns} * 1000; }
    void pass_ps(uint64_t ps) { now_ += ps; }

    // An access to a device: 300 ns to 2 us, and with the given chance a stall of up to 20 ms.
    void access() {
        pass_ns(300 + random_() % 1700);
        if (stall_in_ != 0 && random_() % stall_in_ == 0) {
            pass_ns(random_() % 20'000'000);
        }
    }
    void stall_one_in(unsigned n) { stall_in_ = n; }
    uint64_t random() { return random_(); }

    uint64_t tsc() {
        pass_ps(5'000 + random_() % 10'000);
        Wide cycles = (now_ - tsc_since_) * tsc_hz_ / 1'000'000'000'000;
        return tsc_start_ + static_cast<uint64_t>(cycles);
    }
    // From now on the counter runs at `hz` and stands at `value`.
    void set_tsc(uint64_t hz, uint64_t value) {
        tsc_since_ = now_;
        tsc_start_ = value;
        tsc_hz_ = hz;
    }
    // What devices see: time without the pauses.
    Wide device_ps() const { return now_ - paused_; }
    // The machine stands still for a while; the CPU's counter does not notice.
    void pause_devices_ns(uint64_t ns) {
        pass_ns(ns);
        paused_ += Wide{ns} * 1000;
    }

  private:
    std::mt19937_64 random_;
    Wide now_ = 0;
    Wide paused_ = 0;
    Wide tsc_since_ = 0;
    uint64_t tsc_start_ = 0;
    uint64_t tsc_hz_ = 1'000'000'000;
    unsigned stall_in_ = 0;
};

// A free-running counter of `num`/`den` Hz, modulo `period` (0 = 64 bits).
struct PlainCounter {
    Machine& machine;
    uint64_t num = 0;
    uint64_t den = 1;
    uint64_t period = 0;
    uint64_t first = 0;
    uint64_t latched = 0;
    unsigned misread_one_in = 0;

    uint64_t count() const {
        Wide ticks = machine.device_ps() * num / den / 1'000'000'000'000 + first;
        return static_cast<uint64_t>(period == 0 ? ticks : ticks % period);
    }
    uint64_t cycles() { return machine.tsc(); }
    void latch() {
        machine.access();
        latched = count();
        if (misread_one_in != 0 && machine.random() % misread_one_in == 0) {
            latched = machine.random() % (period == 0 ? ~uint64_t{0} : period);
        }
        machine.access();
    }
    std::optional<uint64_t> collect() { return latched; }
};

// The registers of an 8254, seen from port 0x40, as QEMU models it: three channels that count
// down, each latched for itself.
class FakePit {
  public:
    explicit FakePit(Machine& machine) : machine_(&machine) {}

    template <class T>
    T read(uint32_t offset) {
        machine_->access();
        if (offset > 2 || !present_) {
            return static_cast<T>(0xff);
        }
        Channel& channel = channels_[offset];
        if (channel.status_latched) {
            channel.status_latched = false;
            return channel.control;
        }
        uint16_t value = channel.latched ? channel.latch : current(channel);
        bool high = channel.high;
        channel.high = !high;
        if (high) {
            channel.latched = false;
        }
        return static_cast<T>(high ? value >> 8 : value & 0xff);
    }

    template <class T>
    void write(uint32_t offset, T value) {
        machine_->access();
        if (offset == 3) {
            control(value);
        } else if (offset < 3) {
            Channel& channel = channels_[offset];
            if (!channel.write_high) {
                channel.low = value;
            } else {
                channel.count = static_cast<uint16_t>(channel.low | value << 8);
                channel.since = ticks();
            }
            channel.write_high = !channel.write_high;
        }
    }

    void remove() { present_ = false; }
    void stall_between_channels(unsigned one_in) { stall_one_in_ = one_in; }

  private:
    struct Channel {
        uint8_t control = 0;
        uint8_t low = 0;
        bool write_high = false;
        bool high = false;
        bool latched = false;
        bool status_latched = false;
        uint16_t latch = 0;
        uint16_t count = 0;
        uint64_t since = 0;
    };

    uint64_t ticks() const {
        return static_cast<uint64_t>(machine_->device_ps() * 105'000'000 / 88 / 1'000'000'000'000);
    }
    uint16_t current(const Channel& channel) const {
        uint64_t count = channel.count == 0 ? 65536 : channel.count;
        return static_cast<uint16_t>(count - (ticks() - channel.since) % count);
    }
    void control(uint8_t value) {
        if (value >> 6 != 3) {
            channels_[value >> 6].control = value & 0x3f;
            channels_[value >> 6].write_high = false;
            channels_[value >> 6].high = false;
            return;
        }
        for (unsigned i = 0; i < 3; i++) {
            Channel& channel = channels_[i];
            if ((value & 2U << i) == 0) {
                continue;
            }
            if ((value & 0x20) == 0 && !channel.latched) {
                machine_->pass_ns(100);
                if (stall_one_in_ != 0 && machine_->random() % stall_one_in_ == 0) {
                    machine_->pass_ns(machine_->random() % 5'000'000);
                }
                channel.latch = current(channel);
                channel.latched = true;
            }
            channel.status_latched = (value & 0x10) == 0;
        }
    }

    Machine* machine_;
    Channel channels_[3];
    bool present_ = true;
    unsigned stall_one_in_ = 0;
};

// Io by value, as the kernel's port accessors are.
struct PitIo {
    FakePit* pit;
    template <class T>
    T read(uint32_t offset) {
        return pit->read<T>(offset);
    }
    template <class T>
    void write(uint32_t offset, T value) {
        pit->write<T>(offset, value);
    }
};

} // namespace clocktest
