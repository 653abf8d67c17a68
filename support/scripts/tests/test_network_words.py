# SPDX-License-Identifier: BSD-3-Clause
"""NET=, PORT= and CAPTURE= of `make run`: what they become for QEMU, and what is refused."""
import os
import re
import socket
import sys

import gatelib
import pytest

sys.path.insert(0, os.path.join(gatelib.ROOT, "support/run"))
import machine  # noqa: E402
import network  # noqa: E402
import qemu  # noqa: E402


@pytest.fixture
def setting(monkeypatch, tmp_path):
    """setting(NET="...", ..., config="...") sets the variables of `make run` and the image's configuration."""
    def put(config="CONFIG_LIBVIRTIO_NET=y\n", platform="kvm", **variables):
        (tmp_path / "config").write_text(config)
        monkeypatch.setenv("UK_CONFIG", str(tmp_path / "config"))
        monkeypatch.setenv("UK_PLAT", platform)
        for name in ("NET", "PORT", "CAPTURE", "PARAMS"):
            monkeypatch.setenv(name, variables.get(name, ""))
    return put


def taken_port():
    taken = socket.socket()
    taken.bind(("127.0.0.1", 0))
    taken.listen()
    return taken, taken.getsockname()[1]


def test_an_image_with_a_driver_has_one_device(setting):
    setting()
    assert network.options("pci") == ["-netdev", "user,id=net0", "-device", "virtio-net-pci,netdev=net0,romfile="]
    assert network.options("device")[-1] == "virtio-net-device,netdev=net0"
    setting(config="")
    assert not network.options("pci")
    setting(NET="none")
    assert not network.options("pci")


def test_several_devices(setting):
    setting(NET="tap:tap0 dgram,remote.type=unix,remote.path=/a user,net=10.1.0.0/24", PORT="udp:5353:53", CAPTURE="/x/y.pcap")
    words = network.options("pci")
    assert words[1] == "tap,id=net0,ifname=tap0,script=no,downscript=no"
    assert words[7] == "dgram,id=net1,remote.type=unix,remote.path=/a"
    assert words[13].startswith("user,id=net2,net=10.1.0.0/24,hostfwd=udp:127.0.0.1:5353-:53")
    assert [word.rpartition("file=")[2] for word in words if "filter-dump" in word] == ["/x/y.pcap", "/x/y.1.pcap", "/x/y.2.pcap"]


def test_ports_lead_in_and_are_told(setting, capsys):
    setting(config="CONFIG_LIBVIRTIO_NET=y\nCONFIG_APPHTTPD_PORT=80\nCONFIG_APPHTTPD_PORTLY=9\n")
    words = network.options("pci")
    port = int(words[1].rpartition("127.0.0.1:")[2].partition("-")[0])
    assert words[1] == f"user,id=net0,hostfwd=tcp:127.0.0.1:{port}-:80" and 8080 <= port < 9080
    assert capsys.readouterr().err == f"run: http://127.0.0.1:{port}/ leads to port 80 of the image\n"


def test_a_port_that_is_taken(setting):
    taken, port = taken_port()
    with taken:
        setting(PORT=f"{port}:80")
        for text in (f"{port}:80", f"{port}"):
            setting(PORT=text, config="CONFIG_LIBVIRTIO_NET=y\nCONFIG_APPX_PORT=80\n")
            with pytest.raises(machine.Problem, match=f"port {port} of this machine is taken, or not for you; PORT=:80 chooses"):
                network.options("pci")
        setting(PORT=f":{port}")  # the next one
        assert f"127.0.0.1:{port}-" not in network.options("pci")[1]


def test_two_applications_ports_of_one_number(setting):
    setting(PORT=":9080 :9080")
    first, second = (word.partition("-")[0] for word in network.options("pci")[1].split("127.0.0.1:")[1:])
    assert first != second


@pytest.mark.parametrize("name,value", [("NET", "users"), ("NET", "tap"), ("NET", "tap:"), ("NET", "tap:../a"), ("NET", "none,x"),
                                        ("PORT", "0"), ("PORT", "80:"), ("PORT", "80:80:80"), ("PORT", ":"), ("PORT", "0:80"), ("PORT", "80:0"), ("PORT", ":0"), ("PORT", "65536"), ("PORT", "ip:80")])
def test_what_is_wrong_is_refused(setting, name, value):
    setting(**{name: value})
    with pytest.raises(machine.Problem, match=f"error: {name}="):
        network.check()


def free_port():
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return trial.getsockname()[1]


def test_a_number_alone_is_a_port_of_this_machine(setting, capsys):
    """It leads to the application's; where that says none, to the same number."""
    port = free_port()
    for config, inner in (("CONFIG_APPHTTPD_PORT=80\n", 80), ("", port)):
        setting(PORT=f"{port}", config="CONFIG_LIBVIRTIO_NET=y\n" + config)
        assert network.options("pci")[1] == f"user,id=net0,hostfwd=tcp:127.0.0.1:{port}-:{inner}"
        assert capsys.readouterr().err.endswith(f"127.0.0.1:{port}{'/' if inner == 80 else ''} leads to port {inner} of the image\n")
    setting(PORT=f"{port}", config="CONFIG_LIBVIRTIO_NET=y\nCONFIG_APPX_PORT=80\nCONFIG_APPY_PORT=443\n")
    with pytest.raises(machine.Problem, match=f"error: PORT={port}: to which port of the image.*80 and 443: PORT={port}:80"):
        network.options("pci")
    setting(PORT=f"udp:{port}", config="CONFIG_LIBVIRTIO_NET=y\nCONFIG_APPX_PORT=80\n")
    assert network.options("pci")[1] == f"user,id=net0,hostfwd=udp:127.0.0.1:{port}-:{port}"


def test_a_tap_that_is_not_there(setting):
    setting(NET="tap:nope7")
    with pytest.raises(machine.Problem, match=r"^error: NET=tap:nope7: this machine has no interface nope7\nmake it: sudo ip tuntap add dev nope7 "):
        network.check()
    here = [name for _, name in socket.if_nameindex()][0]
    setting(NET=f"tap:{here}")
    network.check()
    said = [f"qemu-system-x86_64: -netdev tap,id=net0,ifname={here}: could not configure /dev/net/tun ({here}): Invalid argument\n"]
    assert f"{here} is no tap, or not yours, or in use; one for you: sudo ip tuntap add dev {here}0 " in qemu.not_started("the image", said)


def test_a_number_that_is_no_port_is_named(setting):
    setting(PORT="8080:99999")
    with pytest.raises(machine.Problem, match="PORT=8080:99999: 99999 is no port, which is a number from 1 to 65535"):
        network.check()


@pytest.mark.parametrize("path,why", [("/nowhere/x.pcap", "there is no folder /nowhere"), ("/", "this is a folder; name a file in it")])
def test_a_capture_needs_a_place(setting, path, why):
    setting(CAPTURE=path)
    with pytest.raises(machine.Problem, match=f"error: CAPTURE={path}: {why}"):
        network.check()
    setting(CAPTURE="x.pcap")
    network.check()


def test_a_device_that_qemu_does_not_know(setting, monkeypatch):
    setting()
    monkeypatch.setenv("DEVICES", "virtio-rgn")
    said = ["qemu-system-x86_64: -device virtio-rgn-pci: 'virtio-rgn-pci' is not a valid device model name\n"]
    assert "; DEVICES=virtio-rgn: `qemu-system-x86_64 -device help` lists" in qemu.not_started("the image", said)


def test_a_port_that_is_taken_in_the_last_moment(setting):
    setting()
    said = ["qemu-system-x86_64: -netdev user,id=net0,hostfwd=tcp:127.0.0.1:8080-:80: "
            "Could not set up host forwarding rule 'tcp:127.0.0.1:8080-:80'\n"]
    assert "taken port 8080 of this machine: start it again" in qemu.not_started("the image", said)
    assert qemu.not_started("the image", ["qemu: no such thing\n"]) == "QEMU did not start the image"


@pytest.mark.parametrize("variables,why", [({"NET": "user", "config": "CONFIG_X=y\n"}, "no driver"), ({"PORT": "80", "config": "CONFIG_X=y\n"}, "PORT=80: this image has no driver"), ({"PORT": "80", "NET": "none"}, "NET=user"),
                                           ({"CAPTURE": "a", "NET": "none"}, "no network device")])
def test_what_does_not_fit_the_image_is_refused(setting, variables, why):
    setting(**variables)
    with pytest.raises(machine.Problem, match=why):
        network.options("pci")


STACK = "CONFIG_LIBHOSTNET=y\nCONFIG_LIBLWIP=y\n"


def test_a_process_has_the_same_network(setting, capsys):
    setting(config=STACK + "CONFIG_APPX_PORT=8000\n", platform="linuxu")
    words, [backend] = network.words(), network.backends(told=True)
    port = int(re.fullmatch(r"user,id=net0,hostfwd=tcp:127\.0\.0\.1:(\d+)-:8000", backend)[1])
    assert words == ["user"] and capsys.readouterr().err == f"run: http://127.0.0.1:{port}/ leads to port 8000 of the image\n"
    for config, variables in (("CONFIG_LIBHOSTNET=y\n", {}), ("CONFIG_LIBLWIP=y\nCONFIG_LIBVIRTIO_NET=y\n", {}), (STACK, {"NET": "none"}),
                              (STACK, {"PARAMS": "log.level=info netdev.host=tap:x"})):
        setting(config=config, platform="linuxu", **variables)
        assert not network.words()


def test_a_process_opens_some_devices_itself(setting):
    here = [name for _, name in socket.if_nameindex()][0]
    setting(config=STACK, platform="linuxu", NET=f"tap:{here},mac=52:54:00:12:34:56 stream:/a,b fd:7 user,net=10.1.0.0/24 stream,id=x")
    network.check(process=True)
    assert [network.is_host_device(word) for word in network.words()] == [True, True, True, False, False]
    network.check_image(network.words())
    for word, hint in ((f"tap:{here}", f"`sudo tcpdump -i {here} -w x.pcap` does"), ("stream:/a", "passt --pcap FILE")):
        setting(config=STACK, platform="linuxu", NET=word, CAPTURE="x.pcap")
        with pytest.raises(machine.Problem, match=f"error: CAPTURE=x.pcap: it sees what passes QEMU, and {word} does not; .*{hint}"):
            network.check_image(network.words())
    setting(NET="stream:/a")
    with pytest.raises(machine.Problem, match="error: NET=stream:/a: known are user, none, tap:<interface of this machine>, and words"):
        network.check()


@pytest.mark.parametrize("variables,why", [({"PORT": "80", "NET": "tap:tap0"}, "NET=user"), ({"PORT": "80", "config": "CONFIG_X=y\n"}, "the option LIBHOSTNET"),
                                           ({"CAPTURE": "a", "NET": "none"}, "no network device")])
def test_what_does_not_fit_a_process_is_refused(setting, variables, why):
    setting(**{"config": STACK, "platform": "linuxu", **variables})
    with pytest.raises(machine.Problem, match=why):
        network.check_image(network.words())
