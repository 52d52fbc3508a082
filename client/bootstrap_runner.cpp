#include "client/bootstrap_runner.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "bootstrap/bootstrap.h"
#include "client/adapters.h"
#include "client/http_retry.h"

namespace omadm {
namespace {

constexpr std::uint64_t kMaxDocument = 1U << 20U;

Result<std::string> device_id(Tree& tree) {
  const Uri uri = Uri().child("DevInfo").child("DevId");
  return DM_TRY(tree.begin(Principal::device()).get(uri)).data;
}

}  // namespace

std::vector<std::string> BootstrapRunner::smart_card_urls() {
  constexpr std::string_view kServers[] = {"127.0.0.1:4116", "[::1]:4116", "localuicc:443"};
  std::vector<std::string> urls;
  for (const std::string_view server : kServers) urls.push_back(fmt::format("https://{}/OMA/DM/Bootstrap.xml", server));
  return urls;
}

BootstrapRunner::BootstrapRunner(const Surroundings& surroundings, std::vector<std::string> urls,
                                 Client::BootstrapDone done)
    : at_(surroundings),
      config_(surroundings.config),
      urls_(urls.empty() ? smart_card_urls() : std::move(urls)),
      last_resort_(urls_ == smart_card_urls()),
      done_(std::move(done)) {
  timer_ = at_.loop.after({}, [this] { ask(); });
}

void BootstrapRunner::ask() {
  if (url_ >= urls_.size()) {
    Error error = worst_.value_or(Error{Errc::not_found, "no URL has a bootstrap document"});
    if (last_resort_) {
      error.detail =
          "no bootstrap URL is known and no smart card has one; name one or set [bootstrap] url (" + error.detail + ")";
    }
    return finish(std::move(error));
  }
  const BootstrapConfig& config = config_.bootstrap;
  BootstrapRequestFields fields;
  auto id = device_id(at_.tree);
  if (!id) return finish(std::move(id).error());
  fields.device_id = std::move(*id);
  fields.username = config.username;
  fields.passphrase = config.passphrase;
  fields.push_address = config.push_address;
  auto body = bootstrap_request(fields);
  if (!body) return finish(std::move(body).error());
  HttpRequest request;
  request.url = urls_[url_];
  std::string accept;
  for (const std::string& type : config.accept_types) accept += (accept.empty() ? "" : ", ") + type;
  request.headers = {{"Content-Type", body->content_type},
                     {"Accept", accept},
                     {"Cache-Control", "no-store"},
                     {"User-Agent", std::string(kUserAgent)}};
  request.body = std::move(body->body);
  request.tls = config_.tls;
  if (!config.ca_file.empty()) {
    request.tls.ca_file = config.ca_file;
    request.tls.ca_dir.clear();
  }
  // A passphrase goes to nobody but the host that was named (BOOT-087).
  request.redirect_same_host_only = !config.passphrase.empty();
  request.connect_timeout = std::min(request.connect_timeout, config_.timeout);
  request.idle_timeout = config_.timeout;
  request.max_body = kMaxDocument;
  at_.log.write(LogLevel::info, "asking " + urls_[url_] + " for a bootstrap document");
  call_ = at_.http.send(std::move(request), nullptr, [this](Result<HttpResponse> response) {
    response_.emplace(std::move(response));
    timer_ = at_.loop.after({}, [this] { answer_arrived(); });
  });
}

bool BootstrapRunner::accepts(const std::string& content_type) const {
  const auto& types = config_.bootstrap.accept_types;
  return std::find(types.begin(), types.end(), content_type) != types.end();
}

void BootstrapRunner::answer_arrived() {
  call_.reset();
  const Result<HttpResponse> response = std::move(*response_);
  response_.reset();
  const bool again = response ? worth_repeating(*response) : worth_repeating(response.error());
  if (again && !last_resort_ && repeats_ < config_.retry.count) {
    const auto wait = response ? retry_after(*response, at_.loop.clock().utc_seconds()) : std::nullopt;
    timer_ = at_.loop.after(wait.value_or(back_off(config_.retry, repeats_++)), [this] { ask(); });
    return;
  }
  if (!response) return next(response.error());
  if (response->status != 200) return next(http_error(*response));
  if (!accepts(response->content_type())) {
    return next({Errc::transport, fmt::format("{} answered with type \"{}\"; [bootstrap] accept_types can allow it",
                                              response->url, response->content_type())});
  }
  // A document that is there and wrong is the answer: another source does not make it right.
  BootstrapOrigin origin;
  origin.source = BootstrapSource::https;
  auto installed = install_bootstrap(at_.tree, {response->body, response->header("Content-Type")}, at_.secrets, origin);
  if (!installed) return finish(std::move(installed).error());
  for (const std::string& note : installed->notes) at_.log.write(LogLevel::warning, "bootstrap: " + note);
  finish(std::move(installed->server_ids));
}

void BootstrapRunner::next(Error error) {
  at_.log.write(LogLevel::notice, "no bootstrap document: " + error.detail);
  if (!worst_ || error.code != Errc::not_found) worst_ = std::move(error);
  repeats_ = 0;
  ++url_;
  ask();
}

void BootstrapRunner::finish(Result<std::vector<std::string>> result) {
  timer_ = at_.loop.after({}, [this, result = std::move(result)] {
    const Client::BootstrapDone done = std::move(done_);
    done(result);
  });
}

}  // namespace omadm
