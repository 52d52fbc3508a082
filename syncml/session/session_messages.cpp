// What a session says: headers, package 1, and the end of each message.
#include <algorithm>
#include <utility>

#include "base/text.h"
#include "syncml/codec/codec.h"
#include "syncml/session/session_impl.h"

namespace omadm {
namespace {

constexpr std::uint64_t kMostAnnounced = UINT32_MAX;  // what any server can read
constexpr std::size_t kMostExpected = 1U << 20U;      // octets taken for an answer before it is known to be that long

}  // namespace

void Session::Impl::open_message(bool first_package) {
  if (header_arena_.size() != 0) header_arena_ = Arena();
  msg_id_text_ = std::to_string(++out_msg_id_);
  SyncHdr header;
  header.ver_dtd = "1.2";
  header.ver_proto = ver_proto(options_.version);
  header.session_id = options_.session_id;
  header.msg_id = msg_id_text_;
  header.target = account_.address;
  header.source = device_id_;
  if (first_package || out_msg_id_ == 1) {
    header.meta.max_msg_size = header_arena_.copy(std::to_string(options_.max_msg_size));
    header.meta.max_obj_size = header_arena_.copy(std::to_string(largest_object()));
  }
  client_.fill(header, header_arena_);
  writer_.open(header, std::min(kMostExpected, 1024 + 2 * message_size_));
}

// Some leaves take more than the tree could: what they take, in Base64 if need be. A leaf's own limit is for 413 to
// say.
std::uint64_t Session::Impl::largest_object() const {
  if (options_.limits_files) return options_.max_obj_size;
  const std::uint64_t file = std::min<std::uint64_t>(tree_.largest_file(), kMostAnnounced);
  const std::uint64_t sent = options_.encoding == Encoding::xml ? (file + 2) / 3 * 4 : file;
  return std::max<std::uint64_t>(options_.max_obj_size, std::min(sent, kMostAnnounced));
}

void Session::Impl::put_header_status(const Message& message, StatusCode code, const std::optional<Meta>& chal,
                                      std::string_view supported) {
  Command status;
  status.name = CommandName::status;
  status.msg_ref = message.header.msg_id;
  status.cmd_ref = "0";
  status.cmd = "SyncHdr";
  status.target_refs.push_back(message.header.target);
  status.source_refs.push_back(message.header.source);
  status.chal = chal;
  if (const auto issued = server_.issued_to_store()) host_.store_issued_nonce(*issued);
  status.data = digits(code);
  status.has_data = true;
  if (!supported.empty()) {
    Item item;
    item.data = Data{supported};
    status.items.push_back(item);
  }
  writer_.put_now(status);
}

// PRO-100 … 102: the session alert, DevInfo, then what is owed.
void Session::Impl::put_package1() {
  writer_.drop_kept();
  package_final_ = true;
  Command alert;
  alert.name = CommandName::alert;
  alert.data = options_.answers_trigger ? "1200" : "1201";
  alert.has_data = true;
  writer_.put(alert);
  put_device_info();
  alerts_.clear();  // PRO-106: what no Status came for is sent again
  put_owed_alerts();
}

void Session::Impl::put_device_info() {
  auto nodes = tree_.begin(Principal::device()).list(*Uri::parse("./DevInfo"));
  if (!nodes) return;
  Command replace;
  replace.name = CommandName::replace;
  std::vector<ResultItem> leaves;
  for (Node& node : *nodes) {
    if (!node.is_leaf()) continue;
    ResultItem& leaf = leaves.emplace_back();
    leaf.uri = node.uri.str();
    put_result(leaf, std::move(node), options_.encoding);
  }
  for (const ResultItem& leaf : leaves) {
    Item item;
    item.source = leaf.uri;
    if (!leaf.format.empty()) item.meta.format = leaf.format;  // below Ext and Bearer anything may stand (PRO-083)
    if (!leaf.type.empty()) item.meta.type = leaf.type;
    item.data = Data{*leaf.data, leaf.opaque};
    replace.items.push_back(item);
  }
  writer_.put(replace);
}

void Session::Impl::put_owed_alerts() {
  for (const auto& [id, owed] : host_.owed_alerts()) {
    bool under_way = false;
    for (const auto& [where, sent_id] : alerts_) under_way = under_way || sent_id == id;
    if (under_way) continue;
    if (runner_.max_result() != 0 && owed.data.size() > runner_.max_result()) {  // PRO-061: it will never be taken
      host_.alert_answered(id, static_cast<int>(StatusCode::entity_too_large));
      continue;
    }
    Command alert;
    alert.name = CommandName::alert;
    alert.data = "1226";
    alert.has_data = true;
    alert.correlator = owed.correlator;
    Item item;
    if (!owed.source.empty()) item.source = owed.source;
    item.meta.format = owed.format;
    item.meta.type = owed.type;
    if (!owed.mark.empty()) item.meta.mark = owed.mark;
    item.data = Data{owed.data};
    std::string text;
    if (owed.format == to_string(Format::bin)) {  // octets, which XML cannot hold
      item.data->opaque = options_.encoding == Encoding::wbxml;
      if (options_.encoding == Encoding::xml) {
        text = base64_encode(owed.data);
        item.meta.format = to_string(Format::b64);
        item.data->octets = text;
      }
    }
    alert.items.push_back(item);
    writer_.put(alert, id);
  }
}

Session::Step Session::Impl::close_message(bool final_message, bool ask_next) {
  const bool last = final_message && !writer_.owes();
  OutMessage out;
  out.body = writer_.close(last, ask_next);
  if (last) package_final_ = false;
  if (writer_.take_oversize()) {
    return end(SessionEnd::server_error, "the server's MaxMsgSize leaves no room for an answer");
  }
  // What this message reports must survive a power cut before it leaves.
  const auto flushed = tree_.flush();
  if (!flushed) {
    return end(SessionEnd::aborted, "the tree could not be made durable: " + flushed.error().detail);
  }
  for (const PackageWriter::Sent& sent : writer_.sent()) alerts_[{msg_id_text_, sent.cmd_id}] = sent.id;
  out.url = url_;
  out.content_type = media_type(options_.encoding);
  out.accept = kDmTypes;
  out.hmac_header = client_.mac_header(out.body);
  repeats_ = 0;
  Step step;
  step.send = std::move(out);
  return step;
}

}  // namespace omadm
