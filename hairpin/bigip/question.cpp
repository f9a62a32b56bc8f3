// SPDX-License-Identifier: Apache-2.0
#include "hairpin/bigip/question.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace hairpin::bigip {
namespace {

constexpr std::size_t kLongestName = 255;

bool is_full_path(const std::string& name) {
  const auto is_fit = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || std::string_view("/._:-").find(c) != std::string_view::npos;
  };
  return name.size() > 1 && name.size() <= kLongestName && name.front() == '/' && std::all_of(name.begin(), name.end(), is_fit);
}

/// /Common/pool01 as REST writes it: ~Common~pool01.
std::string tilde_path(std::string name) {
  std::replace(name.begin(), name.end(), '/', '~');
  return name;
}

/// The words that narrow a table down; `gap` stands between words.
std::string filter(const Question& question, char gap) {
  if (question.what == What::persistence) return fmt::format("client-addr{}{}", gap, to_string(*question.client));
  return fmt::format("cs-client-addr{0}{1}{0}cs-server-addr{0}{2}{0}cs-server-port{0}{3}", gap, to_string(*question.client),
                     to_string(question.virtual_server->address), question.virtual_server->port);
}

bool is_complete(const Question& question) {
  switch (question.what) {
    case What::virtual_server:
    case What::pool:
      return is_full_path(question.name);
    case What::connections:
      return question.client && question.virtual_server;
    case What::persistence:
      return question.client.has_value();
    default:
      return true;
  }
}

}  // namespace

std::optional<std::string> tmsh_words(const Question& question) {
  if (!is_complete(question)) return {};
  switch (question.what) {
    case What::unit:
      return "show cm failover-status";
    case What::virtual_server:
      return "show ltm virtual " + question.name;
    case What::pool:
      return "show ltm pool " + question.name + " members";
    case What::connections:
      return "show sys connection " + filter(question, ' ') + " all-properties";
    case What::persistence:
      return "show ltm persistence persist-records " + filter(question, ' ');
    case What::resets:
      return "show net rst-cause";
  }
  return {};
}

std::optional<std::string> rest_target(const Question& question) {
  if (!is_complete(question)) return {};
  switch (question.what) {
    case What::unit:
      return "/mgmt/tm/cm/failover-status";
    case What::virtual_server:
      return "/mgmt/tm/ltm/virtual/" + tilde_path(question.name) + "/stats";
    case What::pool:
      return "/mgmt/tm/ltm/pool/" + tilde_path(question.name) + "/members/stats";
    case What::connections:
      return "/mgmt/tm/sys/connection?options=" + filter(question, '+');
    case What::persistence:
      return "/mgmt/tm/ltm/persistence/persist-records?options=" + filter(question, '+');
    case What::resets:
      return "/mgmt/tm/net/rst-cause";
  }
  return {};
}

}  // namespace hairpin::bigip
