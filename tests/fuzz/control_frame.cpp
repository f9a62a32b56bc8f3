// SPDX-License-Identifier: Apache-2.0
// Bytes of an unknown peer: frames, the messages in them, and the parameters in those.
#include <algorithm>
#include <cstdlib>

#include "base/json.hpp"
#include "net/control/channel.hpp"

namespace {

using namespace hairpin;

/// What was read must survive being written and read again.
template <class T>
void read_as(const boost::json::value& body) {
  const auto read = from_json<T>(body, "body");
  if (!read) return;
  const auto written = to_json(*read);
  const auto again = from_json<T>(written, "body");
  if (!again || to_json(*again) != written) std::abort();
}

void read_bodies(const control::Message& message) {
  read_as<control::Hello>(message.body);
  read_as<control::ClockReading>(message.body);
  read_as<control::Listen>(message.body);
  read_as<control::Credentials>(message.body);
  read_as<control::Watch>(message.body);
  read_as<control::Prepare>(message.body);
  // JSON escapes may make the text longer than what was read; then it is refused, which is fine.
  if (const auto frame = control::encode(message)) {
    control::FrameReader reader;
    if (!reader.put(*frame)) std::abort();
    const auto again = reader.next();
    if (!again || !*again) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  // The first byte says in which pieces the rest arrives.
  const std::size_t piece = data[0] == 0 ? size : data[0];
  std::span<const char> bytes(reinterpret_cast<const char*>(data + 1), size - 1);
  control::FrameReader reader;
  while (!bytes.empty()) {
    const auto count = std::min(piece, bytes.size());
    if (!reader.put(bytes.first(count))) return 0;
    bytes = bytes.subspan(count);
    for (;;) {
      const auto message = reader.next();
      if (!message) return 0;
      if (!*message) break;
      read_bodies(**message);
    }
  }
  return 0;
}
