// SPDX-License-Identifier: Apache-2.0
#include "probe/question.hpp"

#include <algorithm>
#include <cctype>

#include "base/cipher_class.hpp"

namespace hairpin::probe {
namespace {

void offer_only(net::Examination& examination, TlsVersion version) {
  examination.oldest = version;
  examination.newest = version;
}

void choose_versions(TlsQuestion question, net::Examination& examination) {
  switch (question) {
    case TlsQuestion::only_tls10: return offer_only(examination, TlsVersion::tls10);
    case TlsQuestion::only_tls11: return offer_only(examination, TlsVersion::tls11);
    case TlsQuestion::only_tls12:
    case TlsQuestion::fallback:
    case TlsQuestion::renegotiation:
    case TlsQuestion::compression:
    case TlsQuestion::cipher_unencrypted:
    case TlsQuestion::cipher_anonymous:
    case TlsQuestion::cipher_export_grade:
    case TlsQuestion::cipher_rc4:
    case TlsQuestion::cipher_triple_des:
    case TlsQuestion::cipher_static_rsa:
    case TlsQuestion::cipher_cbc:
    case TlsQuestion::session_tls12:
    case TlsQuestion::resumed_tls12:
    case TlsQuestion::moved_tls12:
    case TlsQuestion::bare_session_tls12:
    case TlsQuestion::bare_resumed_tls12: return offer_only(examination, TlsVersion::tls12);
    case TlsQuestion::asked_later:
    case TlsQuestion::only_tls13:
    case TlsQuestion::key_update:
    case TlsQuestion::session_tls13:
    case TlsQuestion::resumed_tls13:
    case TlsQuestion::moved_tls13:
    case TlsQuestion::early_data:
    case TlsQuestion::early_replay:
    case TlsQuestion::bare_session_tls13:
    case TlsQuestion::bare_resumed_tls13: return offer_only(examination, TlsVersion::tls13);
    default: return;  // the others offer every version
  }
}

net::HelloShape of_class(CipherClass kind) { return {numbers_of(kind), false, 0}; }

/// With few ciphers, so that the smallest size can be met: what every server of the last ten years shares with us.
net::HelloShape of_size(std::uint32_t bytes) {
  return {{0x1301, 0x1302, 0x1303, 0xC02B, 0xC02F, 0xC02C, 0xC030, 0xC013, 0xC014, 0x009C, 0x009D, 0x002F, 0x0035}, false, bytes};
}

constexpr milliseconds kPause{50};

/// OpenSSL's hello, cut after so many bytes.
net::HelloShape cut_at(std::vector<std::uint32_t> cuts, bool in_the_name, milliseconds pause) {
  net::HelloShape shape;
  shape.cuts = std::move(cuts);
  shape.cuts_name = in_the_name;
  shape.pause = pause;
  return shape;
}

net::HelloShape in_small_records() {
  net::HelloShape shape;
  shape.record_bytes = 100;
  return shape;
}

net::HelloShape with_long_key_share() {
  net::HelloShape shape;
  shape.key_share_bytes = 1'216;  // X25519MLKEM768: 1,184 + 32 (draft-ietf-tls-ecdhe-mlkem)
  return shape;
}

net::HelloShape with_unknown_values() {
  net::HelloShape shape;
  shape.has_unknown_values = true;
  return shape;
}

std::optional<net::HelloShape> shape_for(TlsQuestion question) {
  switch (question) {
    case TlsQuestion::compression: return net::HelloShape{{}, true, 0};
    case TlsQuestion::cipher_unencrypted: return of_class(CipherClass::unencrypted);
    case TlsQuestion::cipher_anonymous: return of_class(CipherClass::anonymous);
    case TlsQuestion::cipher_export_grade: return of_class(CipherClass::export_grade);
    case TlsQuestion::cipher_rc4: return of_class(CipherClass::rc4);
    case TlsQuestion::cipher_triple_des: return of_class(CipherClass::triple_des);
    case TlsQuestion::cipher_static_rsa: return of_class(CipherClass::static_rsa);
    case TlsQuestion::cipher_cbc: return of_class(CipherClass::cbc);
    case TlsQuestion::hello_300: return of_size(300);
    case TlsQuestion::hello_511: return of_size(511);
    case TlsQuestion::hello_1600: return of_size(1'600);
    case TlsQuestion::hello_17000: return of_size(17'000);
    case TlsQuestion::segments_first_byte: return cut_at({1}, false, kPause);
    case TlsQuestion::segments_record_header: return cut_at({5}, false, kPause);
    case TlsQuestion::segments_random: return cut_at({5 + 4 + 2 + 32}, false, kPause);  // headers, version, random
    case TlsQuestion::segments_name: return cut_at({}, true, kPause);
    case TlsQuestion::segments_at_once: return cut_at({1, 5, 5 + 4 + 2 + 32}, true, milliseconds(0));
    case TlsQuestion::small_records: return in_small_records();
    case TlsQuestion::post_quantum: return with_long_key_share();
    case TlsQuestion::unknown_values: return with_unknown_values();
    default: return {};
  }
}

/// One group alone; with ECDHE alone as well, because TLS 1.2 would go on without a group.
void offer_group(net::Examination& examination, const char* group) {
  examination.groups = group;
  examination.ciphers = "ECDHE:!aNULL:!eNULL";
}

void choose_algorithms(TlsQuestion question, net::Examination& examination) {
  switch (question) {
    case TlsQuestion::protocol_http: examination.protocols = {"h2", "http/1.1"}; return;
    case TlsQuestion::protocol_unknown: examination.protocols = {kUnknownProtocol}; return;
    case TlsQuestion::only_rsa:
      examination.ciphers = "aRSA:!eNULL";
      examination.signatures = "RSA-PSS+SHA256:RSA-PSS+SHA384:RSA-PSS+SHA512:RSA+SHA256:RSA+SHA384:RSA+SHA512:RSA+SHA1";
      return;
    case TlsQuestion::only_ecdsa:
      examination.ciphers = "aECDSA:!eNULL";
      examination.signatures = "ECDSA+SHA256:ECDSA+SHA384:ECDSA+SHA512:ECDSA+SHA1";
      return;
    case TlsQuestion::group_x25519: return offer_group(examination, "X25519");
    case TlsQuestion::group_p256: return offer_group(examination, "P-256");
    case TlsQuestion::group_p384: return offer_group(examination, "P-384");
    default: return;
  }
}

std::string name_for(TlsQuestion question, const Questioner& questioner) {
  auto name = questioner.server_name;
  switch (question) {
    case TlsQuestion::moved_tls12:
    case TlsQuestion::moved_tls13:
    case TlsQuestion::bare_session_tls12:
    case TlsQuestion::bare_session_tls13: return questioner.other_name;
    case TlsQuestion::without_name: return {};
    case TlsQuestion::other_name: return kUnknownServerName;
    case TlsQuestion::name_upper:
      std::transform(name.begin(), name.end(), name.begin(), [](unsigned char letter) { return std::toupper(letter); });
      return name;
    case TlsQuestion::name_dotted: return name + ".";
    default: return name;
  }
}

bool is_about_sessions(TlsQuestion question) {
  return (question >= TlsQuestion::session_tls12 && question <= TlsQuestion::bare_resumed_tls13) ||
         question == TlsQuestion::member_session || question == TlsQuestion::member_resumed;
}

/// A session that was got so often is still the first one's: whose keys sealed it is what is asked.
bool keeps_sessions(TlsQuestion question) {
  return question != TlsQuestion::moved_tls12 && question != TlsQuestion::moved_tls13 && question != TlsQuestion::member_resumed;
}

bool is_bare(TlsQuestion question) {
  return question == TlsQuestion::without_certificate ||
         (question >= TlsQuestion::bare_session_tls12 && question <= TlsQuestion::bare_resumed_tls13);
}

void choose_early_data(TlsQuestion question, const Questioner& questioner, net::Examination& examination) {
  const bool is_early = question == TlsQuestion::early_data || question == TlsQuestion::early_replay;
  if (is_early) examination.early_data = questioner.early_request;
  examination.says_hello_twice = question == TlsQuestion::early_replay;
}

}  // namespace

net::TlsClientSettings settings_for(TlsQuestion question, const Questioner& questioner) {
  net::TlsClientSettings settings;
  net::Examination examination;
  examination.anchors = questioner.anchors;
  examination.verified_name = questioner.server_name;
  examination.names_fallback = question == TlsQuestion::fallback;
  if (is_about_sessions(question)) examination.sessions = questioner.sessions;
  examination.renegotiates = question == TlsQuestion::renegotiation;
  examination.updates_keys = question == TlsQuestion::key_update;
  examination.shape = shape_for(question);
  examination.has_small_fragments = question == TlsQuestion::small_fragments;
  examination.takes_later_questions = question == TlsQuestion::asked_later;
  examination.signs_with_another_key = question == TlsQuestion::client_other_key;
  examination.keeps_sessions = keeps_sessions(question);
  choose_early_data(question, questioner, examination);
  choose_versions(question, examination);
  choose_algorithms(question, examination);
  settings.server_name = name_for(question, questioner);
  if (!is_bare(question)) settings.identity = questioner.identity;
  if (const auto other = questioner.clients.find(question); other != questioner.clients.end()) settings.identity = other->second;
  settings.is_on_trial = true;
  settings.examination = std::move(examination);
  return settings;
}

}  // namespace hairpin::probe
