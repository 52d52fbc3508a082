#include "tools/dm-server/script_parts.h"

#include <algorithm>
#include <optional>

#include "tools/dm-server/notifier.h"
#include "tools/dm-server/toml_keys.h"

namespace omadm::server {
namespace {

constexpr CommandName kCommands[] = {CommandName::add,  CommandName::alert,   CommandName::atomic,
                                     CommandName::copy, CommandName::delete_, CommandName::exec,
                                     CommandName::get,  CommandName::replace, CommandName::sequence};

Fault read_fault(TomlKeys& keys) {
  Fault fault;
  const std::string kind = keys.text("kind");
  if (const std::optional<FaultKind> known = fault_kind_from(kind)) {
    fault.kind = *known;
  } else {
    keys.fail("kind", "is not a fault: " + kind);
  }
  const bool redirects = fault.kind == FaultKind::redirect || fault.kind == FaultKind::redirect_loop;
  fault.status = static_cast<int>(keys.number("status", redirects ? 307 : 503));
  if (keys.has("retry_after")) fault.retry_after = static_cast<int>(keys.number("retry_after", 0));
  fault.times = static_cast<unsigned>(keys.number("times", fault.kind == FaultKind::redirect_loop ? 1000 : 1));
  fault.octets = keys.number("octets", 0);
  fault.delay_ms = static_cast<unsigned>(keys.number("delay_ms", fault.delay_ms));
  fault.depth = static_cast<unsigned>(keys.number("depth", fault.depth));
  fault.location = keys.text("location");
  fault.content_type = keys.text("content_type", "text/html");
  return fault;
}

ItemScript read_item(TomlKeys& keys, const std::string& directory) {
  ItemScript item;
  item.uri = keys.text("uri");
  item.source = keys.text("source");
  item.format = keys.text("format");
  item.type = keys.text("type");
  item.mark = keys.text("mark");
  item.data = keys.octets("data", directory);
  item.more = keys.flag("more", false);
  item.size = keys.number("size", 0);
  return item;
}

// `items`: tables like the command itself, or plain texts that become Data.
std::vector<ItemScript> read_items(TomlKeys& keys, const std::string& directory) {
  std::vector<ItemScript> items;
  const toml::node* const node = keys.node("items");
  if (node == nullptr) return items;
  const toml::array* const entries = node->as_array();
  if (entries == nullptr) {
    keys.fail("items", "must be an array");
    return items;
  }
  for (const toml::node& entry : *entries) {
    if (const toml::table* const table = entry.as_table()) {
      TomlKeys item(*table, keys.where());
      items.push_back(read_item(item, directory));
      if (const Result<void> done = item.finish(); !done) keys.fail("items", done.error().detail);
    } else if (const std::optional<std::string> text = entry.value<std::string>()) {
      items.push_back(ItemScript{});
      items.back().data = *text;
    } else {
      keys.fail("items", "must hold tables or texts");
    }
  }
  return items;
}

Expectation read_expectation(TomlKeys& keys, const std::string& directory) {
  Expectation expect;
  expect.statuses = keys.numbers("expect");
  expect.data = keys.octets("expect_data", directory);
  expect.matches = keys.optional_text("expect_matches");
  expect.children = keys.texts("expect_children");
  expect.format = keys.optional_text("expect_format");
  expect.type = keys.optional_text("expect_type");
  expect.save = keys.text("save");
  return expect;
}

CommandScript read_command(TomlKeys& keys, const std::string& directory) {
  CommandScript command;
  const std::string name = keys.text("cmd");
  bool known = false;
  for (const CommandName candidate : kCommands) {
    if (to_string(candidate) != name) continue;
    command.name = candidate;
    known = true;
  }
  if (!known) keys.fail("cmd", "is not a command of a DM server: " + name);
  command.code = keys.text("code");
  if ((command.name == CommandName::alert) != !command.code.empty()) {
    keys.fail("code", "belongs to Alert, which cannot do without");
  }
  command.items = read_items(keys, directory);
  ItemScript single = read_item(keys, directory);
  const bool has_single = !single.uri.empty() || !single.source.empty() || single.data;
  if (has_single && !command.items.empty()) keys.fail("items", "stands beside uri, source or data: one or the other");
  if (has_single) command.items.push_back(std::move(single));
  command.correlator = keys.text("correlator");
  command.chunk = keys.number("chunk", 0);
  keys.each("command", [&](TomlKeys& child) { command.children.push_back(read_command(child, directory)); });
  command.expect = read_expectation(keys, directory);
  return command;
}

PackageScript read_package(TomlKeys& keys, const std::string& directory) {
  PackageScript package;
  package.faults = read_faults(keys, "fault");
  package.delay_ms = static_cast<unsigned>(keys.number("delay_ms", 0));
  package.final_message = keys.flag("final", true);
  keys.each("edit", [&](TomlKeys& edit) {
    package.edits.push_back({edit.text("from"), edit.text("to")});
    if (package.edits.back().from.empty()) edit.fail("from", "must be the text to be replaced");
  });
  if (keys.has("wbxml_version"))
    package.wbxml_version = static_cast<std::uint8_t>(keys.number("wbxml_version", 3) & 3U);
  keys.each("command", [&](TomlKeys& command) { package.commands.push_back(read_command(command, directory)); });
  return package;
}

NotifyScript read_notify(TomlKeys& keys, const std::string& directory) {
  NotifyScript notify;
  notify.to = keys.text("to");
  notify.session_id = keys.text("session_id", "1");
  notify.ui_mode = static_cast<unsigned>(keys.number("ui_mode", notify.ui_mode));
  notify.server_initiated = keys.text("initiator", "server") != "user";
  notify.after_ms = static_cast<unsigned>(keys.number("after_ms", 0));
  notify.repeat = static_cast<unsigned>(keys.number("repeat", 1));
  notify.every_ms = static_cast<unsigned>(keys.number("every_ms", notify.every_ms));
  notify.nonce = keys.text("nonce", notify.nonce);
  if (notify.nonce != "stored" && notify.nonce != "default" && notify.nonce != "stale") {
    keys.fail("nonce", "must be stored, default or stale");
  }
  const std::optional<Bearer> bearer = bearer_named(keys.text("via", "udp"));
  if (!bearer) keys.fail("via", "must be udp, wap, sip, sip-tcp or http");
  notify.via = bearer.value_or(Bearer::udp);
  notify.wrong = keys.text("wrong");
  const std::vector<std::string>& wrongs = notification_wrongs();
  if (std::find(wrongs.begin(), wrongs.end(), notify.wrong) == wrongs.end()) keys.fail("wrong", "is not known");
  notify.vendor = keys.octets("vendor", directory).value_or(Octets());
  return notify;
}

SessionEnding read_ending(TomlKeys& keys) {
  const std::string name = keys.text("ends", "completed");
  if (name == "completed") return SessionEnding::completed;
  if (name == "aborted") return SessionEnding::aborted;
  if (name == "silent") return SessionEnding::silent;
  if (name == "unauthenticated") return SessionEnding::unauthenticated;
  if (name != "any") keys.fail("ends", "must be completed, aborted, silent, unauthenticated or any");
  return SessionEnding::any;
}

}  // namespace

std::vector<Fault> read_faults(TomlKeys& keys, std::string_view key) {
  std::vector<Fault> faults;
  const toml::node* const node = keys.node(key);
  if (node == nullptr) return faults;
  const auto take = [&](const toml::node& entry) {
    if (const toml::table* const table = entry.as_table()) {
      TomlKeys inner(*table, keys.where());
      faults.push_back(read_fault(inner));
      if (const Result<void> done = inner.finish(); !done) keys.fail(key, done.error().detail);
      return;
    }
    const toml::table bare{{"kind", entry.value<std::string>().value_or("")}};
    TomlKeys inner(bare, keys.where());
    faults.push_back(read_fault(inner));
    if (!inner.finish()) keys.fail(entry, key, "is not a fault: " + entry.value<std::string>().value_or("?"));
  };
  if (const toml::array* const many = node->as_array()) {
    for (const toml::node& entry : *many) take(entry);
  } else {
    take(*node);
  }
  return faults;
}

AlertScript read_alert(TomlKeys& keys) {
  AlertScript alert;
  alert.code = keys.text("code", alert.code);
  alert.type = keys.optional_text("type");
  alert.data = keys.optional_text("data");
  alert.matches = keys.optional_text("matches");
  alert.source = keys.optional_text("source");
  alert.correlator = keys.optional_text("correlator");
  alert.mark = keys.optional_text("mark");
  alert.status = static_cast<int>(keys.number("status", 200));
  return alert;
}

SessionScript read_session(TomlKeys& keys, const std::string& directory) {
  SessionScript session;
  session.name = keys.text("name");
  static_cast<void>(keys.node("client"));  // for whoever runs the client
  session.account = keys.text("account");
  session.alert = keys.text("expect_alert");
  session.session_id = keys.text("expect_session_id");
  if (const toml::node* const node = keys.node("expect_devinfo")) {
    if (const toml::table* const table = node->as_table()) {
      for (const auto& [leaf, value] : *table) {
        session.devinfo[std::string(leaf.str())] = value.value<std::string>().value_or(std::string());
      }
    }
  }
  keys.each("package", [&](TomlKeys& package) { session.packages.push_back(read_package(package, directory)); });
  keys.each("alert", [&](TomlKeys& alert) { session.alerts.push_back(read_alert(alert)); });
  keys.each("notify", [&](TomlKeys& notify) { session.notify = read_notify(notify, directory); });
  session.ends = read_ending(keys);
  session.silence_ms = static_cast<unsigned>(keys.number("silence_ms", session.silence_ms));
  return session;
}

}  // namespace omadm::server
