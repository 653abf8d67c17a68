/* SPDX-License-Identifier: BSD-3-Clause */
/* Requests of ioctl(). */
#pragma once

/* of terminals */
#define UK_TCGETS 0x5401
#define UK_TCSETS 0x5402
#define UK_TCSETSW 0x5403
#define UK_TCSETSF 0x5404
#define UK_TCSBRK 0x5409
#define UK_TCSBRKP 0x5425
#define UK_TCXONC 0x540a
#define UK_TCFLSH 0x540b
#define UK_TIOCEXCL 0x540c
#define UK_TIOCNXCL 0x540d
#define UK_TIOCSCTTY 0x540e
#define UK_TIOCNOTTY 0x5422
#define UK_TIOCGPGRP 0x540f
#define UK_TIOCSPGRP 0x5410
#define UK_TIOCGSID 0x5429
#define UK_TIOCOUTQ 0x5411
#define UK_TIOCSTI 0x5412
#define UK_TIOCGWINSZ 0x5413
#define UK_TIOCSWINSZ 0x5414
#define UK_TIOCMGET 0x5415
#define UK_TIOCMSET 0x5418
#define UK_TIOCCONS 0x541d
#define UK_TIOCGPTN 0x80045430U
#define UK_TIOCSPTLCK 0x40045431

/* of all descriptors */
#define UK_FIONREAD 0x541b
#define UK_FIONBIO 0x5421
#define UK_FIONCLEX 0x5450
#define UK_FIOCLEX 0x5451
#define UK_FIOASYNC 0x5452

/* of sockets: bytes that can be read, bytes that are on their way */
#define UK_SIOCINQ 0x541b
#define UK_SIOCOUTQ 0x5411
#define UK_SIOCATMARK 0x8905

/* of block devices */
#define UK_BLKGETSIZE 0x1260
#define UK_BLKGETSIZE64 0x80081272U
#define UK_BLKSSZGET 0x1268
#define UK_BLKFLSBUF 0x1261
