/* SPDX-License-Identifier: BSD-3-Clause */
/* Requests of ioctl(): Linux's. */
#pragma once

#include <uk/abi/ioctl.h>
#include <uk/abi/termios.h>

#ifdef __cplusplus
extern "C" {
#endif

struct winsize {
    unsigned short ws_row;
    unsigned short ws_col;
    unsigned short ws_xpixel;
    unsigned short ws_ypixel;
};

int ioctl(int fd, unsigned long request, ...);

#ifdef __cplusplus
}
#endif

#define TCGETS UK_TCGETS
#define TCSETS UK_TCSETS
#define TCSETSW UK_TCSETSW
#define TCSETSF UK_TCSETSF
#define TCSBRK UK_TCSBRK
#define TCSBRKP UK_TCSBRKP
#define TCXONC UK_TCXONC
#define TCFLSH UK_TCFLSH
#define TIOCEXCL UK_TIOCEXCL
#define TIOCNXCL UK_TIOCNXCL
#define TIOCSCTTY UK_TIOCSCTTY
#define TIOCNOTTY UK_TIOCNOTTY
#define TIOCGPGRP UK_TIOCGPGRP
#define TIOCSPGRP UK_TIOCSPGRP
#define TIOCGSID UK_TIOCGSID
#define TIOCOUTQ UK_TIOCOUTQ
#define TIOCSTI UK_TIOCSTI
#define TIOCGWINSZ UK_TIOCGWINSZ
#define TIOCSWINSZ UK_TIOCSWINSZ
#define TIOCMGET UK_TIOCMGET
#define TIOCMSET UK_TIOCMSET
#define TIOCCONS UK_TIOCCONS
#define TIOCGPTN UK_TIOCGPTN
#define TIOCSPTLCK UK_TIOCSPTLCK
#define FIONREAD UK_FIONREAD
#define FIONBIO UK_FIONBIO
#define FIONCLEX UK_FIONCLEX
#define FIOCLEX UK_FIOCLEX
#define FIOASYNC UK_FIOASYNC
#define SIOCINQ UK_SIOCINQ
#define SIOCOUTQ UK_SIOCOUTQ
#define SIOCATMARK UK_SIOCATMARK
#define BLKGETSIZE UK_BLKGETSIZE
#define BLKGETSIZE64 UK_BLKGETSIZE64
#define BLKSSZGET UK_BLKSSZGET
#define BLKFLSBUF UK_BLKFLSBUF
