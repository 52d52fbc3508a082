#include "tests/support/scripted_server.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "syncml/auth/credential.h"

namespace omadm::test {
namespace {

constexpr std::string_view kMetinf = " xmlns=\"syncml:metinf\">";

std::string element(std::string_view name, std::string_view content) {
  return "<" + std::string(name) + ">" + std::string(content) + "</" + std::string(name) + ">";
}

std::string meta_element(std::string_view name, std::string_view content) {
  return "<" + std::string(name) + std::string(kMetinf) + std::string(content) + "</" + std::string(name) + ">";
}

std::string status(unsigned cmd_id, const DmRequest& request, std::string_view cmd_ref, std::string_view cmd,
                   std::string_view chal, std::string_view code) {
  return element("Status", element("CmdID", std::to_string(cmd_id)) + element("MsgRef", request.msg_id) +
                               element("CmdRef", cmd_ref) + element("Cmd", cmd) + std::string(chal) +
                               element("Data", code));
}

std::string valued(std::string_view name, std::string_view cmd_id, std::string_view uri, std::string_view data,
                   std::string_view format) {
  return element(name, element("CmdID", cmd_id) + element("Item", element("Target", element("LocURI", uri)) +
                                                                      element("Meta", meta_element("Format", format)) +
                                                                      element("Data", data)));
}

std::string line_of(const Command& command) {
  std::string line(to_string(command.name));
  if (command.name == CommandName::status) {
    line += " " + std::string(command.cmd_ref) + " " + std::string(command.cmd) + " " + std::string(command.data);
  } else if (command.name == CommandName::alert) {
    line += " " + std::string(command.data);
  } else if (command.name == CommandName::results) {
    line += " " + std::string(command.cmd_ref);
  }
  return line;
}

void take_command(DmRequest& request, const Command& command) {
  request.lines.push_back(line_of(command));
  if (command.name == CommandName::status && command.cmd_ref == "0" && command.chal && command.chal->next_nonce) {
    request.next_nonce = base64_decode(*command.chal->next_nonce).value_or("");
  }
  if (command.name == CommandName::alert) {
    DmRequest::Alert alert{
        std::string(command.cmd_id), std::string(command.data), {}, {}, std::string(command.correlator)};
    for (const Item& item : command.items) {
      alert.type = item.meta.type.value_or("");
      if (item.data) alert.data = item.data->octets;
    }
    request.alerts.push_back(std::move(alert));
  }
  if (command.name == CommandName::results) {
    for (const Item& item : command.items) {
      request.results[std::string(item.source.value_or(""))] = item.data ? item.data->octets : "";
    }
  }
}

}  // namespace

bool DmRequest::has(std::string_view line) const { return std::find(lines.begin(), lines.end(), line) != lines.end(); }

DmRequest read_dm_request(const TestRequest& http) {
  DmRequest request;
  request.http = http;
  const auto encoding = encoding_of(http.header("Content-Type"));
  if (!encoding) return request;
  const auto message = decode(*encoding, http.body, Limits{});
  if (!message) {
    request.lines.push_back("unreadable: " + message.error().detail);
    return request;
  }
  request.session_id = message->header.session_id;
  request.msg_id = message->header.msg_id;
  request.target = message->header.target;
  request.source = message->header.source;
  request.source_name = message->header.source_name;
  if (message->header.cred) request.cred = message->header.cred->data;
  for (const Command& command : message->commands) take_command(request, command);
  if (message->final_message) request.lines.emplace_back("Final");
  return request;
}

ScriptedServer::ScriptedServer(TestServerOptions options)
    : http_([this](const TestRequest& request) { return answer(request); }, std::move(options)) {}

ScriptedServer::~ScriptedServer() { release(); }

void ScriptedServer::then(Step step) {
  const std::lock_guard guard(mutex_);
  steps_.push_back(std::move(step));
}

void ScriptedServer::then(std::string commands, std::string header_extra) {
  then([this, commands = std::move(commands), extra = std::move(header_extra)](const DmRequest& request) {
    return package(request, commands, extra);
  });
}

void ScriptedServer::then_http(TestResponse response) {
  then([response = std::move(response)](const DmRequest&) { return response; });
}

void ScriptedServer::then_status(int http_status, std::vector<std::pair<std::string, std::string>> headers) {
  TestResponse response;
  response.status = http_status;
  response.headers = std::move(headers);
  then_http(std::move(response));
}

void ScriptedServer::then_hold(std::string commands) {
  {
    const std::lock_guard guard(mutex_);
    held_ = true;
  }
  then([this, commands = std::move(commands)](const DmRequest& request) {
    std::unique_lock lock(mutex_);
    released_.wait(lock, [this] { return !held_; });
    lock.unlock();
    return package(request, commands);
  });
}

void ScriptedServer::release() {
  {
    const std::lock_guard guard(mutex_);
    held_ = false;
  }
  released_.notify_all();
}

std::vector<DmRequest> ScriptedServer::requests() const {
  const std::lock_guard guard(mutex_);
  return requests_;
}

std::size_t ScriptedServer::count() const {
  const std::lock_guard guard(mutex_);
  return requests_.size();
}

TestResponse ScriptedServer::answer(const TestRequest& http) {
  DmRequest request = read_dm_request(http);
  Step step;
  {
    const std::lock_guard guard(mutex_);
    requests_.push_back(request);
    if (request.msg_id == "1") msg_ids_[request.session_id] = 0;
    ++msg_ids_[request.session_id];
    if (!steps_.empty()) {
      step = std::move(steps_.front());
      steps_.pop_front();
    }
  }
  return step ? step(request) : package(request, {});
}

void ScriptedServer::prove(std::string name, std::string secret, Octets nonce) {
  const std::lock_guard guard(mutex_);
  proof_ = Proof{std::move(name), std::move(secret), std::move(nonce)};
}

Octets ScriptedServer::nonce() const {
  const std::lock_guard guard(mutex_);
  return proof_ ? proof_->nonce : Octets();
}

TestResponse ScriptedServer::package(const DmRequest& request, std::string_view commands,
                                     std::string_view header_extra) {
  unsigned msg_id = 0;
  std::string name, cred;
  {
    const std::lock_guard guard(mutex_);
    msg_id = msg_ids_.at(request.session_id);
    if (proof_) {
      if (!request.next_nonce.empty()) proof_->nonce = request.next_nonce;
      name = element("LocName", proof_->name);
      cred = cred_element("syncml:auth-md5", md5_credential(proof_->name, Secret(proof_->secret), proof_->nonce));
    }
  }
  unsigned cmd_id = 9000;  // beyond those of the commands
  std::string body = status(cmd_id, request, "0", "SyncHdr", header_chal, header_status);
  for (const DmRequest::Alert& alert : request.alerts) {
    const std::string& code = alert.code == "1226" ? alert_status : header_status;
    if (!code.empty()) body += status(++cmd_id, request, alert.cmd_id, "Alert", {}, code);
  }
  const bool goes_on = commands.find("<MoreData/>") != std::string_view::npos;  // PRO-256: a chunk is not the end
  TestResponse response;
  response.body =
      "<SyncML xmlns=\"SYNCML:SYNCML1.2\">" +
      element("SyncHdr", element("VerDTD", "1.2") + element("VerProto", "DM/1.2") +
                             element("SessionID", request.session_id) + element("MsgID", std::to_string(msg_id)) +
                             element("Target", element("LocURI", request.source)) +
                             element("Source", element("LocURI", "https://dm.test/omadm") + name) +
                             std::string(header_extra) + cred) +
      element("SyncBody", body + std::string(commands) + (goes_on ? "" : "<Final/>")) + "</SyncML>";
  if (encoding == Encoding::wbxml) {
    const auto message = decode(Encoding::xml, response.body, Limits{});
    response.body = message ? encode(*message, Encoding::wbxml) : "";
  }
  response.headers = {{"Content-Type", std::string(media_type(encoding))}};
  return response;
}

std::string xml_text(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    escaped += c == '<' ? "&lt;" : c == '>' ? "&gt;" : c == '&' ? "&amp;" : std::string(1, c);
  }
  return escaped;
}

std::string get_command(std::string_view cmd_id, std::string_view uri) {
  return element("Get", element("CmdID", cmd_id) + element("Item", element("Target", element("LocURI", uri))));
}

std::string add_command(std::string_view cmd_id, std::string_view uri, std::string_view data, std::string_view format) {
  return valued("Add", cmd_id, uri, data, format);
}

std::string replace_command(std::string_view cmd_id, std::string_view uri, std::string_view data,
                            std::string_view format) {
  return valued("Replace", cmd_id, uri, data, format);
}

std::string delete_command(std::string_view cmd_id, std::string_view uri) {
  return element("Delete", element("CmdID", cmd_id) + element("Item", element("Target", element("LocURI", uri))));
}

std::string alert_command(std::string_view cmd_id, std::string_view code) {
  return element("Alert", element("CmdID", cmd_id) + element("Data", code));
}

std::string chal_element(std::string_view type, std::string_view nonce) {
  return element("Chal", element("Meta", meta_element("Format", "b64") + meta_element("Type", type) +
                                             meta_element("NextNonce", base64_encode(nonce))));
}

std::string cred_element(std::string_view type, std::string_view data) {
  return element("Cred",
                 element("Meta", meta_element("Format", "b64") + meta_element("Type", type)) + element("Data", data));
}

}  // namespace omadm::test
