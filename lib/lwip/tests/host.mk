# SPDX-License-Identifier: BSD-3-Clause
# The test binary has lwIP in it, and what is compiled against its headers.
include lib/lwip/tests/upstream.mk
HOST_PRIVATE := y
# In the others, all that is not the ticking of a clock is one thread.
HOST_TSAN := icmp_error names raw tcp udp
HOST_SRCS := $(LWIP_HOST_SRCS) $(D)/tests/surroundings.cpp $(wildcard $(D)/port/*.c $(D)/port/*.cpp) $(filter-out %_hw.cpp,$(wildcard $(D)/*.cpp $(D)/sockets/*.cpp)) \
    lib/ukuser/$(patsubst aarch64,arm64,$(shell uname -m))/copy.S
# Upstream is written for other warnings; ours are compiled with all of them for images.
HOST_SRCS_FLAGS := -w
# lwIP's headers are a system's to the compiler, so objects do not depend on them; patched.h is there for that.
HOST_CXXFLAGS := -include $(LWIP_HOST)/patched.h -include $(D)/tests/options.h -I$(D)/include -I$(D)/port -isystem $(LWIP_HOST_TOP)/src/include
$(HOST_SRCS) $(wildcard $(D)/tests/*.cpp): | $(LWIP_HOST)/unpacked
