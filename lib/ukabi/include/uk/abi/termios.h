/* SPDX-License-Identifier: BSD-3-Clause */
/* Terminals: their modes and the requests of ioctl() on them. */
#pragma once

#include <uk/abi/types.h>

#define UK_NCCS 19
struct uk_termios {
    uint32_t c_iflag;
    uint32_t c_oflag;
    uint32_t c_cflag;
    uint32_t c_lflag;
    uint8_t c_line;
    uint8_t c_cc[UK_NCCS];
};

struct uk_winsize {
    uint16_t ws_row;
    uint16_t ws_col;
    uint16_t ws_xpixel;
    uint16_t ws_ypixel;
};

/* c_iflag */
#define UK_IGNBRK 01
#define UK_BRKINT 02
#define UK_IGNPAR 04
#define UK_PARMRK 010
#define UK_INPCK 020
#define UK_ISTRIP 040
#define UK_INLCR 0100
#define UK_IGNCR 0200
#define UK_ICRNL 0400
#define UK_IUCLC 01000
#define UK_IXON 02000
#define UK_IXANY 04000
#define UK_IXOFF 010000
#define UK_IMAXBEL 020000
#define UK_IUTF8 040000

/* c_oflag */
#define UK_OPOST 01
#define UK_OLCUC 02
#define UK_ONLCR 04
#define UK_OCRNL 010
#define UK_ONOCR 020
#define UK_ONLRET 040
#define UK_OFILL 0100
#define UK_OFDEL 0200
#define UK_NLDLY 0400
#define UK_NL0 0
#define UK_NL1 0400
#define UK_CRDLY 03000
#define UK_CR0 0
#define UK_CR1 01000
#define UK_CR2 02000
#define UK_CR3 03000
#define UK_TABDLY 014000
#define UK_TAB0 0
#define UK_TAB1 04000
#define UK_TAB2 010000
#define UK_TAB3 014000
#define UK_XTABS 014000
#define UK_BSDLY 020000
#define UK_BS0 0
#define UK_BS1 020000
#define UK_VTDLY 040000
#define UK_VT0 0
#define UK_VT1 040000
#define UK_FFDLY 0100000
#define UK_FF0 0
#define UK_FF1 0100000

/* c_cflag */
#define UK_CBAUD 010017
#define UK_CBAUDEX 010000
#define UK_CSIZE 060
#define UK_CS5 0
#define UK_CS6 020
#define UK_CS7 040
#define UK_CS8 060
#define UK_CSTOPB 0100
#define UK_CREAD 0200
#define UK_PARENB 0400
#define UK_PARODD 01000
#define UK_HUPCL 02000
#define UK_CLOCAL 04000
#define UK_CRTSCTS 020000000000U
#define UK_CMSPAR 010000000000

/* speeds, in c_cflag */
#define UK_B0 0
#define UK_B50 01
#define UK_B75 02
#define UK_B110 03
#define UK_B134 04
#define UK_B150 05
#define UK_B200 06
#define UK_B300 07
#define UK_B600 010
#define UK_B1200 011
#define UK_B1800 012
#define UK_B2400 013
#define UK_B4800 014
#define UK_B9600 015
#define UK_B19200 016
#define UK_B38400 017
#define UK_B57600 010001
#define UK_B115200 010002
#define UK_B230400 010003
#define UK_B460800 010004
#define UK_B500000 010005
#define UK_B576000 010006
#define UK_B921600 010007
#define UK_B1000000 010010
#define UK_B1152000 010011
#define UK_B1500000 010012
#define UK_B2000000 010013
#define UK_B2500000 010014
#define UK_B3000000 010015
#define UK_B3500000 010016
#define UK_B4000000 010017

/* c_lflag */
#define UK_ISIG 01
#define UK_ICANON 02
#define UK_XCASE 04
#define UK_ECHO 010
#define UK_ECHOE 020
#define UK_ECHOK 040
#define UK_ECHONL 0100
#define UK_NOFLSH 0200
#define UK_TOSTOP 0400
#define UK_ECHOCTL 01000
#define UK_ECHOPRT 02000
#define UK_ECHOKE 04000
#define UK_FLUSHO 010000
#define UK_PENDIN 040000
#define UK_IEXTEN 0100000
#define UK_EXTPROC 0200000

/* places in c_cc */
#define UK_VINTR 0
#define UK_VQUIT 1
#define UK_VERASE 2
#define UK_VKILL 3
#define UK_VEOF 4
#define UK_VTIME 5
#define UK_VMIN 6
#define UK_VSWTC 7
#define UK_VSTART 8
#define UK_VSTOP 9
#define UK_VSUSP 10
#define UK_VEOL 11
#define UK_VREPRINT 12
#define UK_VDISCARD 13
#define UK_VWERASE 14
#define UK_VLNEXT 15
#define UK_VEOL2 16

/* actions of tcsetattr(), and of tcflow() and tcflush() */
#define UK_TCSANOW 0
#define UK_TCSADRAIN 1
#define UK_TCSAFLUSH 2
#define UK_TCOOFF 0
#define UK_TCOON 1
#define UK_TCIOFF 2
#define UK_TCION 3
#define UK_TCIFLUSH 0
#define UK_TCOFLUSH 1
#define UK_TCIOFLUSH 2
