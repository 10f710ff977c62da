#pragma once
#include "comd/api/v1/subject.pb.h"
#include "edge/grpc/core.h"

/// Data subjects, and how one is forgotten. Their ids come in with a request and go nowhere from here: not to the log, not into
/// messages.
namespace comd::north {

grpc::Status show_subject(const Core&, const Caller&, const api::ShowSubjectRequest&, api::ShowSubjectResponse&);
/// Answered when the keys are destroyed.
void forget_subject(const Core&, const Caller&, const api::ForgetSubjectRequest&, api::ForgetSubjectResponse&, Done);
void withdraw_subject(const Core&, const Caller&, const api::WithdrawSubjectRequest&, api::WithdrawSubjectResponse&, Done);
grpc::Status list_subjects(const Core&, const Caller&, const api::ListSubjectsRequest&, api::ListSubjectsResponse&);

}  // namespace comd::north
