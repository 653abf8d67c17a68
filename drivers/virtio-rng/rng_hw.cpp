// SPDX-License-Identifier: BSD-3-Clause
// The entropy device (VIRTIO 1.2, 5.4) as a source of random numbers.
#include <uk/base/atomic.hpp>
#include <uk/falloc/dma.hpp>
#include <uk/hal/clock.hpp>
#include <uk/random/source.hpp>
#include <uk/random/word_source.hpp>
#include <uk/virtio/device.hpp>

#include "rng.hpp"

namespace uk::virtio {

constinit Atomic<uint32_t> g_rng_interrupts{0};

namespace {

constexpr uint16_t kEntropyDevice = 4;
constexpr uint32_t kBytes = 64; // a request: what ukrandom wants of a source that it half believes
constexpr uint64_t kPatienceNs = 100'000'000;
constexpr uint64_t kLookNs = 1'000'000; // should an interrupt be lost

// The first device; others are not needed. Its one user is random::seed(), one at a time.
struct Rng {
    Queue* queue = nullptr;
    DmaRun buffer;
    uint32_t left = 0; // bytes at `at` that have not been given yet
    uint32_t at = 0;
    const char* problem = nullptr;

    bool fill();
    bool take_word(uint64_t& word);
};
constinit Rng g_rng;

// Asks the device and waits for it. What a request of before still owes is taken instead.
bool Rng::fill() {
    if (queue->ring.in_flight() == 0) {
        const Buffer room{buffer.address, kBytes};
        if (!queue->ring.add({}, {&room, 1}, this).ok()) {
            problem = "the device is broken";
            return false;
        }
        (void)queue->ring.arm(); // for this one, however soon it comes
        queue->kick();
    }
    const uint64_t end = hal::clock_monotonic_ns() + kPatienceNs;
    Used used;
    while (!queue->ring.take(used)) {
        const uint64_t now = hal::clock_monotonic_ns();
        if (queue->ring.is_broken() || now >= end) {
            problem =
                queue->ring.is_broken() ? "the device is broken" : "the device does not answer";
            return false;
        }
        hal::clock_idle_until(now + kLookNs); // an interrupt ends it
    }
    at = 0;
    left = used.written;
    return true;
}

bool Rng::take_word(uint64_t& word) {
    if (problem != nullptr) {
        return false;
    }
    if (left < sizeof word && !fill()) {
        return false;
    }
    if (left < sizeof word) {
        return false; // it gave a little: asked again
    }
    std::byte* from = static_cast<std::byte*>(buffer.memory) + at;
    __builtin_memcpy(&word, from, sizeof word);
    random::wipe(from, sizeof word);
    at += sizeof word;
    left -= static_cast<uint32_t>(sizeof word);
    return true;
}

random::Delivery gather(random::Pool& pool, unsigned wanted) {
    if (g_rng.queue == nullptr) {
        return {0, "there is no device"};
    }
    g_rng.problem = nullptr;
    const random::Delivery delivery =
        random::gather_words(pool, wanted, [](uint64_t& word) { return g_rng.take_word(word); });
    return g_rng.problem == nullptr ? delivery : random::Delivery{0, g_rng.problem};
}

UK_ENTROPY_SOURCE({"virtio-rng", gather});

// The interrupt itself is what fill() waits for.
void wake(void*) {
    g_rng_interrupts.fetch_add_relaxed(1);
}

Result<> probe(Device& device) {
    if (g_rng.queue != nullptr) {
        return Errno::busy;
    }
    (void)UK_TRY(device.negotiate("virtio-rng", 0, 0));
    const DmaRun buffer = UK_TRY(falloc::allocate_dma({.bytes = kBytes}));
    Result<Queue*> queue = device.add_queue({.index = 0, .most = 2, .on_used = wake});
    if (!queue.ok()) { // without interrupts it is looked at
        queue = device.add_queue({.index = 0, .most = 2});
    }
    if (!queue.ok()) {
        falloc::free_dma(buffer);
        return queue.error();
    }
    g_rng.buffer = buffer;
    g_rng.queue = queue.value();
    device.start();
    return {};
}

UK_VIRTIO_DRIVER({"virtio-rng", kEntropyDevice, probe});

} // namespace
} // namespace uk::virtio
