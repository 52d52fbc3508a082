#include "tools/dm-server/bootstrap_front.h"

#include <fmt/format.h>

#include "base/text.h"
#include "tools/dm-server/bootstrap_document.h"
#include "tools/dm-server/faults.h"

namespace omadm::server {

BootstrapFront::BootstrapFront(const Script& script, Lab& lab, Exchange& exchange, Variables& variables,
                               Recorder* recorder, std::string url)
    : script_(script),
      lab_(lab),
      exchange_(exchange),
      variables_(variables),
      recorder_(recorder),
      url_(std::move(url)),
      faults_(script.bootstrap.faults) {}

std::optional<Fault> BootstrapFront::next_fault() {
  const std::lock_guard<std::mutex> lock(mutex_);
  for (Fault& fault : faults_) {
    if (fault.times == 0) continue;
    --fault.times;
    return fault;
  }
  return std::nullopt;
}

bool BootstrapFront::fields_good(const httplib::Request& request) {
  const Label who{request.get_file_value("devid").content, ""};
  bool good = true;
  const auto check = [&](const char* field, const std::optional<std::string>& wanted, const std::string& given) {
    if (!wanted || *wanted == given) return;
    exchange_.failure(who, fmt::format("bootstrap request: {} is not the expected one", field));
    good = false;
  };
  check("devid", script_.bootstrap.device, who.device);
  check("username", script_.bootstrap.username, request.get_file_value("username").content);
  if (script_.bootstrap.passphrase) {
    const Result<Octets> given = base64_decode(request.get_file_value("passphrase").content);
    check("passphrase", script_.bootstrap.passphrase, given ? *given : Octets());
  }
  for (const auto& [name, part] : request.files) {
    if (name == "devid" || name == "username" || name == "passphrase" || name == "push-address") continue;
    exchange_.failure(who, "bootstrap request: unknown field " + name);
    good = false;
  }
  return good;
}

void BootstrapFront::answer(const httplib::Request& request, httplib::Response& response) {
  if (!request.is_multipart_form_data() || !request.has_file("devid")) {
    exchange_.failure({}, "bootstrap request without multipart/form-data or without devid");
    response.status = 400;
    return;
  }
  const std::string device = request.get_file_value("devid").content;
  if (!fields_good(request)) {
    response.status = 403;
    return;
  }
  if (script_.bootstrap.status != 200) {
    exchange_.note({device, ""}, "bootstrap", fmt::format("answered HTTP {}", script_.bootstrap.status));
    response.status = script_.bootstrap.status;
    return;
  }
  if (request.has_file("push-address")) variables_.set("push_address", request.get_file_value("push-address").content);
  const std::optional<Fault> fault = next_fault();
  const AccountScript* account = script_.account(script_.bootstrap.account);
  if (account == nullptr) account = &script_.accounts.front();
  BootstrapAnswer document = make_bootstrap(script_.bootstrap, *account, url_ + script_.path);
  exchange_.note({device, ""}, "bootstrap",
                 fmt::format("account {} as {}, {} octets{}", account->name, script_.bootstrap.answer,
                             document.body.size(), fault ? ", fault " + std::string(to_string(fault->kind)) : ""));
  if (recorder_ != nullptr) {
    recorder_->write({Recorder::Direction::out, document.content_type, "", request.path, 200, {}, document.body});
  }
  if (fault) {
    if (fault->kind == FaultKind::garbage) document.body.assign(document.body.size(), '\x7F');
    return send_with_fault(request, response, *fault, std::move(document.body), document.content_type, url_);
  }
  response.set_content(document.body, document.content_type);
  lab_.bootstrapped(*account, device);
}

}  // namespace omadm::server
