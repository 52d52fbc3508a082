#include "client/notification_gate.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "client/private_area.h"
#include "syncml/notification/push_message.h"

namespace omadm {
namespace {

constexpr std::size_t kRemembered = 16;                // accepted triggers an account (NOT-043)
constexpr std::int64_t kHour = 3600;                   // seconds; window of the rate limit
constexpr std::int64_t kResynchronisationPause = 600;  // seconds, SEC-101
constexpr std::string_view kHistory = "triggers";      // leaf of the server's notes

Error refusal(Errc code, std::string reason) { return {code, std::move(reason)}; }

}  // namespace

NotificationGate::NotificationGate(Tree& tree, const Clock& clock, Log& log, const NotificationConfig& config,
                                   UserInterface* user, KnowsSession knows_session)
    : tree_(tree), clock_(clock), log_(log), config_(config), user_(user), knows_session_(std::move(knows_session)) {}

NotifyVerdict NotificationGate::check(Bytes octets, std::string_view content_type, bool dry_run) {
  NotifyVerdict verdict;
  const auto checked = [&]() -> Result<void> {
    const Bytes body = DM_TRY(notification_body(octets, content_type));  // NOT-030
    const std::vector<std::string>& older = config_.version_1_0;
    const Package0 message = DM_TRY(parse_package0(body, !older.empty()));  // NOT-031 … 033, 035
    if (message.version < Package0().version &&
        std::find(older.begin(), older.end(), message.server_id) == older.end()) {
      return refusal(Errc::unsupported,
                     "Package#0: version 1.0, and [notification] version_1_0 does not list its server");
    }
    verdict.server_id = message.server_id;
    verdict.session_id = message.session_id_text();
    verdict.ui_mode = message.ui_mode;
    verdict.server_initiated = message.server_initiated;
    verdict.version = fmt::format("{}.{}", message.version / 10, message.version % 10);
    const auto account = find_account(tree_, message.server_id);
    if (!account) return refusal(Errc::not_found, "no account of server \"" + message.server_id + "\"");  // NOT-034
    const Proof proved = proof(message, *account);
    if (proved == Proof::none) return refusal(Errc::authentication, "the digest is wrong");  // NOT-036, 037
    verdict.default_nonce = proved == Proof::default_nonce;
    std::vector<Accepted> accepted = history(message.server_id);
    if (verdict.default_nonce) {
      const bool lately = std::any_of(accepted.begin(), accepted.end(), [this](const Accepted& entry) {
        const std::int64_t age = clock_.utc_seconds() - entry.time;
        return entry.default_nonce && age >= 0 && age < kResynchronisationPause;
      });
      if (lately) return refusal(Errc::unavailable, "the default nonce was used less than ten minutes ago");
    }
    DM_TRY(check_repetition(message, accepted));
    verdict.delay = rate_delay(accepted);
    if (dry_run) return {};
    const Consent agreed = consent(message);
    const unsigned attempts = agreed == Consent::given ? kTriggerAttempts : 0;
    verdict.asks_user = agreed == Consent::ask;
    remember(message,
             {clock_.utc_seconds(), verdict.session_id, hex_encode(message.digest), verdict.default_nonce, attempts},
             std::move(accepted));
    if (agreed == Consent::refused) {
      return refusal(Errc::cancelled,
                     "the server wants the user asked, and nobody is there (NOT-057); [notification] ui = \"allow\" "
                     "accepts");
    }
    return {};
  }();
  verdict.accepted = checked.has_value();
  if (!checked) {
    verdict.error = checked.error().code;
    verdict.reason = checked.error().detail;
    log_.write(LogLevel::notice, "a notification was ignored: " + verdict.reason);
  }
  return verdict;
}

NotificationGate::Proof NotificationGate::proof(const Package0& message, const Account& account) const {
  bool by_default = false;
  const std::string issued = ServerNotes(tree_, account.server_id).get(kIssuedNonce);
  for (const AccountAuth& auth : account.auths) {
    // Without a secret anybody could make the digest (NOT-023).
    const bool digests = auth.type == "DIGEST" || auth.type == "HMAC";
    if (auth.level != "SRVCRED" || !digests || auth.secret.empty()) continue;
    // The formula names the ServerID; servers that hash their AAuthName instead are in the field (NOT-022).
    for (const std::string& name : {account.server_id, auth.name}) {
      if (name.empty()) continue;
      if (digest_matches(message, name, auth.secret, auth.data.value_or(""))) return Proof::stored_nonce;
      // The server has it when the last session was cut short behind the message that held it (SEC-095).
      if (!issued.empty() && digest_matches(message, name, auth.secret, issued)) return Proof::stored_nonce;
      by_default = by_default || digest_matches(message, name, auth.secret, kDefaultNonce);
    }
  }
  return by_default && config_.nonce_resync ? Proof::default_nonce : Proof::none;
}

Result<void> NotificationGate::check_repetition(const Package0& message, const std::vector<Accepted>& history) const {
  const std::string id = message.session_id_text();
  if (knows_session_(message.server_id, id)) {
    return refusal(Errc::already_exists, "session " + id + " was already asked for");  // NOT-038
  }
  const std::string digest = hex_encode(message.digest);
  const std::int64_t oldest = clock_.utc_seconds() - config_.max_age.count();
  for (const Accepted& entry : history) {
    if (entry.time >= oldest && entry.session_id == id && entry.digest == digest) {
      return refusal(Errc::already_exists, "a repetition of a notification that was accepted before");  // NOT-043
    }
  }
  return {};
}

std::chrono::seconds NotificationGate::rate_delay(std::span<const Accepted> earlier) const {
  const std::int64_t now = clock_.utc_seconds();
  std::vector<std::int64_t> recent;
  for (const Accepted& entry : earlier) {
    if (now - entry.time < kHour) recent.push_back(entry.time);
  }
  if (recent.size() < config_.max_per_hour || config_.max_per_hour == 0) return std::chrono::seconds(0);
  // Until so many of them are an hour old that one more is within the limit.
  const std::int64_t leaving = recent[recent.size() - config_.max_per_hour];
  // A clock that was set back says nothing better than "within the hour".
  return std::chrono::seconds(std::clamp<std::int64_t>(leaving + kHour - now, 1, kHour));
}

NotificationGate::Consent NotificationGate::consent(const Package0& message) const {
  if (message.ui_mode == 2) log_.write(LogLevel::notice, "server " + message.server_id + " asks for a session");
  if (message.ui_mode != 3 || config_.ui == NotificationConfig::Ui::allow) return Consent::given;
  const bool present = user_ != nullptr && user_->present();
  return config_.ui == NotificationConfig::Ui::ask && present ? Consent::ask : Consent::refused;
}

std::vector<NotificationGate::Accepted> NotificationGate::history(const std::string& server_id) const {
  std::vector<Accepted> entries;
  const std::string text = ServerNotes(tree_, server_id).get(kHistory);
  for (const std::string_view line : split(text, '\n')) {
    const auto fields = split(line, ' ');
    if (fields.size() != 5) continue;
    const auto time = parse_signed(fields[0]);
    const auto left = parse_unsigned(fields[4]);
    if (!time || !left) continue;
    entries.push_back({*time, std::string(fields[1]), std::string(fields[2]), fields[3] == "default",
                       static_cast<unsigned>(std::min<std::uint64_t>(*left, kTriggerAttempts))});
  }
  return entries;
}

void NotificationGate::remember(const Package0& message, Accepted entry, std::vector<Accepted> history) {
  history.push_back(std::move(entry));
  const std::size_t kept = std::max<std::size_t>(kRemembered, config_.max_per_hour);
  if (history.size() > kept) history.erase(history.begin(), history.end() - static_cast<std::ptrdiff_t>(kept));
  auto stored = store(message.server_id, history);
  if (stored) stored = tree_.flush();
  if (!stored) log_.write(LogLevel::error, "the notification could not be remembered: " + stored.error().detail);
}

Result<void> NotificationGate::store(const std::string& server_id, const std::vector<Accepted>& history) {
  std::string text;
  for (const Accepted& entry : history) {
    text += fmt::format("{} {} {} {} {}\n", entry.time, entry.session_id, entry.digest,
                        entry.default_nonce ? "default" : "stored", entry.left);
  }
  return ServerNotes(tree_, server_id).set({{kHistory, text}});
}

void NotificationGate::note_attempts(const std::string& server_id, const std::string& session_id, unsigned left) {
  std::vector<Accepted> entries = history(server_id);
  // The latest: session ids come round again.
  const auto entry = std::find_if(entries.rbegin(), entries.rend(),
                                  [&](const Accepted& accepted) { return accepted.session_id == session_id; });
  if (entry == entries.rend() || entry->left == left) return;
  entry->left = left;
  const auto stored = store(server_id, entries);
  if (!stored) log_.write(LogLevel::error, "a notification could not be noted as served: " + stored.error().detail);
}

std::vector<TriggeredSession> NotificationGate::unfinished() const {
  std::vector<TriggeredSession> sessions;
  const std::int64_t oldest = clock_.utc_seconds() - config_.max_age.count();
  for (const Account& account : read_accounts(tree_).accounts) {
    const std::vector<Accepted> entries = history(account.server_id);
    for (std::size_t i = 0; i < entries.size(); ++i) {
      const Accepted& entry = entries[i];
      if (entry.left == 0 || entry.time < oldest) continue;
      sessions.push_back({account.server_id, entry.session_id, entry.default_nonce,
                          rate_delay(std::span(entries).first(i)), kTriggerAttempts - entry.left});
    }
  }
  return sessions;
}

}  // namespace omadm
