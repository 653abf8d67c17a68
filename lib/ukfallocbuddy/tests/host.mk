# SPDX-License-Identifier: BSD-3-Clause
# Long random runs against a model.
HOST_OPTIMIZE := y
