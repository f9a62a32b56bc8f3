// SPDX-License-Identifier: Apache-2.0
#include "hairpin/messages/agent_messages.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/json.hpp"
#include "base/text.hpp"
#include "base/version.hpp"

namespace hairpin {
namespace {

std::string text_of(const boost::json::object& object, const char* key) {
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? printable(std::string_view(value->get_string()))
                                                : "unknown";
}

}  // namespace

void keep_to_a_frame(Served& served) {
  const auto listeners = std::max<std::size_t>(served.listeners.size(), 1);
  for (auto& counts : served.listeners) {
    while (counts.clients.size() > kMostServedClients / listeners) {
      counts.clients_left_out += counts.clients.back().connections + counts.clients.back().failed;
      counts.clients.pop_back();
    }
    while (counts.ports.size() > kMostServedAddresses / listeners) {
      ++counts.addresses_left_out;
      counts.ports.pop_back();
    }
  }
}

Result<control::Hello> read_hello(const boost::json::value& body) {
  const auto* object = body.if_object();
  const auto* protocol = object != nullptr ? object->if_contains("protocol") : nullptr;
  const auto theirs = protocol != nullptr ? from_json<std::uint32_t>(*protocol) : Result<std::uint32_t>(0U);
  if (protocol != nullptr && theirs && *theirs != control::kProtocol)
    return refusal(fmt::format("speak control protocol {} (hairpin {}): this is protocol {} (hairpin {})",
                               *theirs, text_of(*object, "version"), control::kProtocol, kVersion),
                   "install the same version of hairpin on both hosts");
  return from_json<control::Hello>(body, "hello");
}

}  // namespace hairpin
