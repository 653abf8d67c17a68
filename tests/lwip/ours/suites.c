/* SPDX-License-Identifier: BSD-3-Clause */
/* The suites of lwIP's unit tests about what we compile of it: not its sockets, its heap, mDNS and
 * MQTT. Prints "pass NAME" or "fail NAME: WHERE: WHAT" for each test. */
#include <stdio.h>
#include <stdlib.h>

#include "lwip_check.h"

#include "core/test_def.h"
#include "core/test_netif.h"
#include "core/test_pbuf.h"
#include "core/test_timers.h"
#include "dhcp/test_dhcp.h"
#include "etharp/test_etharp.h"
#include "ip4/test_ip4.h"
#include "ip6/test_ip6.h"
#include "tcp/test_tcp.h"
#include "tcp/test_tcp_oos.h"
#include "udp/test_udp.h"

#include <lwip/init.h>
#include <lwip/netif.h>
#include <lwip/stats.h>

int tcpip_thread_poll_one(void);

Suite* create_suite(const char* name, testfunc* tests, size_t num_tests, SFun setup,
                    SFun teardown) {
    Suite* suite = suite_create(name);
    for (size_t i = 0; i < num_tests; i++) {
        TCase* one = tcase_create(tests[i]->name);
        tcase_add_checked_fixture(one, setup, teardown);
        tcase_add_named_test(one, tests[i]);
        suite_add_tcase(suite, one);
    }
    return suite;
}

void lwip_check_ensure_no_alloc(unsigned int skip) {
    if (!(skip & SKIP_HEAP))
        fail_unless(lwip_stats.mem.used == 0);
    for (int i = 0; i < MEMP_MAX; i++) {
        if (!(skip & SKIP_POOL(i)))
            fail_unless(lwip_stats.memp[i]->used == 0);
    }
}

/* Of their sys_arch.c, where a thread processes what was sent to the machine itself. */
int tcpip_thread_poll_one(void) {
    netif_poll_all();
    return 1;
}

int main(void) {
    static suite_getter_fn* const suites[] = {ip4_suite,     ip6_suite,    udp_suite,   tcp_suite,
                                              tcp_oos_suite, def_suite,    netif_suite, pbuf_suite,
                                              timers_suite,  etharp_suite, dhcp_suite};
    lwip_init();
    SRunner* runner = srunner_create(suites[0]());
    for (size_t i = 1; i < sizeof suites / sizeof suites[0]; i++)
        srunner_add_suite(runner, suites[i]());
    srunner_run_all(runner, CK_SILENT);
    const int run = srunner_ntests_run(runner);
    TestResult** results = srunner_results(runner);
    for (int i = 0; i < run; i++) {
        if (tr_rtype(results[i]) == CK_PASS)
            printf("pass %s\n", tr_tcname(results[i]));
        else
            printf("fail %s: %s:%d: %s\n", tr_tcname(results[i]), tr_lfile(results[i]),
                   tr_lno(results[i]), tr_msg(results[i]));
    }
    free(results);
    srunner_free(runner);
    return 0;
}
