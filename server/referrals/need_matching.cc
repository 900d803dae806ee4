// Which needs fit a project, and what the charity says of them.
#include <algorithm>

#include "matcher/resolve/resolver.h"
#include "server/referrals/charity.h"
#include "server/referrals/charity_projects.h"
#include "server/referrals/need_tokens.h"
#include "server/referrals/open_need.h"
#include "server/referrals/person_sketch.h"
#include "server/referrals/referral_change.h"
#include "server/referrals/referral_keys.h"
#include "storage/status_macros.h"
#include "storage/transaction_reader.h"

namespace relief::server::referrals {
namespace {

constexpr int kDefaultPage = 50, kMaxPage = 500;
constexpr size_t kScanPage = 1000;
constexpr int64_t kDaySeconds = 24 * 3600;
constexpr char kUnknownToken[] = "no such need of this project";

v1::MatchedNeed::AgeBand BandOf(const std::optional<int>& age) {
  if (!age) return v1::MatchedNeed::AGE_BAND_UNSPECIFIED;
  if (*age < 6) return v1::MatchedNeed::AGE_0_5;
  if (*age < 14) return v1::MatchedNeed::AGE_6_13;
  if (*age < 18) return v1::MatchedNeed::AGE_14_17;
  if (*age < 60) return v1::MatchedNeed::AGE_18_59;
  return *age < 80 ? v1::MatchedNeed::AGE_60_79 : v1::MatchedNeed::AGE_80_UP;
}

v1::MatchedNeed::AmountBand BandOf(int64_t amount_fen) {
  constexpr int64_t kYuan = 100;
  if (amount_fen <= 0) return v1::MatchedNeed::AMOUNT_BAND_UNSPECIFIED;
  if (amount_fen < 1000 * kYuan) return v1::MatchedNeed::YUAN_UNDER_1000;
  if (amount_fen < 5000 * kYuan) return v1::MatchedNeed::YUAN_1000_5000;
  return amount_fen < 20000 * kYuan ? v1::MatchedNeed::YUAN_5000_20000 : v1::MatchedNeed::YUAN_20000_UP;
}

const v1::CharityAnswer* AnswerOf(const v1::Referral& referral, const std::string& project_id) {
  for (const v1::CharityAnswer& answer : referral.charity_answers())
    if (answer.project_id() == project_id) return &answer;
  return nullptr;
}

// Another project has met the need, or has promised to.
bool Taken(const v1::Referral& referral, const std::string& project_id, int64_t now_seconds, int offer_days) {
  return std::any_of(referral.charity_answers().begin(), referral.charity_answers().end(),
                     [&](const auto& answer) {
                       if (answer.project_id() == project_id) return false;
                       if (answer.answer() == v1::CharityAnswer::GIVEN) return true;
                       return answer.answer() == v1::CharityAnswer::OFFERED &&
                              now_seconds - answer.time().seconds() < offer_days * kDaySeconds;
                     });
}

bool Fits(const v1::CharityProject::Conditions& conditions, const PersonSketch& person,
          matcher::CivilDate day) {
  if (conditions.age_from() > 0 || conditions.age_to() > 0) {
    const auto age = person.AgeOn(day);
    if (!age || *age < conditions.age_from() || (conditions.age_to() > 0 && *age > conditions.age_to()))
      return false;
  }
  const auto holds = [&](int programme) {
    return person.held.contains(static_cast<v1::Programme>(programme));
  };
  if (conditions.held_size() > 0 && std::none_of(conditions.held().begin(), conditions.held().end(), holds))
    return false;
  return std::none_of(conditions.not_held().begin(), conditions.not_held().end(), holds);
}

// The one place where something of a person becomes what a charity reads.
v1::MatchedNeed View(const std::string& token, const stored::Referral& row, const PersonSketch& person,
                     const std::string& project_id, matcher::CivilDate day) {
  v1::MatchedNeed need;
  need.set_token(token);
  need.set_need(row.referral().need());
  need.set_county(row.referral().target().region());
  need.set_age_band(BandOf(person.AgeOn(day)));
  need.set_amount_band(BandOf(row.amount_fen()));
  if (const v1::CharityAnswer* answer = AnswerOf(row.referral(), project_id))
    need.set_answer(answer->answer());
  return need;
}

struct Candidate {
  std::string token;
  stored::Referral row;

  auto operator<=>(const Candidate& other) const {
    return std::tuple(std::string_view(token), row.referral().need(),
                      std::string_view(row.referral().referral_id())) <=>
           std::tuple(std::string_view(other.token), other.row.referral().need(),
                      std::string_view(other.row.referral().referral_id()));
  }
  bool operator==(const Candidate& other) const { return (*this <=> other) == 0; }
  bool SameNeed(const Candidate& other) const {
    return token == other.token && row.referral().need() == other.row.referral().need();
  }
};

// Whom the tokens of a list are for: the project as it asks. Under other conditions it is told other tokens, as another
// project would be: answers to "twelve years old?" and "on the allowance?" could be joined otherwise.
std::string AsksAs(const v1::CharityProject& project) {
  const std::string conditions = project.conditions().SerializeAsString();
  return conditions.empty() ? project.project_id() : project.project_id() + std::string(1, '\0') + conditions;
}

// Every open need of the project's kinds and region, by token. The order of tokens is all that a charity
// sees: the order of referrals would be the same in two projects' lists, and so would join them.
absl::StatusOr<std::vector<Candidate>> Candidates(const storage::Reader& reader,
                                                  const v1::CharityProject& project,
                                                  const NeedTokens& tokens) {
  std::vector<Candidate> candidates;
  std::set<v1::Need> needs;
  for (const int need : project.needs()) needs.insert(static_cast<v1::Need>(need));
  for (const v1::Need need : needs) {
    const std::string prefix = referral_keys::OpenNeedPrefix(need, project.region_prefix());
    std::string from;
    for (bool more = true; more;) {
      RELIEF_ASSIGN_OR_RETURN(auto rows, reader.Scan(prefix, from, kScanPage));
      for (const storage::KeyRow& row : rows) {
        const auto id = referral_keys::ReferralOfOpenNeed(row.key);
        if (!id) return absl::DataLossError("an index row of a need is damaged");
        RELIEF_ASSIGN_OR_RETURN(auto referral, ReadReferralRow(reader, *id));
        const auto named = matcher::PersonId::Parse(referral.referral().person_id());
        if (!named) return absl::DataLossError("the row of a referral is damaged");
        auto person = matcher::FollowPersonId(reader, *named);
        if (absl::IsNotFound(person.status())) continue;  // nothing is left of that person
        if (!person.ok()) return person.status();
        candidates.push_back({tokens.For(AsksAs(project), person->ToString()), std::move(referral)});
      }
      more = rows.size() == kScanPage;
      if (more) from = rows.back().key + std::string(1, '\0');
    }
  }
  std::sort(candidates.begin(), candidates.end());
  // Two referrals for one need of one person are one need to a charity.
  candidates.erase(std::unique(candidates.begin(), candidates.end(),
                               [](const Candidate& a, const Candidate& b) { return a.SameNeed(b); }),
                   candidates.end());
  return candidates;
}

std::string PageKey(const std::string& token, v1::Need need) { return token + "/" + std::to_string(need); }

struct Page {
  std::vector<Candidate> shown;
  v1::MatchNeedsResponse response;
};

absl::StatusOr<Page> MatchPage(core::Hub& hub, const v1::MatchNeedsRequest& request,
                               const std::string& actor) {
  if (request.page_size() < 0) return absl::InvalidArgumentError("page_size: not negative");
  const int size = request.page_size() == 0 ? kDefaultPage : std::min(request.page_size(), kMaxPage);
  const ReferralSettings& settings = hub.features().Get<ReferralSettings>();
  const auto reader = hub.store().Snapshot();
  RELIEF_ASSIGN_OR_RETURN(auto project, ReadProjectOf(*reader, request.project_id(), actor));
  const matcher::CivilDate day = hub.as_of();
  if (!IsValidOn(project, day)) return absl::FailedPreconditionError("the project is not valid today");
  if (settings.token_key_file.empty()) return absl::FailedPreconditionError("the hub has no key for tokens");
  auto tokens = NeedTokens::Load(settings.token_key_file);
  if (!tokens.ok()) return absl::FailedPreconditionError("the hub's key for tokens cannot be read");
  const std::string fingerprint = tokens->For(AsksAs(project), "page") + "/";
  if (!request.page_token().empty() && !request.page_token().starts_with(fingerprint))
    return absl::InvalidArgumentError("page_token: not of this project");
  const std::string after =
      request.page_token().empty() ? "" : request.page_token().substr(fingerprint.size());
  RELIEF_ASSIGN_OR_RETURN(auto candidates, Candidates(*reader, project, *tokens));
  const int64_t now_seconds = hub.Now() / 1'000'000;
  Page page;
  for (Candidate& candidate : candidates) {
    if (PageKey(candidate.token, candidate.row.referral().need()) <= after) continue;
    if (Taken(candidate.row.referral(), request.project_id(), now_seconds, settings.offer_days)) continue;
    RELIEF_ASSIGN_OR_RETURN(auto person, SketchPerson(*reader, candidate.row.referral().person_id(), day));
    if (!Fits(project.conditions(), person, day)) continue;
    if (page.response.needs_size() == size) {
      const v1::MatchedNeed& last = page.response.needs(size - 1);
      page.response.set_next_page_token(fingerprint + PageKey(last.token(), last.need()));
      break;
    }
    *page.response.add_needs() = View(candidate.token, candidate.row, person, request.project_id(), day);
    page.shown.push_back(std::move(candidate));
  }
  return page;
}

absl::Status AuditRefusal(core::Hub& hub, const std::string& actor, const std::string& action,
                          const std::string& project_id, const absl::Status& refused) {
  auto audited = hub.Write([&](core::WriteContext& context) {
    context.Audit({actor, action, project_id.substr(0, 64), "", "",
                   "refused: " + absl::StatusCodeToString(refused.code())});
    return absl::OkStatus();
  });
  return audited.ok() ? refused : audited.status();
}

absl::Status CheckAnswer(const v1::AnswerNeedRequest& request, const v1::CharityProject& project) {
  if (request.answer() == v1::CharityAnswer::ANSWER_UNSPECIFIED ||
      !v1::CharityAnswer::Answer_IsValid(request.answer()))
    return absl::InvalidArgumentError("answer: required");
  const int64_t most = project.conditions().max_amount_fen();
  if (request.answer() != v1::CharityAnswer::GIVEN) {
    if (request.amount_fen() != 0) return absl::InvalidArgumentError("amount_fen: only of what was given");
  } else if (request.amount_fen() <= 0) {
    return absl::InvalidArgumentError("amount_fen: more than 0 where something was given");
  } else if (most > 0 && request.amount_fen() > most) {
    return absl::InvalidArgumentError("amount_fen: more than the project may give one person");
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::MatchedNeed> Answer(core::WriteContext& context, const v1::AnswerNeedRequest& request,
                                       const std::string& actor, int offer_days) {
  const storage::TransactionReader reader(context.txn);
  RELIEF_ASSIGN_OR_RETURN(auto project, ReadProjectOf(reader, request.project_id(), actor));
  RELIEF_RETURN_IF_ERROR(CheckAnswer(request, project));
  RELIEF_ASSIGN_OR_RETURN(auto row, context.txn.Get(referral_keys::TokenRow(
                                        request.project_id(), request.token(), request.need())));
  if (!row) return absl::NotFoundError(kUnknownToken);
  stored::NeedToken token;
  if (!token.ParseFromString(*row)) return absl::DataLossError("the row of a token is damaged");
  RELIEF_ASSIGN_OR_RETURN(auto change, ReferralChange::Of(context, token.referral_id()));
  v1::Referral& referral = change.referral();
  const v1::CharityAnswer* before = AnswerOf(referral, request.project_id());
  const auto answered = before ? before->answer() : v1::CharityAnswer::ANSWER_UNSPECIFIED;
  const bool again = answered == request.answer() && before->amount_fen() == request.amount_fen();
  if (!again) {
    if (answered == v1::CharityAnswer::GIVEN)
      return absl::FailedPreconditionError("the project told already what it gave");
    // Help that it had offered may be given although the need was closed since: it is a fact, and is recorded.
    const bool promised =
        answered == v1::CharityAnswer::OFFERED && request.answer() == v1::CharityAnswer::GIVEN;
    const bool engages = request.answer() != v1::CharityAnswer::DECLINED;
    if (engages && !promised &&
        (!IsOpenNeed(change.row()) ||
         Taken(referral, request.project_id(), context.now_us / 1'000'000, offer_days)))
      return absl::FailedPreconditionError("the need is no longer open");
    RELIEF_RETURN_IF_ERROR(change.Take(ReferralStep::kCharityAnswer));
    v1::CharityAnswer answer;
    answer.set_project_id(request.project_id());
    answer.set_answer(request.answer());
    answer.set_amount_fen(request.amount_fen());
    answer.mutable_time()->set_seconds(context.now_us / 1'000'000);
    auto& answers = *referral.mutable_charity_answers();
    answers.erase(std::remove_if(answers.begin(), answers.end(),
                                 [&](const auto& one) { return one.project_id() == request.project_id(); }),
                  answers.end());
    *answers.Add() = answer;
    v1::ReferralEvent event;
    event.set_kind(v1::ReferralEvent::CHARITY_ANSWERED);
    event.set_actor(actor);
    *event.mutable_charity_answer() = answer;
    change.Append(std::move(event));
    change.Write();
  }
  context.Audit({actor, "charity.answer", referral.referral_id(), "", "",
                 request.project_id() + " " + v1::CharityAnswer::Answer_Name(request.answer())});
  auto person = SketchPerson(reader, referral.person_id(), context.as_of);
  if (!person.ok() && !absl::IsNotFound(person.status())) return person.status();
  return View(request.token(), change.row(), person.ok() ? *person : PersonSketch(), request.project_id(),
              context.as_of);
}

}  // namespace

absl::StatusOr<v1::MatchNeedsResponse> MatchNeeds(core::Hub& hub, const v1::MatchNeedsRequest& request,
                                                  const std::string& actor) {
  auto page = MatchPage(hub, request, actor);
  if (!page.ok()) return AuditRefusal(hub, actor, "charity.match", request.project_id(), page.status());
  // What is told is written down first: the tokens, so that an answer finds its way back, and who was told
  // how many.
  auto done = hub.Write([&](core::WriteContext& context) {
    for (const Candidate& shown : page->shown) {
      stored::NeedToken token;
      token.set_referral_id(shown.row.referral().referral_id());
      context.txn.Put(referral_keys::TokenRow(request.project_id(), shown.token, shown.row.referral().need()),
                      token.SerializeAsString());
      context.Audit(
          {actor, "charity.match", shown.row.referral().referral_id(), "", "", request.project_id()});
    }
    context.Audit({actor, "charity.match", request.project_id(), "", "",
                   "needs=" + std::to_string(page->response.needs_size())});
    return absl::OkStatus();
  });
  if (!done.ok()) return done.status();
  return std::move(page->response);
}

absl::StatusOr<v1::MatchedNeed> AnswerNeed(core::Hub& hub, const v1::AnswerNeedRequest& request,
                                           const std::string& actor) {
  const int offer_days = hub.features().Get<ReferralSettings>().offer_days;
  v1::MatchedNeed answered;
  auto done = hub.Write([&](core::WriteContext& context) -> absl::Status {
    RELIEF_ASSIGN_OR_RETURN(auto answer, Answer(context, request, actor, offer_days));
    answered = std::move(answer);
    return absl::OkStatus();
  });
  if (!done.ok()) return AuditRefusal(hub, actor, "charity.answer", request.project_id(), done.status());
  return answered;
}

}  // namespace relief::server::referrals
