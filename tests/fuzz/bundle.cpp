// SPDX-License-Identifier: Apache-2.0
// The files of a bundle that somebody sent: whatever is read must be written and read again to the same
// bytes, and every report of it must be made.
#include "base/json.hpp"
#include "reports/bundle.hpp"

#include <cstdint>
#include <cstdlib>

#include "base/text.hpp"
#include "reports/for_f5.hpp"
#include "reports/report.hpp"

namespace {

void require(bool is_true) {
  if (!is_true) std::abort();
}

void read_lines(std::string_view text) {
  const auto read = hairpin::reports::observations_from_json_lines(text);
  if (!read) return require(!hairpin::describe(read.error()).empty());
  const auto lines = hairpin::reports::to_json_lines(*read);
  const auto again = hairpin::reports::observations_from_json_lines(lines);
  require(again && hairpin::reports::to_json_lines(*again) == lines);
}

void read_run(std::string_view text) {
  const auto document = hairpin::parse_json(text, "run.json");
  if (!document) return;
  const auto run = hairpin::run_from_json(*document);
  if (!run) return require(!hairpin::describe(run.error()).empty());
  const auto written = hairpin::reports::json(*run);
  const auto reread = hairpin::parse_json(written, "run.json");
  const auto again = reread ? hairpin::run_from_json(*reread) : reread.error();
  require(again && hairpin::reports::json(*again) == written);
  for (const auto& report :
       {hairpin::reports::text(*run, {}), hairpin::reports::text(*run, {.is_verbose = true, .width = 1}),
        hairpin::reports::junit(*run), hairpin::reports::nagios(*run), hairpin::reports::bundle_name(*run),
        hairpin::reports::for_f5(*run, {})})
    for (const char byte : report) require(byte == '\n' || static_cast<unsigned char>(byte) >= 0x20);
  require(hairpin::reports::nagios(*run).size() < 4096);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  read_lines(text);
  read_run(text);
  return 0;
}
