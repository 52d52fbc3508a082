#include "client/bootstrap_runner.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "bootstrap/bootstrap.h"
#include "client/adapters.h"
#include "client/http_retry.h"
#include "transport/dns/srv_finder.h"

namespace omadm {
namespace {

using Kind = BootstrapPlace::Kind;

constexpr std::uint64_t kMaxDocument = 1U << 20U;

Result<std::string> device_id(Tree& tree) {
  const Uri uri = Uri().child("DevInfo").child("DevId");
  return DM_TRY(tree.begin(Principal::device()).get(uri)).data;
}

Result<MultipartBody> request_body(Tree& tree, const BootstrapConfig& config) {
  BootstrapRequestFields fields;
  fields.device_id = DM_TRY(device_id(tree));
  fields.username = config.username;
  fields.passphrase = config.passphrase;
  fields.push_address = config.push_address;
  return bootstrap_request(fields);
}

std::string shown(const BootstrapPlace& place) {
  return place.url + (place.connect_to.empty() ? "" : " at " + place.connect_to) +
         (place.offline ? ", on the local link," : "");
}

}  // namespace

BootstrapRunner::BootstrapRunner(const Surroundings& surroundings, std::vector<BootstrapPlace> places,
                                 Client::BootstrapDone done)
    : at_(surroundings), config_(surroundings.config), places_(std::move(places)), done_(std::move(done)) {
  timer_ = at_.loop.after({}, [this] { ask(); });
}

void BootstrapRunner::ask() {
  while (place_ < places_.size() && place().offline && answered_) ++place_;
  if (place_ >= places_.size()) return finish(nowhere());
  if (place().kind == Kind::search) return search();
  auto body = request_body(at_.tree, config_.bootstrap);
  if (!body) return finish(std::move(body).error());
  send(std::move(*body));
}

// Why nobody had a document.
Error BootstrapRunner::nowhere() const {
  Error error = worst_.value_or(Error{Errc::not_found, "no URL has a bootstrap document"});
  const bool named = std::any_of(places_.begin(), places_.end(), [](const auto& p) { return p.kind != Kind::card; });
  if (!named) {
    error.detail =
        "no bootstrap URL is known and no smart card has one; name one or set [bootstrap] url (" + error.detail + ")";
  }
  return error;
}

void BootstrapRunner::search() {
  const BootstrapConfig& config = config_.bootstrap;
  at_.log.write(LogLevel::info, "looking for " + config.discovery + " by DNS");
  auto finder = SrvFinder::create(at_.loop, config.dns_server);
  if (!finder) return next(std::move(finder).error());
  finder_ = std::move(*finder);
  search_ = finder_->find(config.discovery, [this](const Result<std::vector<ServicePlace>>& servers) {
    timer_ = at_.loop.after({}, [this, servers] { found(servers); });
  });
}

void BootstrapRunner::found(const Result<std::vector<ServicePlace>>& servers) {
  search_.reset();
  if (!servers) return next(servers.error());
  std::vector<BootstrapPlace> places;
  for (const ServicePlace& server : *servers) places.push_back(found_place(config_.bootstrap, server));
  places_.insert(places_.begin() + static_cast<std::ptrdiff_t>(place_) + 1, places.begin(), places.end());
  ++place_;
  ask();
}

void BootstrapRunner::send(MultipartBody body) {
  const BootstrapConfig& config = config_.bootstrap;
  HttpRequest request;
  request.url = place().url;
  request.connect_to = place().connect_to;
  std::string accept;
  for (const std::string& type : config.accept_types) accept += (accept.empty() ? "" : ", ") + type;
  request.headers = {{"Content-Type", body.content_type},
                     {"Accept", accept},
                     {"Cache-Control", "no-store"},
                     {"User-Agent", std::string(kUserAgent)}};
  request.body = std::move(body.body);
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
  at_.log.write(LogLevel::info, "asking " + shown(place()) + " for a bootstrap document");
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
  answered_ |= response.has_value();
  const bool again = response ? worth_repeating(*response) : worth_repeating(response.error());
  if (again && place().kind == Kind::named && repeats_ < config_.retry.count) {
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
  install(*response);
}

// A document that is there and wrong is the answer: another source does not make it right.
void BootstrapRunner::install(const HttpResponse& response) {
  BootstrapOrigin origin;
  origin.source = BootstrapSource::https;
  origin.offline = place().offline;
  auto installed = install_bootstrap(at_.tree, {response.body, response.header("Content-Type")}, at_.secrets, origin);
  if (!installed) return finish(std::move(installed).error());
  for (const std::string& note : installed->notes) at_.log.write(LogLevel::warning, "bootstrap: " + note);
  finish(std::move(installed->server_ids));
}

void BootstrapRunner::next(Error error) {
  at_.log.write(LogLevel::notice, "no bootstrap document: " + error.detail);
  if (!worst_ || (error.code != Errc::not_found && place().kind != Kind::card)) worst_ = std::move(error);
  repeats_ = 0;
  ++place_;
  ask();
}

void BootstrapRunner::finish(Result<std::vector<std::string>> result) {
  timer_ = at_.loop.after({}, [this, result = std::move(result)] {
    const Client::BootstrapDone done = std::move(done_);
    done(result);
  });
}

}  // namespace omadm
