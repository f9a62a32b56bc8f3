// SPDX-License-Identifier: Apache-2.0
#include "topology/lab/lab.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>

#include "topology/lab/build/holder.hpp"
#include "topology/lab/build/process.hpp"
#include "topology/lab/proxy.hpp"
#include "topology/lab/state.hpp"

namespace hairpin::lab {
namespace {

constexpr std::size_t kLongestSocketPath = 107;  // sun_path without its end
constexpr char kSeparator = '\x1f';

/// SIGINT, SIGTERM and SIGHUP are seen at `fd` but wait: they are delivered when this object ends.
class HeldSignals {
 public:
  HeldSignals() {
    sigemptyset(&held_);
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&held_, number);
    sigprocmask(SIG_BLOCK, &held_, &before_);
    fd_ = Descriptor(signalfd(-1, &held_, SFD_CLOEXEC | SFD_NONBLOCK));
  }
  HeldSignals(const HeldSignals&) = delete;
  HeldSignals& operator=(const HeldSignals&) = delete;
  ~HeldSignals() { sigprocmask(SIG_SETMASK, &before_, nullptr); }
  int fd() const { return fd_.get(); }

 private:
  sigset_t held_{}, before_{};
  Descriptor fd_;
};

Result<> check_machine(const Site& site) {
  const auto needs = [&](auto member) {
    return std::ranges::any_of(site.hosts, [&](const SiteHost& host) { return !(host.*member).empty(); });
  };
  if (needs(&SiteHost::nft_tables))
    if (const auto nft = find_program("nft", "nftables"); !nft) return nft.error();
  if (needs(&SiteHost::haproxy))
    if (const auto haproxy = find_program("haproxy", "haproxy"); !haproxy) return haproxy.error();
  if (needs(&SiteHost::nginx))
    if (const auto nginx = find_program("nginx", "nginx-light"); !nginx) return nginx.error();
  return {};
}

Result<> place_agents(Site& site, const std::string& folder, const LaunchOptions& launch) {
  if (!launch.agent) {
    for (auto& host : site.hosts) host.agent.clear();
    return {};
  }
  if (site.options.control == Control::tcp) {  // on the management network since the seed site
    const auto directory = folder + "/pki";
    if (mkdir(directory.c_str(), 0700) != 0) return last_system_error("make the folder " + directory);
    return launch.make_pki ? launch.make_pki(site, directory)
                           : refusal("start agents on TCP", "they need keys");
  }
  for (auto& host : site.hosts) {
    if (!has_agent(host)) continue;
    const auto path = fmt::format("{}/{}.sock", folder, host.name);
    if (path.size() > kLongestSocketPath)
      return refusal(
          fmt::format("use the control socket {}", path),
          fmt::format("a socket's path has at most {} bytes: choose a shorter folder", kLongestSocketPath));
    host.agent = "unix:" + path;
  }
  return {};
}

/// The certificate of the pool, where a server of the lab itself needs one.
Result<> place_service_key(const Site& site, const std::string& folder, const LaunchOptions& launch) {
  const auto mentions = [](const std::string& text) { return text.find(kServiceKey) != std::string::npos; };
  const bool is_needed = std::ranges::any_of(
      site.hosts, [&](const SiteHost& host) { return mentions(host.haproxy) || mentions(host.nginx); });
  if (!is_needed) return {};
  if (!launch.make_service_key) return refusal("start a server with a certificate", "it needs a key");
  const auto pem = launch.make_service_key(site);
  return pem ? write_file(folder + "/" + kServiceKey, *pem) : Result<>(pem.error());
}

/// The site's own certificates, where a fault is about them: agents show them, and a balancer that ends TLS.
Result<> place_certificates(Site& site, const std::string& folder, const LaunchOptions& launch) {
  if (site.certificates.empty() || (!launch.agent && !site.ends_tls_at_balancer())) return {};
  if (!launch.make_certificates) return refusal("give hosts certificates of the site", "they need keys");
  const auto directory = folder + kCertificateFolder;
  if (mkdir(directory.c_str(), 0700) != 0) return last_system_error("make the folder " + directory);
  for (auto& host : site.hosts)
    if (host.role == Role::client || host.role == Role::member) host.tls = directory + "/" + host.name;
  return launch.make_certificates(site, directory);
}

LabRecord record_of(const Site& site) {
  const auto& options = site.options;
  LabRecord record{.name = options.name,
                   .mode = options.mode,
                   .snat = std::string(to_string(options.snat)),
                   .family = boost::describe::enum_to_string(options.family, ""),
                   .control = options.control == Control::tcp ? "tcp" : "unix",
                   .faults = {},
                   .hosts = {},
                   .since = system_clock().wall()};
  for (const auto& fault : options.faults) record.faults.push_back(to_string(fault));
  for (const auto& host : site.hosts) record.hosts.push_back(host.name);
  return record;
}

/// What the holder says: "ready", or why not.
Result<> await_report(int report_fd, int signal_fd) {
  std::string text;
  for (;;) {
    pollfd waiting[] = {{.fd = report_fd, .events = POLLIN, .revents = 0},
                        {.fd = signal_fd, .events = POLLIN, .revents = 0}};
    if (poll(waiting, 2, -1) < 0 && errno != EINTR) return last_system_error("wait for the lab");
    if (waiting[1].revents)
      return Error{make_error_code(boost::system::errc::operation_canceled), "finish building the lab", ""};
    char block[4096];
    const auto count = read(report_fd, block, sizeof block);
    if (count < 0) return last_system_error("hear from the lab's holder");
    if (count == 0) break;
    text.append(block, static_cast<std::size_t>(count));
  }
  if (text == "ready") return {};
  if (text.empty()) text = "keep the lab's holder running: it ended while it was building";
  const auto first = text.find(kSeparator);
  const auto second = text.find(kSeparator, first == std::string::npos ? first : first + 1);
  if (second == std::string::npos) return Error{make_error_code(boost::system::errc::io_error), text, ""};
  auto doing = text.substr(0, first);
  const auto reason = text.substr(first + 1, second - first - 1);
  if (!reason.empty()) doing += ": " + reason;
  return Error{boost::system::error_code(), doing, text.substr(second + 1)};
}

Result<> launch_holder(const Site& site, const std::string& folder, const LaunchOptions& launch, int signal_fd,
                       ShelfLock& lock) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return last_system_error("make a pipe");
  const Descriptor reading(ends[0]);
  Descriptor writing(ends[1]);
  const auto pid = start_holder({site, folder, launch, writing.get()});
  if (!pid) return pid.error();
  writing = Descriptor();
  const auto holder = identify(*pid);
  if (holder)
    if (auto written = write_holder(folder, *holder); !written) return written.error();
  lock.release();
  return await_report(reading.get(), signal_fd);
}

/// Everything of a lab that did not come up.
void clear_away(const std::string& folder) {
  if (const auto holder = live_holder(folder)) {
    const auto ended = end_holder(*holder);
    if (!ended) return;  // its folder stays as long as it does
  }
  remove_folder(folder);
}

}  // namespace

Result<std::string> up(const LabOptions& options, const LaunchOptions& launch) {
  auto site = design_site(options);
  if (!site) return site.error();
  if (auto fit = check_machine(*site); !fit) return fit.error();
  sweep(launch.shelf);
  const HeldSignals held;
  ShelfLock lock(launch.shelf);
  const auto folder = make_folder(launch.shelf, options.name);
  if (!folder) return folder.error();
  const auto build = [&]() -> Result<std::string> {
    if (auto placed = place_agents(*site, *folder, launch); !placed) return placed.error();
    if (auto placed = place_service_key(*site, *folder, launch); !placed) return placed.error();
    if (auto placed = place_certificates(*site, *folder, launch); !placed) return placed.error();
    const auto topology = declare(*site);
    if (auto written = write_file(*folder + "/topology.yaml", topology); !written) return written.error();
    if (auto written = write_record(*folder, record_of(*site)); !written) return written.error();
    if (auto launched = launch_holder(*site, *folder, launch, held.fd(), lock); !launched) return launched.error();
    return topology;
  };
  auto built = build();
  if (!built) clear_away(*folder);
  return built;
}

std::string pki_directory(const LabShelf& shelf, const std::string& name) {
  return folder_of(shelf, name) + "/pki";
}

Result<bool> down(const LabShelf& shelf, const std::string& name) {
  const auto folder = folder_of(shelf, name);
  bool was_there = false;
  if (name.find('/') == std::string::npos) {
    if (const auto holder = live_holder(folder)) {
      if (auto ended = end_holder(*holder); !ended) return ended.error();
      was_there = true;
    }
    if (was_there) remove_folder(folder);
  }
  sweep(shelf);
  return was_there;
}

std::vector<LabRecord> list(const LabShelf& shelf) {
  sweep(shelf);
  std::vector<LabRecord> labs;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(shelf.directory, error))
    if (auto record = read_record(entry.path().string())) labs.push_back(std::move(*record));
  std::ranges::sort(labs, {}, &LabRecord::name);
  return labs;
}

}  // namespace hairpin::lab
