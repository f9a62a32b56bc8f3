// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace hairpin::f5 {

/// Text of a configuration, fit for a report: one line, and no secret. Everything that prints words of a configuration
/// prints them through this. Encrypted ($M$…), hashed ($6$…) and PEM values, and those of keys that hold secrets
/// ("passphrase", "password", "secret"), become "(secret)".
std::string shown(std::string_view value);
std::string shown(std::string_view key, std::string_view value);

/// A key whose value is a secret whatever it looks like.
bool is_secret_key(std::string_view key);
/// A value that is a secret wherever it stands.
bool is_secret_value(std::string_view value);

}  // namespace hairpin::f5
