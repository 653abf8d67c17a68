// SPDX-License-Identifier: BSD-3-Clause
// /init of the Linux opponent: executes the counting plugin's marker as its first act, says so, and
// powers off.
#include <stdio.h>
#include <sys/reboot.h>
#include <unistd.h>

int main(void) {
    __asm__ volatile(".byte 0x0f, 0x1f, 0x80\n\t.long 0x4d4b0001");
    puts("Hello from Linux");
    sync();
    return reboot(RB_POWER_OFF);
}
