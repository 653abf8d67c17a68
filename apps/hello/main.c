/* SPDX-License-Identifier: BSD-3-Clause */
/* Hello, world: a greeting, how this image is configured, and the arguments it was given. */
#include <stdio.h>

#if defined(CONFIG_OPTIMIZE_SIZE)
#define HELLO_LEVEL "-Oz"
#elif defined(CONFIG_OPTIMIZE_NONE)
#define HELLO_LEVEL "-O0"
#else
#define HELLO_LEVEL "-O2"
#endif
#ifdef CONFIG_OPTIMIZE_LTO
#define HELLO_LTO " -flto"
#else
#define HELLO_LTO ""
#endif
#ifdef __clang__
#define HELLO_COMPILER "clang " __clang_version__
#else
#define HELLO_COMPILER "gcc " __VERSION__
#endif

int main(int argc, char* argv[]) {
    puts("Hello from Microlith!");
    puts("target " HELLO_TARGET ", heap " HELLO_HEAP ", libc " HELLO_LIBC ", " HELLO_LEVEL HELLO_LTO
         ", " HELLO_COMPILER);
    for (int i = 0; i < argc; i++)
        printf("argv[%d] = %s\n", i, argv[i]);
    return 0;
}
