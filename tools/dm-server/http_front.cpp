#include "tools/dm-server/http_front.h"

#include <httplib.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "base/text.h"
#include "tools/dm-server/bootstrap_front.h"
#include "tools/dm-server/control_front.h"
#include "tools/dm-server/faults.h"
#include "tools/dm-server/firmware_host.h"
#include "tools/dm-server/http_auth.h"
#include "tools/dm-server/tls_authority.h"
#include "tools/dm-server/written_file.h"

namespace omadm::server {
namespace {

constexpr std::size_t kLargestRequest = 64U << 20U;
constexpr std::size_t kThreads = 64;
constexpr time_t kKeepAliveSeconds = 15;

std::string authority_of(const std::string& host, int port) {
  if (host == "0.0.0.0" || host == "::" || host.empty()) return "localhost:" + std::to_string(port);
  return (host.find(':') == std::string::npos ? host : "[" + host + "]") + ":" + std::to_string(port);
}

std::vector<std::pair<std::string, std::string>> headers_of(const httplib::Headers& headers) {
  std::vector<std::pair<std::string, std::string>> out;
  for (const auto& [name, value] : headers) {
    if (name == "REMOTE_ADDR" || name == "REMOTE_PORT" || name == "LOCAL_ADDR" || name == "LOCAL_PORT") continue;
    out.emplace_back(name, value);
  }
  return out;
}

void tell_request(Exchange& exchange, const httplib::Request& request, const httplib::Response& response) {
  exchange.note({}, "http",
                request.method + " " + request.path + ", " + std::to_string(request.body.size()) + " octets: " +
                    std::to_string(response.status) + ", " + std::to_string(response.body.size()) + " octets");
}

}  // namespace

struct HttpFront::Impl {
  std::unique_ptr<httplib::Server> server;
  TlsIdentity identity;
  std::thread thread;
  std::atomic<int> busy{0};

  const Script* script = nullptr;
  Lab* lab = nullptr;
  Recorder* recorder = nullptr;
  std::unique_ptr<BootstrapFront> bootstrap;
  std::unique_ptr<FirmwareHost> firmware;
  std::unique_ptr<ControlFront> control;
  std::unique_ptr<HttpAuth> http_auth;
  std::string url;

  void post(const httplib::Request& request, httplib::Response& response);
  void dm(const httplib::Request& request, httplib::Response& response);
};

HttpFront::HttpFront() : impl_(std::make_unique<Impl>()) {}
HttpFront::~HttpFront() { stop(); }

Result<std::unique_ptr<HttpFront>> HttpFront::open(const ListenOptions& options) {
  std::unique_ptr<HttpFront> front(new HttpFront());
  Impl& impl = *front->impl_;
  if (!options.tls) {
    impl.server = std::make_unique<httplib::Server>();
  } else if (!options.certificate_file.empty()) {
    impl.server = std::make_unique<httplib::SSLServer>(options.certificate_file.c_str(), options.key_file.c_str());
  } else {
    impl.identity = DM_TRY(make_tls_identity(options.names));
    // httplib takes the store over.
    X509_STORE* const trusted = options.client_file.empty() ? nullptr : make_client_trust(impl.identity).release();
    impl.server =
        std::make_unique<httplib::SSLServer>(impl.identity.certificate.get(), impl.identity.key.get(), trusted);
    if (!options.client_file.empty()) DM_TRY(write_file(options.client_file, impl.identity.client_pem));
    if (!options.ca_file.empty()) DM_TRY(write_file(options.ca_file, impl.identity.ca_pem));
  }
  if (!impl.server->is_valid()) return Error{Errc::io, "the certificate or its key cannot be used"};
  impl.server->set_tcp_nodelay(true);
  impl.server->set_payload_max_length(kLargestRequest);
  impl.server->set_keep_alive_timeout(kKeepAliveSeconds);
  impl.server->set_keep_alive_max_count(1000);
  impl.server->new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
  if (options.port == 0) {
    front->port_ = impl.server->bind_to_any_port(options.host);
  } else if (impl.server->bind_to_port(options.host, options.port)) {
    front->port_ = options.port;
  } else {
    front->port_ = -1;
  }
  if (front->port_ <= 0) {
    return Error{Errc::io, options.host + ":" + std::to_string(options.port) + ": cannot listen there (taken?)"};
  }
  front->url_ = (options.tls ? "https://" : "http://") + authority_of(options.host, front->port_);
  return front;
}

Result<void> HttpFront::start(const Script& script, Lab& lab, Exchange& exchange, Variables& variables,
                              Recorder* recorder) {
  Impl& impl = *impl_;
  impl.script = &script;
  impl.lab = &lab;
  impl.recorder = recorder;
  impl.url = script.url.empty() ? url_ : script.url;
  impl.firmware = DM_TRY(FirmwareHost::open(script, variables, exchange, impl.url));
  impl.bootstrap = std::make_unique<BootstrapFront>(script, lab, exchange, variables, recorder, impl.url);
  impl.control = std::make_unique<ControlFront>(lab);
  impl.http_auth = std::make_unique<HttpAuth>(script.http_auth);
  impl.server->Post(".*", [&impl](const httplib::Request& request, httplib::Response& response) {
    ++impl.busy;
    impl.post(request, response);
  });
  impl.server->Get(".*", [&impl](const httplib::Request& request, httplib::Response& response) {
    ++impl.busy;
    if (impl.control->answer(request, response) || impl.firmware->answer(request, response)) return;
    response.status = 404;
  });
  // Called when an answer is out; a spoiled one may never come here.
  impl.server->set_logger([&impl, &exchange](const httplib::Request& request, const httplib::Response& response) {
    if (exchange.verbose()) tell_request(exchange, request, response);
    --impl.busy;
  });
  impl.thread = std::thread([&impl] { impl.server->listen_after_bind(); });
  while (!impl.server->is_running()) std::this_thread::yield();
  return {};
}

bool HttpFront::idle() const { return impl_->busy.load() <= 0; }

void HttpFront::stop() {
  if (!impl_->thread.joinable()) return;
  impl_->server->stop();
  cut_all_connections(port_);
  impl_->thread.join();
}

void HttpFront::Impl::post(const httplib::Request& request, httplib::Response& response) {
  if (control->answer(request, response)) return;
  if (script->bootstrap.enabled && request.path == script->bootstrap.path) return bootstrap->answer(request, response);
  if (request.path.starts_with(script->path)) return dm(request, response);
  response.status = 404;
}

void HttpFront::Impl::dm(const httplib::Request& request, httplib::Response& response) {
  if (!http_auth->admits(request.method, request.get_header_value("Authorization"))) {
    response.status = 401;
    response.set_header("WWW-Authenticate", http_auth->challenge());
    return;
  }
  PeerRequest peer_request{request.get_header_value("Content-Type"), std::nullopt, request.body};
  const std::string hmac_name(kHmacHeaderName);
  for (std::size_t i = 0; i < request.get_header_value_count(hmac_name); ++i) {
    std::string& value = peer_request.hmac_header ? *peer_request.hmac_header : peer_request.hmac_header.emplace();
    value += (value.empty() ? "" : ", ") + request.get_header_value(hmac_name, i);
  }
  const Lab::Outcome outcome = lab->handle(peer_request);
  const PeerReply& reply = outcome.reply;
  if (recorder != nullptr) {
    recorder->write({Recorder::Direction::in, peer_request.content_type, outcome.session_id, request.target, 0,
                     headers_of(request.headers), request.body});
  }
  if (outcome.http_status != 200) {
    response.status = outcome.http_status;
    return;
  }
  if (reply.delay_ms > 0) std::this_thread::sleep_for(std::chrono::milliseconds(reply.delay_ms));
  response.set_header("Cache-Control", "no-store");
  if (reply.hmac_header) response.set_header(hmac_name, *reply.hmac_header);
  if (reply.fault) {
    send_with_fault(request, response, *reply.fault, reply.body, reply.content_type, url);
  } else {
    response.set_content(reply.body, reply.content_type);
  }
  if (recorder != nullptr) {
    recorder->write({Recorder::Direction::out, reply.content_type, outcome.session_id, request.target,
                     response.status > 0 ? response.status : 200, headers_of(response.headers), reply.body});
  }
}

}  // namespace omadm::server
