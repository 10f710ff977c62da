#pragma once
#include "cmd/comctl/tool/session.h"
#include "comd/api/v1/history.pb.h"

/// What was, and what would be, as documents and as text.
namespace comd::ctl {

Json document_of(const api::v1::DiffResponse&);
Json document_of(const api::v1::ReplayStep&);
Json document_of(const api::v1::OrderDifference&);
Json document_of(const api::v1::WhatIfTotals&);
Json document_of(const api::v1::TryResponse&);

std::string show_diff(const Json& document, bool colour);
/// One step; `total` of them there are.
std::string show_step(const Json& step, std::uint64_t total, bool colour);
std::string show_difference(const Json& order, bool colour);
std::string show_what_if(const Json& totals, bool colour);
std::string show_try(const Json& document, bool colour);

}  // namespace comd::ctl
