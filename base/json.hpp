// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/describe.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <boost/mp11.hpp>
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "base/address.hpp"
#include "base/clock.hpp"
#include "base/identifier.hpp"
#include "base/result.hpp"

/// JSON for our own types. A struct that is described (`BOOST_DESCRIBE_STRUCT`) has it without another line: its
/// members are the keys. Reading is strict: wrong types, numbers out of range, missing and unknown keys are errors
/// that name the path. Only optional, vector and map members may be absent.
namespace hairpin {

/// Nesting of at most 32 levels; the error names `what` ("run.json") and the byte offset.
Result<boost::json::value> parse_json(std::string_view text, const std::string& what);

template <class T>
boost::json::value to_json(const T& value);
template <class T>
Result<T> from_json(const boost::json::value& value, const std::string& path = {});

/// Types that are one JSON string. Specialise with `write(const T&)` and `read(std::string_view)`.
template <class T>
struct JsonText;

template <>
struct JsonText<IpAddress> {
  static constexpr const char* kName = "an IP address";
  static std::string write(const IpAddress& value) { return to_string(value); }
  static std::optional<IpAddress> read(std::string_view text) { return parse_address(text); }
};
template <>
struct JsonText<Endpoint> {
  static constexpr const char* kName = "ADDRESS:PORT";
  static std::string write(const Endpoint& value) { return to_string(value); }
  static std::optional<Endpoint> read(std::string_view text);  ///< port 0 allowed: "not known yet"
};
template <>
struct JsonText<Prefix> {
  static constexpr const char* kName = "a prefix such as 10.1.2.0/24";
  static std::string write(const Prefix& value) { return to_string(value); }
  static std::optional<Prefix> read(std::string_view text) { return parse_prefix(text); }
};
template <>
struct JsonText<MacAddress> {
  static constexpr const char* kName = "a MAC address";
  static std::string write(const MacAddress& value) { return to_string(value); }
  static std::optional<MacAddress> read(std::string_view text) { return parse_mac(text); }
};
template <>
struct JsonText<WallTime> {
  static constexpr const char* kName = "an ISO 8601 time in UTC";
  static std::string write(const WallTime& value) { return iso8601(value, 9); }
  static std::optional<WallTime> read(std::string_view text) { return parse_iso8601(text); }
};
template <>
struct JsonText<TripId> {
  static constexpr const char* kName = "32 hexadecimal digits";
  static std::string write(const TripId& value) { return to_string(value); }
  static std::optional<TripId> read(std::string_view text) { return parse_trip_id(text); }
};
template <>
struct JsonText<ClientRandom> {
  static constexpr const char* kName = "64 hexadecimal digits";
  static std::string write(const ClientRandom& value) { return to_string(value); }
  static std::optional<ClientRandom> read(std::string_view text);
};

namespace json_detail {

Error wrong_type(const std::string& path, const char* wanted, const boost::json::value& got);
Error missing_key(const std::string& path, const char* key);
Error unknown_key(const std::string& path, std::string_view key);
std::string child(const std::string& path, std::string_view key);
std::string child(const std::string& path, std::size_t index);

template <class T>
concept Text = requires(const T& value) { JsonText<T>::write(value); };
template <class T>
concept Enum = std::is_enum_v<T> && boost::describe::has_describe_enumerators<T>::value;
template <class T>
concept Struct = boost::describe::has_describe_members<T>::value && !Text<T>;
template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};
template <class T>
struct IsVector : std::false_type {};
template <class T>
struct IsVector<std::vector<T>> : std::true_type {};
template <class T>
struct IsMap : std::false_type {};
template <class T>
struct IsMap<std::map<std::string, T>> : std::true_type {};
template <class T>
inline constexpr bool may_be_absent = IsOptional<T>::value || IsVector<T>::value || IsMap<T>::value;
template <class T>
using MembersOf = boost::describe::describe_members<T, boost::describe::mod_public | boost::describe::mod_inherited>;

template <class T>
Result<T> read_enum(const boost::json::value& value, const std::string& path) {
  T result{};
  if (value.is_string() && boost::describe::enum_from_string(std::string(value.get_string()).c_str(), result))
    return result;
  std::string names = "one of";
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<T>>(
      [&](auto enumerator) { names += std::string(" ") + enumerator.name; });
  return wrong_type(path, names.c_str(), value);
}

template <class T>
Result<T> read_integer(const boost::json::value& value, const std::string& path) {
  boost::system::error_code error;
  const T number = value.to_number<T>(error);
  if (error || value.is_double()) return wrong_type(path, "a whole number in range", value);
  return number;
}

template <class T>
Result<T> read_struct(const boost::json::value& value, const std::string& path) {
  if (!value.is_object()) return wrong_type(path, "an object", value);
  const auto& object = value.get_object();
  T result{};
  std::size_t known = 0;
  std::optional<Error> error;
  boost::mp11::mp_for_each<MembersOf<T>>([&](auto member) {
    using Member = std::remove_reference_t<decltype(result.*member.pointer)>;
    if (error) return;
    const auto* field = object.if_contains(member.name);
    if (!field) {
      if (!may_be_absent<Member>) error = missing_key(path, member.name);
      return;
    }
    ++known;
    auto read = from_json<Member>(*field, child(path, member.name));
    if (read)
      result.*member.pointer = std::move(*read);
    else
      error = read.error();
  });
  if (error) return *error;
  if (known == object.size()) return result;
  for (const auto& pair : object) {
    bool is_known = false;
    boost::mp11::mp_for_each<MembersOf<T>>([&](auto member) { is_known |= pair.key() == member.name; });
    if (!is_known) return unknown_key(path, pair.key());
  }
  return result;
}

template <class T>
Result<T> read_sequence(const boost::json::value& value, const std::string& path) {
  if (!value.is_array()) return wrong_type(path, "a list", value);
  T result;
  result.reserve(value.get_array().size());
  for (const auto& element : value.get_array()) {
    auto read = from_json<typename T::value_type>(element, child(path, result.size()));
    if (!read) return read.error();
    result.push_back(std::move(*read));
  }
  return result;
}

template <class T>
Result<T> read_map(const boost::json::value& value, const std::string& path) {
  if (!value.is_object()) return wrong_type(path, "an object", value);
  T result;
  for (const auto& pair : value.get_object()) {
    auto read = from_json<typename T::mapped_type>(pair.value(), child(path, pair.key()));
    if (!read) return read.error();
    result.emplace(pair.key(), std::move(*read));
  }
  return result;
}

template <class T>
boost::json::value write_struct(const T& value) {
  boost::json::object object;
  boost::mp11::mp_for_each<MembersOf<T>>([&](auto member) {
    const auto& field = value.*member.pointer;
    if constexpr (IsOptional<std::remove_cvref_t<decltype(field)>>::value) {
      if (field) object.emplace(member.name, to_json(*field));
    } else {
      object.emplace(member.name, to_json(field));
    }
  });
  return object;
}

}  // namespace json_detail

template <class T>
boost::json::value to_json(const T& value) {
  using namespace json_detail;
  if constexpr (std::is_same_v<T, boost::json::value>) {
    return value;
  } else if constexpr (Text<T>) {
    return boost::json::string(JsonText<T>::write(value));
  } else if constexpr (Enum<T>) {
    return boost::json::string(boost::describe::enum_to_string(value, ""));
  } else if constexpr (std::is_same_v<T, nanoseconds> || std::is_same_v<T, milliseconds>) {
    return value.count();
  } else if constexpr (std::is_same_v<T, std::string>) {
    return boost::json::string(value);
  } else if constexpr (IsOptional<T>::value) {
    return value ? to_json(*value) : boost::json::value(nullptr);
  } else if constexpr (IsVector<T>::value) {
    boost::json::array array;
    for (const auto& element : value) array.push_back(to_json(element));
    return array;
  } else if constexpr (IsMap<T>::value) {
    boost::json::object object;
    for (const auto& [key, element] : value) object.emplace(key, to_json(element));
    return object;
  } else if constexpr (Struct<T>) {
    return write_struct(value);
  } else {
    static_assert(std::is_arithmetic_v<T>, "describe the struct or give it a JsonText");
    return value;
  }
}

template <class T>
Result<T> from_json(const boost::json::value& value, const std::string& path) {
  using namespace json_detail;
  if constexpr (std::is_same_v<T, boost::json::value>) {
    return value;
  } else if constexpr (Text<T>) {
    if (value.is_string())
      if (auto read = JsonText<T>::read(std::string_view(value.get_string()))) return *read;
    return wrong_type(path, JsonText<T>::kName, value);
  } else if constexpr (Enum<T>) {
    return read_enum<T>(value, path);
  } else if constexpr (std::is_same_v<T, nanoseconds> || std::is_same_v<T, milliseconds>) {
    auto count = read_integer<std::int64_t>(value, path);
    if (!count) return count.error();
    return T(*count);
  } else if constexpr (std::is_same_v<T, std::string>) {
    if (!value.is_string()) return wrong_type(path, "text", value);
    return std::string(value.get_string());
  } else if constexpr (std::is_same_v<T, bool>) {
    if (!value.is_bool()) return wrong_type(path, "true or false", value);
    return value.get_bool();
  } else if constexpr (IsOptional<T>::value) {
    if (value.is_null()) return T{};
    auto read = from_json<typename T::value_type>(value, path);
    if (!read) return read.error();
    return T(std::move(*read));
  } else if constexpr (IsVector<T>::value) {
    return read_sequence<T>(value, path);
  } else if constexpr (IsMap<T>::value) {
    return read_map<T>(value, path);
  } else if constexpr (Struct<T>) {
    return read_struct<T>(value, path);
  } else if constexpr (std::is_integral_v<T>) {
    return read_integer<T>(value, path);
  } else {
    static_assert(std::is_floating_point_v<T>, "describe the struct or give it a JsonText");
    if (!value.is_number()) return wrong_type(path, "a number", value);
    return value.to_number<T>();
  }
}

}  // namespace hairpin
