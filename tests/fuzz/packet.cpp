// SPDX-License-Identifier: Apache-2.0
// The packet decoder and what is fed by it. The first byte chooses the link type, the second how much was cut
// off.
#include <algorithm>
#include <cstdlib>

#include "capture/decode.hpp"
#include "capture/direction.hpp"
#include "capture/watch.hpp"

using namespace hairpin;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  constexpr capture::LinkType kLinks[] = {capture::LinkType::ethernet, capture::LinkType::linux_sll2,
                                          capture::LinkType::raw_ip};
  const capture::Frame frame{
      WallTime{}, static_cast<std::uint32_t>(size - 2 + data[1] * 256u), {data + 2, size - 2}};
  auto packet = capture::decode(frame, kLinks[data[0] % 3]);
  if (!packet) return 0;
  // What the headers promise cannot be more than an IP packet with its extension headers, or the frame
  // itself, holds.
  if (packet->payload_bytes > std::max<std::uint32_t>(65535, frame.original_length_bytes)) std::abort();
  if (packet->client_random && packet->payload_bytes < 43) std::abort();
  if (packet->reset_cause) {
    const auto is_visible = [](char c) { return c >= 0x20 && c < 0x7f; };
    if (!packet->is_reset() || packet->reset_cause->size() > std::min<std::size_t>(packet->payload_bytes, 128)) std::abort();
    if (!std::all_of(packet->reset_cause->begin(), packet->reset_cause->end(), is_visible)) std::abort();
  }
  static_cast<void>(tcpdump_form(*packet));

  capture::Watch watch({packet->tuple.source.address}, {packet->tuple.destination},
                       [](const TripId&, capture::Decision, const PacketObservation&) {});
  watch.dialled(packet->tuple, TripId{});
  for (const auto direction : {Direction::out, Direction::in}) {
    packet->direction = direction;
    watch.see(*packet);
    std::swap(packet->tuple.source, packet->tuple.destination);
  }
  if (watch.flows().size() != 1) std::abort();
  return 0;
}
