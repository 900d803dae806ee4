// How referrals are read: every filter walks a few index prefixes, each in the order of the list, and merges
// them.
#include <algorithm>
#include <queue>

#include "matcher/record_key.h"
#include "server/referrals/referral_change.h"
#include "server/referrals/referral_keys.h"
#include "server/referrals/referrals.h"
#include "storage/status_macros.h"

namespace relief::server::referrals {
namespace {

using referral_keys::Rank;
constexpr int kDefaultPage = 50, kMaxPage = 1000;
constexpr size_t kChunk = 64;
constexpr size_t kMaxEvents = 10'000;

// One index prefix, read a chunk at a time.
class Stream {
 public:
  Stream(const storage::Reader& reader, std::string prefix, const std::optional<Rank>& after)
      : reader_(reader), prefix_(std::move(prefix)) {
    from_ = prefix_;
    if (after) from_ += referral_keys::EncodeRank(*after) + std::string(1, '\0');
  }

  // False at the end.
  absl::StatusOr<bool> Advance() {
    if (at_ == chunk_.size()) {
      if (last_) return false;
      RELIEF_ASSIGN_OR_RETURN(auto rows, reader_.Scan(prefix_, from_, kChunk));
      last_ = rows.size() < kChunk;
      chunk_ = std::move(rows);
      at_ = 0;
      if (chunk_.empty()) return false;
      from_ = chunk_.back().key + std::string(1, '\0');
    }
    auto rank = referral_keys::DecodeRank(std::string_view(chunk_[at_++].key).substr(prefix_.size()));
    if (!rank) return absl::DataLossError("an index row of a referral is damaged");
    rank_ = *std::move(rank);
    return true;
  }

  const Rank& rank() const { return rank_; }

 private:
  const storage::Reader& reader_;
  std::string prefix_, from_;
  std::vector<storage::KeyRow> chunk_;
  size_t at_ = 0;
  bool last_ = false;
  Rank rank_;
};

// Several streams as one, in order.
class MergedStreams {
 public:
  MergedStreams(const storage::Reader& reader, const std::vector<std::string>& prefixes,
                const std::optional<Rank>& after) {
    for (const std::string& prefix : prefixes) streams_.emplace_back(reader, prefix, after);
  }

  // Nothing at the end.
  absl::StatusOr<std::optional<Rank>> Next() {
    if (!begun_) {
      begun_ = true;
      for (size_t i = 0; i < streams_.size(); ++i)
        if (absl::Status status = Push(i); !status.ok()) return status;
    }
    if (heads_.empty()) return std::optional<Rank>();
    const auto [rank, stream] = heads_.top();
    heads_.pop();
    RELIEF_RETURN_IF_ERROR(Push(stream));
    return std::optional(rank);
  }

 private:
  absl::Status Push(size_t i) {
    RELIEF_ASSIGN_OR_RETURN(auto more, streams_[i].Advance());
    if (more) heads_.emplace(streams_[i].rank(), i);
    return absl::OkStatus();
  }

  using Head = std::pair<Rank, size_t>;
  std::vector<Stream> streams_;
  std::priority_queue<Head, std::vector<Head>, std::greater<>> heads_;
  bool begun_ = false;
};

template <typename List, typename Value>
bool Allows(const List& list, const Value& value) {
  return list.empty() || std::find(list.begin(), list.end(), value) != list.end();
}

bool Matches(const v1::ReferralFilter& filter, const v1::Referral& referral) {
  return Allows(filter.states(), referral.state()) &&
         Allows(filter.programmes(), referral.target().programme()) &&
         referral.target().region().starts_with(filter.region_prefix()) &&
         (!filter.only_overdue() || referral.overdue()) &&
         (filter.taker().empty() || filter.taker() == referral.taker()) &&
         (filter.finding_id().empty() || filter.finding_id() == referral.finding_id());
}

absl::Status Check(const v1::ReferralFilter& filter) {
  const std::string& region = filter.region_prefix();
  if (region.size() > 6 || region.size() % 2 != 0 ||
      !std::all_of(region.begin(), region.end(), [](char c) { return c >= '0' && c <= '9'; }))
    return absl::InvalidArgumentError("filter.region_prefix: 0, 2, 4 or 6 digits");
  for (const int state : filter.states())
    if (state == v1::Referral::STATE_UNSPECIFIED || !v1::Referral::State_IsValid(state))
      return absl::InvalidArgumentError("filter.states: not a state of a referral");
  for (const int programme : filter.programmes())
    if (programme == v1::PROGRAMME_UNSPECIFIED || !v1::Programme_IsValid(programme))
      return absl::InvalidArgumentError("filter.programmes: not a programme");
  return absl::OkStatus();
}

// States and overdue or not, as index prefixes name them.
std::vector<std::pair<v1::Referral::State, bool>> Groups(const v1::ReferralFilter& filter) {
  std::vector<std::pair<v1::Referral::State, bool>> groups;
  for (int i = v1::Referral::OPEN; i <= v1::Referral::State_MAX; ++i) {
    const auto state = static_cast<v1::Referral::State>(i);
    if (!Allows(filter.states(), state)) continue;
    if (!filter.only_overdue()) groups.emplace_back(state, false);
    if (!IsClosed(state)) groups.emplace_back(state, true);
  }
  return groups;
}

// The index rows that hold everything the filter allows, and as little else as an index can tell.
std::vector<std::string> PrefixesFor(const v1::ReferralFilter& filter) {
  if (!filter.finding_id().empty()) return {referral_keys::FindingIndex(filter.finding_id())};
  std::vector<std::string> prefixes;
  if (!filter.taker().empty()) {
    for (const auto& [state, overdue] : Groups(filter))
      prefixes.push_back(referral_keys::TakerIndex(filter.taker(), state, overdue));
    return prefixes;
  }
  for (int programme = v1::PROGRAMME_UNSPECIFIED; programme <= v1::Programme_MAX; ++programme) {
    if (!Allows(filter.programmes(), programme)) continue;
    for (const auto& [state, overdue] : Groups(filter))
      prefixes.push_back(referral_keys::TargetIndex(filter.region_prefix(),
                                                    static_cast<v1::Programme>(programme), state, overdue));
  }
  return prefixes;
}

// A page token is the filter's fingerprint and the rank of the page's last referral.
std::string TokenOf(const std::string& fingerprint, const Rank& rank) {
  return fingerprint + "." + std::to_string(rank.due_day) + "." + rank.referral_id;
}

absl::StatusOr<std::optional<Rank>> After(const std::string& token, const std::string& fingerprint) {
  if (token.empty()) return std::optional<Rank>();
  const size_t first = token.find('.'), second = token.find('.', first + 1);
  if (first == std::string::npos || second == std::string::npos || token.substr(0, first) != fingerprint)
    return absl::InvalidArgumentError("page_token: not of this query");
  const std::string day = token.substr(first + 1, second - first - 1);
  if (day.empty() || day.size() > 7 ||
      !std::all_of(day.begin(), day.end(), [](char c) { return c >= '0' && c <= '9'; }))
    return absl::InvalidArgumentError("page_token: not of this query");
  return std::optional(Rank{std::stoi(day), token.substr(second + 1)});
}

}  // namespace

absl::StatusOr<v1::Referral> GetReferral(const storage::Reader& reader, const std::string& referral_id) {
  RELIEF_ASSIGN_OR_RETURN(auto row, ReadReferralRow(reader, referral_id));
  return std::move(*row.mutable_referral());
}

absl::StatusOr<v1::ListReferralsResponse> ListReferrals(const storage::Reader& reader,
                                                        const v1::ListReferralsRequest& request) {
  if (request.page_size() < 0) return absl::InvalidArgumentError("page_size: not negative");
  const int size = request.page_size() == 0 ? kDefaultPage : std::min(request.page_size(), kMaxPage);
  RELIEF_RETURN_IF_ERROR(Check(request.filter()));
  const std::string fingerprint =
      matcher::RecordKey::Of("referrals", request.filter().SerializeAsString()).ToString();
  RELIEF_ASSIGN_OR_RETURN(auto after, After(request.page_token(), fingerprint));
  MergedStreams streams(reader, PrefixesFor(request.filter()), after);
  v1::ListReferralsResponse response;
  Rank last;
  while (true) {
    RELIEF_ASSIGN_OR_RETURN(auto rank, streams.Next());
    if (!rank) return response;
    RELIEF_ASSIGN_OR_RETURN(auto referral, GetReferral(reader, (rank)->referral_id));
    if (!Matches(request.filter(), referral)) continue;
    if (response.referrals_size() == size) {
      response.set_next_page_token(TokenOf(fingerprint, last));
      return response;
    }
    *response.add_referrals() = std::move(referral);
    last = *rank;
  }
}

absl::StatusOr<v1::ListReferralEventsResponse> ListReferralEvents(
    const storage::Reader& reader, const v1::ListReferralEventsRequest& request) {
  if (auto row = ReadReferralRow(reader, request.referral_id()); !row.ok()) return row.status();
  RELIEF_ASSIGN_OR_RETURN(auto rows,
                          reader.Scan(referral_keys::EventPrefix(request.referral_id()), "", kMaxEvents));
  v1::ListReferralEventsResponse response;
  for (const storage::KeyRow& row : rows)
    if (!response.add_events()->ParseFromString(row.row.value))
      return absl::DataLossError("the row of an event is damaged");
  return response;
}

}  // namespace relief::server::referrals
