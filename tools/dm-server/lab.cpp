#include "tools/dm-server/lab.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "syncml/notification/package0.h"
#include "tools/dm-server/notifier.h"

namespace omadm::server {
namespace {

using Clock = std::chrono::steady_clock;

// The user an encoded basic credential names; empty when it is none.
std::string basic_user(const SyncHdr& header) {
  if (!header.cred || auth_type_from_meta(trim(header.cred->meta.type.value_or(""))) != AuthType::basic) return {};
  const Result<Octets> clear = base64_decode(header.cred->data);
  return clear ? clear->substr(0, clear->find(':')) : std::string();
}

}  // namespace

Lab::Lab(const Script& script, Exchange& exchange, Variables& variables, LabOptions options)
    : script_(script), exchange_(exchange), variables_(variables), options_(std::move(options)), book_(script) {
  variables_.set("base_url", options_.url);
  variables_.set("server_id", script_.server_id);
  // Without bootstrap the first notification needs no client to have been here before.
  if (!script_.bootstrap.enabled && !script_.sessions.empty() && script_.sessions.front().notify) plan(device(""));
}

Result<void> Lab::load_state() {
  if (options_.state_file.empty()) return {};
  const std::lock_guard<std::mutex> lock(mutex_);
  return book_.load(options_.state_file);
}

void Lab::save_state() {
  if (options_.state_file.empty()) return;
  if (const Result<void> saved = book_.save(options_.state_file); !saved) {
    exchange_.failure({}, options_.state_file + ": " + saved.error().detail);
  }
}

Lab::Device& Lab::device(const std::string& name) {
  const std::string key = script_.per_device ? name : std::string();
  const auto found = devices_.find(key);
  if (found != devices_.end()) {
    if (!name.empty()) found->second->name = name;
    return *found->second;
  }
  // A notification may have been planned for the first device that comes.
  const auto unknown = devices_.find("");
  if (unknown != devices_.end() && unknown->second->next_session == 0 && !unknown->second->peer && !key.empty()) {
    auto node = devices_.extract(unknown);
    node.key() = key;
    Device& taken = *devices_.insert(std::move(node)).position->second;
    taken.name = name;
    return taken;
  }
  auto fresh = std::make_unique<Device>(script_, variables_);
  fresh->name = name;
  fresh->last_heard = Clock::now();
  return *devices_.emplace(key, std::move(fresh)).first->second;
}

const AccountScript& Lab::account_of(const Message& message, const PeerRequest& request, const Device& device) const {
  if (device.next_session < script_.sessions.size()) {
    const std::string& named = script_.sessions[device.next_session].account;
    if (const AccountScript* const account = script_.account(named); account != nullptr && !named.empty()) {
      return *account;
    }
  }
  std::vector<std::string> users{std::string(message.header.source_name), basic_user(message.header)};
  if (request.hmac_header) {
    if (const Result<HmacHeader> header = parse_hmac_header(*request.hmac_header)) users.push_back(header->username);
  }
  for (const AccountScript& account : script_.accounts) {
    if (!account.device.empty() && account.device == message.header.source) return account;
  }
  for (const AccountScript& account : script_.accounts) {
    for (const std::string& user : users) {
      if (!user.empty() && user == account.client_user) return account;
    }
  }
  return script_.accounts.front();
}

bool Lab::begins_session(const Device& device, const Message& message, const PeerRequest&) const {
  if (!device.peer || device.session_key != message.header.session_id) return true;
  return device.peer->over() && message.header.msg_id == "1";
}

Lab::Outcome Lab::handle(const PeerRequest& request) {
  const std::lock_guard<std::mutex> lock(mutex_);
  Outcome outcome;
  const std::optional<Encoding> encoding = encoding_of(request.content_type);
  if (!encoding) {
    exchange_.failure({}, fmt::format("content type \"{}\" is not a DM message", request.content_type));
    outcome.http_status = 415;
    return outcome;
  }
  const Result<Message> message = decode(*encoding, request.body, Limits{});
  if (!message) {
    exchange_.failure({}, "the message cannot be read: " + message.error().detail);
    outcome.http_status = 400;
    return outcome;
  }
  const std::string name(message->header.source);
  variables_.set("device_id", name);
  Device& client = device(name);
  client.last_heard = Clock::now();
  if (begins_session(client, *message, request)) {
    if (client.peer && !client.peer->over()) {
      client.peer->end(SessionEnding::silent);
      settle(client);
    }
    const AccountScript& account = account_of(*message, request, client);
    const SessionScript* const session =
        client.next_session < script_.sessions.size() ? &script_.sessions[client.next_session] : nullptr;
    const Label who{name, std::string(message->header.session_id)};
    client.session_key = who.session_id;
    variables_.set("session_id", who.session_id);
    client.planned.reset();
    client.peer =
        std::make_unique<SessionPeer>(PeerSurroundings{script_, exchange_, variables_, client.alerts, options_.url},
                                      account, book_.nonces(account, name), session, who);
    if (session != nullptr && !session->session_id.empty()) {
      const Result<std::string> wanted = variables_.expand(session->session_id);
      if (!wanted || *wanted != who.session_id) {
        exchange_.failure(who, fmt::format("session id {}, expected {}", who.session_id, session->session_id));
      }
    }
  }
  outcome.session_id = client.session_key;
  const bool was_over = client.peer->over();
  outcome.reply = client.peer->receive(request, *message);
  save_state();
  if (!was_over && client.peer->over()) settle(client);
  return outcome;
}

void Lab::settle(Device& device) {
  if (!device.peer || !device.peer->over() || device.done) return;
  ++sessions_ended_;
  if (device.peer->script() != nullptr) ++device.next_session;
  if (device.next_session < script_.sessions.size()) {
    plan(device);
    return;
  }
  device.done = true;
  for (const std::string& missing : device.alerts.missing()) exchange_.failure({device.name, ""}, missing);
}

void Lab::plan(Device& device) {
  const std::optional<NotifyScript>& notify = script_.sessions[device.next_session].notify;
  if (!notify) return;
  device.planned = Planned{*notify, Clock::now() + std::chrono::milliseconds(notify->after_ms)};
}

void Lab::bootstrapped(const AccountScript& account, const std::string& name) {
  const std::lock_guard<std::mutex> lock(mutex_);
  book_.reset(account, name);
  save_state();
  Device& client = device(name);
  client.last_heard = Clock::now();
  if (client.next_session == 0 && !script_.sessions.empty()) plan(client);
  if (script_.sessions.empty()) client.done = true;
}

Result<std::string> Lab::send(const AccountScript& account, const std::string& name, const NotifyScript& notify) {
  NotifyScript resolved = notify;
  resolved.to = DM_TRY(variables_.expand(notify.to));
  resolved.session_id = DM_TRY(variables_.expand(notify.session_id));
  // push-address of a bootstrap request may be a URI.
  if (const std::size_t scheme = resolved.to.find("://"); scheme != std::string::npos) {
    resolved.to = resolved.to.substr(scheme + 3);
  }
  if (resolved.to.empty()) return std::string("nobody");
  Nonces& nonces = book_.nonces(account, name);
  const Octets octets = DM_TRY(make_notification(resolved, account.server_id, account.server_password, nonces));
  const std::string answered = DM_TRY(send_push(resolved.via, resolved.to, {std::string(kNotificationType), octets}));
  if (resolved.nonce == "default") nonces.resynchronising = true;
  exchange_.note({name, resolved.session_id}, "notify",
                 fmt::format("{} octets to {}, session {}{}{}", octets.size(), resolved.to, resolved.session_id,
                             answered.empty() ? "" : ": ", answered));
  return resolved.to;
}

Result<std::string> Lab::notify(std::string_view account_name, std::string name, const NotifyScript& notify) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const AccountScript* account = account_name.empty() ? &script_.accounts.front() : script_.account(account_name);
  for (const AccountScript& candidate : script_.accounts) {
    if (account == nullptr && candidate.server_id == account_name) account = &candidate;
  }
  if (account == nullptr) return Error{Errc::not_found, "no account " + std::string(account_name)};
  if (name.empty()) name = book_.last_device(*account);
  return send(*account, name, notify);
}

void Lab::tick() {
  const std::lock_guard<std::mutex> lock(mutex_);
  const Time now = Clock::now();
  for (const auto& [key, entry] : devices_) {
    Device& client = *entry;
    if (client.planned && client.planned->due <= now) {
      Planned& planned = *client.planned;
      const std::string& named = script_.sessions[client.next_session].account;
      const AccountScript* account = named.empty() ? nullptr : script_.account(named);
      if (account == nullptr) account = &script_.accounts.front();
      const Result<std::string> sent = send(*account, client.name, planned.notify);
      if (!sent) exchange_.failure({client.name, ""}, "notification: " + sent.error().detail);
      planned.due = now + std::chrono::milliseconds(planned.notify.every_ms);
      if (planned.notify.repeat <= 1 || !sent) {
        client.planned.reset();
      } else {
        --planned.notify.repeat;
      }
    }
    if (!client.peer || client.peer->over()) continue;
    const SessionScript* const session = client.peer->script();
    const bool may_be_silent =
        session != nullptr && (session->ends == SessionEnding::silent || session->ends == SessionEnding::any);
    const std::chrono::milliseconds patience(may_be_silent ? session->silence_ms : script_.timeout_ms);
    if (now - client.last_heard < patience) continue;
    client.peer->end(SessionEnding::silent);
    settle(client);
  }
}

bool Lab::finished() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  std::size_t done = 0;
  for (const auto& [key, client] : devices_) done += client->done ? 1 : 0;
  return done >= options_.devices;
}

std::size_t Lab::sessions_ended() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return sessions_ended_;
}

void Lab::close(bool complete) {
  const std::lock_guard<std::mutex> lock(mutex_);
  std::size_t done = 0;
  for (const auto& [key, client] : devices_) {
    if (client->peer && !client->peer->over()) {
      client->peer->end(SessionEnding::silent);
      settle(*client);
    }
    done += client->done ? 1 : 0;
    if (complete && !client->done && client->next_session < script_.sessions.size()) {
      exchange_.failure({client->name, ""},
                        fmt::format("session \"{}\" did not take place", script_.sessions[client->next_session].name));
    }
  }
  if (complete && done < options_.devices && devices_.empty() && !script_.sessions.empty()) {
    exchange_.failure({}, "no client came");
  }
}

std::string Lab::state_json() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  nlohmann::ordered_json out{{"sessions_ended", sessions_ended_}, {"failures", exchange_.failures()}};
  nlohmann::ordered_json clients = nlohmann::ordered_json::array();
  for (const auto& [key, client] : devices_) {
    nlohmann::ordered_json entry{{"device", client->name},
                                 {"sessions_left", script_.sessions.size() - client->next_session},
                                 {"done", client->done}};
    if (client->peer && !client->peer->over()) entry["session_id"] = client->session_key;
    clients.push_back(std::move(entry));
  }
  out["clients"] = std::move(clients);
  return out.dump();
}

}  // namespace omadm::server
