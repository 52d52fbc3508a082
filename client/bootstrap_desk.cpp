#include "client/bootstrap_desk.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/crypto/digest.h"
#include "base/text.h"
#include "client/user_question.h"

namespace omadm {
namespace {

constexpr std::size_t kPushed = 8;       // messages of bearers at once; further ones are refused
constexpr std::size_t kRemembered = 64;  // messages; an older one may come again, and be installed again

Octets fingerprint(const BootstrapMessage& message) { return sha256(message.octets); }

BootstrapDocument document_of(const BootstrapMessage& message) { return {message.octets, message.content_type}; }

}  // namespace

// One document on its way.
class BootstrapDesk::Case {
 public:
  Case(BootstrapDesk& desk, BootstrapMessage message, Client::BootstrapDone done)
      : desk_(desk), at_(desk.at_), message_(std::move(message)), done_(std::move(done)) {
    come_up();
  }

  const BootstrapMessage& message() const { return message_; }
  bool is_pushed() const { return message_.source == BootstrapSource::push; }
  bool waits() const { return waits_; }
  // Its turn, as far as that can be told now.
  void come_up() {
    waits_ = false;
    timer_ = at_.loop.after({}, [this] { begin(); });
  }

 private:
  bool has_user() const { return at_.user != nullptr && at_.user->present(); }

  void begin() {
    auto needs = desk_.admit(message_, this);
    if (!needs) return finish(std::move(needs).error());
    waits_ = is_pushed() && desk_.pushed_before(*this) > 0;
    if (waits_) return;
    if (message_.needs_consent)
      return ask_consent("The smart card holds the settings of a management server. Use them?");
    asks_pin_ = needs->pin && !message_.secrets.pin && has_user();
    // Without the network's secret no PIN would do.
    if (needs->network && !message_.secrets.network) asks_pin_ = false;
    asks_pin_ ? ask_pin() : attempt();
  }

  void ask(UserPrompt prompt, void (Case::*next)(const UserAnswer&)) {
    question_ = std::make_unique<UserQuestion>(at_.loop, *at_.user, prompt, at_.config.user_timeout,
                                               [this, next](const UserAnswer& said) {
                                                 const auto question = std::move(question_);  // owns this callback
                                                 (this->*next)(said);
                                               });
  }

  void ask_pin() {
    UserPrompt prompt;
    prompt.kind = PromptKind::input;
    prompt.server_id = "Bootstrap";
    prompt.text = "The settings of a management server have arrived. The PIN that was given to you for them?";
    prompt.input_type = InputType::numeric;
    prompt.hidden = true;
    if (tries_ > 0) prompt.complaint = "That was not the PIN.";
    ask(std::move(prompt), &Case::pin_given);
  }

  void pin_given(const UserAnswer& said) {
    if (said.kind != UserAnswer::Kind::accepted || said.text.empty()) {
      return finish(Error{Errc::cancelled, "the user gave no PIN"});
    }
    message_.secrets.pin = Secret(Octets(trim(said.text)));
    ++tries_;
    attempt();
  }

  void ask_consent(std::string text) {
    if (!has_user()) return finish(Error{Errc::cancelled, "the user is to be asked, and there is none"});
    UserPrompt prompt;
    prompt.kind = PromptKind::confirm;
    prompt.server_id = "Bootstrap";
    prompt.text = std::move(text);
    ask(std::move(prompt), &Case::consent_given);
  }

  void consent_given(const UserAnswer& said) {
    if (said.kind != UserAnswer::Kind::accepted) return finish(Error{Errc::cancelled, "the user does not want it"});
    agreed_ = true;
    attempt();
  }

  void attempt() {
    std::string weaker;
    auto result = desk_.attempt(message_, [&](std::string_view server_id) {
      weaker = server_id;
      return agreed_;
    });
    if (!result && !weaker.empty() && !agreed_ && has_user()) {
      return ask_consent("New settings for the server " + weaker +
                         " are less well proved than those in use. Replace these all the same?");
    }
    const bool wrong = !result && result.error().code == Errc::authentication;
    if (wrong && asks_pin_ && tries_ < at_.config.bootstrap.pin_tries) return ask_pin();
    finish(std::move(result));
  }

  void finish(Result<std::vector<std::string>> result) {
    desk_.note_result(message_, result);
    timer_ = at_.loop.after({}, [this, result = std::move(result)] {
      const Client::BootstrapDone done = std::move(done_);
      const Result<std::vector<std::string>> told = result;
      BootstrapDesk& desk = desk_;
      desk.cases_.remove_if([this](const std::unique_ptr<Case>& other) { return other.get() == this; });
      const auto next = std::find_if(desk.cases_.begin(), desk.cases_.end(), [](const auto& c) { return c->waits(); });
      if (next != desk.cases_.end()) (*next)->come_up();
      if (done) done(told);
    });
  }

  BootstrapDesk& desk_;
  const Surroundings& at_;
  BootstrapMessage message_;
  Client::BootstrapDone done_;
  bool waits_ = false;  // for those pushed before
  bool asks_pin_ = false;
  bool agreed_ = false;
  unsigned tries_ = 0;
  std::unique_ptr<UserQuestion> question_;
  LoopHandlePtr timer_;
};

BootstrapDesk::BootstrapDesk(const Surroundings& surroundings) : at_(surroundings) {}
BootstrapDesk::~BootstrapDesk() = default;

// `own`: the case it is of.
Result<BootstrapNeeds> BootstrapDesk::admit(BootstrapMessage& message, const Case* own) {
  BootstrapNeeds needs = DM_TRY(bootstrap_needs(document_of(message)));
  if (!needs.mac) return needs;
  const auto now = at_.loop.clock().steady();
  if (now < locked_until_) {
    const auto left = std::chrono::duration_cast<std::chrono::seconds>(locked_until_ - now);
    return Error{Errc::unavailable,
                 fmt::format("too many forged bootstrap messages: none is taken for {} s", left.count())};
  }
  if (std::find(taken_.begin(), taken_.end(), fingerprint(message)) != taken_.end()) {
    return Error{Errc::already_exists, "the same message was installed before"};
  }
  // Nobody is asked twice because a bearer delivers twice.
  for (const std::unique_ptr<Case>& other : cases_) {
    if (other.get() == own) break;  // the rest came later
    if (other->message().octets == message.octets) {
      return Error{Errc::already_exists, "the same message is being looked at"};
    }
  }
  if (own != nullptr && own->is_pushed() && pushed_before(*own) >= kPushed) {
    return Error{Errc::unavailable, "too many bootstrap messages at once"};
  }
  if (needs.network && !message.secrets.network && at_.network_secret) {
    message.secrets.network = at_.network_secret();
  }
  return needs;
}

Result<std::vector<std::string>> BootstrapDesk::attempt(const BootstrapMessage& message,
                                                        const std::function<bool(std::string_view)>& confirm) {
  const BootstrapOrigin origin{message.source, message.card, message.offline, confirm, false};
  const BootstrapOutcome outcome = DM_TRY(install_bootstrap(at_.tree, document_of(message), message.secrets, origin));
  for (const std::string& note : outcome.notes) at_.log.write(LogLevel::warning, "bootstrap: " + note);
  return outcome.server_ids;
}

void BootstrapDesk::note_result(const BootstrapMessage& message, const Result<std::vector<std::string>>& result) {
  const auto needs = bootstrap_needs(document_of(message));
  const bool has_mac = needs && needs->mac;
  if (result && has_mac) {
    wrong_macs_ = 0;
    taken_.push_back(fingerprint(message));
    if (taken_.size() > kRemembered) taken_.pop_front();
  } else if (!result && has_mac && result.error().code == Errc::authentication &&
             ++wrong_macs_ >= at_.config.bootstrap.max_forged) {
    wrong_macs_ = 0;
    locked_until_ = at_.loop.clock().steady() + at_.config.bootstrap.lockout;
    at_.log.write(LogLevel::warning, "too many forged bootstrap messages: none is taken for a while");
  }
  if (message.source != BootstrapSource::push) return;  // somebody waits for the result and tells of it
  if (!result) return at_.log.write(LogLevel::notice, "bootstrap message refused: " + result.error().detail);
  for (const std::string& server : *result) at_.log.write(LogLevel::notice, "bootstrap: account for " + server);
}

Result<std::vector<std::string>> BootstrapDesk::install(BootstrapMessage message) {
  Result<std::vector<std::string>> result = Error{};
  if (auto needs = admit(message, nullptr); !needs) {
    result = std::move(needs).error();
  } else if (message.needs_consent) {
    result = Error{Errc::cancelled, "the user is to be asked first"};
  } else {
    result = attempt(message, nullptr);
  }
  note_result(message, result);
  return result;
}

Result<BootstrapNeeds> BootstrapDesk::check(BootstrapMessage message) {
  BootstrapNeeds needs = DM_TRY(admit(message, nullptr));
  if (needs.pin && !message.secrets.pin) return needs;
  const auto may_be_asked = [this](std::string_view) { return at_.user != nullptr && at_.user->present(); };
  const BootstrapOrigin origin{message.source, message.card, message.offline, may_be_asked, true};
  DM_TRY(install_bootstrap(at_.tree, document_of(message), message.secrets, origin));
  return needs;
}

std::size_t BootstrapDesk::pushed_before(const Case& own) const {
  std::size_t count = 0;
  for (const std::unique_ptr<Case>& other : cases_) {
    if (other.get() == &own) break;
    if (other->is_pushed()) ++count;
  }
  return count;
}

void BootstrapDesk::take(BootstrapMessage message, Client::BootstrapDone done) {
  cases_.push_back(std::make_unique<Case>(*this, std::move(message), std::move(done)));
}

}  // namespace omadm
