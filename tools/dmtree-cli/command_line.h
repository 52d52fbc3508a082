// What was asked for on the command line.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>

#include "tools/common/common_options.h"

namespace omadm {

struct Arguments {
  CommonOptions common;
  std::optional<std::string> as;  // --as: the server whose rights count; none: the user
  std::string command;            // "get", "ddf show" …

  std::string uri = ".";
  std::optional<std::string> second;  // NAME of mv, DST of cp, ACL of acl, DATA of exec
  std::optional<std::string> value;
  std::string file;  // of set, add, import, ddf check; "-": stdin
  std::string format, type, prop, at, encoding;
  std::string pattern, find_value, mo;
  std::string since;                  // of log
  std::string before, after = "now";  // of diff
  int depth = -1;
  bool values = false, acl = false, explain = false, dry_run = false, wait = false;
  bool raw = false, base64 = false;
};

// Declares all commands and options on `app`; parsing fills `arguments`, which must outlive `app`.
void declare_commands(CLI::App& app, Arguments& arguments);

}  // namespace omadm
