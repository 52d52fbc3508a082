#include "mo/common/download.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "base/text.h"

namespace omadm {
namespace {

constexpr std::chrono::seconds kLongestRetryAfter{3600};
// The tree is on the same medium more often than not, and must have room to record how this ended.
constexpr std::uint64_t kReserve = 512U << 10U;
constexpr std::uint64_t kLook = 128U << 10U;  // octets between two looks at the room that is left

struct ContentRange {
  std::uint64_t first = 0;
  bool has_range = false;              // false: "bytes */total" of a 416
  std::optional<std::uint64_t> total;  // nullopt: "*"
};

// RFC 9110 "Content-Range".
std::optional<ContentRange> parse_content_range(std::string_view text) {
  constexpr std::string_view kUnit = "bytes ";
  if (!equals_ignoring_case(text.substr(0, kUnit.size()), kUnit)) return std::nullopt;
  const auto halves = split(trim(text.substr(kUnit.size())), '/');
  if (halves.size() != 2) return std::nullopt;
  ContentRange range;
  if (halves[1] != "*") {
    range.total = parse_unsigned(halves[1]);
    if (!range.total) return std::nullopt;
  }
  if (halves[0] == "*") return range;
  const auto ends = split(halves[0], '-');
  if (ends.size() != 2) return std::nullopt;
  const auto first = parse_unsigned(ends[0]);
  const auto last = parse_unsigned(ends[1]);
  if (!first || !last || *last < *first || *last >= range.total.value_or(*last + 1)) return std::nullopt;
  range.first = *first;
  range.has_range = true;
  return range;
}

// What a partial file is known by.
std::string name_of_source(const DownloadOptions& options) {
  return options.base.empty() ? options.url : options.base + " > " + options.url;
}

}  // namespace

Result<void> check_room(const std::string& path, std::uint64_t wanted) {
  std::error_code failed;
  const auto space = std::filesystem::space(std::filesystem::path(path).parent_path(), failed);
  if (failed || (space.available >= kReserve && wanted <= space.available - kReserve)) return {};
  return Error{Errc::storage_full, std::to_string(wanted) + " octets more are to come, " +
                                       std::to_string(space.available) + " are free, of which " +
                                       std::to_string(kReserve) + " are for others"};
}

Download::Download(EventLoop& loop, HttpClient& http, FileSystem& files, DownloadOptions options, Done done)
    : loop_(loop), http_(http), files_(files), options_(std::move(options)), done_(std::move(done)) {
  timer_ = loop_.after({}, [this] { open(); });
}

Download::~Download() {
  if (file_ && call_) --file_->state.attempts;  // ended by us, it did not fail
  call_.reset();
  (void)settle();
  if (!file_) return;
  (void)file_->checkpoint();  // when these fail, less is there to go on with
  (void)file_->save();
}

std::uint64_t Download::received() const noexcept { return file_ ? file_->size() : 0; }
std::uint64_t Download::total() const noexcept { return file_ ? file_->state.total.value_or(0) : 0; }

void Download::open() {
  auto file = PartialFile::open(files_, options_.path, name_of_source(options_));
  if (!file) return conclude(std::move(file).error());
  file_.emplace(std::move(*file));
  kept_ = loop_.clock().steady();
  if (file_->state.first_attempt == 0) file_->state.first_attempt = loop_.clock().utc_seconds();
  const bool resumable = !file_->state.etag.empty() || !file_->state.last_modified.empty();
  if (file_->size() > 0 && !resumable && !file_->complete()) {
    if (auto emptied = file_->restart(); !emptied) return conclude(std::move(emptied).error());
  }
  (void)count_progress();
  const bool whole = file_->complete() || (file_->size() > 0 && file_->state.total == file_->size());
  return whole ? complete() : request();
}

// Only attempts that bring nothing are counted: a long way in many pieces is not given up. What was had before and was
// lost again is nothing.
bool Download::count_progress() {
  PartialState& state = file_->state;
  if (file_->size() < state.furthest + options_.checkpoint) return false;
  state.furthest = file_->size();
  state.attempts = std::min(state.attempts, 1U);
  return true;
}

bool Download::too_old() const {
  const std::int64_t age = loop_.clock().utc_seconds() - file_->state.first_attempt;
  return age > std::chrono::seconds(options_.retry.give_up_after).count();
}

void Download::request() {
  ++file_->state.attempts;
  if (auto saved = file_->save(); !saved) return conclude(std::move(saved).error());
  HttpRequest request;
  request.method = "GET";
  request.url = options_.url;
  request.base = options_.base;
  request.headers = {{"Accept", options_.accept}};
  asked_from_ = file_->size();
  if (asked_from_ > 0) {
    const PartialState& state = file_->state;
    request.headers.emplace_back("Range", "bytes=" + std::to_string(asked_from_) + "-");
    request.headers.emplace_back("If-Range", state.etag.empty() ? state.last_modified : state.etag);
  }
  request.tls = options_.tls;
  request.allow_http = options_.allow_http;
  request.max_redirects = options_.max_redirects;
  request.connect_timeout = options_.connect_timeout;
  request.idle_timeout = options_.idle_timeout;
  request.username = options_.username;
  request.password = options_.password;
  request.auth = options_.auth;
  request.login_url = options_.login_url;
  request.max_rate = options_.max_rate;
  request.max_body = std::max(options_.max_size, options_.inline_bodies.max_size);
  body_.reset();
  storing_ = other_part_ = false;
  http_status_ = 0;
  call_ = http_.send(std::move(request), this, [this](Result<HttpResponse> result) { answered(std::move(result)); });
  rated_ = file_->size();
  rate_timer_ = loop_.after(options_.idle_timeout, [this] { check_rate(); });
}

// A server that sends an octet now and then would otherwise hold the download for ever.
void Download::check_rate() {
  const std::uint64_t now = file_->size();
  const auto least = options_.min_rate * static_cast<std::uint64_t>(options_.idle_timeout.count());
  if (now >= rated_ && now - rated_ >= least && !too_old()) {
    rated_ = now;
    rate_timer_ = loop_.after(options_.idle_timeout, [this] { check_rate(); });
    return;
  }
  call_.reset();
  if (too_old()) return conclude(Error{Errc::timed_out, "it takes too long"});
  try_later({Errc::timed_out, "slower than " + std::to_string(options_.min_rate) + " octets a second"}, {});
}

Result<void> Download::begin(const HttpResponse& head) {
  http_status_ = head.status;
  if (head.status == 200 || head.status == 206) {
    const std::string coding = to_lower(trim(head.header("Content-Encoding")));
    if (!coding.empty() && coding != "identity") return Error{Errc::unsupported, "the server sent it as " + coding};
  }
  if (head.status == 206) {
    if (auto fits = check_part(head); !fits) {
      other_part_ = true;
      return fits;
    }
  } else if (head.status == 200) {
    DM_TRY(settle());
    const auto& types = options_.inline_bodies.types;
    if (std::find(types.begin(), types.end(), head.content_type()) != types.end()) return begin_inline(head);
    DM_TRY(file_->restart());
  } else {
    return {};
  }
  if (options_.check_head) DM_TRY(options_.check_head(head));
  storing_ = true;
  return take_head(head);
}

Result<void> Download::begin_inline(const HttpResponse& head) {
  body_.emplace();
  body_type_ = head.content_type();
  return {};
}

Result<void> Download::check_part(const HttpResponse& head) const {
  const auto range = parse_content_range(head.header("Content-Range"));
  const PartialState& state = file_->state;
  const std::string etag = head.header("ETag");
  const bool same_file = state.etag.empty() || etag.empty() || etag == state.etag;
  const bool fits = same_file && asked_from_ > 0 && range && range->has_range && range->first == asked_from_ &&
                    (!range->total || !state.total || *range->total == *state.total);
  if (fits) return {};
  return Error{Errc::malformed, "the server sent another part of the file than it was asked for"};
}

Result<void> Download::take_head(const HttpResponse& head) {
  PartialState& state = file_->state;
  const std::string etag = head.header("ETag");
  if (head.status == 200) {
    state.etag = etag.substr(0, 2) == "W/" ? "" : etag;
    state.last_modified = head.header("Last-Modified");
    state.total = parse_unsigned(head.header("Content-Length"));
  } else if (const auto range = parse_content_range(head.header("Content-Range")); range && range->total) {
    state.total = range->total;
  }
  if (state.total && options_.size && *state.total != *options_.size) {
    return Error{Errc::corrupt, std::to_string(*state.total) + " octets announced, not " +
                                    std::to_string(*options_.size) + " as it should be"};
  }
  if (!state.total) state.total = options_.size;
  if (state.total && *state.total > options_.max_size) {
    return Error{Errc::too_large, std::to_string(*state.total) + " octets announced, " +
                                      std::to_string(options_.max_size) + " are allowed"};
  }
  const std::uint64_t whole = state.total.value_or(0);
  DM_TRY(check_room(options_.path, whole - std::min(whole, file_->size())));
  looked_ = file_->size();
  return file_->save();
}

Result<void> Download::write(Bytes octets) {
  if (body_) {
    if (body_->size() + octets.size() > options_.inline_bodies.max_size) {
      return Error{Errc::bad_format,
                   body_type_ + ": over " + std::to_string(options_.inline_bodies.max_size) + " octets"};
    }
    body_->append(octets);
    return {};
  }
  if (!storing_) return {};  // what an error page says
  const std::uint64_t size = file_->size() + octets.size();
  if (size > options_.max_size) {
    return Error{Errc::too_large, "over the " + std::to_string(options_.max_size) + " octets allowed"};
  }
  if (file_->state.total && size > *file_->state.total) {
    return Error{Errc::corrupt, "longer than the " + std::to_string(*file_->state.total) + " octets announced"};
  }
  DM_TRY(file_->append(octets));
  if (file_->size() - looked_ >= kLook) {
    looked_ = file_->size();
    DM_TRY(check_room(options_.path, 0));
  }
  if (!job_) follow();
  return {};
}

// The rest of the file arrives meanwhile.
void Download::follow() {
  const Clock::Steady now = loop_.clock().steady();
  if (file_->size() - file_->state.durable >= options_.checkpoint && now - kept_ >= options_.checkpoint_time) {
    return in_background(file_->checkpoint_job(), file_->size());
  }
  if (file_->size() - file_->digested() < options_.digest_at_once) return;
  in_background(file_->digest_job(options_.digest_at_once), 0);
}

void Download::in_background(PartialFile::Job work, std::uint64_t durable, std::function<void()> then) {
  if (!worker_) worker_ = std::make_unique<Worker>(loop_);
  job_ = std::make_shared<Job>(Job{std::nullopt, durable});
  worker_->run([job = job_, work = std::move(work)] { job->outcome = work(); },
               [this, then = std::move(then)] {
                 if (auto done = job_done(); !done) {
                   call_.reset();
                   return conclude(std::move(done).error());
                 }
                 if (then) then();
               });
}

// What became of the job.
Result<void> Download::job_done() {
  const std::shared_ptr<Job> job = std::exchange(job_, nullptr);
  if (!job || !job->outcome) return {};  // it never began
  if (!*job->outcome) {
    file_->distrust();
  } else if (job->durable > 0) {
    file_->checkpointed(job->durable);
    kept_ = loop_.clock().steady();
  }
  return std::move(*job->outcome);
}

// Waits for the medium; what would have followed the job does not.
Result<void> Download::settle() {
  worker_.reset();
  return job_done();
}

void Download::answered(Result<HttpResponse> result) {
  const std::unique_ptr<HttpCall> ended = std::move(call_);
  rate_timer_.reset();
  if (result) return answered_well(*result);
  if (other_part_) return start_over();
  if (http_status_ / 100 == 3) return conclude(std::move(result).error());  // a redirect that leads nowhere
  if (worth_repeating(result.error().code)) return try_later(std::move(result).error(), {});
  conclude(std::move(result).error());
}

void Download::answered_well(const HttpResponse& response) {
  http_status_ = response.status;
  if (body_) return conclude(DownloadedFile{{}, 0, {}, body_type_, std::move(*body_), response.url});
  if (storing_) {
    if (file_->state.total && file_->size() < *file_->state.total) {
      return try_later({Errc::transport, "the file was cut off before its end"}, {});
    }
    return complete();
  }
  if (response.status == 416 && asked_from_ > 0) {  // FUMO-066
    const auto range = parse_content_range(response.header("Content-Range"));
    if (range && range->total == file_->size()) return complete();
    return start_over();
  }
  if (!worth_repeating(response.status)) return conclude(error_for_status(response.status));
  std::chrono::milliseconds wait{0};
  if (const auto seconds = parse_unsigned(trim(response.header("Retry-After")))) {
    wait = std::chrono::seconds(std::min<std::uint64_t>(*seconds, kLongestRetryAfter.count()));
  }
  try_later(error_for_status(response.status), wait);
}

void Download::start_over() {
  if (auto settled = settle(); !settled) return conclude(std::move(settled).error());
  if (auto emptied = file_->restart(); !emptied) return conclude(std::move(emptied).error());
  try_later({Errc::transport, "the file changed on the server"}, {});
}

void Download::try_later(Error error, std::chrono::milliseconds at_least) {
  if (auto settled = settle(); !settled) return conclude(std::move(settled).error());
  const bool progress = count_progress();
  const PartialState& state = file_->state;
  if (state.attempts >= options_.retry.attempts || too_old()) {
    error.detail += "; given up after " + std::to_string(state.attempts) + " attempts";
    return conclude(std::move(error));
  }
  const auto wait =
      std::max(progress ? std::chrono::milliseconds(0) : wait_after(options_.retry, state.attempts), at_least);
  if (wait > std::chrono::milliseconds(0)) {
    if (auto kept = file_->checkpoint(); !kept) return conclude(std::move(kept).error());
  }
  timer_ = loop_.after(wait, [this] { request(); });
}

void Download::complete() {
  if (auto settled = settle(); !settled) return conclude(std::move(settled).error());
  in_background(file_->finish_job(), 0, [this] {
    file_->finished();
    if (options_.size && file_->size() != *options_.size) {
      return conclude(Error{Errc::corrupt, std::to_string(file_->size()) + " octets, not " +
                                               std::to_string(*options_.size) + " as it should be"});
    }
    conclude(DownloadedFile{options_.path, file_->size(), file_->sha256(), {}, {}, {}});
  });
}

void Download::conclude(Result<DownloadedFile> result) {
  timer_.reset();
  rate_timer_.reset();
  (void)settle();  // there is one end
  const Done done = std::move(done_);
  const int status = http_status_;
  done(std::move(result), status);  // the owner may destroy us in there
}

}  // namespace omadm
