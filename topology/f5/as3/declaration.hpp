// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "topology/f5/saying.hpp"

/// AS3 said in the words of tmsh, as F5's own translation does it (docs/f5.md has the table).
namespace hairpin::f5::as3 {

/// Where an item stands: /TENANT/APPLICATION/ITEM.
struct Place {
  const Json* declaration = nullptr;
  const Json* tenant = nullptr;
  const Json* application = nullptr;
  std::string folder;  ///< "/Tenant/App/"
};

/// A stanza that grows: statements in the order in which they are said.
class Stanza {
 public:
  Stanza(Saying& say, std::uint32_t line) : say_(say), line_(line) {}
  void add(std::initializer_list<std::string_view> words) { nodes_.push_back(say_.statement(line_, words)); }
  void add(const Json& at, std::initializer_list<std::string_view> words) { nodes_.push_back(say_.statement(at.line, words)); }
  void block(const Json& at, std::string_view key, const std::vector<Node>& children) {
    nodes_.push_back(say_.block(at.line, {key}, children));
  }
  void list(const Json& at, std::string_view key, const std::vector<std::string>& words) {
    if (!words.empty()) nodes_.push_back(say_.list(at.line, key, words));
  }
  void finish(std::initializer_list<std::string_view> words) { say_.stanza(say_.block(line_, words, nodes_)); }
  Saying& say() { return say_; }
  std::uint32_t line() const { return line_; }
  std::vector<Node>& nodes() { return nodes_; }

 private:
  Saying& say_;
  std::uint32_t line_;
  std::vector<Node> nodes_;
};

/// A property and the key of tmsh that it is, when nothing but the name differs.
struct Property {
  std::string_view as3;
  std::string_view tmsh = {};  ///< empty: known, and said elsewhere or no part of a path
};
/// Says each by the table; what is not in it is said as "as3:PROPERTY" and so counted as not understood.
void say_properties(Stanza& stanza, const Json& item, std::span<const Property> table);

/// Says what is not among the properties that were said some other way, as above.
void say_unknown(Stanza& stanza, const Json& item, std::span<const std::string_view> known);

/// The full name that a pointer means: "web_pool", "/T/A/web_pool", {"use": …}, {"bigip": "/Common/x"}; empty: none.
std::string name_of(const Json& pointer, const Place& place);
/// The item of the declaration that it points to; null: it is elsewhere.
const Json* item_of(const Json& pointer, const Place& place);
/// One or several pointers.
std::vector<std::string> names_of(const Json* pointers, const Place& place);

/// The profiles that a TLS_Server or TLS_Client becomes: one for each certificate ("tls", "tls-1-", …).
std::vector<std::string> tls_profiles(const Json* pointers, const Place& place);

void say_service(Saying& say, const Json& item, const Place& place);
/// Everything that is no service; false: a class that has no words here.
bool say_item(Saying& say, const Json& item, const Place& place);

void say_tls(Saying& say, const Json& item, const Place& place);
void say_policy(Saying& say, const Json& item, const Place& place);

/// "10.0.0.1%1/24" in its parts.
struct AddressParts {
  std::string address;  ///< with %ID
  std::string length;   ///< "24"; empty: none
};
AddressParts parts_of(std::string_view address);
std::string with_port(std::string_view address, std::string_view port);  ///< IPv6: a dot before the port

}  // namespace hairpin::f5::as3
