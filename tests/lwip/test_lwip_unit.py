# SPDX-License-Identifier: BSD-3-Clause
"""lwIP's own unit tests, with our port and our patches: all of them with upstream's options, and those about what we compile
with the options of the image."""
import os
import re
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

SMALL = "computes with a largest segment of 536 bytes and a window of ten of them"
PROBES = "counts the ARP probes of a new address, which we do not send (DHCP_DOES_ARP_CHECK)"
POOL = "wants a packet of 1 KiB to take two buffers of lwIP's pool"
# Why a test does not hold for the image's options. Whatever else fails, or no longer does, is news.
DIFFERENT = {
    "test_udp_broadcast_rx_with_2_netifs": "a broadcast reaches one socket of several; here all of them, as on Linux (SO_REUSE_RXTOALL)",
    "test_tcp_fast_retx_recover": SMALL,
    "test_tcp_fast_rexmit_wraparound": SMALL,
    "test_tcp_tx_full_window_lost_from_unacked": SMALL,
    "test_tcp_tx_full_window_lost_from_unsent": SMALL,
    "test_tcp_retx_add_to_sent": SMALL,
    "test_tcp_rto_tracking": SMALL,
    "test_pbuf_copy_zero_pbuf": POOL,
    "test_pbuf_take_at_edge": POOL,
    "test_pbuf_get_put_at_edge": POOL,
    "test_dhcp": PROBES,
    "test_dhcp_nak": PROBES,
    "test_dhcp_relayed": PROBES,
}


def run(program: str) -> str:
    """Builds it and gives what it prints. Tests of timers forget blocks, so nobody looks for leaks."""
    made = subprocess.run(["make", "-s", "-j2", "-f", "tests/lwip/unit.mk", f"build/lwip-unit/{program}"], cwd=ROOT,
                          capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stdout + made.stderr
    folder = os.path.join(ROOT, "build/lwip-unit")
    done = subprocess.run([f"{folder}/{program}"], cwd=folder, env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"},
                          capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return done.stdout


def test_all_hold_with_upstreams_options():
    assert re.search(r"^100%: Checks: 112, Failures: 0, Errors: 0$", run("theirs"), re.M)


def test_ours_differ_only_where_we_know_why():
    lines = run("ours").splitlines()
    failed = {line.split()[1].rstrip(":"): line for line in lines if line.startswith("fail ")}
    assert len(lines) == 73 and all(line.startswith(("pass ", "fail ")) for line in lines)
    news = [line for name, line in failed.items() if name not in DIFFERENT]
    assert not news, "\n".join(news)
    assert sorted(failed) == sorted(DIFFERENT)
