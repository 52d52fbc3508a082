#include "tools/dm-server/control_front.h"

#include <nlohmann/json.hpp>

namespace omadm::server {
namespace {

std::string text_at(const nlohmann::json& object, const char* key, const char* fallback = "") {
  const auto found = object.find(key);
  if (found == object.end()) return fallback;
  return found->is_string() ? found->get<std::string>() : found->dump();
}

unsigned number_at(const nlohmann::json& object, const char* key, unsigned fallback) {
  const auto found = object.find(key);
  return found != object.end() && found->is_number_unsigned() ? found->get<unsigned>() : fallback;
}

void refuse(httplib::Response& response, int status, const std::string& why) {
  response.status = status;
  response.set_content(nlohmann::json{{"error", why}}.dump() + "\n", "application/json");
}

}  // namespace

bool ControlFront::answer(const httplib::Request& request, httplib::Response& response) {
  if (!request.path.starts_with("/_control/")) return false;
  const std::string& from = request.remote_addr;
  if (!from.starts_with("127.") && from != "::1" && from != "::ffff:127.0.0.1") {
    refuse(response, 403, "the control listens to loopback only");
  } else if (request.method == "POST" && request.path == "/_control/notify") {
    notify(request, response);
  } else if (request.method == "GET" && request.path == "/_control/state") {
    response.set_content(lab_.state_json() + "\n", "application/json");
  } else {
    refuse(response, 404, "POST /_control/notify and GET /_control/state are what there is");
  }
  return true;
}

void ControlFront::notify(const httplib::Request& request, httplib::Response& response) {
  const nlohmann::json wanted = nlohmann::json::parse(request.body, nullptr, false);
  if (!wanted.is_object()) return refuse(response, 400, "the body is not a JSON object");
  NotifyScript script;
  script.to = text_at(wanted, "to");
  script.session_id = text_at(wanted, "session_id", "1");
  script.ui_mode = number_at(wanted, "ui_mode", script.ui_mode);
  script.server_initiated = text_at(wanted, "initiator", "server") != "user";
  script.nonce = text_at(wanted, "nonce", "stored");
  const std::optional<Bearer> bearer = bearer_named(text_at(wanted, "via", "udp"));
  if (!bearer) return refuse(response, 400, "\"via\" must be udp, wap, sip, sip-tcp or http");
  script.via = *bearer;
  if (script.to.empty()) return refuse(response, 400, "\"to\": HOST:PORT is missing");
  const std::string account = text_at(wanted, wanted.contains("account") ? "account" : "server_id");
  const Result<std::string> sent = lab_.notify(account, text_at(wanted, "device"), script);
  if (!sent) return refuse(response, sent.error().code == Errc::not_found ? 404 : 409, sent.error().detail);
  response.set_content(nlohmann::json{{"sent_to", *sent}, {"session_id", script.session_id}}.dump() + "\n",
                       "application/json");
}

}  // namespace omadm::server
