#include "mo/common/partial_file.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <utility>
#include <vector>

#include "base/text.h"

namespace omadm {
namespace {

constexpr std::string_view kMagic = "omadm-download 1";
constexpr std::uint64_t kMaxMeta = 65536;
constexpr std::uint64_t kMaxBootId = 256;
constexpr std::size_t kReadAgain = 256U << 10U;  // octets at a time, for the digest

std::string part_of(const std::string& path) { return path + ".part"; }
std::string meta_of(const std::string& path) { return path + ".meta"; }
std::string directory_of(const std::string& path) { return std::filesystem::path(path).parent_path().string(); }

std::optional<std::uint64_t> size_of(const std::string& path) {
  std::error_code failed;
  const auto size = std::filesystem::file_size(path, failed);
  if (failed) return std::nullopt;
  return size;
}

void put_line(std::string& out, std::string_view key, std::string_view value) {
  if (value.empty() || value.find('\n') != std::string_view::npos) return;
  out.append(key).append(" ").append(value).append("\n");
}

std::string text_of(const PartialState& state) {
  std::string out(kMagic);
  out += "\n";
  put_line(out, "url", state.url);
  put_line(out, "etag", state.etag);
  put_line(out, "last-modified", state.last_modified);
  if (state.total) put_line(out, "total", std::to_string(*state.total));
  put_line(out, "durable", std::to_string(state.durable));
  put_line(out, "boot", state.boot);
  put_line(out, "attempts", std::to_string(state.attempts));
  put_line(out, "furthest", std::to_string(state.furthest));
  put_line(out, "first-attempt", std::to_string(state.first_attempt));
  return out + "end\n";
}

// nullopt: not one of ours, or cut off.
std::optional<PartialState> state_of(std::string_view text) {
  if (text.substr(0, kMagic.size()) != kMagic || text.size() < 4 || text.substr(text.size() - 4) != "end\n") {
    return std::nullopt;
  }
  PartialState state;
  for (const std::string_view line : split(text, '\n')) {
    const std::size_t space = line.find(' ');
    if (space == std::string_view::npos) continue;
    const std::string_view key = line.substr(0, space);
    const std::string_view value = line.substr(space + 1);
    if (key == "url") state.url = value;
    if (key == "etag") state.etag = value;
    if (key == "last-modified") state.last_modified = value;
    if (key == "total") state.total = parse_unsigned(value);
    if (key == "durable") state.durable = parse_unsigned(value).value_or(0);
    if (key == "boot") state.boot = value;
    if (key == "attempts") state.attempts = static_cast<unsigned>(parse_unsigned(value).value_or(0));
    if (key == "furthest") state.furthest = parse_unsigned(value).value_or(0);
    if (key == "first-attempt") state.first_attempt = parse_signed(value).value_or(0);
  }
  return state;
}

}  // namespace

Result<PartialFile> PartialFile::open(FileSystem& files, std::string path, const std::string& url) {
  PartialFile file(files, std::move(path));
  DM_TRY(files.make_directory(directory_of(file.path_)));
  DM_TRY(file.load(url));
  return file;
}

Result<void> PartialFile::load(const std::string& url) {
  const auto meta = files_->read(meta_of(path_), kMaxMeta);
  const auto known = meta ? state_of(*meta) : std::nullopt;
  const auto boot = files_->read("/proc/sys/kernel/random/boot_id", kMaxBootId);
  const std::string now(boot ? trim(*boot) : "");
  if (!known || known->url != url) {
    discard(*files_, path_);
    state.url = url;
    state.boot = now;
    file_ = DM_TRY(files_->open_append(part_of(path_)));
    return {};
  }
  state = *known;
  const bool same_system = !now.empty() && state.boot == now;
  state.boot = now;
  const auto whole = size_of(path_);
  if (whole && state.total == whole) {
    complete_ = true;
    size_ = *whole;
    return {};
  }
  file_ = DM_TRY(files_->open_append(part_of(path_)));
  const std::uint64_t there = file_->size();
  if (there < state.durable) return restart();  // somebody else had a hand in it
  size_ = same_system && there <= state.total.value_or(there) ? there : state.durable;
  if (there > size_) DM_TRY(file_->truncate(size_));
  return {};
}

void PartialFile::discard(FileSystem& files, const std::string& path) {
  for (const std::string& name : {meta_of(path), part_of(path), path, meta_of(path) + ".new"}) {
    (void)files.remove(name);  // most of them are not there
  }
}

Result<void> PartialFile::Digest::follow(const std::string& path, std::uint64_t to) {
  std::ifstream in(path, std::ios::binary);
  in.seekg(static_cast<std::streamoff>(size));
  std::vector<char> buffer(kReadAgain);
  while (size < to) {
    in.read(buffer.data(), static_cast<std::streamsize>(std::min<std::uint64_t>(buffer.size(), to - size)));
    if (in.gcount() <= 0) return Error{Errc::io, path + ": cannot be read again"};
    const auto count = static_cast<std::size_t>(in.gcount());
    stream.update({buffer.data(), count});
    size += count;
  }
  return {};
}

Result<void> PartialFile::restart() {
  if (complete_) {
    discard(*files_, path_);
    complete_ = false;
    file_ = DM_TRY(files_->open_append(part_of(path_)));
  }
  DM_TRY(file_->truncate(0));
  digest_ = std::make_shared<Digest>();
  size_ = state.durable = 0;
  state.etag.clear();
  state.last_modified.clear();
  state.total.reset();
  return {};
}

Result<void> PartialFile::append(Bytes octets) {
  DM_TRY(file_->append(octets));
  size_ += octets.size();
  return {};
}

Result<void> PartialFile::checkpoint() {
  if (complete_ || distrusted_ || state.durable == size_) return {};
  auto kept = checkpoint_job()();
  if (kept) {
    checkpointed(size_);
  } else {
    distrust();
  }
  return kept;
}

// Who opens it next does as after a power cut.
void PartialFile::distrust() {
  distrusted_ = true;
  state.boot.clear();
}

Result<void> PartialFile::save() const { return save_as(*files_, path_, state); }

Result<void> PartialFile::save_as(FileSystem& files, const std::string& path, const PartialState& state) {
  const std::string aside = meta_of(path) + ".new";
  (void)files.remove(aside);
  {
    const auto file = DM_TRY(files.open_append(aside));
    DM_TRY(file->append(text_of(state)));
    DM_TRY(file->sync());
  }
  return files.rename(aside, meta_of(path));
}

PartialFile::Job PartialFile::checkpoint_job() const {
  PartialState then = state;
  then.durable = size_;
  return [files = files_, file = file_, path = path_, then]() -> Result<void> {
    DM_TRY(file->sync());
    DM_TRY(save_as(*files, path, then));
    return files->sync_directory(directory_of(path));
  };
}

void PartialFile::checkpointed(std::uint64_t size) { state.durable = size; }

PartialFile::Job PartialFile::digest_job(std::uint64_t octets) const {
  return [digest = digest_, path = complete_ ? path_ : part_of(path_), to = std::min(size_, digest_->size + octets)] {
    return digest->follow(path, to);
  };
}

std::uint64_t PartialFile::digested() const { return digest_->size; }

PartialFile::Job PartialFile::finish_job() {
  const Job rest = digest_job(size_);
  if (complete_) return rest;
  state.total = size_;
  return [files = files_, keep = checkpoint_job(), rest, path = path_]() -> Result<void> {
    DM_TRY(keep());
    DM_TRY(rest());
    DM_TRY(files->rename(part_of(path), path));
    return files->sync_directory(directory_of(path));
  };
}

void PartialFile::finished() {
  state.durable = size_;
  file_.reset();
  complete_ = true;
}

std::string PartialFile::sha256() { return hex_encode(digest_->stream.finish()); }

}  // namespace omadm
