// SPDX-License-Identifier: Apache-2.0
#include "packet_frames.hpp"

#include <algorithm>

namespace hairpin::bench {
namespace {

using Bytes = std::vector<std::uint8_t>;

void put(Bytes& bytes, std::initializer_list<unsigned> values) {
  for (const auto value : values) bytes.push_back(static_cast<std::uint8_t>(value));
}

void put_ip(Bytes& bytes, std::size_t connection, bool is_reply, unsigned segment_bytes) {
  const auto low = static_cast<unsigned>(connection & 0xff),
             high = static_cast<unsigned>(connection >> 8 & 0xff);
  const unsigned client[] = {10, 137, high, low}, vip[] = {10, 137, 2, 11};
  const auto* from = is_reply ? vip : client;
  const auto* to = is_reply ? client : vip;
  if (connection % 4 == 0) {
    put(bytes, {0x86, 0xdd, 0x60, 0, 0, 0, segment_bytes >> 8, segment_bytes & 0xff, 6, 64});
    for (const auto* end : {from, to})
      put(bytes, {0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, end[0], end[1], end[2], end[3]});
    return;
  }
  const unsigned total = segment_bytes + 20;
  put(bytes, {8, 0, 0x45, 0, total >> 8, total & 0xff, 0, 0, 0x40, 0, 63, 6, 0, 0});
  for (const auto* end : {from, to}) put(bytes, {end[0], end[1], end[2], end[3]});
}

Bytes make_frame(std::size_t connection, bool is_reply, unsigned flags, unsigned payload_bytes,
                 bool is_hello) {
  Bytes bytes{2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2};
  put_ip(bytes, connection, is_reply, 32 + payload_bytes);
  const auto port = static_cast<unsigned>(20000 + connection / 65536);
  if (is_reply)
    put(bytes, {444 >> 8, 444 & 0xff, port >> 8, port & 0xff});
  else
    put(bytes, {port >> 8, port & 0xff, 444 >> 8, 444 & 0xff});
  put(bytes, {0, 0, 0, 1, 0, 0, 0, 2, 0x80, flags, 0xfa, 0xf0, 0, 0, 0, 0});
  put(bytes, {1, 1, 8, 10, 0, 0, 0, 5, 0, 0, 0, 6});
  if (is_hello) put(bytes, {22, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3});
  return bytes;
}

}  // namespace

Traffic make_traffic(std::size_t connections) {
  struct Step {
    bool is_reply;
    unsigned flags, payload_bytes;
    bool is_hello;
  };
  constexpr Step kSteps[] = {{false, kSyn, 0, false},          {true, kSyn | kAck, 0, false},
                             {false, kAck, 0, false},          {false, kAck | kPsh, 517, true},
                             {true, kAck, 1448, false},        {true, kAck | kPsh, 1200, false},
                             {false, kAck | kPsh, 200, false}, {true, kAck | kPsh, 400, false},
                             {false, kFin | kAck, 0, false},   {true, kFin | kAck, 0, false}};
  constexpr std::size_t kSnapshotBytes = 256;
  Traffic traffic;
  traffic.bytes.reserve(connections * std::size(kSteps));
  for (const auto& step : kSteps)
    for (std::size_t connection = 0; connection < connections; ++connection) {
      auto bytes = make_frame(connection, step.is_reply, step.flags, step.payload_bytes, step.is_hello);
      const auto captured = bytes.size() + step.payload_bytes;
      bytes.resize(std::min(captured, kSnapshotBytes));
      traffic.bytes.push_back(std::move(bytes));
    }
  for (const auto& bytes : traffic.bytes) traffic.frames.push_back({WallTime{}, 1514, bytes});
  return traffic;
}

}  // namespace hairpin::bench
