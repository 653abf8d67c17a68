// SPDX-License-Identifier: BSD-3-Clause
// netdev.ip= of any bytes: what is wrong lies within the text, what is right fits.
#include <uk/lwip/settings.hpp>

#include <cstdlib>
#include <cstring>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    uk::lwip::Settings out;
    const uk::lwip::SettingsError error = uk::lwip::parse_settings(text, out);
    if (error.problem != nullptr) {
        if (!error.where.empty() && (error.where.data() < text.data() ||
                                     error.where.data() + error.where.size() > text.data() + size))
            abort();
    } else if (out.address.size == 0 || out.prefix == 0 || strlen(out.host) > 63)
        abort();
    return 0;
}
