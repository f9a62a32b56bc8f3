// SPDX-License-Identifier: Apache-2.0
#include "reports/versions.hpp"

#include <fmt/format.h>
#include <link.h>
#include <sys/utsname.h>

#include <algorithm>
#include <boost/version.hpp>
#include <filesystem>

namespace hairpin::reports {
namespace {

std::string kernel() {
  utsname facts{};
  if (::uname(&facts) != 0) return "unknown";
  return fmt::format("{} {} {}", facts.sysname, facts.release, facts.machine);
}

int add_library(dl_phdr_info* object, std::size_t, void* names) {
  std::error_code error;
  const std::filesystem::path path = object->dlpi_name;
  if (path.empty() || !path.has_parent_path()) return 0;      // the program itself, the kernel's vdso
  const auto file = std::filesystem::canonical(path, error);  // libpcap.so.0.8 -> libpcap.so.1.10.3
  static_cast<std::vector<std::string>*>(names)->push_back((error ? path : file).filename().string());
  return 0;
}

/// Asked of the loader, because this folder does not include the libraries of the others.
std::vector<std::string> libraries() {
  std::vector<std::string> names;
  ::dl_iterate_phdr(add_library, &names);
  std::ranges::sort(names);
  return names;
}

}  // namespace

Versions versions_of_this_process(const std::string& hairpin_version) {
  return {.schema = std::string(kBundleSchema),
          .hairpin = hairpin_version,
          .kernel = kernel(),
          .compiler = __VERSION__,
          .boost = fmt::format("{}.{}.{}", BOOST_VERSION / 100000, BOOST_VERSION / 100 % 1000,
                               BOOST_VERSION % 100),
          .fmt = fmt::format("{}.{}.{}", FMT_VERSION / 10000, FMT_VERSION / 100 % 100, FMT_VERSION % 100),
          .libraries = libraries()};
}

}  // namespace hairpin::reports
