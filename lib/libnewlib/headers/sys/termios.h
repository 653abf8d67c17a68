/* SPDX-License-Identifier: BSD-3-Clause */
/* Terminals: Linux's structure and numbers. */
#pragma once

#include <sys/types.h>
#include <uk/abi/ioctl.h>
#include <uk/abi/termios.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef unsigned char cc_t;
typedef unsigned int speed_t;
typedef unsigned int tcflag_t;

/* As the system calls take it; the speed is in c_cflag. */
struct termios {
    tcflag_t c_iflag;
    tcflag_t c_oflag;
    tcflag_t c_cflag;
    tcflag_t c_lflag;
    cc_t c_line;
    cc_t c_cc[UK_NCCS];
};

int tcgetattr(int fd, struct termios* mode);
int tcsetattr(int fd, int when, const struct termios* mode);
int tcsendbreak(int fd, int duration);
int tcdrain(int fd);
int tcflush(int fd, int queue);
int tcflow(int fd, int action);
pid_t tcgetsid(int fd);
speed_t cfgetispeed(const struct termios* mode);
speed_t cfgetospeed(const struct termios* mode);
int cfsetispeed(struct termios* mode, speed_t speed);
int cfsetospeed(struct termios* mode, speed_t speed);
int cfsetspeed(struct termios* mode, speed_t speed);
void cfmakeraw(struct termios* mode);

#ifdef __cplusplus
}
#endif

#define NCCS UK_NCCS
#define IGNBRK UK_IGNBRK
#define BRKINT UK_BRKINT
#define IGNPAR UK_IGNPAR
#define PARMRK UK_PARMRK
#define INPCK UK_INPCK
#define ISTRIP UK_ISTRIP
#define INLCR UK_INLCR
#define IGNCR UK_IGNCR
#define ICRNL UK_ICRNL
#define IUCLC UK_IUCLC
#define IXON UK_IXON
#define IXANY UK_IXANY
#define IXOFF UK_IXOFF
#define IMAXBEL UK_IMAXBEL
#define IUTF8 UK_IUTF8
#define OPOST UK_OPOST
#define OLCUC UK_OLCUC
#define ONLCR UK_ONLCR
#define OCRNL UK_OCRNL
#define ONOCR UK_ONOCR
#define ONLRET UK_ONLRET
#define OFILL UK_OFILL
#define OFDEL UK_OFDEL
#define NLDLY UK_NLDLY
#define NL0 UK_NL0
#define NL1 UK_NL1
#define CRDLY UK_CRDLY
#define CR0 UK_CR0
#define CR1 UK_CR1
#define CR2 UK_CR2
#define CR3 UK_CR3
#define TABDLY UK_TABDLY
#define TAB0 UK_TAB0
#define TAB1 UK_TAB1
#define TAB2 UK_TAB2
#define TAB3 UK_TAB3
#define XTABS UK_XTABS
#define BSDLY UK_BSDLY
#define BS0 UK_BS0
#define BS1 UK_BS1
#define VTDLY UK_VTDLY
#define VT0 UK_VT0
#define VT1 UK_VT1
#define FFDLY UK_FFDLY
#define FF0 UK_FF0
#define FF1 UK_FF1
#define CBAUD UK_CBAUD
#define CBAUDEX UK_CBAUDEX
#define CSIZE UK_CSIZE
#define CS5 UK_CS5
#define CS6 UK_CS6
#define CS7 UK_CS7
#define CS8 UK_CS8
#define CSTOPB UK_CSTOPB
#define CREAD UK_CREAD
#define PARENB UK_PARENB
#define PARODD UK_PARODD
#define HUPCL UK_HUPCL
#define CLOCAL UK_CLOCAL
#define CRTSCTS UK_CRTSCTS
#define CMSPAR UK_CMSPAR
#define B0 UK_B0
#define B50 UK_B50
#define B75 UK_B75
#define B110 UK_B110
#define B134 UK_B134
#define B150 UK_B150
#define B200 UK_B200
#define B300 UK_B300
#define B600 UK_B600
#define B1200 UK_B1200
#define B1800 UK_B1800
#define B2400 UK_B2400
#define B4800 UK_B4800
#define B9600 UK_B9600
#define B19200 UK_B19200
#define B38400 UK_B38400
#define B57600 UK_B57600
#define B115200 UK_B115200
#define B230400 UK_B230400
#define B460800 UK_B460800
#define B500000 UK_B500000
#define B576000 UK_B576000
#define B921600 UK_B921600
#define B1000000 UK_B1000000
#define B1152000 UK_B1152000
#define B1500000 UK_B1500000
#define B2000000 UK_B2000000
#define B2500000 UK_B2500000
#define B3000000 UK_B3000000
#define B3500000 UK_B3500000
#define B4000000 UK_B4000000
#define ISIG UK_ISIG
#define ICANON UK_ICANON
#define XCASE UK_XCASE
#define ECHO UK_ECHO
#define ECHOE UK_ECHOE
#define ECHOK UK_ECHOK
#define ECHONL UK_ECHONL
#define NOFLSH UK_NOFLSH
#define TOSTOP UK_TOSTOP
#define ECHOCTL UK_ECHOCTL
#define ECHOPRT UK_ECHOPRT
#define ECHOKE UK_ECHOKE
#define FLUSHO UK_FLUSHO
#define PENDIN UK_PENDIN
#define IEXTEN UK_IEXTEN
#define EXTPROC UK_EXTPROC
#define VINTR UK_VINTR
#define VQUIT UK_VQUIT
#define VERASE UK_VERASE
#define VKILL UK_VKILL
#define VEOF UK_VEOF
#define VTIME UK_VTIME
#define VMIN UK_VMIN
#define VSWTC UK_VSWTC
#define VSTART UK_VSTART
#define VSTOP UK_VSTOP
#define VSUSP UK_VSUSP
#define VEOL UK_VEOL
#define VREPRINT UK_VREPRINT
#define VDISCARD UK_VDISCARD
#define VWERASE UK_VWERASE
#define VLNEXT UK_VLNEXT
#define VEOL2 UK_VEOL2
#define TCSANOW UK_TCSANOW
#define TCSADRAIN UK_TCSADRAIN
#define TCSAFLUSH UK_TCSAFLUSH
#define TCOOFF UK_TCOOFF
#define TCOON UK_TCOON
#define TCIOFF UK_TCIOFF
#define TCION UK_TCION
#define TCIFLUSH UK_TCIFLUSH
#define TCOFLUSH UK_TCOFLUSH
#define TCIOFLUSH UK_TCIOFLUSH
