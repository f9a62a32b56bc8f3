// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "topology/lab/catalogue.hpp"

/// Labs on this machine. A lab is one process, the holder: PID 1 of a PID namespace, and the only one that
/// has the hosts' network namespaces. Whatever ends it, all of the lab ends with it; only a folder is left,
/// and the next command removes that.
namespace hairpin::lab {

/// Where labs keep their state: one folder each.
struct LabShelf {
  std::string directory;
};
/// root: /run/hairpin/lab; otherwise below $XDG_RUNTIME_DIR, or /tmp/hairpin-UID.
LabShelf default_shelf();

/// How one host's agent is to be started. It runs in a child of the holder, in that host's namespace.
struct AgentStart {
  std::string name;
  std::string listen;         ///< "unix:PATH" or "ADDR:PORT"
  std::string pki_directory;  ///< for ADDR:PORT
};
/// Serves until it is ended; its value is the exit status. Empty: the lab has no agents.
using AgentBody = std::function<int(const AgentStart&)>;

struct LaunchOptions {
  LabShelf shelf = default_shelf();
  AgentBody agent;
  /// Fills the directory with the keys of all agents and of the operator; needed by --control tcp with
  /// agents.
  std::function<Result<>(const Site&, const std::string& directory)> make_pki;
  /// Certificate and key for the pool's name and VIP, PEM; needed where a server of the lab speaks TLS itself.
  std::function<Result<std::string>(const Site&)> make_service_key;
  /// Fills the directory with NAME.crt, NAME.key and NAME.trusted of every host that connects or answers, and its NAME.tickets, as
  /// Site::certificates wants them.
  std::function<Result<>(const Site&, const std::string& directory)> make_certificates;
  bool ends_with_caller = false;  ///< the lab does not survive this process, however that ends
};

/// A lab as it says itself.
struct LabRecord {
  std::string name;
  std::string mode;
  std::string snat;
  std::string family;
  std::string control;
  std::vector<std::string> faults;
  std::vector<std::string> hosts;
  WallTime since{};
};

/// Builds the site and waits until all of it is ready. Returns the topology file's text. Everything is
/// removed again when something fails. SIGINT, SIGTERM and SIGHUP wait until that is done and take effect then.
Result<std::string> up(const LabOptions& options, const LaunchOptions& launch);

/// Where `make_pki` put the keys.
std::string pki_directory(const LabShelf& shelf, const std::string& name);

/// Ends the lab and removes its folder; false when there was none.
Result<bool> down(const LabShelf& shelf, const std::string& name);

/// Labs that are up, by name.
std::vector<LabRecord> list(const LabShelf& shelf);

/// Runs a command on a host ("mgmt" and "switch" are places as well) and returns its exit status, as a shell
/// counts it.
Result<int> execute(const LabShelf& shelf, const std::string& name, const std::string& host,
                    const std::vector<std::string>& command);

/// Moves this process, which must have one thread, into a host's network.
Result<> join(const LabShelf& shelf, const std::string& name, const std::string& host);

/// Removes the folders of labs whose holder is dead; returns their names.
std::vector<std::string> sweep(const LabShelf& shelf);

}  // namespace hairpin::lab
