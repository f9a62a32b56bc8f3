// SPDX-License-Identifier: Apache-2.0
#include "topology/lab/service.hpp"

#include <fmt/format.h>

#include "topology/lab/proxy.hpp"

namespace hairpin::lab {

void run_service(SiteHost& host, std::uint16_t port, bool requires_client_certificate) {
  const auto folder = std::string(kFolderMark);
  const auto key = folder + "/" + kServiceKey;
  const auto paths = [&](const char* what) { return fmt::format("  {}_temp_path {}/nginx-{}-{};\n", what, folder, host.name, what); };
  host.nginx = fmt::format(
      "daemon off;\n"
      "user root;\n"
      "worker_processes 1;\n"
      "pid {0}/nginx-{1}.pid;\n"
      "error_log stderr;\n"
      "events {{ worker_connections 512; }}\n"
      "http {{\n"
      "  access_log off;\n"
      "{2}{3}{4}{5}{6}"
      "  server {{\n"
      "    listen {7} ssl;\n"
      "    listen [::]:{7} ssl;\n"
      "    ssl_certificate {8};\n"
      "    ssl_certificate_key {8};\n"
      "{9}"
      "    location / {{ return 200 \"{1}\\n\"; }}\n"
      "  }}\n"
      "}}\n",
      folder, host.name, paths("client_body"), paths("proxy"), paths("fastcgi"), paths("uwsgi"), paths("scgi"), port, key,
      requires_client_certificate ? fmt::format("    ssl_verify_client on;\n    ssl_client_certificate {};\n", key) : "");
}

}  // namespace hairpin::lab
