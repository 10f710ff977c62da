#pragma once
#include <google/protobuf/message.h>

#include "edge/crypto/sealing.h"

namespace comd::north {

/// Opens every token in an answer, wherever it stands: the one door through which what is sealed leaves for people. Texts are all
/// `string` fields; of `bytes` only those that hold JSON ("…_json"), so that what is passed on as it was recorded stays as it is.
void open(const crypto::Sealing&, const TenantId&, google::protobuf::Message&);

}  // namespace comd::north
