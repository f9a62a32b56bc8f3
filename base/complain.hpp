// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <cstdio>
#include <utility>

namespace hairpin {

/// To standard error, as far as it takes it: a log on a full disk, or nobody at the other end of a pipe, never changes what
/// a run finds. (fmt::print throws then.)
template <class... Parts>
void complain(fmt::format_string<Parts...> form, Parts&&... parts) {
  const auto text = fmt::format(form, std::forward<Parts>(parts)...);
  static_cast<void>(std::fwrite(text.data(), 1, text.size(), stderr));
}

}  // namespace hairpin
