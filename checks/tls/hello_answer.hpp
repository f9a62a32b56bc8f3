// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "checks/tls/examined.hpp"

namespace hairpin::checks {

/// What came for a ClientHello of an unusual form.
enum class HelloAnswer {
  taken,    ///< a ServerHello
  hanging,  ///< nothing until the time limit
  ended,    ///< the end of the connection, without an alert
  refused,  ///< an alert, or something that is no TLS
  unknown   ///< this host could not ask
};
HelloAnswer answer_to_hello(const ProbeObservation& probe);

/// Answers to forms of one ClientHello whose usual form the server takes.
struct HelloForm {
  TlsQuestion question;
  std::string_view words;  ///< "after the first byte"
};
struct HelloForms {
  std::vector<const ProbeObservation*> tried;
  std::vector<std::string> taken, failed;
};
HelloForms forms_of(const Examined& e, std::span<const HelloForm> forms);
/// Skipped where the usual hello is not answered or no form was tried; otherwise a finding that is a pass, or has the cause.
Finding judge_forms(std::string_view check, std::string_view cause, const Examined& e, std::span<const HelloForm> forms);

}  // namespace hairpin::checks
