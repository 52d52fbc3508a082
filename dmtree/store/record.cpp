#include "dmtree/store/record.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "dmtree/store/crc32c.h"

namespace omadm {
namespace {

constexpr std::uint8_t kFirstOfBatch = 0x01;
constexpr std::uint8_t kServerPrefix = 0x40;
constexpr std::uint8_t kUnusedFlags = 0x80;
constexpr std::uint8_t kOpMask = 0x03;
constexpr std::uint8_t kHasType = 0x04;
constexpr std::uint8_t kHasTitle = 0x08;
constexpr std::uint8_t kHasAcl = 0x10;
constexpr std::uint8_t kHasData = 0x20;
constexpr std::uint8_t kHasTstamp = 0x40;
constexpr std::uint8_t kTextPlain8 = 0x80;

constexpr std::string_view kServer = "server:";

constexpr std::size_t kWorthKeeping = 64U << 10U;  // octets of a record whose memory the next one is to use

// The texts of an origin in the order of their flag bits, the first being bit 1.
constexpr std::string Origin::*kOriginTexts[] = {&Origin::who, &Origin::session, &Origin::msg, &Origin::cmd,
                                                 &Origin::command};

void put_u8(OctetBuffer& out, std::uint8_t value) { out.push(static_cast<char>(value)); }

void put_varint(OctetBuffer& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7U) put_u8(out, static_cast<std::uint8_t>(value | 0x80U));
  put_u8(out, static_cast<std::uint8_t>(value));
}

void put_text(OctetBuffer& out, Bytes text) {
  put_varint(out, text.size());
  out.append(text);
}

void put_time(OctetBuffer& out, std::int64_t time) {
  const auto bits = static_cast<std::uint64_t>(time);
  put_varint(out, (bits << 1U) ^ (time < 0 ? ~std::uint64_t{0} : 0));
}

Result<std::uint64_t> varint(ByteReader& in) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    const std::uint64_t octet = DM_TRY(in.u8());
    if (shift == 63 && octet > 1) break;
    value |= (octet & 0x7FU) << shift;
    if ((octet & 0x80U) == 0) return value;
  }
  return Error{Errc::malformed, "number is too long"};
}

Result<Bytes> text(ByteReader& in) {
  const std::uint64_t length = DM_TRY(varint(in));
  if (length > in.remaining()) return Error{Errc::malformed, "text reaches past the record"};
  return in.take(static_cast<std::size_t>(length));
}

Result<std::int64_t> time_value(ByteReader& in) {
  const std::uint64_t bits = DM_TRY(varint(in));
  return static_cast<std::int64_t>((bits >> 1U) ^ (~(bits & 1U) + 1U));
}

// Compared eight octets at a time, the rest one by one.
std::size_t common_prefix(std::string_view a, std::string_view b) {
  const std::size_t most = std::min(a.size(), b.size());
  std::size_t same = 0;
  for (std::uint64_t left = 0, right = 0; most - same >= sizeof left; same += sizeof left) {
    std::memcpy(&left, a.data() + same, sizeof left);
    std::memcpy(&right, b.data() + same, sizeof right);
    if (left != right) break;
  }
  while (same < most && a[same] == b[same]) ++same;
  return same;
}

// Reads the edits of one body; remembers the former address and how much the addresses unfold to.
class EditReader {
 public:
  EditReader(ByteReader& in, std::int64_t time) : in_(in), time_(time) {}

  // Whether the next edit is a put of a node nobody wants; if so, reads past it.
  Result<bool> pass_over(const WantsNode& wants) {
    const ByteReader before = in_;
    const std::uint8_t head = DM_TRY(in_.u8());
    if ((head & kOpMask) == static_cast<std::uint8_t>(EditRecord::Op::put)) {
      DM_TRY(path());
      if (!wants(last_path_)) {
        DM_TRY(pass_over_node(head));
        return true;
      }
      uri_octets_ -= last_path_.size();  // next() counts it again
    }
    in_ = before;
    return false;
  }

  Result<EditRecord> next() {
    const std::uint8_t head = DM_TRY(in_.u8());
    EditRecord edit;
    switch (head & kOpMask) {
      case static_cast<std::uint8_t>(EditRecord::Op::put):
        edit.op = EditRecord::Op::put;
        break;
      case static_cast<std::uint8_t>(EditRecord::Op::remove):
        edit.op = EditRecord::Op::remove;
        break;
      case static_cast<std::uint8_t>(EditRecord::Op::rename):
        edit.op = EditRecord::Op::rename;
        break;
      default:
        return Error{Errc::malformed, "unknown edit"};
    }
    edit.node.uri = DM_TRY(uri());
    if (edit.op == EditRecord::Op::rename) edit.renamed = DM_TRY(uri());
    if (edit.op == EditRecord::Op::put) {
      DM_TRY(node(head, edit.node));
    } else if ((head & ~kOpMask) != 0) {
      return Error{Errc::malformed, "unknown flags of an edit"};
    }
    return edit;
  }

 private:
  // Into last_path_. Reading the same address twice comes to the same.
  Result<void> path() {
    const std::uint64_t shared = DM_TRY(varint(in_));
    const Bytes rest = DM_TRY(text(in_));
    if (shared > last_path_.size()) return Error{Errc::malformed, "address shares more than there is"};
    last_path_.resize(static_cast<std::size_t>(shared));
    last_path_.append(rest);
    uri_octets_ += last_path_.size();
    if (uri_octets_ > kMaxRecordUris) return Error{Errc::too_large, "addresses of a record"};
    return {};
  }

  Result<Uri> uri() {
    DM_TRY(path());
    if (last_path_.empty()) return Uri();
    Uri parsed = DM_TRY(Uri::parse("./" + last_path_));
    if (parsed.path() != last_path_) return Error{Errc::malformed, "address is not canonical"};
    return parsed;
  }

  Result<void> node(std::uint8_t head, NodeRecord& out) {
    const std::uint8_t format = DM_TRY(in_.u8());
    if (format > static_cast<std::uint8_t>(Format::float_)) return Error{Errc::malformed, "unknown format"};
    out.format = static_cast<Format>(format);
    const std::uint64_t verno = DM_TRY(varint(in_));
    if (verno > 0xFFFF) return Error{Errc::malformed, "VerNo is too large"};
    out.verno = static_cast<std::uint16_t>(verno);
    out.tstamp = (head & kHasTstamp) != 0 ? DM_TRY(time_value(in_)) : time_;
    if ((head & kTextPlain8) != 0) out.type = kTextPlain;
    if ((head & kHasType) != 0) out.type = DM_TRY(text(in_));
    if ((head & kHasTitle) != 0) out.title = DM_TRY(text(in_));
    if ((head & kHasAcl) != 0) out.acl = DM_TRY(text(in_));
    if ((head & kHasData) != 0) out.data = DM_TRY(text(in_));
    return {};
  }

  Result<void> pass_over_node(std::uint8_t head) {
    DM_TRY(in_.u8());
    DM_TRY(varint(in_));
    if ((head & kHasTstamp) != 0) DM_TRY(varint(in_));
    for (const std::uint8_t has : {kHasType, kHasTitle, kHasAcl, kHasData}) {
      if ((head & has) != 0) DM_TRY(text(in_));
    }
    return {};
  }

  ByteReader& in_;
  std::int64_t time_;
  std::string last_path_;
  std::size_t uri_octets_ = 0;
};

template <typename Each>
Result<void> read_body(Bytes body, ReadRecord& out, const WantsNode& wants, const Each& each) {
  ByteReader in(body);
  CommitRecord& commit = out.commit;
  commit.sequence = DM_TRY(varint(in));
  const std::uint8_t flags = DM_TRY(in.u8());
  out.first_of_batch = (flags & kFirstOfBatch) != 0;
  if ((flags & kUnusedFlags) != 0) return Error{Errc::malformed, "unknown flags of a record"};
  commit.time = DM_TRY(time_value(in));
  unsigned bit = 0x02;
  for (const auto member : kOriginTexts) {
    if ((flags & bit) != 0) commit.origin.*member = DM_TRY(text(in));
    bit <<= 1U;
  }
  if ((flags & kServerPrefix) != 0) commit.origin.who.insert(0, kServer);
  const std::uint64_t count = DM_TRY(varint(in));
  // The shortest edit has three octets; nothing is reserved on a count's word alone.
  if (count > in.remaining() / 3) return Error{Errc::malformed, "more edits than octets"};
  EditReader edits(in, commit.time);
  for (std::uint64_t i = 0; i < count; ++i) {
    if (wants && DM_TRY(edits.pass_over(wants))) continue;
    EditRecord edit = DM_TRY(edits.next());
    DM_TRY(each(std::move(edit)));
  }
  if (!in.empty()) return Error{Errc::malformed, "octets after the last edit"};
  return {};
}

// Length and checksum of the record at the front of `octets`, and where its body stands.
struct Frame {
  std::size_t size = 0;  // octets of the whole record
  Bytes length;          // as written
  std::uint32_t checksum = 0;
  Bytes body;
};
Result<Frame> read_frame(Bytes octets) {
  ByteReader in(octets);
  const Result<std::uint64_t> length = varint(in);
  if (!length) return Error{in.empty() ? Errc::incomplete : Errc::malformed, "length of a record"};
  if (*length > kMaxRecordOctets) return Error{Errc::too_large, "length of a record"};
  Frame frame;
  frame.length = octets.substr(0, in.position());
  if (in.remaining() < 4 || in.remaining() - 4 < *length) {
    return Error{Errc::incomplete, "record reaches past the end of the file"};
  }
  frame.checksum = DM_TRY(in.u32le());
  frame.body = DM_TRY(in.take(static_cast<std::size_t>(*length)));
  frame.size = in.position();
  return frame;
}

template <typename Each>
Result<ReadRecord> read_whole(Bytes octets, const WantsNode& wants, const Each& each_of) {
  const Frame frame = DM_TRY(read_frame(octets));
  if (crc32c(frame.body, crc32c(frame.length)) != frame.checksum) {
    return Error{Errc::malformed, "checksum is wrong"};
  }
  ReadRecord record;
  record.size = frame.size;
  DM_TRY(read_body(frame.body, record, wants, each_of(record)));
  return record;
}

}  // namespace

void RecordWriter::begin(std::uint64_t sequence, std::int64_t time, const Origin& origin, bool first_of_batch) {
  head_.cut(0);
  edits_.cut(0);
  time_ = time;
  count_ = uri_octets_ = 0;
  last_path_.clear();
  std::uint8_t flags = first_of_batch ? kFirstOfBatch : 0;
  unsigned bit = 0x02;
  for (const auto member : kOriginTexts) {
    if (!(origin.*member).empty()) flags = static_cast<std::uint8_t>(flags | bit);
    bit <<= 1U;
  }
  const bool server = origin.who.size() > kServer.size() && origin.who.compare(0, kServer.size(), kServer) == 0;
  if (server) flags |= kServerPrefix;
  put_varint(head_, sequence);
  put_u8(head_, flags);
  put_time(head_, time);
  for (const auto member : kOriginTexts) {
    Bytes value = origin.*member;
    if (server && member == &Origin::who) value.remove_prefix(kServer.size());
    if (!value.empty()) put_text(head_, value);
  }
}

Result<void> RecordWriter::write(const CommitRecord& commit, bool first_of_batch, Octets& out) {
  begin(commit.sequence, commit.time, commit.origin, first_of_batch);
  for (const EditRecord& edit : commit.edits) add(edit);
  return finish(out);
}

void RecordWriter::add(const EditRecord& edit) {
  if (edit.op == EditRecord::Op::put) return put(edit.node);
  put_u8(edits_, static_cast<std::uint8_t>(edit.op));
  add_uri(edit.node.uri);
  if (edit.op == EditRecord::Op::rename) add_uri(edit.renamed);
  ++count_;
}

void RecordWriter::put(const NodeRecord& node) {
  const bool text_plain = node.type == kTextPlain;
  unsigned head = static_cast<unsigned>(EditRecord::Op::put);
  if (text_plain) head |= kTextPlain8;
  if (!text_plain && !node.type.empty()) head |= kHasType;
  if (!node.title.empty()) head |= kHasTitle;
  if (!node.acl.empty()) head |= kHasAcl;
  if (!node.data.empty()) head |= kHasData;
  if (node.tstamp != time_) head |= kHasTstamp;
  put_u8(edits_, static_cast<std::uint8_t>(head));
  add_uri(node.uri);
  put_u8(edits_, static_cast<std::uint8_t>(node.format));
  put_varint(edits_, node.verno);
  if ((head & kHasTstamp) != 0) put_time(edits_, node.tstamp);
  if ((head & kHasType) != 0) put_text(edits_, node.type);
  if ((head & kHasTitle) != 0) put_text(edits_, node.title);
  if ((head & kHasAcl) != 0) put_text(edits_, node.acl);
  if ((head & kHasData) != 0) put_text(edits_, node.data);
  ++count_;
}

void RecordWriter::add_uri(const Uri& uri) {
  const std::string_view path = uri.path();
  const std::size_t shared = common_prefix(last_path_, path);
  put_varint(edits_, shared);
  const std::string_view rest = path.substr(shared);
  put_text(edits_, rest);
  last_path_.resize(shared);
  last_path_.append(rest);
  uri_octets_ += path.size();
}

Result<void> RecordWriter::finish(Octets& out) {
  put_varint(head_, count_);
  const std::size_t size = head_.size() + edits_.size();
  const bool fits = size <= kMaxRecordOctets && uri_octets_ <= kMaxRecordUris;
  if (fits) {
    OctetBuffer length;
    put_varint(length, size);
    out.reserve(out.size() + size + 16);
    out += length.view();
    put_u32le(out, crc32c(edits_.view(), crc32c(head_.view(), crc32c(length.view()))));
    out += head_.view();
    out += edits_.view();
  }
  if (size > kWorthKeeping) edits_.give_back();
  return fits ? Result<void>() : Error{Errc::too_large, "commit is too large for one record"};
}

Result<Octets> write_record(const CommitRecord& commit, bool first_of_batch) {
  RecordWriter writer;
  Octets record;
  DM_TRY(writer.write(commit, first_of_batch, record));
  return record;
}

Result<ReadRecord> read_record(Bytes octets) {
  return read_whole(octets, {}, [](ReadRecord& record) {
    return [&record](EditRecord&& edit) -> Result<void> {
      record.commit.edits.push_back(std::move(edit));
      return {};
    };
  });
}

Result<ReadRecord> read_record(Bytes octets, const OnEdit& each) { return read_record(octets, {}, each); }

Result<ReadRecord> read_record(Bytes octets, const WantsNode& wants, const OnEdit& each) {
  return read_whole(octets, wants, [&each](ReadRecord&) -> const OnEdit& { return each; });
}

Result<RecordHead> read_record_head(Bytes octets) {
  const Frame frame = DM_TRY(read_frame(octets));
  ByteReader in(frame.body);
  RecordHead head;
  head.size = frame.size;
  head.sequence = DM_TRY(varint(in));
  const std::uint8_t flags = DM_TRY(in.u8());
  if ((flags & kUnusedFlags) != 0) return Error{Errc::malformed, "unknown flags of a record"};
  head.time = DM_TRY(time_value(in));
  return head;
}

// Asked at every octet of what may be megabytes: no error texts.
std::size_t batch_start_size(Bytes octets, std::uint64_t after, std::uint64_t last) {
  ByteReader in(octets);
  const Result<std::uint64_t> length = varint(in);
  if (!length || *length > kMaxRecordOctets || !in.u32le() || in.remaining() < *length) return 0;
  const std::size_t size = in.position() + static_cast<std::size_t>(*length);
  const Result<std::uint64_t> sequence = varint(in);
  if (!sequence || *sequence <= after || *sequence > last) return 0;
  const Result<std::uint8_t> flags = in.u8();
  return flags && (*flags & kFirstOfBatch) != 0 && (*flags & kUnusedFlags) == 0 ? size : 0;
}

}  // namespace omadm
