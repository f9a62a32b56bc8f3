// SPDX-License-Identifier: Apache-2.0
#include "topology/f5/as3/declaration.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "topology/f5/input.hpp"
#include "topology/f5/secrets.hpp"

namespace hairpin::f5 {
namespace as3 {

void say_properties(Stanza& stanza, const Json& item, std::span<const Property> table) {
  for (const auto& member : item.children) {
    if (member.key == "class") continue;
    const auto row = std::ranges::find(table, member.key, &Property::as3);
    if (row == table.end())
      stanza.add(member, {"as3:" + member.key});
    else if (!row->tmsh.empty())
      stanza.add(member, {row->tmsh, member.text});
  }
}

void say_unknown(Stanza& stanza, const Json& item, std::span<const std::string_view> known) {
  for (const auto& member : item.children)
    if (member.key != "class" && member.key != "label" && member.key != "remark" && std::ranges::find(known, member.key) == known.end())
      stanza.add(member, {"as3:" + member.key});
}

std::string name_of(const Json& pointer, const Place& place) {
  if (pointer.is_object()) {
    if (const auto name = pointer.word("bigip"); !name.empty()) return std::string(name);
    const auto* use = pointer.find("use");
    return use && use->is_string() ? name_of(*use, place) : std::string();
  }
  if (!pointer.is_string() || pointer.text.empty() || pointer.text == "none") return {};
  auto text = pointer.text;
  if (text.front() != '/') return place.folder + text;
  // "/@/…" is this tenant, "/@/@/…" this application.
  const auto application = place.folder.substr(0, place.folder.size() - 1);
  const auto tenant = application.substr(0, application.find('/', 1));
  if (text.starts_with("/@/@/")) return place.folder + text.substr(5);
  if (text.starts_with("/@/")) return tenant + text.substr(2);
  return text;
}

const Json* item_of(const Json& pointer, const Place& place) {
  if (pointer.is_object() && pointer.find("bigip")) return nullptr;
  const auto name = name_of(pointer, place);
  const Json* item = place.declaration;
  for (std::size_t begin = 1; item && begin < name.size();) {
    const auto end = std::min(name.find('/', begin), name.size());
    item = item->find(std::string_view(name).substr(begin, end - begin));
    begin = end + 1;
  }
  return name.empty() || item == place.declaration ? nullptr : item;
}

std::vector<std::string> names_of(const Json* pointers, const Place& place) {
  std::vector<std::string> names;
  if (!pointers) return names;
  if (!pointers->is_array()) {
    if (auto name = name_of(*pointers, place); !name.empty()) names.push_back(std::move(name));
    return names;
  }
  for (const auto& pointer : pointers->children)
    if (auto name = name_of(pointer, place); !name.empty()) names.push_back(std::move(name));
  return names;
}

AddressParts parts_of(std::string_view address) {
  const auto slash = address.find('/');
  if (slash == address.npos) return {std::string(address), {}};
  return {std::string(address.substr(0, slash)), std::string(address.substr(slash + 1))};
}

std::string with_port(std::string_view address, std::string_view port) {
  return fmt::format("{}{}{}", address, address.find(':') == address.npos ? ':' : '.', port);
}

}  // namespace as3

namespace {

class As3Reader {
 public:
  As3Reader(std::string file, std::string text, const TreeLimits& limits)
      : say_(std::move(file), std::move(text), Grammar::as3, limits) {}

  Result<Tree> read() {
    const auto root = parse_json_lines(say_.tree().text(), say_.tree().file());
    if (!root) return root.error();
    const auto* declaration = &*root;
    for (int wraps = 0; declaration && declaration->word("class") != "ADC"; ++wraps) {
      if (wraps == 3 || !declaration->is_object()) declaration = nullptr;
      else declaration = declaration->find("declaration");
    }
    if (!declaration)
      return refusal(fmt::format("read {}: no AS3 declaration in it", say_.tree().file()),
                     "its root says \"class\": \"ADC\", or \"class\": \"AS3\" around one");
    tenants(*declaration);
    if (say_.tree().is_full())
      return refusal(fmt::format("read {}: more than {} statements", say_.tree().file(), say_.tree().limits().nodes));
    return say_.tree().finish();
  }

 private:
  void tenants(const Json& declaration) {
    for (const auto& tenant : declaration.children) {
      if (!tenant.is_object() || tenant.word("class") != "Tenant") continue;
      partition(tenant);
      for (const auto& application : tenant.children)
        if (application.is_object() && application.word("class") == "Application")
          items({&declaration, &tenant, &application, "/" + tenant.key + "/" + application.key + "/"});
    }
  }

  void partition(const Json& tenant) {
    if (tenant.key == "Common") return;
    as3::Stanza stanza(say_, tenant.line);
    if (const auto* domain = tenant.find("defaultRouteDomain")) stanza.add(*domain, {"default-route-domain", domain->text});
    stanza.finish({"auth", "partition", tenant.key});
  }

  void items(const as3::Place& place) {
    for (const auto& item : place.application->children) {
      const auto kind = item.word("class");
      if (!item.is_object() || kind.empty()) continue;
      if (kind.starts_with("Service_") && kind != "Service_Address") {
        as3::say_service(say_, item, place);
      } else if (!as3::say_item(say_, item, place)) {
        as3::Stanza unknown(say_, item.line);
        unknown.finish({"as3", kind, place.folder + item.key});
      }
    }
  }

  Saying say_;
};

}  // namespace

Result<Tree> read_as3(std::string file, std::string text, const TreeLimits& limits) {
  return As3Reader(std::move(file), std::move(text), limits).read();
}

}  // namespace hairpin::f5
