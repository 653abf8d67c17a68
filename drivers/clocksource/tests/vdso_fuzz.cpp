// SPDX-License-Identifier: BSD-3-Clause
// Fuzz target: any bytes as a vDSO image.
#include <uk/clocksource/vdso.hpp>

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    std::span<const std::byte> image(reinterpret_cast<const std::byte*>(data), size);
    (void)uk::clocksource::vdso_size(image).ok();
    auto found = uk::clocksource::vdso_function(image, "__vdso_clock_gettime");
    if (found.ok() && found.value() >= size) {
        abort();
    }
    return 0;
}
