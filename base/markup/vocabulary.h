// The elements of SyncML, MetInf and DDF/TNDS: one row each, shared by XML and WBXML.
// [SyncML RepPro] "WBXML", [MetaInfo] "Code page", [TND] "WBXML".
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace omadm {

enum class CodePage : std::uint8_t { syncml = 0, metinf = 1, dmddf = 2 };

// X(enumerator, XML name, code page, token). The token is the WBXML tag without content bit.
#define OMADM_ELEMENTS(X)                             \
  X(Add, "Add", syncml, 0x05)                         \
  X(Alert, "Alert", syncml, 0x06)                     \
  X(Archive, "Archive", syncml, 0x07)                 \
  X(Atomic, "Atomic", syncml, 0x08)                   \
  X(Chal, "Chal", syncml, 0x09)                       \
  X(Cmd, "Cmd", syncml, 0x0A)                         \
  X(CmdID, "CmdID", syncml, 0x0B)                     \
  X(CmdRef, "CmdRef", syncml, 0x0C)                   \
  X(Copy, "Copy", syncml, 0x0D)                       \
  X(Cred, "Cred", syncml, 0x0E)                       \
  X(Data, "Data", syncml, 0x0F)                       \
  X(Delete, "Delete", syncml, 0x10)                   \
  X(Exec, "Exec", syncml, 0x11)                       \
  X(Final, "Final", syncml, 0x12)                     \
  X(Get, "Get", syncml, 0x13)                         \
  X(Item, "Item", syncml, 0x14)                       \
  X(Lang, "Lang", syncml, 0x15)                       \
  X(LocName, "LocName", syncml, 0x16)                 \
  X(LocURI, "LocURI", syncml, 0x17)                   \
  X(Map, "Map", syncml, 0x18)                         \
  X(MapItem, "MapItem", syncml, 0x19)                 \
  X(Meta, "Meta", syncml, 0x1A)                       \
  X(MsgID, "MsgID", syncml, 0x1B)                     \
  X(MsgRef, "MsgRef", syncml, 0x1C)                   \
  X(NoResp, "NoResp", syncml, 0x1D)                   \
  X(NoResults, "NoResults", syncml, 0x1E)             \
  X(Put, "Put", syncml, 0x1F)                         \
  X(Replace, "Replace", syncml, 0x20)                 \
  X(RespURI, "RespURI", syncml, 0x21)                 \
  X(Results, "Results", syncml, 0x22)                 \
  X(Search, "Search", syncml, 0x23)                   \
  X(Sequence, "Sequence", syncml, 0x24)               \
  X(SessionID, "SessionID", syncml, 0x25)             \
  X(SftDel, "SftDel", syncml, 0x26)                   \
  X(Source, "Source", syncml, 0x27)                   \
  X(SourceRef, "SourceRef", syncml, 0x28)             \
  X(Status, "Status", syncml, 0x29)                   \
  X(Sync, "Sync", syncml, 0x2A)                       \
  X(SyncBody, "SyncBody", syncml, 0x2B)               \
  X(SyncHdr, "SyncHdr", syncml, 0x2C)                 \
  X(SyncML, "SyncML", syncml, 0x2D)                   \
  X(Target, "Target", syncml, 0x2E)                   \
  X(TargetRef, "TargetRef", syncml, 0x2F)             \
  X(VerDTD, "VerDTD", syncml, 0x31)                   \
  X(VerProto, "VerProto", syncml, 0x32)               \
  X(NumberOfChanges, "NumberOfChanges", syncml, 0x33) \
  X(MoreData, "MoreData", syncml, 0x34)               \
  X(Field, "Field", syncml, 0x35)                     \
  X(Filter, "Filter", syncml, 0x36)                   \
  X(Record, "Record", syncml, 0x37)                   \
  X(FilterType, "FilterType", syncml, 0x38)           \
  X(SourceParent, "SourceParent", syncml, 0x39)       \
  X(TargetParent, "TargetParent", syncml, 0x3A)       \
  X(Move, "Move", syncml, 0x3B)                       \
  X(Correlator, "Correlator", syncml, 0x3C)           \
  X(MetAnchor, "Anchor", metinf, 0x05)                \
  X(MetEMI, "EMI", metinf, 0x06)                      \
  X(MetFormat, "Format", metinf, 0x07)                \
  X(MetFreeID, "FreeID", metinf, 0x08)                \
  X(MetFreeMem, "FreeMem", metinf, 0x09)              \
  X(MetLast, "Last", metinf, 0x0A)                    \
  X(MetMark, "Mark", metinf, 0x0B)                    \
  X(MetMaxMsgSize, "MaxMsgSize", metinf, 0x0C)        \
  X(MetMem, "Mem", metinf, 0x0D)                      \
  X(MetMetInf, "MetInf", metinf, 0x0E)                \
  X(MetNext, "Next", metinf, 0x0F)                    \
  X(MetNextNonce, "NextNonce", metinf, 0x10)          \
  X(MetSharedMem, "SharedMem", metinf, 0x11)          \
  X(MetSize, "Size", metinf, 0x12)                    \
  X(MetType, "Type", metinf, 0x13)                    \
  X(MetVersion, "Version", metinf, 0x14)              \
  X(MetMaxObjSize, "MaxObjSize", metinf, 0x15)        \
  X(MetFieldLevel, "FieldLevel", metinf, 0x16)        \
  X(DdfAccessType, "AccessType", dmddf, 0x05)         \
  X(DdfACL, "ACL", dmddf, 0x06)                       \
  X(DdfAdd, "Add", dmddf, 0x07)                       \
  X(DdfB64, "b64", dmddf, 0x08)                       \
  X(DdfBin, "bin", dmddf, 0x09)                       \
  X(DdfBool, "bool", dmddf, 0x0A)                     \
  X(DdfChr, "chr", dmddf, 0x0B)                       \
  X(DdfCaseSense, "CaseSense", dmddf, 0x0C)           \
  X(DdfCIS, "CIS", dmddf, 0x0D)                       \
  X(DdfCopy, "Copy", dmddf, 0x0E)                     \
  X(DdfCS, "CS", dmddf, 0x0F)                         \
  X(DdfDate, "date", dmddf, 0x10)                     \
  X(DdfDDFName, "DDFName", dmddf, 0x11)               \
  X(DdfDefaultValue, "DefaultValue", dmddf, 0x12)     \
  X(DdfDelete, "Delete", dmddf, 0x13)                 \
  X(DdfDescription, "Description", dmddf, 0x14)       \
  X(DdfDFFormat, "DFFormat", dmddf, 0x15)             \
  X(DdfDFProperties, "DFProperties", dmddf, 0x16)     \
  X(DdfDFTitle, "DFTitle", dmddf, 0x17)               \
  X(DdfDFType, "DFType", dmddf, 0x18)                 \
  X(DdfDynamic, "Dynamic", dmddf, 0x19)               \
  X(DdfExec, "Exec", dmddf, 0x1A)                     \
  X(DdfFloat, "float", dmddf, 0x1B)                   \
  X(DdfFormat, "Format", dmddf, 0x1C)                 \
  X(DdfGet, "Get", dmddf, 0x1D)                       \
  X(DdfInt, "int", dmddf, 0x1E)                       \
  X(DdfMan, "Man", dmddf, 0x1F)                       \
  X(DdfMgmtTree, "MgmtTree", dmddf, 0x20)             \
  X(DdfMIME, "MIME", dmddf, 0x21)                     \
  X(DdfMod, "Mod", dmddf, 0x22)                       \
  X(DdfName, "Name", dmddf, 0x23)                     \
  X(DdfNode, "Node", dmddf, 0x24)                     \
  X(DdfNodeFormat, "node", dmddf, 0x25)               \
  X(DdfNodeName, "NodeName", dmddf, 0x26)             \
  X(DdfNull, "null", dmddf, 0x27)                     \
  X(DdfOccurrence, "Occurrence", dmddf, 0x28)         \
  X(DdfOne, "One", dmddf, 0x29)                       \
  X(DdfOneOrMore, "OneOrMore", dmddf, 0x2A)           \
  X(DdfOneOrN, "OneOrN", dmddf, 0x2B)                 \
  X(DdfPath, "Path", dmddf, 0x2C)                     \
  X(DdfPermanent, "Permanent", dmddf, 0x2D)           \
  X(DdfReplace, "Replace", dmddf, 0x2E)               \
  X(DdfRTProperties, "RTProperties", dmddf, 0x2F)     \
  X(DdfScope, "Scope", dmddf, 0x30)                   \
  X(DdfSize, "Size", dmddf, 0x31)                     \
  X(DdfTime, "time", dmddf, 0x32)                     \
  X(DdfTitle, "Title", dmddf, 0x33)                   \
  X(DdfTStamp, "TStamp", dmddf, 0x34)                 \
  X(DdfType, "Type", dmddf, 0x35)                     \
  X(DdfValue, "Value", dmddf, 0x36)                   \
  X(DdfVerDTD, "VerDTD", dmddf, 0x37)                 \
  X(DdfVerNo, "VerNo", dmddf, 0x38)                   \
  X(DdfXml, "xml", dmddf, 0x39)                       \
  X(DdfZeroOrMore, "ZeroOrMore", dmddf, 0x3A)         \
  X(DdfZeroOrN, "ZeroOrN", dmddf, 0x3B)               \
  X(DdfZeroOrOne, "ZeroOrOne", dmddf, 0x3C)

// The value is code page * 256 + token, so WBXML needs no table; `unknown` is none of the rows.
enum class Element : std::uint16_t {
  unknown = 0,
#define OMADM_ELEMENT_ENUMERATOR(id, name, page, token) \
  id = (static_cast<std::uint16_t>(CodePage::page) << 8U) | (token),
  OMADM_ELEMENTS(OMADM_ELEMENT_ENUMERATOR)
#undef OMADM_ELEMENT_ENUMERATOR
};

constexpr CodePage code_page(Element element) noexcept {
  return static_cast<CodePage>(static_cast<std::uint16_t>(element) >> 8U);
}
constexpr std::uint8_t token(Element element) noexcept {
  return static_cast<std::uint8_t>(static_cast<std::uint16_t>(element) & 0xFFU);
}

std::string_view xml_name(Element element) noexcept;     // "unknown" for Element::unknown
std::string_view xml_namespace(CodePage page) noexcept;  // "SYNCML:SYNCML1.2", "syncml:metinf", "syncml:dmddf1.2"

struct ElementRow {
  Element element = Element::unknown;
  std::string_view name;
};
// {unknown, ""} where the page has no such token. Static storage.
const ElementRow& element_row(CodePage page, std::uint8_t tag_token) noexcept;

// Element::unknown where the page has no such token or name.
Element element_by_token(CodePage page, std::uint8_t tag_token) noexcept;
Element element_by_name(CodePage page, std::string_view name) noexcept;
// Which element a name means in an XML document without (nullopt), or with old-fashioned, namespaces; `in_tree`: below
// an element MgmtTree.
Element element_in_xml(std::optional<CodePage> page, bool in_tree, std::string_view name) noexcept;

// The page a namespace belongs to; older and unversioned spellings count. nullopt: foreign or absent.
std::optional<CodePage> page_of_namespace(std::string_view uri) noexcept;

}  // namespace omadm
