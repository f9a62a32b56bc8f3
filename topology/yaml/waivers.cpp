// SPDX-License-Identifier: Apache-2.0
#include "topology/yaml/draft.hpp"
#include "topology/yaml/scalars.hpp"

namespace hairpin::yaml {
namespace {

void read_subject(const Value& node, const std::string& path, Waiver& waiver, Draft& draft,
                  Reading& reading) {
  const Section section(node, path, kSubjectKeys, reading);
  const auto host = [&](std::string_view key) {
    const auto name = section.get(key, read_name);
    if (name) draft.host_uses.push_back({HostRole::waiver, {*name, section.find(key), section.path(key)}});
    return name.value_or("");
  };
  waiver.source = host("source");
  waiver.member = host("member");
  waiver.host = host("host");
}

}  // namespace

void read_waivers(const Section& file, Draft& draft, Reading& reading) {
  const auto* list = file.find("accept");
  if (!list) return;
  std::size_t count = 0;
  each_item(*list, "accept", "a list of waivers", kMostWaivers, false, reading, [&](const Value& item) {
    const Section section(item, "accept[" + std::to_string(count++) + "]", kWaiverKeys, reading);
    Waiver waiver;
    const auto check = section.need("check", read_name);
    const auto until = section.need("until", read_date);
    const auto reason = section.need("reason", read_text);
    if (const auto* subject = section.find("subject"))
      read_subject(*subject, section.path("subject"), waiver, draft, reading);
    if (!check || !until || !reason) return;
    waiver.check = *check;
    waiver.until = *until;
    waiver.reason = *reason;
    draft.topology.waivers.push_back(std::move(waiver));
  });
}

}  // namespace hairpin::yaml
