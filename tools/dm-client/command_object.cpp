#include "tools/dm-client/command_object.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "base/text.h"

namespace omadm {
namespace {

constexpr std::size_t kMaxFetched = 256;  // leaves of one package
constexpr std::size_t kMaxReport = 4096;  // octets of an alert's Data
constexpr std::string_view kDone = "200";
constexpr std::string_view kFailed = "500";

std::string log_line(const HandlerCall& call, const Error& error) {
  return fmt::format("{}: {}", fmt::join(call.arguments, " "), error.detail);
}

HandlerCall call_of(std::string_view verb, const Uri& uri) {
  HandlerCall call;
  call.arguments = {std::string(verb), uri.str()};
  return call;
}

void describe(HandlerCall& call, const Node& node) {
  call.environment.emplace_back("OMADM_FORMAT", to_string(node.format));
  call.environment.emplace_back("OMADM_TYPE", node.type);
}

// What was printed as the value of a leaf: a line end closes the line, and is no part of a text.
Result<Octets> value_from(Octets output, const Node& leaf) {
  if (leaf.format != Format::bin) {
    if (output.ends_with('\n')) output.pop_back();
    if (output.ends_with('\r')) output.pop_back();
  }
  DM_TRY(check_value(leaf.format, output));
  return output;
}

}  // namespace

// The values of one request. Calls and the object know it as long as somebody wants it.
struct CommandObject::Fetch {
  std::map<Uri, std::optional<Result<std::optional<Octets>>>> values;  // nullopt: not there yet
  std::function<void()> ready;
  std::size_t awaited = 0;

  // A program that hangs once is not waited for again and again: the calls not yet made are not made.
  void give_up(const Error& why) {
    for (auto& [leaf, value] : values) {
      if (!value) value = Result<std::optional<Octets>>(why);
    }
    awaited = 0;
    ready();
  }
  void take(const Uri& leaf, Result<std::optional<Octets>> value) {
    values[leaf] = std::move(value);
    if (--awaited == 0) ready();
  }
};

class CommandObject::FetchedValues final : public LiveValues {
 public:
  explicit FetchedValues(std::shared_ptr<Fetch> fetch) : fetch_(std::move(fetch)) {}

 private:
  std::shared_ptr<Fetch> fetch_;  // the one owner; calls hold it only while they put a value in
};

Result<std::unique_ptr<CommandObject>> CommandObject::create(Client& client, const ObjectFile& object, Log& log) {
  auto calls = DM_TRY(HandlerQueue::create(client, object.handler, object.timeout));
  std::unique_ptr<CommandObject> created(new CommandObject(client, std::move(calls), log));
  for (const Uri& root : object.roots) client.tree().attach(root, *created);
  return created;
}

CommandObject::CommandObject(Client& client, std::unique_ptr<HandlerQueue> calls, Log& log)
    : client_(client), log_(log), calls_(std::move(calls)) {}

CommandObject::~CommandObject() { client_.tree().detach(*this); }

Result<std::optional<Octets>> CommandObject::read(const Uri& leaf) {
  for (auto fetch = fetches_.rbegin(); fetch != fetches_.rend(); ++fetch) {
    const std::shared_ptr<Fetch> alive = fetch->lock();
    if (!alive) continue;
    const auto value = alive->values.find(leaf);
    if (value != alive->values.end() && value->second) return *value->second;
  }
  return Error{Errc::unavailable, leaf.str() + ": its value comes from a program that was not asked yet; try again"};
}

std::unique_ptr<LiveValues> CommandObject::fetch(std::vector<Uri> leaves, std::function<void()> ready) {
  std::erase_if(fetches_, [](const auto& fetch) { return fetch.expired(); });
  const auto fetch = std::make_shared<Fetch>();
  const Error too_many{Errc::too_large, fmt::format("more than {} values at once", kMaxFetched)};
  for (std::size_t i = kMaxFetched; i < leaves.size(); ++i) fetch->values[leaves[i]] = too_many;
  if (leaves.size() > kMaxFetched) leaves.resize(kMaxFetched);
  fetch->ready = std::move(ready);
  fetch->awaited = leaves.size();
  for (const Uri& leaf : leaves) {
    fetch->values.emplace(leaf, std::nullopt);
    ask(fetch, leaf);
  }
  fetches_.push_back(fetch);
  return std::make_unique<FetchedValues>(fetch);
}

void CommandObject::ask(const std::shared_ptr<Fetch>& fetch, const Uri& leaf) {
  const std::optional<Node> node = client_.tree().begin(Principal::device()).peek(leaf);
  HandlerCall call = call_of("get", leaf);
  if (node) describe(call, *node);
  const std::weak_ptr<Fetch> weak = fetch;
  call.wanted = [weak] {
    const std::shared_ptr<Fetch> wanted = weak.lock();
    return wanted && wanted->awaited > 0;
  };
  call.done = [this, weak, leaf, node, call_line = call_of("get", leaf)](Result<Octets> output) {
    const std::shared_ptr<Fetch> wanted = weak.lock();
    if (!wanted) return;
    if (!output && output.error().code == Errc::unsupported) return wanted->take(leaf, std::optional<Octets>());
    Result<Octets> value = output && node ? value_from(*std::move(output), *node) : std::move(output);
    if (value) return wanted->take(leaf, std::optional<Octets>(*std::move(value)));
    log_.write(LogLevel::warning, log_line(call_line, value.error()));
    // A veto is about what somebody sent; here the program's own word is bad.
    const Errc code = value.error().code == Errc::veto ? Errc::failed : value.error().code;
    if (code == Errc::timed_out) return wanted->give_up({code, leaf.str() + ": " + value.error().detail});
    wanted->take(leaf, Error{code, leaf.str() + ": " + value.error().detail});
  };
  calls_->add(std::move(call));
}

Result<void> CommandObject::check(const Transaction&, Edits) {
  if (!calls_->is_full()) return {};
  return Error{Errc::unavailable, "the program that acts on it has not caught up"};
}

void CommandObject::committed(Edits edits) noexcept {
  for (const Edit& edit : edits) {
    if (edit.kind == Edit::Kind::property) continue;
    forget_values(edit);
    tell(edit);
  }
}

// What was replaced is newer than what the program said before.
void CommandObject::forget_values(const Edit& edit) {
  for (const std::weak_ptr<Fetch>& fetch : fetches_) {
    const std::shared_ptr<Fetch> alive = fetch.lock();
    if (!alive) continue;
    for (auto& [leaf, value] : alive->values) {
      if (value && leaf.is_within(edit.uri)) *value = std::optional<Octets>();
    }
  }
}

void CommandObject::tell(const Edit& edit, const std::string& file) {
  HandlerCall call;
  if (edit.kind == Edit::Kind::remove) {
    call = call_of("delete", edit.uri);
  } else if (edit.kind == Edit::Kind::rename) {
    call = call_of("rename", edit.uri);
    call.arguments.push_back(edit.renamed.str());
  } else {
    const std::optional<Node> node = client_.tree().begin(Principal::device()).peek(edit.uri);
    if (!node) return;  // gone again within the same commit
    call = call_of(edit.kind == Edit::Kind::add ? "add" : "replace", edit.uri);
    describe(call, *node);
    if (file.empty()) {
      call.input = node->data;
    } else {
      call.environment.emplace_back("OMADM_FILE", file);
    }
  }
  call.done = [this, call_line = HandlerCall{call.arguments, {}, {}, {}, {}}](const Result<Octets>& answer) {
    if (answer || answer.error().code == Errc::unsupported) return;
    log_.write(LogLevel::error, log_line(call_line, answer.error()) + "; the tree keeps the change");
  };
  calls_->add(std::move(call));
}

Result<ExecOutcome> CommandObject::exec(const ExecRequest& request) {
  if (calls_->is_full()) return Error{Errc::unavailable, "the program that acts on it has not caught up"};
  HandlerCall call = call_of("exec", request.uri);
  call.input = request.data;
  call.environment = {{"OMADM_SERVER_ID", request.server_id}, {"OMADM_CORRELATOR", request.correlator}};
  call.done = [this, request](const Result<Octets>& answer) { report(request, answer); };
  calls_->add(std::move(call));
  return ExecOutcome::accepted;
}

// The identifier of the management object that the node belongs to, else the node's own address.
std::string CommandObject::object_type(Uri uri) const {
  const Transaction transaction = client_.tree().begin(Principal::device());
  for (Uri place = uri; !place.is_root(); place = place.parent()) {
    const std::optional<Node> node = transaction.peek(place);
    if (node && !node->is_leaf() && !node->type.empty()) return node->type;
  }
  return uri.str();
}

void CommandObject::report(const ExecRequest& request, const Result<Octets>& answer) {
  if (!answer) log_.write(LogLevel::error, log_line(call_of("exec", request.uri), answer.error()));
  if (request.server_id.empty()) return;  // a person at the device
  GenericAlert alert;
  alert.server_id = request.server_id;
  alert.type = object_type(request.uri);
  alert.format = to_string(Format::chr);
  alert.mark = answer ? "informational" : "warning";
  alert.source = request.uri.str();
  alert.correlator = request.correlator;
  alert.data = answer ? kDone : kFailed;
  if (answer && !trim(*answer).empty() && answer->size() <= kMaxReport && is_utf8(*answer)) alert.data = trim(*answer);
  if (auto queued = client_.queue_alert(alert); !queued) {
    log_.write(LogLevel::error, "the result of an Exec cannot be reported: " + queued.error().detail);
    return;
  }
  const ClientStatus status = client_.status();
  if (status.running_server == request.server_id) return;  // what a session does not take makes another one follow
  static_cast<void>(client_.start_session(request.server_id, SessionCause::device, [](const SessionReport&) {}));
}

}  // namespace omadm
