// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "base/handle.hpp"

/// Tests in a network namespace that nobody else has.
namespace hairpin::lab_tests {

/// Runs `body` in a forked child with a network namespace of its own, in which `lo` is up and `v0`
/// (02:00:00:00:00:01, 10.1.0.1/24, 2001:db8:1::1/64) and `v1` (02:00:00:00:00:02) are the ends of a cable.
/// Failures of the child become failures of the caller; a skip where there is no right to make a namespace.
void in_own_network(const std::function<void()>& body);

/// A TCP connection over loopback: connected, one byte each way, closed. False when it failed.
bool converse_over_loopback(std::uint16_t port);

}  // namespace hairpin::lab_tests
