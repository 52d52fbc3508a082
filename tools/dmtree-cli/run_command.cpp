#include "tools/dmtree-cli/run_command.h"
#include "tools/common/progress.h"

#include <fmt/format.h>

#include <functional>
#include <utility>

#include "base/text.h"
#include "client/command_status.h"
#include "dmtree/acl.h"
#include "dmtree/ddf/ddf.h"
#include "dmtree/tnds/tnds.h"
#include "tools/common/control_protocol.h"
#include "tools/common/exit_code.h"
#include "tools/common/input.h"
#include "tools/common/output.h"
#include "tools/dmtree-cli/diff_command.h"
#include "tools/dmtree-cli/history_command.h"
#include "tools/dmtree-cli/print.h"
#include "tools/dmtree-cli/print_changes.h"
#include "tools/dmtree-cli/store_command.h"
#include "tools/dmtree-cli/tree_access.h"
#include "tools/dmtree-cli/watch_command.h"

namespace omadm {
namespace {

using nlohmann::json;

constexpr std::uint64_t kMaxInput = 64U << 20U;  // octets of a value or document

constexpr std::string_view kProgram = "dmtree-cli";

// A file that cannot be read: no ACL has refused it.
int file_exit(const Error& error) { return error.code == Errc::not_found ? kExitNotFound : kExitFailed; }

class Command {
 public:
  Command(const Arguments& arguments, const Terminal& terminal)
      : args_(arguments), terminal_(terminal), access_(arguments.common.state_directory(), arguments.common.config) {}

  int run();

 private:
  using Printer = std::function<std::string(const json&)>;

  // A tree request and its answer; what is worth saying on the way is said.
  json ask(const char* op, json body, bool writes, const ControlConnection::OnEvent& event = {});
  // The same, printed by `print` unless --json asks for the document itself.
  int request(const char* op, json body, bool writes, const Printer& print) {
    return finish(ask(op, std::move(body), writes), print);
  }
  int finish(const json& answer, const Printer& print);
  int failed(const json& answer);
  int failed(const Error& error, int exit) { return failed(control_failure(error, exit)); }
  void warn(const std::string& text) const;

  int get();
  int acl();
  int write_value(const char* op);
  int execute();
  int export_document();
  int import_document();
  int validate();
  int check_ddf();
  int store();
  int log();
  int watch();

  const Arguments& args_;
  const Terminal& terminal_;
  TreeAccess access_;
  bool found_sound_ = true;  // the last result did not say "ok": false
};

json Command::ask(const char* op, json body, bool writes, const ControlConnection::OnEvent& event) {
  body["op"] = op;
  if (args_.as) body["as"] = *args_.as;
  json answer = access_.run(body, writes, event);
  if (args_.common.verbose) {
    say(kProgram, fmt::format("{}: {} {}", args_.command,
                              access_.used_daemon() ? "done by the daemon that serves" : "done without a daemon on",
                              access_.directory()));
  }
  for (const std::string& warning : access_.warnings()) warn(warning);
  return answer;
}

void Command::warn(const std::string& text) const {
  if (!args_.common.quiet) say(kProgram, args_.command + ": warning: " + text);
}

int Command::finish(const json& answer, const Printer& print) {
  if (!answer.value("ok", false)) return failed(answer);
  const json& result = answer["result"];
  found_sound_ = !result.is_object() || result.value("ok", true);
  write_out(args_.common.json ? json_text(result) : print(result));
  return kExitDone;
}

int Command::failed(const json& answer) {
  const std::string error = answer.value("error", "unknown failure");
  const int exit = answer.value("exit", static_cast<int>(kExitFailed));
  const int status = answer.value("status", 0);
  const std::string code = status != 0 ? fmt::format(" ({} {})", status, status_meaning(status)) : "";
  say(kProgram, args_.command + ": " + error + code);
  if (args_.common.json) {
    json refusal{{"error", error}, {"exit", exit}};
    if (status != 0) refusal["status"] = status;
    // Behind lines that were printed before stands another line.
    const bool stream = args_.command == "log" || args_.command == "watch" || args_.command == "store dump";
    write_out(json_text(refusal, stream ? -1 : 2));
  }
  return exit;
}

std::string nothing(const json&) { return {}; }

int Command::get() {
  json body{{"uri", args_.uri}};
  if (!args_.prop.empty()) body["prop"] = args_.prop;
  const json answer = ask("tree.get", std::move(body), false);
  const bool as_octets = args_.raw || args_.base64;
  if (as_octets && answer.value("ok", false)) {
    // What a script takes for the value must be the value.
    const json& node = answer["result"];
    if (node.contains("hidden")) return failed({Errc::permission_denied, args_.uri + ": hidden"}, kExitAccessDenied);
    if (node.contains("children")) {
      return failed({Errc::not_allowed, args_.uri + ": an interior node has no value"}, kExitFailed);
    }
  }
  return finish(answer, [this](const json& node) -> std::string {
    const bool is_value = node.contains("value") || node.contains("value_base64");
    if (is_value && args_.raw) return value_octets(node);
    if (is_value && args_.base64) return base64_encode(value_octets(node)) + "\n";
    // What a terminal would obey is not shown as it is.
    if (is_value && terminal_.is_terminal && !is_plain_text(value_octets(node))) return hexdump(value_octets(node));
    return print_node(node);
  });
}

int Command::acl() {
  json body{{"uri", args_.uri}};
  if (args_.explain) {
    if (!args_.as) return failed({Errc::malformed, "--explain needs --as ID"}, kExitUsage);
    if (args_.second) return failed({Errc::malformed, "--explain takes no ACL"}, kExitUsage);
    return request("tree.explain", std::move(body), false,
                   [this](const json& rows) { return print_explanation(rows, args_.uri, terminal_); });
  }
  if (!args_.second) {
    return request("tree.acl", std::move(body), false, [this](const json& acl) { return print_acl(acl, terminal_); });
  }
  body["acl"] = *args_.second;
  return request("tree.set_acl", std::move(body), true, nothing);
}

int Command::write_value(const char* op) {
  json body{{"uri", args_.uri}};
  const bool is_set = args_.command == "set";
  if (is_set && !args_.value && args_.file.empty()) {
    return failed({Errc::malformed, "VALUE or --file FILE is missing"}, kExitUsage);
  }
  if (!args_.file.empty()) {
    const Result<Octets> content = read_input(args_.file, kMaxInput);
    if (!content) return failed(content.error(), file_exit(content.error()));
    body["value_base64"] = base64_encode(*content);
  } else if (args_.value) {
    body["value_base64"] = base64_encode(*args_.value);
  }
  if (!args_.format.empty()) body["format"] = args_.format;
  if (!args_.type.empty()) body["type"] = args_.type;
  return request(op, std::move(body), true, nothing);
}

int Command::execute() {
  json body{{"uri", args_.uri}, {"data_base64", base64_encode(args_.second.value_or(""))}};
  if (args_.wait) body["wait"] = true;
  json answer;
  {
    ProgressLine progress;
    answer = ask("tree.exec", std::move(body), true, [&progress](const json& event) {
      progress.show(event);
      return true;
    });
  }
  return finish(answer, [](const json& result) { return result.value("outcome", "") + "\n"; });
}

int Command::export_document() {
  std::string encoding = args_.encoding;
  if (encoding.empty()) encoding = args_.common.json ? "json" : "xml";
  return request("tree.export", {{"uri", args_.uri}, {"encoding", encoding}}, false, [this](const json& result) {
    if (!result.contains("content_base64")) return json_text(result);
    Octets content = base64_decode(result.value("content_base64", "")).value_or("");
    if (is_plain_text(content) && result.value("type", "") == kTndsXmlType) content += "\n";
    return terminal_.is_terminal && !is_plain_text(content) ? hexdump(content) : content;
  });
}

int Command::import_document() {
  const Result<Octets> content = read_input(args_.file, kMaxInput);
  if (!content) return failed(content.error(), file_exit(content.error()));
  json body{{"content_base64", base64_encode(*content)}, {"dry_run", args_.dry_run}};
  if (!args_.at.empty()) body["at"] = args_.at;
  return request("tree.import", std::move(body), !args_.dry_run,
                 [this](const json& result) { return args_.common.quiet ? std::string() : print_import(result); });
}

int Command::validate() {
  const int exit = request("tree.validate", {{"uri", args_.uri}}, false,
                           [this](const json& result) { return print_validation(result, terminal_); });
  return exit == kExitDone && !found_sound_ ? kExitFailed : exit;
}

int Command::check_ddf() {
  const Result<Octets> content = read_input(args_.file, kMaxInput);
  if (!content) return failed(content.error(), file_exit(content.error()));
  Ddf ddf;
  if (const auto added = ddf.add(*content, args_.file); !added) return failed(added.error(), kExitFailed);
  return finish(control_answer({{"ok", true}, {"file", args_.file}}),
                [this](const json&) { return terminal_.paint(Style::good, "ok") + "\n"; });
}

int Command::log() {
  const json answer = list_changes(args_);
  if (!answer.value("ok", false)) return failed(answer);
  const json& result = answer["result"];
  if (!args_.common.json) {
    write_out(print_log(result, args_.common.verbose, terminal_));
    return kExitDone;
  }
  if (!result.value("complete", false)) {
    warn("older changes are not kept; the history begins after " + result.value("begins_after", ""));
  }
  for (const json& change : result["changes"]) write_out(json_text(change, -1));
  return kExitDone;
}

int Command::watch() {
  ChangePrinter printer(terminal_);
  return failed(watch_changes(args_, [&](const json& change) {
    write_out(args_.common.json ? json_text(change, -1) : printer.print(change));
    return flush_out();
  }));
}

std::string records_in(const json& result) {
  const std::uint64_t count = result.value("records", std::uint64_t{0});
  return fmt::format("{} record{}", count, count == 1 ? "" : "s");
}

int Command::store() {
  if (args_.command == "store dump") {
    const json answer = dump_store(access_.directory(), args_.common.json, terminal_);
    return answer.value("ok", false) ? kExitDone : failed(answer);
  }
  if (args_.command == "store compact") {
    return finish(compact_store(access_), [this](const json& result) {
      for (const json& problem : result["problems"]) warn(problem.get<std::string>());
      return fmt::format("{} in {} octets became generation {} in {} octets\n", records_in(result),
                         result.value("octets_before", std::uint64_t{0}), result.value("generation", std::uint64_t{0}),
                         result.value("octets_after", std::uint64_t{0}));
    });
  }
  const int exit = finish(check_store(access_.directory()), [this](const json& result) {
    for (const json& name : result["evidence"]) {
      warn(fmt::format(
          "{}: damaged once, what was good in it is in use; kept as evidence, remove it when it is looked at",
          name.get<std::string>()));
    }
    if (!result.value("ok", false)) return print_lines(result["problems"]);
    return fmt::format("{}: generation {}, {}\n", terminal_.paint(Style::good, "ok"),
                       result.value("generation", std::uint64_t{0}), records_in(result));
  });
  return exit == kExitDone && !found_sound_ ? kExitStore : exit;
}

int Command::run() {
  const std::string& command = args_.command;
  if (args_.as && !is_server_id(*args_.as)) {
    return failed({Errc::malformed, "--as: '" + *args_.as + "' is no server identifier"}, kExitUsage);
  }
  // A server sees nodes; files and trees as a whole are not shown to any.
  const bool whole = command == "diff" || command == "ddf check" || command.starts_with("store");
  if (args_.as && whole) return failed({Errc::malformed, "--as does not go with " + command}, kExitUsage);
  const json uri{{"uri", args_.uri}};
  if (command == "log") return log();
  if (command == "watch") return watch();
  if (command == "blame") {
    return finish(blame_node(args_), [this](const json& blame) { return print_blame(blame, terminal_); });
  }
  if (command == "diff") {
    return finish(compare_trees(args_), [this](const json& diff) { return print_difference(diff, terminal_); });
  }
  if (command == "get") return get();
  if (command == "ls") return request("tree.ls", uri, false, print_names);
  if (command == "tree") {
    json body = uri;
    if (args_.depth >= 0) body["depth"] = static_cast<unsigned>(args_.depth);
    return request("tree.tree", std::move(body), false, [this](const json& top) {
      return print_tree(top, {args_.values, args_.acl}, terminal_);
    });
  }
  if (command == "props") {
    return request("tree.props", uri, false, [this](const json& p) { return print_properties(p, terminal_); });
  }
  if (command == "acl") return acl();
  if (command == "find") {
    json body = json::object();
    if (!args_.pattern.empty()) body["pattern"] = args_.pattern;
    if (!args_.find_value.empty()) body["value"] = args_.find_value;
    if (!args_.mo.empty()) body["mo"] = args_.mo;
    return request("tree.find", std::move(body), false,
                   [this](const json& nodes) { return print_found(nodes, !args_.find_value.empty(), terminal_); });
  }
  if (command == "validate") return validate();
  if (command == "set") return write_value("tree.set");
  if (command == "add") return write_value("tree.add");
  if (command == "rm") return request("tree.rm", uri, true, nothing);
  if (command == "mv") {
    return request("tree.mv", {{"uri", args_.uri}, {"name", args_.second.value_or("")}}, true, nothing);
  }
  if (command == "cp") {
    return request("tree.cp", {{"source", args_.uri}, {"target", args_.second.value_or("")}}, true, nothing);
  }
  if (command == "exec") return execute();
  if (command == "export") return export_document();
  if (command == "import") return import_document();
  if (command == "ddf show") {
    return request("tree.ddf", uri, false, [this](const json& d) { return print_description(d, terminal_); });
  }
  if (command == "ddf check") return check_ddf();
  return store();
}

}  // namespace

int run_command(const Arguments& arguments, const Terminal& terminal) { return Command(arguments, terminal).run(); }

}  // namespace omadm
