// SPDX-License-Identifier: BSD-3-Clause
// How a driver reaches a virtio device's registers, whatever bus it sits on, and how the two agree
// on features. (VIRTIO 1.2, 2.1, 2.2, 3.1, 4.)
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <uk/base/result.hpp>
#include <uk/hal/cpu.hpp>
#include <uk/virtio/split_queue.hpp>

namespace uk::virtio {

// 2.1.
inline constexpr uint8_t kAcknowledge = 1;
inline constexpr uint8_t kDriver = 2;
inline constexpr uint8_t kDriverOk = 4;
inline constexpr uint8_t kFeaturesOk = 8;
inline constexpr uint8_t kNeedsReset = 64;
inline constexpr uint8_t kFailed = 128;

// 6: features that are not a device's own.
inline constexpr uint64_t kIndirectDescriptors = uint64_t{1} << 28;
inline constexpr uint64_t kEventIndex = uint64_t{1} << 29;
inline constexpr uint64_t kVersion1 = uint64_t{1} << 32;
// The device's memory accesses go through what translates and protects them: we do not tell it.
inline constexpr uint64_t kAccessPlatform = uint64_t{1} << 33;

// 4.1.5.1.2, 4.2.3.4: bits of acknowledge().
inline constexpr uint8_t kQueueInterrupt = 1;
inline constexpr uint8_t kConfigInterrupt = 2;

inline constexpr uint16_t kNoVector = 0xffff;

// Where the device hears that a queue has something new; one write. From anywhere.
struct Doorbell {
    volatile void* at = nullptr;
    uint16_t queue = 0;
    bool is_wide = false; // 32 bits

    void ring() const {
        if (is_wide) {
            hal::device_write<uint32_t>(static_cast<volatile uint32_t*>(at), queue);
        } else {
            hal::device_write<uint16_t>(static_cast<volatile uint16_t*>(at), queue);
        }
    }
};

// Thread context, one caller at a time, but acknowledge(): from handlers, too. Nothing blocks.
class Transport {
  public:
    virtual uint8_t status() = 0;
    // 0 resets; the caller waits until status() is 0 again.
    virtual void set_status(uint8_t status) = 0;
    // 32 bits each: word 0 has features 0 to 31.
    virtual uint32_t offered(unsigned word) = 0;
    virtual void accept(unsigned word, uint32_t features) = 0;
    // Of the device's own configuration; all of it as it was at one moment (2.5.1). Bytes beyond
    // its end are zeros. Errors: EAGAIN (it changes all the time).
    virtual Result<> read_config(uint32_t offset, std::span<std::byte> out) = 0;
    // The most descriptors that a queue may have; 0 = there is no such queue.
    virtual uint16_t queue_limit(uint16_t index) = 0;
    // Tells the device where a queue is, and starts it. `vector` of its messages, or kNoVector.
    // Errors: EINVAL (no such queue, or too long), EBUSY (it runs already), EIO (the device
    // refuses).
    virtual Result<Doorbell> start_queue(uint16_t index, const SplitQueue& queue,
                                         uint16_t vector) = 0;
    // Changes of the configuration come by this vector of its messages. False: the device cannot.
    virtual bool set_config_vector(uint16_t vector) = 0;
    // Which interrupts came; they are no more then.
    virtual uint8_t acknowledge() = 0;

  protected:
    ~Transport() = default;
};

// The device is off, and touches no memory any more. False: it does not reset.
[[nodiscard]] bool reset(Transport& transport);

// Resets the device and agrees on features: all of `wanted` that it offers, version 1 always
// (3.1.1, up to FEATURES_OK). Logs both sides. `kind` is its number (5), `name` the driver's.
// Errors: ENOTSUP (it lacks one of `needed`, or version 1), EIO (it does not take the answer, or
// does not reset); the device is told that it failed.
[[nodiscard]] Result<uint64_t> negotiate(Transport& transport, const char* name, uint64_t wanted,
                                         uint64_t needed);

} // namespace uk::virtio
