// SPDX-License-Identifier: Apache-2.0
#include "topology/yaml/words.hpp"

#include "base/text.hpp"

namespace hairpin::yaml {

std::string in_quotes(std::string_view text) {
  constexpr std::size_t kShownBytes = 60;
  if (text.size() <= kShownBytes) return "\"" + printable(text) + "\"";
  auto end = kShownBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return "\"" + printable(text.substr(0, end)) + "…\"";
}

std::string either(const std::vector<std::string_view>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? " or " : ", ";
    text += words[i];
  }
  return text;
}

}  // namespace hairpin::yaml
