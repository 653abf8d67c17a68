// SPDX-License-Identifier: BSD-3-Clause
// Micro-benchmarks inside the image: loops between marker instructions (markers.h), counted by
// tests/bench under QEMU. Run without the plugin it prints nanoseconds.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <uk/falloc/frame_allocator.hpp>
#include <uk/user.hpp>

#include "measure.hpp"

namespace {

using bench::kOperations;
using bench::measure;
using bench::use;

constexpr int kOutputOperations = 20;

void measure_heap() {
    auto pair = [](size_t size) {
        void* block = malloc(size);
        use(block);
        free(block);
    };
    measure<0>("malloc+free 64", kOperations, [&] { pair(64); });
    measure<1>("malloc+free 4096", kOperations, [&] { pair(4096); });
    measure<2>("malloc+free 65536", kOperations, [&] { pair(65536); });

    // A heap in use: blocks of mixed sizes stay, those in between come and go.
    static void* kept[256];
    unsigned seed = 1;
    for (void*& block : kept) {
        block = malloc(static_cast<size_t>(rand_r(&seed)) % 2048);
    }
    for (size_t i = 0; i < 256; i += 2) {
        free(kept[i]);
        kept[i] = nullptr;
    }
    measure<3>("malloc+free 64, heap in use", kOperations, [&] { pair(64); });
    for (void* block : kept) {
        free(block);
    }
}

void measure_frames() {
    auto pair = [](size_t pages) {
        void* run = uk::falloc::allocate_run(pages).take();
        use(run);
        uk::falloc::free_run(run, pages);
    };
    measure<4>("frames, run of 1", kOperations, [&] { pair(1); });
    measure<5>("frames, run of 16", kOperations, [&] { pair(16); });

    // Every second frame of 2 MiB stays taken: 256 free runs of one frame.
    static void* kept[512];
    for (void*& frame : kept) {
        frame = uk::falloc::allocate_run(1).take();
    }
    for (size_t i = 0; i < 512; i += 2) {
        uk::falloc::free_run(kept[i], 1);
    }
    measure<6>("frames, run of 1, fragmented", kOperations, [&] { pair(1); });
    measure<7>("frames, run of 16, fragmented", kOperations, [&] { pair(16); });
    for (size_t i = 1; i < 512; i += 2) {
        uk::falloc::free_run(kept[i], 1);
    }
}

void measure_memory() {
    static char from[65536];
    static char to[65536];
    auto copy = [](size_t size) {
        memcpy(to, from, size);
        use(to);
    };
    measure<8>("memcpy 16", kOperations, [&] { copy(16); });
    measure<9>("memcpy 256", kOperations, [&] { copy(256); });
    measure<10>("memcpy 4096", kOperations, [&] { copy(4096); });
    measure<11>("memcpy 65536", kOperations, [&] { copy(65536); });
    measure<12>("memset 4096", kOperations, [] {
        memset(to, 0, 4096);
        use(to);
    });
    memset(from, 'x', 4095);
    measure<13>("strlen 4095", kOperations, [] {
        size_t length = strlen(from);
        use(from + length);
    });
}

void measure_libc() {
    static char text[128];
    measure<16>("snprintf %d %s %x", kOperations, [] {
        snprintf(text, sizeof(text), "%d %s %x\n", 12345, "text", 0xabcdef);
        use(text);
    });
    measure<17>("clock_gettime monotonic", kOperations, [] {
        timespec time;
        clock_gettime(CLOCK_MONOTONIC, &time);
        use(&time);
    });
    measure<18>("printf of a line of 32 bytes", kOutputOperations,
                [] { printf("%s%d\n", "a line as programs print it..", 42); });
}

// What system calls pay for what they get by address.
void measure_user() {
    static char from[4096];
    static char to[4096];
    auto copy = [](size_t size) {
        (void)uk::user::copy_in(to, uk::Vaddr::of(from), size);
        use(to);
    };
    measure<20>("user copy_in 16", kOperations, [&] { copy(16); });
    measure<21>("user copy_in 4096", kOperations, [&] { copy(4096); });
    measure<22>("user read of a word", kOperations, [] {
        auto word = uk::user::read<long>(uk::Vaddr::of(from));
        use(&word);
    });
}

} // namespace

int main(int argc, char** argv) {
#ifdef CONFIG_LIBUKSCHED_THREADS
    if (argc > 1 && strcmp(argv[1], "parallel") == 0) {
        bench::measure_parallel();
        puts("bench: done");
        return 0;
    }
#endif
    measure_heap();
    measure_frames();
    measure_memory();
    measure_libc();
    measure_user();
    bench::measure_threads();
#ifdef CONFIG_LIBUKSCHED_THREADS
    bench::measure_files();
#endif
    puts("bench: done");
    return 0;
}
