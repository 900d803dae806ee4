// Findings page by page, in the order that was asked for.
#include <algorithm>
#include <deque>
#include <map>
#include <set>

#include "server/core/schema.h"
#include "server/findings/finding_history.h"
#include "server/findings/finding_index.h"
#include "server/findings/finding_store.h"
#include "server/findings/tally.h"
#include "server/records/identity_mapping.h"
#include "server/records/stored.pb.h"

namespace relief::server::findings {
namespace {

constexpr int kDefaultPage = 50, kMaxPage = 1000;
constexpr size_t kScanPage = 2000;

std::string ToHex(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  for (const unsigned char byte : bytes) hex.append({kDigits[byte >> 4], kDigits[byte & 15]});
  return hex;
}

std::optional<std::string> FromHex(std::string_view hex) {
  const auto digit = [](char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
  };
  if (hex.empty() || hex.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  for (size_t i = 0; i < hex.size(); i += 2) {
    const int high = digit(hex[i]), low = digit(hex[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes.push_back(static_cast<char>(high << 4 | low));
  }
  return bytes;
}

// A page token is the last place of the page and a fingerprint of the query that it belongs to.
std::string Fingerprint(const v1::ListFindingsRequest& request) {
  v1::ListFindingsRequest query = request;
  query.clear_page_size();
  query.clear_page_token();
  return matcher::RecordKey::Of("findings", query.SerializeAsString()).ToString();
}

struct Page {
  v1::FindingOrder order = v1::FINDING_ORDER_UNSPECIFIED;
  size_t size = 0;
  std::string after;  // the last place of the page before; empty: from the beginning
  std::string fingerprint;
};

absl::StatusOr<Page> PageOf(const v1::ListFindingsRequest& request) {
  Page page;
  if (request.page_size() < 0) return absl::InvalidArgumentError("page_size: not negative");
  page.size =
      static_cast<size_t>(request.page_size() == 0 ? kDefaultPage : std::min(request.page_size(), kMaxPage));
  if (!v1::FindingOrder_IsValid(request.order_by())) return absl::InvalidArgumentError("order_by: not known");
  page.order = request.order_by();
  const v1::FindingFilter& filter = request.filter();
  if (filter.has_opened_from() && !records::ToCivilDate(filter.opened_from()))
    return absl::InvalidArgumentError("filter.opened_from: not a day that exists");
  if (filter.has_opened_to() && !records::ToCivilDate(filter.opened_to()))
    return absl::InvalidArgumentError("filter.opened_to: not a day that exists");
  page.fingerprint = Fingerprint(request);
  if (request.page_token().empty()) return page;
  const size_t dot = request.page_token().find('.');
  const auto after = dot == std::string::npos ? std::nullopt : FromHex(request.page_token().substr(dot + 1));
  if (!after || request.page_token().substr(0, dot) != page.fingerprint)
    return absl::InvalidArgumentError("page_token: not of this query");
  page.after = *after;
  return page;
}

std::vector<v1::Finding::State> StatesOf(const v1::FindingFilter& filter) {
  std::vector<v1::Finding::State> states;
  for (const auto state : {v1::Finding::OPEN, v1::Finding::CLOSED, v1::Finding::SETTLED})
    if (filter.states().empty() ||
        std::find(filter.states().begin(), filter.states().end(), state) != filter.states().end())
      states.push_back(state);
  return states;
}

// Rows of the index in one order, the states merged.
class Ordered {
 public:
  Ordered(const storage::Reader& reader, v1::FindingOrder order, const v1::FindingFilter& filter,
          const std::string& after)
      : reader_(reader), filter_(filter) {
    for (const auto state : StatesOf(filter)) {
      Cursor& cursor = cursors_.emplace_back();
      cursor.prefix = FindingIndexPrefix(order, state);
      if (!after.empty()) cursor.from = cursor.prefix + after + std::string(1, '\0');
    }
  }

  // The next place that the filter allows; empty at the end.
  absl::StatusOr<std::string> Next() {
    while (true) {
      Cursor* least = nullptr;
      for (Cursor& cursor : cursors_) {
        if (absl::Status status = Fill(cursor); !status.ok()) return status;
        if (!cursor.rows.empty() && (!least || Place(cursor) < Place(*least))) least = &cursor;
      }
      if (!least) return std::string();
      const std::string place(Place(*least));
      stored::ListedFinding listed;
      if (!listed.ParseFromString(least->rows.front().row.value))
        return absl::DataLossError("a row of the list of findings is damaged");
      least->rows.pop_front();
      if (Allows(filter_, listed)) return place;
    }
  }

 private:
  struct Cursor {
    std::string prefix, from;
    std::deque<storage::KeyRow> rows;
    bool ended = false;
  };
  static std::string_view Place(const Cursor& cursor) {
    return std::string_view(cursor.rows.front().key).substr(cursor.prefix.size());
  }
  absl::Status Fill(Cursor& cursor) {
    if (!cursor.rows.empty() || cursor.ended) return absl::OkStatus();
    auto rows = reader_.Scan(cursor.prefix, cursor.from, page_);
    if (!rows.ok()) return rows.status();
    cursor.ended = rows->size() < page_;
    if (!rows->empty()) cursor.from = rows->back().key + std::string(1, '\0');
    cursor.rows.assign(std::make_move_iterator(rows->begin()), std::make_move_iterator(rows->end()));
    page_ = std::min(page_ * 4, kScanPage);  // most pages are near the beginning
    return absl::OkStatus();
  }

  const storage::Reader& reader_;
  const v1::FindingFilter& filter_;
  std::vector<Cursor> cursors_;
  size_t page_ = 128;
};

absl::StatusOr<std::vector<v1::Finding>> ReadFindings(const storage::Reader& reader,
                                                      const std::vector<std::string>& ids) {
  std::vector<std::string> keys;
  for (const std::string& id : ids) keys.push_back(schema::FindingRow(id));
  auto rows = reader.MultiGet(keys);
  if (!rows.ok()) return rows.status();
  std::vector<v1::Finding> findings;
  for (const storage::Row& row : *rows) {
    if (!row.present()) continue;
    if (!findings.emplace_back().ParseFromString(row.value))
      return absl::DataLossError("the row of a finding is damaged");
  }
  return findings;
}

absl::StatusOr<v1::ListFindingsResponse> ListByIndex(const storage::Reader& reader,
                                                     const v1::FindingFilter& filter, const Page& page) {
  v1::ListFindingsResponse response;
  Ordered ordered(reader, page.order, filter, page.after);
  std::vector<std::string> ids;
  std::string last;
  while (true) {
    auto place = ordered.Next();
    if (!place.ok()) return place.status();
    if (place->empty()) break;
    if (ids.size() == page.size) {
      response.set_next_page_token(page.fingerprint + "." + ToHex(last));
      break;
    }
    ids.push_back(FindingIdAt(page.order, *place));
    last = *std::move(place);
  }
  auto findings = ReadFindings(reader, ids);
  if (!findings.ok()) return findings.status();
  for (v1::Finding& finding : *findings) *response.add_findings() = std::move(finding);
  if (!page.after.empty()) return response;
  auto total = CountFindings(reader, filter);
  if (!total.ok()) return total.status();
  response.set_total_size(*total);
  return response;
}

// The page of findings that come one by one in any order: never more of them in memory than a page.
class Collected {
 public:
  explicit Collected(const Page& page) : page_(page) {}

  void Take(const v1::Finding& finding) {
    ++total_;
    std::string place = FindingPlace(page_.order, finding);
    if (!page_.after.empty() && place <= page_.after) return;
    if (page_.size < findings_.size() && place > findings_.rbegin()->first) return;
    findings_[std::move(place)] = finding;
    if (findings_.size() > page_.size + 1) findings_.erase(std::prev(findings_.end()));
  }

  v1::ListFindingsResponse Response() {
    v1::ListFindingsResponse response;
    std::string last;
    for (auto& [place, finding] : findings_) {
      if (static_cast<size_t>(response.findings_size()) == page_.size) {
        response.set_next_page_token(page_.fingerprint + "." + ToHex(last));
        break;
      }
      *response.add_findings() = std::move(finding);
      last = place;
    }
    if (page_.after.empty()) response.set_total_size(total_);
    return response;
  }

 private:
  const Page& page_;
  std::map<std::string, v1::Finding> findings_;
  int64_t total_ = 0;
};

absl::StatusOr<v1::ListFindingsResponse> ListOfPerson(const storage::Reader& reader,
                                                      const v1::FindingFilter& filter, const Page& page) {
  Collected collected(page);
  const auto person = matcher::PersonId::Parse(filter.person_id());
  if (!person) return collected.Response();
  const std::string key = schema::PersonFindingsRow(*person);
  auto rows = reader.MultiGet({&key, 1});
  if (!rows.ok()) return rows.status();
  stored::PersonFindings list;
  if (!list.ParseFromString((*rows)[0].value))
    return absl::DataLossError("the row of a person's findings is damaged");
  std::set<std::string> ids(list.finding_ids().begin(), list.finding_ids().end());
  ids.insert(list.household_finding_ids().begin(), list.household_finding_ids().end());
  ids.insert(list.past_finding_ids().begin(), list.past_finding_ids().end());
  auto findings = ReadFindings(reader, {ids.begin(), ids.end()});
  if (!findings.ok()) return findings.status();
  for (const v1::Finding& finding : *findings)
    if (MatchesFilter(filter, finding)) collected.Take(finding);
  return collected.Response();
}

absl::StatusOr<v1::ListFindingsResponse> ListAsKnownAt(const storage::Reader& reader,
                                                       const v1::FindingFilter& filter, const Page& page,
                                                       int64_t time_us) {
  Collected collected(page);
  absl::Status status = WalkHistory(
      reader, time_us, [](const v1::Finding*, const v1::Finding&, int64_t) {},
      [&](const v1::Finding& finding) {
        if (MatchesFilter(filter, finding)) collected.Take(finding);
        return true;
      });
  if (!status.ok()) return status;
  return collected.Response();
}

absl::StatusOr<v1::ListFindingsResponse> ListById(const storage::Reader& reader,
                                                  const v1::FindingFilter& filter, const Page& page) {
  v1::ListFindingsResponse response;
  const absl::Status status =
      ForEachFindingAfter(reader, filter, page.after, [&](const v1::Finding& finding) {
        if (static_cast<size_t>(response.findings_size()) == page.size) {
          response.set_next_page_token(page.fingerprint + "." +
                                       ToHex(response.findings(response.findings_size() - 1).finding_id()));
          return false;
        }
        *response.add_findings() = finding;
        return true;
      });
  if (!status.ok()) return status;
  if (!page.after.empty()) return response;
  auto total = CountFindings(reader, filter);
  if (!total.ok()) return total.status();
  response.set_total_size(*total);
  return response;
}

}  // namespace

absl::StatusOr<int64_t> CountFindings(const storage::Reader& reader, const v1::FindingFilter& filter) {
  int64_t total = 0;
  if (filter.min_amount_fen() == 0 && !filter.has_opened_from() && !filter.has_opened_to()) {
    TallyQuery query;
    query.region_prefix = filter.region_prefix();
    query.fine = filter.region_prefix().size() > 6;
    query.open_only = filter.states_size() == 1 && filter.states(0) == v1::Finding::OPEN;
    query.only_cells = true;
    auto reading = ReadTally(reader, query);
    if (!reading.ok()) return reading.status();
    for (const TallyReading::Cell& cell : reading->cells)
      if (Allows(filter, cell.key, true)) total += cell.figures[kFindings];
    return total;
  }
  Ordered all(reader, v1::AMOUNT_DESCENDING, filter, "");
  while (true) {
    auto place = all.Next();
    if (!place.ok()) return place.status();
    if (place->empty()) return total;
    ++total;
  }
}

absl::StatusOr<v1::ListFindingsResponse> ListFindings(const storage::Reader& reader,
                                                      const v1::ListFindingsRequest& request) {
  auto page = PageOf(request);
  if (!page.ok()) return page.status();
  const v1::FindingFilter& filter = request.filter();
  if (request.has_as_known_at())
    return ListAsKnownAt(reader, filter, *page,
                         request.as_known_at().seconds() * 1'000'000 + request.as_known_at().nanos() / 1000);
  if (!filter.person_id().empty()) return ListOfPerson(reader, filter, *page);
  if (page->order == v1::FINDING_ORDER_UNSPECIFIED) return ListById(reader, filter, *page);
  return ListByIndex(reader, filter, *page);
}

}  // namespace relief::server::findings
