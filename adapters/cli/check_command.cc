// relief check: who an applicant is, what an award would duplicate, what the person may miss. One applicant from
// the command line, or a list of them from a file.
#include <algorithm>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "adapters/cli/commands.h"
#include "adapters/cli/names.h"
#include "adapters/cli/purpose_flags.h"
#include "adapters/cli/show.h"
#include "adapters/cli/text.h"
#include "adapters/mapping/cell_parsers.h"
#include "adapters/tabular/workbook.h"
#include "relief/v1/registry_service.grpc.pb.h"
#include "relief/v1/words.pb.h"

namespace relief::adapters {
namespace {

// What may be said of an applicant and the award: the name of the flag, how a column of a list may be called
// besides, and where it goes. False where the value is none.
using Put = std::function<bool(const std::string&, v1::CheckApplicantRequest*)>;
struct Field {
  const char* name;
  std::vector<std::string> columns;
  Say help;
  Put put;
};

v1::PersonIdentity& PersonOf(v1::CheckApplicantRequest* request) {
  return request->persons().empty() ? *request->add_persons() : *request->mutable_persons(0);
}
v1::Benefit& AwardOf(v1::CheckApplicantRequest* request) { return *request->mutable_intended(); }

// By the contract's name, or by its Chinese word.
template <typename Enum>
std::optional<Enum> Value(const google::protobuf::EnumDescriptor* type, const std::string& text) {
  if (const auto value = EnumValue(type, text)) return static_cast<Enum>(*value);
  for (int i = 0; i < type->value_count(); ++i) {
    const auto* value = type->value(i);
    if (value->number() != 0 && value->options().GetExtension(v1::words).zh() == text)
      return static_cast<Enum>(value->number());
  }
  return std::nullopt;
}

template <typename Parsed, typename Set>
bool Take(const absl::StatusOr<Parsed>& parsed, const Set& set) {
  if (!parsed.ok()) return false;
  set(*parsed);
  return true;
}

const std::vector<Field>& Fields() {
  using Request = v1::CheckApplicantRequest;
  const auto text = [](auto set) {
    return [set](const std::string& value, Request* request) {
      set(value, request);
      return true;
    };
  };
  static const std::vector<Field> fields = {
      {"name", {"姓名", "申请人", "申请人姓名"}, Say::kHelpName, text([](const std::string& v, Request* r) {
         PersonOf(r).set_name(v);
       })},
      {"id",
       {"身份证号", "身份证号码", "公民身份号码", "证件号码"},
       Say::kHelpIdNumber,
       text([](const std::string& v, Request* r) { PersonOf(r).set_id_number(v); })},
      {"birth",
       {"出生日期", "出生年月日"},
       Say::kHelpBirth,
       [](const std::string& v, Request* r) {
         return Take(ParseDate(v), [&](const auto& day) { *PersonOf(r).mutable_birth_date() = day; });
       }},
      {"sex",
       {"性别"},
       Say::kHelpSex,
       [](const std::string& v, Request* r) {
         auto sex = ParseSex(v);
         if (const auto value = Value<v1::Sex>(v1::Sex_descriptor(), v); !sex.ok() && value) sex = *value;
         return Take(sex, [&](v1::Sex of) { PersonOf(r).set_sex(of); });
       }},
      {"phone", {"电话", "联系电话", "手机"}, Say::kHelpPhone, text([](const std::string& v, Request* r) {
         for (size_t at = 0; at <= v.size();) {  // one a line: the option may be given more than once
           const size_t end = std::min(v.find('\n', at), v.size());
           if (end > at) PersonOf(r).add_phones(v.substr(at, end - at));
           at = end + 1;
         }
       })},
      {"region",
       {"区划", "区划代码", "发放地区划代码"},
       Say::kHelpRegionCode,
       text([](const std::string& v, Request* r) { PersonOf(r).set_region_code(v); })},
      {"programme",
       {"救助项目", "拟给予的救助"},
       Say::kHelpProgramme,
       [](const std::string& v, Request* r) {
         const auto value = Value<v1::Programme>(v1::Programme_descriptor(), v);
         if (value) AwardOf(r).set_programme(*value);
         return value.has_value();
       }},
      {"form",
       {"救助方式", "保障方式", "供养方式", "形式"},
       Say::kHelpForm,
       [](const std::string& v, Request* r) {
         const auto value = Value<v1::BenefitForm>(v1::BenefitForm_descriptor(), v);
         if (value) AwardOf(r).set_form(*value);
         return value.has_value();
       }},
      {"start",
       {"起始月", "起始年月"},
       Say::kHelpStart,
       [](const std::string& v, Request* r) {
         return Take(ParseMonth(v), [&](const auto& month) { *AwardOf(r).mutable_start_month() = month; });
       }},
      {"end",
       {"终止月", "终止年月"},
       Say::kHelpEnd,
       [](const std::string& v, Request* r) {
         return Take(ParseMonth(v), [&](const auto& month) { *AwardOf(r).mutable_end_month() = month; });
       }},
      {"amount",
       {"金额", "拟给予金额"},
       Say::kHelpAwardAmount,
       [](const std::string& v, Request* r) {
         return Take(ParseMoneyYuan(v), [&](int64_t fen) { AwardOf(r).set_amount_fen(fen); });
       }},
      {"pay-date",
       {"发放日期"},
       Say::kHelpPayDate,
       [](const std::string& v, Request* r) {
         return Take(ParseDate(v), [&](const auto& day) { *AwardOf(r).mutable_pay_date() = day; });
       }},
      {"cause", {"困难事由", "事由"}, Say::kHelpCause, text([](const std::string& v, Request* r) {
         AwardOf(r).set_cause(v);
       })},
      {"approval", {"审批编号"}, Say::kHelpApproval, text([](const std::string& v, Request* r) {
         AwardOf(r).set_approval_number(v);
       })},
      {"invoice", {"票据号", "发票号"}, Say::kHelpInvoice, text([](const std::string& v, Request* r) {
         AwardOf(r).set_invoice_number(v);
       })},
      {"year",
       {"年度", "参保年度"},
       Say::kHelpYear,
       [](const std::string& v, Request* r) {
         const bool digits = v.size() == 4 && v.find_first_not_of("0123456789") == std::string::npos;
         if (digits) AwardOf(r).set_benefit_year(std::stoi(v));
         return digits;
       }},
      {"term", {"学期", "资助学期"}, Say::kHelpTerm, text([](const std::string& v, Request* r) {
         AwardOf(r).set_term(v);
       })},
      {"school", {"学校", "就读学校"}, Say::kHelpSchool, text([](const std::string& v, Request* r) {
         AwardOf(r).set_school(v);
       })},
      {"house", {"房屋编号", "不动产单元号"}, Say::kHelpHouse, text([](const std::string& v, Request* r) {
         AwardOf(r).set_house_id(v);
       })},
      {"event", {"灾害事件"}, Say::kHelpEvent, text([](const std::string& v, Request* r) {
         AwardOf(r).set_event_id(v);
       })},
  };
  return fields;
}

struct CheckOptions {
  std::map<std::string, std::string> flags;
  std::string file;
  PurposeFlags purpose{"application"};
};

// `values` by the names of the flags; blank ones are none.
absl::StatusOr<v1::CheckApplicantRequest> RequestOf(const std::map<std::string, std::string>& values,
                                                    const v1::Purpose& purpose) {
  v1::CheckApplicantRequest request;
  *request.mutable_purpose() = purpose;
  for (const Field& field : Fields()) {
    const auto at = values.find(field.name);
    if (at == values.end() || at->second.find_first_not_of(" \t") == std::string::npos) continue;
    if (!field.put(at->second, &request))
      return absl::InvalidArgumentError(Fill(Say::kBadValue, {std::string("--") + field.name}));
  }
  if (PersonOf(&request).name().empty() && PersonOf(&request).id_number().empty())
    return absl::InvalidArgumentError(Text(Say::kNeedNameOrId));
  if (request.has_intended() && request.intended().programme() == v1::PROGRAMME_UNSPECIFIED)
    return absl::InvalidArgumentError(Fill(Say::kBadValue, {"--programme"}));
  return request;
}

std::string FormatProbability(double probability) {
  char text[32];
  std::snprintf(text, sizeof text, probability > 0.9999 ? ">99.99 %%" : "%.2f %%", probability * 100);
  return text;
}

void PrintFindings(Say title, const google::protobuf::RepeatedPtrField<v1::Finding>& findings) {
  if (findings.empty()) return;
  std::cout << Text(title) << ":\n";
  Table table = FindingTable();
  for (const auto& finding : findings) AddFinding(finding, &table);
  table.Print(std::cout);
}

void Print(const v1::CheckApplicantResponse& response) {
  for (const auto& result : response.results()) {
    if (result.candidates().empty()) std::cout << Text(Say::kNoCandidate) << '\n';
    for (const auto& candidate : result.candidates()) {
      std::cout << Text(Say::kBand) << ": " << Word(candidate.band()) << "  " << Text(Say::kProbability)
                << ": " << FormatProbability(candidate.probability()) << "  ";
      ShowPerson(candidate.person(), std::cout);
      ShowExplanation(candidate.explanation(), std::cout);
      std::cout << '\n';
    }
    PrintFindings(Say::kWouldOpen, result.would_open());
    PrintFindings(Say::kMayMiss, result.may_miss());
    if (result.undecided().empty()) continue;
    std::cout << Text(Say::kUndecided) << ":\n";
    Table table = EntitlementTable();
    for (const v1::Entitlement& one : result.undecided()) AddEntitlement(one, &table);
    table.Print(std::cout);
  }
}

absl::Status Ask(const Session& session, const v1::CheckApplicantRequest& request,
                 v1::CheckApplicantResponse* response) {
  return session.Call<v1::RegistryService>(&v1::RegistryService::Stub::CheckApplicant, request, response);
}

std::string Rules(const google::protobuf::RepeatedPtrField<v1::Finding>& findings) {
  std::string text;
  for (const v1::Finding& finding : findings)
    text += (text.empty() ? "" : "; ") + finding.rule_id() + " " + TitleOf(finding);
  return text;
}

std::string Rules(const google::protobuf::RepeatedPtrField<v1::Entitlement>& undecided) {
  std::string text;
  for (const v1::Entitlement& one : undecided)
    text += (text.empty() ? "" : "; ") + one.rule_id() + " " + WhyOf(one);
  return text;
}

// Rows of a list that wait to be asked about together.
class RowsToAsk {
 public:
  RowsToAsk(const Session& session, const v1::Purpose& purpose)
      : session_(session),
        table_({{Text(Say::kLineColumn), true},
                {Text(Say::kBand)},
                {Text(Say::kPersonColumn)},
                {Text(Say::kWouldOpen)},
                {Text(Say::kMayMiss)},
                {Text(Say::kUndecided)}}) {
    *request_.mutable_purpose() = purpose;
  }

  // An error is one of the whole list: the hub cannot be asked, or refuses to answer any more.
  absl::Status Add(int64_t line, const absl::StatusOr<v1::CheckApplicantRequest>& row) {
    if (!row.ok()) {
      Refuse(line, row.status());
      return absl::OkStatus();
    }
    auto& added = *request_.add_rows();
    *added.mutable_person() = row->persons(0);
    if (row->has_intended()) *added.mutable_intended() = row->intended();
    lines_.push_back(line);
    return lines_.size() < kRowsAtOnce ? absl::OkStatus() : Ask();
  }

  absl::Status Ask() {
    if (lines_.empty()) return absl::OkStatus();
    v1::CheckApplicantsResponse response;
    const absl::Status status =
        session_.Call<v1::RegistryService>(&v1::RegistryService::Stub::CheckApplicants, request_, &response);
    if (!status.ok()) return status;
    for (const auto& row : response.rows()) Show(lines_[static_cast<size_t>(row.index())], row);
    request_.clear_rows();
    lines_.clear();
    return absl::OkStatus();
  }

  // The first row that was not asked about, if any.
  absl::Status Finish() {
    if (!table_.empty()) table_.Print(std::cout);
    return first_error_;
  }

 private:
  static constexpr size_t kRowsAtOnce = 100;

  void Refuse(int64_t line, const absl::Status& status) {
    if (first_error_.ok()) first_error_ = status;
    table_.Add({std::to_string(line), "", "", std::string(status.message()), "", ""});
  }

  void Show(int64_t line, const v1::CheckApplicantsResponse::Row& row) {
    if (row.errors_size() > 0)
      return Refuse(line, absl::InvalidArgumentError(row.errors(0).field() + ": " + row.errors(0).message()));
    if (session_.json()) return Session::PrintJson(row.result());
    const v1::ApplicantResult& result = row.result();
    const bool found = result.candidates_size() > 0;
    table_.Add({std::to_string(line), found ? Word(result.candidates(0).band()) : Text(Say::kNoCandidate),
                found ? result.candidates(0).person().person_id() : "", Rules(result.would_open()),
                Rules(result.may_miss()), Rules(result.undecided())});
  }

  const Session& session_;
  Table table_;
  v1::CheckApplicantsRequest request_;
  std::vector<int64_t> lines_;
  absl::Status first_error_;
};

// Each row of the list is an applicant of its own; what has no column is taken from the flags. A row that
// cannot be asked about costs only itself.
absl::Status CheckFile(const Session& session, const CheckOptions& options, const v1::Purpose& purpose) {
  auto book = Workbook::Open(options.file);
  if (!book.ok()) return book.status();
  auto rows = (*book)->Read(0);
  if (!rows.ok()) return rows.status();
  RowsToAsk to_ask(session, purpose);
  std::vector<const Field*> columns;
  SheetRow row;
  for (;;) {
    row.Clear();
    auto more = (*rows)->Next(&row);
    if (!more.ok()) return more.status();
    if (!*more) break;
    if (columns.empty()) {
      for (const std::string& cell : row.cells) {
        const auto& all = Fields();
        const auto at = std::find_if(all.begin(), all.end(), [&](const Field& field) {
          return cell == field.name ||
                 std::find(field.columns.begin(), field.columns.end(), cell) != field.columns.end();
        });
        columns.push_back(at == all.end() ? nullptr : &*at);
      }
      continue;
    }
    std::map<std::string, std::string> values = options.flags;
    for (size_t i = 0; i < row.cells.size() && i < columns.size(); ++i)
      if (columns[i] != nullptr && !row.cells[i].empty()) values[columns[i]->name] = row.cells[i];
    if (const absl::Status status = to_ask.Add(row.line, RequestOf(values, purpose)); !status.ok()) {
      to_ask.Finish().IgnoreError();
      return status;
    }
  }
  const absl::Status asked = to_ask.Ask();
  const absl::Status refused = to_ask.Finish();
  return asked.ok() ? refused : asked;
}

absl::Status Check(const Session& session, const CheckOptions& options) {
  auto purpose = options.purpose.Purpose();
  if (!purpose.ok()) return purpose.status();
  if (!options.file.empty()) return CheckFile(session, options, *purpose);
  auto request = RequestOf(options.flags, *purpose);
  if (!request.ok()) return request.status();
  v1::CheckApplicantResponse response;
  if (const absl::Status status = Ask(session, *request, &response); !status.ok()) return status;
  if (session.json()) {
    Session::PrintJson(response);
  } else {
    Print(response);
  }
  return absl::OkStatus();
}

}  // namespace

void AddCheckCommand(CLI::App& app, Session& session) {
  auto options = std::make_shared<CheckOptions>();
  CLI::App* check = app.add_subcommand("check", Text(Say::kHelpCheck));
  for (const Field& field : Fields())
    check->add_option(std::string("--") + field.name, options->flags[field.name], Text(field.help))
        ->multi_option_policy(CLI::MultiOptionPolicy::Join);
  check->add_option("--file", options->file, Text(Say::kHelpCheckFile));
  options->purpose.Add(*check);
  check->callback([=, &session] {
    if (const auto status = Check(session, *options); !status.ok()) session.Fail(status);
  });
}

}  // namespace relief::adapters
