#include "server/findings/finding_answers.h"

#include <algorithm>
#include <functional>
#include <set>
#include <vector>

#include "server/core/schema.h"
#include "server/findings/finding_life.h"
#include "server/findings/finding_writer.h"
#include "server/records/identity_mapping.h"

namespace relief::server::findings {
namespace {

constexpr size_t kMaxNote = 1500;  // bytes: 500 Chinese characters
constexpr int kMaxDispositions = 200, kMaxParticipants = 50;

absl::Status Check(const v1::Disposition& said) {
  if (said.outcome() == v1::Disposition::OUTCOME_UNSPECIFIED ||
      !v1::Disposition::Outcome_IsValid(said.outcome()))
    return absl::InvalidArgumentError("disposition.outcome: required");
  if (!v1::Disposition::Reason_IsValid(said.reason()))
    return absl::InvalidArgumentError("disposition.reason: not a reason");
  if (said.note().size() > kMaxNote)
    return absl::InvalidArgumentError("disposition.note: at most 500 characters");
  const bool explained = !said.note().empty() || (said.reason() != v1::Disposition::REASON_UNSPECIFIED &&
                                                  said.reason() != v1::Disposition::OTHER);
  if (said.outcome() == v1::Disposition::NOT_A_PROBLEM && !explained)
    return absl::InvalidArgumentError("disposition.note: say why it is allowed, or give a reason");
  if (said.has_until() &&
      (said.outcome() != v1::Disposition::NOT_A_PROBLEM || !records::ToCivilDate(said.until())))
    return absl::InvalidArgumentError("disposition.until: a day, and only of NOT_A_PROBLEM");
  if (said.recovered_fen() < 0) return absl::InvalidArgumentError("disposition.recovered_fen: not negative");
  return absl::OkStatus();
}

absl::Status Check(const v1::Deliberation& deliberation) {
  if (deliberation.outcome() == v1::Deliberation::OUTCOME_UNSPECIFIED ||
      !v1::Deliberation::Outcome_IsValid(deliberation.outcome()))
    return absl::InvalidArgumentError("deliberation.outcome: required");
  const std::set<std::string> heard(deliberation.participants().begin(), deliberation.participants().end());
  if (heard.size() < 2 || heard.contains("") || deliberation.participants_size() > kMaxParticipants)
    return absl::InvalidArgumentError("deliberation.participants: at least two agencies");
  if (deliberation.reason().empty() || deliberation.reason().size() > kMaxNote)
    return absl::InvalidArgumentError("deliberation.reason: required, at most 500 characters");
  return absl::OkStatus();
}

// Reads the finding, lets `change` change it, and writes it with what `change` says happened.
using Change = std::function<absl::Status(core::WriteContext&, v1::Finding*, std::vector<v1::FindingEvent>*)>;
absl::StatusOr<v1::Finding> ChangeFinding(core::Hub& hub, const std::string& finding_id,
                                          const Change& change) {
  v1::Finding changed;
  auto done = hub.Write([&](core::WriteContext& context) -> absl::Status {
    auto value = context.txn.Get(schema::FindingRow(finding_id));
    if (!value.ok()) return value.status();
    if (!*value) return absl::NotFoundError("no such finding");
    v1::Finding before;
    if (!before.ParseFromString(**value)) return absl::DataLossError("the row of a finding is damaged");
    v1::Finding after = before;
    std::vector<v1::FindingEvent> events;
    if (absl::Status status = change(context, &after, &events); !status.ok()) return status;
    after.mutable_update_time()->set_seconds(context.now_us / 1'000'000);
    after.mutable_update_time()->set_nanos(static_cast<int32_t>(context.now_us % 1'000'000) * 1000);
    FindingWriter writer(context);
    writer.Write(&before, &after, events, v1::Notice::CHANGED);
    if (absl::Status status = writer.Flush(); !status.ok()) return status;
    // Its timers depend on what was said.
    if (const auto person = matcher::PersonId::Parse(after.person_id())) context.MarkForReevaluation(*person);
    changed = std::move(after);
    return absl::OkStatus();
  });
  if (!done.ok()) return done.status();
  return changed;
}

}  // namespace

absl::StatusOr<v1::Finding> AddDisposition(core::Hub& hub, const v1::AddDispositionRequest& request,
                                           const std::string& agency) {
  const v1::Disposition& said = request.disposition();
  if (absl::Status status = Check(said); !status.ok()) return status;
  return ChangeFinding(
      hub, request.finding_id(),
      [&](core::WriteContext& context, v1::Finding* finding,
          std::vector<v1::FindingEvent>* events) -> absl::Status {
        if (finding->dispositions_size() >= kMaxDispositions)
          return absl::ResourceExhaustedError("the finding has as many dispositions as it can hold");
        const v1::Finding before = *finding;
        v1::Disposition& added = *finding->add_dispositions();
        added = said;
        added.set_agency(agency);
        added.mutable_time()->set_seconds(context.now_us / 1'000'000);
        added.mutable_time()->set_nanos(static_cast<int32_t>(context.now_us % 1'000'000) * 1000);
        Conclude(finding, context.as_of);
        finding->set_overdue(IsOverdue(*finding, context.as_of));
        finding->set_escalation(EscalationOf(*finding, context.as_of));
        v1::FindingEvent disposed = EventOf(v1::FindingEvent::DISPOSED, *finding);
        disposed.set_actor(agency);
        disposed.set_outcome(said.outcome());
        events->push_back(std::move(disposed));
        if (before.state() == v1::Finding::OPEN && finding->state() == v1::Finding::SETTLED)
          events->push_back(EventOf(v1::FindingEvent::SETTLED, *finding));
        if (before.state() == v1::Finding::SETTLED && finding->state() == v1::Finding::OPEN)
          events->push_back(EventOf(v1::FindingEvent::REOPENED, *finding));
        if (!before.disputed() && finding->disputed())
          events->push_back(EventOf(v1::FindingEvent::DISPUTED, *finding));
        context.Audit({agency, "finding.dispose", finding->finding_id(), "", "",
                       v1::Disposition::Outcome_Name(said.outcome())});
        return absl::OkStatus();
      });
}

absl::StatusOr<v1::Finding> Deliberate(core::Hub& hub, const v1::DeliberateRequest& request,
                                       const std::string& actor) {
  if (absl::Status status = Check(request.deliberation()); !status.ok()) return status;
  return ChangeFinding(
      hub, request.finding_id(),
      [&](core::WriteContext& context, v1::Finding* finding,
          std::vector<v1::FindingEvent>* events) -> absl::Status {
        if (!finding->disputed() || finding->state() != v1::Finding::OPEN)
          return absl::FailedPreconditionError("the finding is not disputed");
        *finding->mutable_deliberation() = request.deliberation();
        finding->mutable_deliberation()->set_decided_by(actor);
        finding->mutable_deliberation()->mutable_time()->set_seconds(context.now_us / 1'000'000);
        finding->mutable_deliberation()->mutable_time()->set_nanos(
            static_cast<int32_t>(context.now_us % 1'000'000) * 1000);
        Conclude(finding, context.as_of);
        finding->set_overdue(IsOverdue(*finding, context.as_of));
        finding->set_escalation(EscalationOf(*finding, context.as_of));
        v1::FindingEvent deliberated = EventOf(v1::FindingEvent::DELIBERATED, *finding);
        deliberated.set_actor(actor);
        events->push_back(std::move(deliberated));
        if (finding->state() == v1::Finding::SETTLED)
          events->push_back(EventOf(v1::FindingEvent::SETTLED, *finding));
        context.Audit({actor, "finding.deliberate", finding->finding_id(), "", "",
                       v1::Deliberation::Outcome_Name(request.deliberation().outcome())});
        return absl::OkStatus();
      });
}

}  // namespace relief::server::findings
