// SPDX-License-Identifier: BSD-3-Clause
// Any keys, modes and reads: nothing is read that was not typed, and nothing gets stuck.
#include <cstdlib>

#include "screen_text.hpp"

using uk::tty::LineDiscipline;

static void require(bool holds) {
    if (!holds)
        std::abort();
}

static uk_termios modes_of(uint8_t a, uint8_t b) {
    uk_termios modes = uk::tty::default_modes();
    modes.c_iflag ^= uint32_t{a} << 5;
    modes.c_oflag ^= b;
    modes.c_lflag ^= uint32_t{b} << 8 | a;
    modes.c_cc[b % UK_NCCS] = a;
    return modes;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    ScreenText shown;
    LineDiscipline line(shown);
    char out[64];
    for (size_t i = 0; i + 2 < size;) {
        const uint8_t what = data[i++];
        const uint8_t a = data[i++];
        const size_t rest = size - i < a ? size - i : a;
        const char* text = reinterpret_cast<const char*>(data) + i;
        switch (what % 8) {
        case 0:
            line.set_modes(modes_of(a, data[i]));
            i++;
            break;
        case 1:
            line.flush_input();
            require(!line.readable() && line.pending() == 0);
            break;
        case 2:
            line.output(text, rest);
            i += rest;
            break;
        case 3:
        case 4: {
            const bool there = line.readable();
            const size_t before = line.pending();
            const size_t want = 1 + a % sizeof(out);
            LineDiscipline::Taken got = line.read(out, want);
            require(got.count <= want && got.count <= before && (there || got.count == 0));
            require(line.pending() == before - got.count);
            if (got.more)
                line.skip_end_of_file();
            break;
        }
        case 5: // a line that fills all there is
            for (unsigned n = 0; n < 40; n++)
                line.input(text, rest);
            i += rest;
            break;
        default:
            require(line.input(text, rest) <= rest);
            i += rest;
        }
        require(line.pending() <= LineDiscipline::kRoom);
        shown.text.clear();
    }
    for (int i = 0; line.readable(); i++) { // all of it comes to an end
        require(i < 5000);
        line.read(out, sizeof(out));
    }
    return 0;
}
