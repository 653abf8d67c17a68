// SPDX-License-Identifier: BSD-3-Clause
// /init of the Linux opponent with network cards: loads the modules that /modules names, brings the
// interfaces up and becomes a program.
//
//     ADDRESS PROGRAM [ARGUMENT...]   eth0 has the address (/24), 127.0.0.1 works
//     bridge                          all interfaces are ports of one bridge
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_bridge.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int g_socket;

static void check(int good, const char* what) {
    if (good)
        return;
    perror(what);
    sleep(1); // for the console
    reboot(RB_POWER_OFF);
}

static void load_modules(void) {
    char line[256];
    FILE* order = fopen("/modules/order", "r");
    check(order != NULL, "/modules/order");
    while (fgets(line, sizeof line, order)) {
        line[strcspn(line, "\n")] = '\0';
        const int fd = open(line, O_RDONLY);
        check(fd >= 0 && syscall(SYS_finit_module, fd, "", 0) == 0, line); // ENOENT: a symbol
        close(fd);
    }
    fclose(order);
}

static void bring_up(const char* name, const char* address) {
    struct ifreq request = {0};
    struct sockaddr_in in = {.sin_family = AF_INET};
    strcpy(request.ifr_name, name);
    if (address != NULL) {
        check(inet_aton(address, &in.sin_addr), address);
        memcpy(&request.ifr_addr, &in, sizeof in);
        check(ioctl(g_socket, SIOCSIFADDR, &request) == 0, name);
        check(inet_aton("255.255.255.0", &in.sin_addr), name);
        memcpy(&request.ifr_addr, &in, sizeof in);
        check(ioctl(g_socket, SIOCSIFNETMASK, &request) == 0, name);
    }
    request.ifr_flags = IFF_UP | IFF_RUNNING;
    check(ioctl(g_socket, SIOCSIFFLAGS, &request) == 0, name);
}

static void make_bridge(void) {
    static const char kName[] = "br0";
    check(ioctl(g_socket, SIOCBRADDBR, kName) == 0, kName);
    for (int i = 0; i < 2; i++) {
        struct ifreq request = {0};
        char port[] = {'e', 't', 'h', (char)('0' + i), '\0'};
        request.ifr_ifindex = (int)if_nametoindex(port);
        strcpy(request.ifr_name, kName);
        bring_up(port, NULL);
        check(ioctl(g_socket, SIOCBRADDIF, &request) == 0, port);
    }
    bring_up(kName, NULL);
    puts("bridge: forwarding");
    fflush(stdout);
    for (;;)
        pause();
}

int main(int count, char** words) {
    load_modules();
    mkdir("/tmp", 0777);
    mkdir("/proc", 0755);
    mount("proc", "/proc", "proc", 0, "");
    g_socket = socket(AF_INET, SOCK_DGRAM, 0);
    if (count == 2 && strcmp(words[1], "bridge") == 0)
        make_bridge();
    check(count >= 3, "what to run");
    bring_up("lo", NULL);
    bring_up("eth0", words[1]);
    const pid_t child = fork();
    if (child == 0) {
        execv(words[2], &words[2]);
        check(0, words[2]);
    }
    while (wait(NULL) != child) {
    }
    puts("init: the program ended");
    fflush(stdout);
    return reboot(RB_POWER_OFF);
}
