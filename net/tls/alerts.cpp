// SPDX-License-Identifier: Apache-2.0
#include "net/tls/alerts.hpp"

#include <algorithm>
#include <array>

namespace hairpin::net {

namespace {

struct AlertName {
  std::uint8_t code;
  const char* name;
};

// IANA, TLS Alerts registry. OpenSSL's own table lacks those of TLS 1.3 and words them with spaces.
constexpr std::array kAlerts{
    AlertName{0, "close_notify"},
    AlertName{10, "unexpected_message"},
    AlertName{20, "bad_record_mac"},
    AlertName{21, "decryption_failed"},
    AlertName{22, "record_overflow"},
    AlertName{30, "decompression_failure"},
    AlertName{40, "handshake_failure"},
    AlertName{41, "no_certificate"},
    AlertName{42, "bad_certificate"},
    AlertName{43, "unsupported_certificate"},
    AlertName{44, "certificate_revoked"},
    AlertName{45, "certificate_expired"},
    AlertName{46, "certificate_unknown"},
    AlertName{47, "illegal_parameter"},
    AlertName{48, "unknown_ca"},
    AlertName{49, "access_denied"},
    AlertName{50, "decode_error"},
    AlertName{51, "decrypt_error"},
    AlertName{60, "export_restriction"},
    AlertName{70, "protocol_version"},
    AlertName{71, "insufficient_security"},
    AlertName{80, "internal_error"},
    AlertName{86, "inappropriate_fallback"},
    AlertName{90, "user_canceled"},
    AlertName{100, "no_renegotiation"},
    AlertName{109, "missing_extension"},
    AlertName{110, "unsupported_extension"},
    AlertName{111, "certificate_unobtainable"},
    AlertName{112, "unrecognized_name"},
    AlertName{113, "bad_certificate_status_response"},
    AlertName{114, "bad_certificate_hash_value"},
    AlertName{115, "unknown_psk_identity"},
    AlertName{116, "certificate_required"},
    AlertName{120, "no_application_protocol"},
};

}  // namespace

std::string alert_name(std::uint8_t code) {
  const auto* const row = std::ranges::find(kAlerts, code, &AlertName::code);
  return row == kAlerts.end() ? "alert " + std::to_string(code) : row->name;
}

std::optional<TlsAlert> alert_in(std::string_view bytes) {
  constexpr std::string_view kAlertOfTls("\x15\x03", 2), kTwoBytes("\x00\x02", 2);
  constexpr char kFatal = 2;
  const bool is_alert = bytes.size() >= kAlertBytes && bytes.starts_with(kAlertOfTls) && bytes.substr(3, 2) == kTwoBytes && bytes[5] == kFatal;
  if (!is_alert) return {};
  const auto code = static_cast<std::uint8_t>(bytes[6]);
  return TlsAlert{code, alert_name(code), false};
}

}  // namespace hairpin::net
