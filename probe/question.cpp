// SPDX-License-Identifier: Apache-2.0
#include "probe/question.hpp"

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
    case TlsQuestion::session_tls12:
    case TlsQuestion::resumed_tls12: return offer_only(examination, TlsVersion::tls12);
    case TlsQuestion::only_tls13:
    case TlsQuestion::session_tls13:
    case TlsQuestion::resumed_tls13: return offer_only(examination, TlsVersion::tls13);
    default: return;  // the others offer every version
  }
}

bool is_about_sessions(TlsQuestion question) { return question >= TlsQuestion::session_tls12; }

}  // namespace

net::TlsClientSettings settings_for(TlsQuestion question, const Questioner& questioner) {
  net::TlsClientSettings settings;
  net::Examination examination;
  examination.anchors = questioner.anchors;
  examination.verified_name = questioner.server_name;
  examination.names_fallback = question == TlsQuestion::fallback;
  if (is_about_sessions(question)) examination.sessions = questioner.sessions;
  choose_versions(question, examination);
  settings.server_name = questioner.server_name;
  if (question == TlsQuestion::without_name) settings.server_name.clear();
  if (question == TlsQuestion::other_name) settings.server_name = kUnknownServerName;
  if (question != TlsQuestion::without_certificate) settings.identity = questioner.identity;
  settings.examination = std::move(examination);
  return settings;
}

}  // namespace hairpin::probe
