// Where accounts live, for targets that need a device to put one into.
#pragma once

#include <string_view>

namespace omadm::fuzz {

inline constexpr std::string_view kAccountDescription =
    "<MgmtTree><VerDTD>1.2</VerDTD><Node><NodeName>DMAcc</NodeName><DFProperties><AccessType><Add/>"
    "<Get/></AccessType><DFFormat><node/></DFFormat><DFType><DDFName/></DFType></DFProperties>"
    "<Node><NodeName/><DFProperties><AccessType><Add/><Get/></AccessType><DFFormat><node/></DFFormat>"
    "<Occurrence><ZeroOrMore/></Occurrence><DFType><DDFName>urn:oma:mo:oma-dm-dmacc:1.0</DDFName>"
    "</DFType></DFProperties></Node></Node></MgmtTree>";

}  // namespace omadm::fuzz
