// SPDX-License-Identifier: Apache-2.0
// The bodies of control messages, both ways: whatever they are, they are read or refused.
#include "base/json.hpp"
#include "hairpin/messages/agent_messages.hpp"

#include <cstdint>
#include <string_view>

#include "hairpin/messages/frame_store.hpp"

namespace {

template <class T>
void read(const boost::json::value& body) {
  const auto value = hairpin::from_json<T>(body, "body");
  if (!value) return;
  // What was read must be written as something that is read as the same.
  const auto written = hairpin::to_json(*value);
  const auto again = hairpin::from_json<T>(written, "body");
  if (!again || hairpin::to_json(*again) != written) __builtin_trap();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hairpin;
  const auto body = parse_json({reinterpret_cast<const char*>(data), size}, "body");
  if (!body) return 0;
  static_cast<void>(read_hello(*body));
  read<control::Prepare>(*body);
  read<control::ClockReading>(*body);
  read<control::Show>(*body);
  read<FactsWanted>(*body);
  read<ProbeWanted>(*body);
  read<Prepared>(*body);
  read<Finished>(*body);
  read<HostFacts>(*body);
  read<ProbeObservation>(*body);
  read<ResponderObservation>(*body);
  if (const auto batch = from_json<FrameBatch>(*body, "body")) {
    FrameStore store;
    static_cast<void>(store.add("oc01", *batch));
    static_cast<void>(store.decode_new({}));
  }
  return 0;
}
