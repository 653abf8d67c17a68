# SPDX-License-Identifier: BSD-3-Clause
# The program's own sources; what reads sockets is tested by tests/system/test_wire.py.
HOST_SRCS := $(D)/fate.cpp $(D)/line.cpp
