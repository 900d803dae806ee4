// What a record must be before the hub accepts it. Messages name the field and what is expected, never the
// value.
#include <algorithm>
#include <initializer_list>

#include "server/ingest/feed.h"
#include "server/records/identity_mapping.h"

namespace relief::server::ingest {
namespace {

constexpr size_t kMaxRecordId = 64;
constexpr size_t kMaxIdNumber = 64;
constexpr size_t kMaxText = 600;  // bytes of UTF-8: 200 Chinese characters
constexpr size_t kMaxName = 300;  // bytes: 100 Chinese characters
constexpr int kMaxRepeated = 10;
constexpr int64_t kMostFen = 100'000'000'000;  // a thousand million yuan

class Checker {
 public:
  explicit Checker(const v1::Source& source) : source_(source) {}

  std::vector<v1::FieldError> Take() && { return std::move(errors_); }

  void Record(const v1::Record& record) {
    RecordId(record.record_id());
    if (record.version() < 0) Add("version", v1::FieldError::INVALID, "a version is not negative");
    if (record.deleted()) return;
    Person(record.person());
    Text("household.household_id", record.household().household_id(), kMaxText);
    Text("household.relation", record.household().relation(), kMaxText);
    Content(record);
  }

 private:
  void Content(const v1::Record& record) {
    switch (source_.content()) {
      case v1::Source::BENEFITS:
        if (record.has_benefit()) return Benefit(record.benefit());
        return Add("benefit", v1::FieldError::REQUIRED,
                   "a source of benefits sends a benefit with every record");
      case v1::Source::LEADS:
        if (record.has_lead()) return Lead(record.lead());
        return Add("lead", v1::FieldError::REQUIRED, "a source of leads sends a lead with every record");
      case v1::Source::GIFTS:
        if (record.has_gift()) return Gift(record.gift());
        return Add("gift", v1::FieldError::REQUIRED, "a source of gifts sends a gift with every record");
      default:
        if (record.has_fact()) return Fact(record.fact());
        return Add("fact", v1::FieldError::REQUIRED, "a source of facts sends a fact with every record");
    }
  }

  void Add(std::string field, v1::FieldError::Reason reason, std::string message) {
    v1::FieldError error;
    error.set_field(std::move(field));
    error.set_reason(reason);
    error.set_message(std::move(message));
    errors_.push_back(std::move(error));
  }

  static bool Blank(const std::string& text) {
    return text.find_first_not_of(" \t\r\n") == std::string::npos;
  }

  void RecordId(const std::string& id) {
    if (Blank(id)) {
      Add("record_id", v1::FieldError::REQUIRED, "every record has an id of its source");
    } else if (id.size() > kMaxRecordId) {
      Add("record_id", v1::FieldError::TOO_LONG, "at most 64 bytes");
    } else if (std::any_of(id.begin(), id.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; })) {
      Add("record_id", v1::FieldError::INVALID, "control characters are not allowed");
    }
  }

  void Text(const char* field, const std::string& text, size_t limit) {
    if (text.size() > limit) {
      Add(field, v1::FieldError::TOO_LONG, "at most " + std::to_string(limit) + " bytes");
    } else if (HidesSomething(text)) {
      Add(field, v1::FieldError::INVALID,
          "control characters and changes of writing direction are not allowed");
    }
  }

  // Characters that make a text look like another one on a screen or in a log, or end it there: controls
  // (white space may stand), and the embeddings, overrides and isolates of the bidirectional algorithm. No
  // name or address needs them; the marks that Uyghur and Kazakh in Arabic script may have (U+200E, U+200F)
  // are not among them.
  static bool HidesSomething(const std::string& text) {
    for (size_t at = 0; at < text.size(); ++at) {
      const auto byte = static_cast<unsigned char>(text[at]);
      if (byte < 0x20 ? byte != '\t' && byte != '\n' && byte != '\r' : byte == 0x7F) return true;
      if (byte != 0xE2 || at + 2 >= text.size()) continue;
      const auto second = static_cast<unsigned char>(text[at + 1]),
                 third = static_cast<unsigned char>(text[at + 2]);
      if (second == 0x80 && third >= 0xAA && third <= 0xAE) return true;  // U+202A..U+202E
      if (second == 0x81 && third >= 0xA6 && third <= 0xA9) return true;  // U+2066..U+2069
    }
    return false;
  }

  // An amount is not negative, unless it is of a strike-off; and sums of many must not overflow.
  void Amount(const char* field, int64_t fen, bool may_be_negative = false) {
    if (fen < 0 && !may_be_negative) {
      Add(field, v1::FieldError::INVALID, "an amount is not negative, except on a strike-off");
    } else if (fen > kMostFen || fen < -kMostFen) {
      Add(field, v1::FieldError::INVALID, "more than a thousand million yuan");
    }
  }

  void Person(const v1::PersonIdentity& person) {
    if (Blank(person.name()) && Blank(person.id_number()))
      Add("person.name", v1::FieldError::REQUIRED, "a record has at least a name or a document number");
    Text("person.name", person.name(), kMaxName);
    Text("person.id_number", person.id_number(), kMaxIdNumber);
    Text("person.address", person.address(), kMaxText);
    if (person.former_names_size() > kMaxRepeated)
      Add("person.former_names", v1::FieldError::TOO_LONG, "at most 10");
    for (const std::string& name : person.former_names()) Text("person.former_names", name, kMaxName);
    if (person.phones_size() > kMaxRepeated) Add("person.phones", v1::FieldError::TOO_LONG, "at most 10");
    for (const std::string& phone : person.phones()) Text("person.phones", phone, kMaxIdNumber);
    Known("person.id_type", v1::IdType_IsValid(person.id_type()));
    Known("person.sex", v1::Sex_IsValid(person.sex()));
    if (person.has_birth_date()) Day("person.birth_date", person.birth_date());
    Region("person.region_code", person.region_code());
    Region("person.domicile_code", person.domicile_code());
  }

  void Known(const char* field, bool known) {
    if (!known) Add(field, v1::FieldError::INVALID, "not a value that this version of the hub knows");
  }

  void Region(const char* field, const std::string& code) {
    if (code.empty()) return;
    const bool digits = std::all_of(code.begin(), code.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (!digits || (code.size() != 6 && code.size() != 9 && code.size() != 12))
      Add(field, v1::FieldError::INVALID, "a GB/T 2260 code of 6, 9 or 12 digits");
  }

  void Day(const char* field, const v1::Date& date) {
    if (!records::ToCivilDate(date)) Add(field, v1::FieldError::INVALID, "not a day that exists");
  }

  bool Month(const char* field, const v1::Month& month) {
    if (month.year() >= 1900 && month.year() <= 2200 && month.month() >= 1 && month.month() <= 12)
      return true;
    Add(field, v1::FieldError::INVALID, "not a month");
    return false;
  }

  void Require(bool present, const char* field, const char* why) {
    if (!present) Add(field, v1::FieldError::REQUIRED, why);
  }

  void Benefit(const v1::Benefit& benefit) {
    if (benefit.programme() != source_.programme())
      Add("benefit.programme", v1::FieldError::WRONG_PROGRAMME, "not the programme of the source");
    Known("benefit.form", v1::BenefitForm_IsValid(benefit.form()));
    Known("benefit.cycle", v1::Cycle_IsValid(benefit.cycle()));
    Months(benefit);
    if (benefit.has_decision_date()) Day("benefit.decision_date", benefit.decision_date());
    if (benefit.has_pay_date()) Day("benefit.pay_date", benefit.pay_date());
    if (benefit.has_event_date()) Day("benefit.event_date", benefit.event_date());
    Region("benefit.paying_region", benefit.paying_region());
    if (!benefit.paying_region().empty() && benefit.paying_region().rfind(source_.region_prefix(), 0) != 0)
      Add("benefit.paying_region", v1::FieldError::OUT_OF_REGION, "outside the region of the source");
    const bool strike_off = benefit.form() == v1::STRIKE_OFF;
    Amount("benefit.amount_fen", benefit.amount_fen(), strike_off);
    Amount("benefit.total_cost_fen", benefit.total_cost_fen(), strike_off);
    Amount("benefit.insured_fen", benefit.insured_fen(), strike_off);
    Amount("benefit.other_assisted_fen", benefit.other_assisted_fen(), strike_off);
    for (int mark : benefit.marks())
      Known("benefit.marks", mark != v1::BENEFIT_MARK_UNSPECIFIED && v1::BenefitMark_IsValid(mark));
    if (benefit.marks_size() > kMaxRepeated) Add("benefit.marks", v1::FieldError::TOO_LONG, "at most 10");
    Text("benefit.house_id", benefit.house_id(), kMaxIdNumber);
    Text("benefit.payee_account", benefit.payee_account(), kMaxIdNumber);
    for (const auto& [field, text] : std::initializer_list<std::pair<const char*, const std::string&>>{
             {"benefit.sub_item", benefit.sub_item()},
             {"benefit.decision_number", benefit.decision_number()},
             {"benefit.stop_reason", benefit.stop_reason()},
             {"benefit.cause", benefit.cause()},
             {"benefit.event_id", benefit.event_id()},
             {"benefit.stage", benefit.stage()},
             {"benefit.approval_number", benefit.approval_number()},
             {"benefit.invoice_number", benefit.invoice_number()},
             {"benefit.school", benefit.school()},
             {"benefit.contract_number", benefit.contract_number()}})
      Text(field, text, kMaxText);
    Term(benefit.term());
    Needs(benefit);
  }

  void Months(const v1::Benefit& benefit) {
    const bool start = benefit.has_start_month() && Month("benefit.start_month", benefit.start_month());
    const bool end = benefit.has_end_month() && Month("benefit.end_month", benefit.end_month());
    const auto ordinal = [](const v1::Month& month) { return month.year() * 12 + month.month(); };
    if (start && end && ordinal(benefit.end_month()) < ordinal(benefit.start_month()))
      Add("benefit.end_month", v1::FieldError::CONTRADICTION, "before the start month");
  }

  void Term(const std::string& term) {
    if (term.empty()) return;
    const bool year = term.size() == 7 && std::all_of(term.begin(), term.begin() + 4,
                                                      [](char c) { return c >= '0' && c <= '9'; });
    if (!year || (term.substr(4) != "春" && term.substr(4) != "秋"))
      Add("benefit.term", v1::FieldError::INVALID, "a year and 春 or 秋");
  }

  // What the rules cannot do without.
  void Needs(const v1::Benefit& benefit) {
    switch (benefit.programme()) {
      case v1::MINIMUM_LIVING:
      case v1::EXTREME_POVERTY:
      case v1::HOUSING:
      case v1::EMPLOYMENT:
        Require(benefit.has_start_month(), "benefit.start_month", "the first month of the benefit");
        break;
      case v1::EDUCATION:
        Require(!benefit.term().empty(), "benefit.term", "the school term of the grant");
        break;
      case v1::MEDICAL:
        if (benefit.form() == v1::INSURANCE_SUBSIDY) {
          Require(benefit.benefit_year() >= 1900 && benefit.benefit_year() <= 2200, "benefit.benefit_year",
                  "the insurance year that is paid for");
        } else {
          Require(benefit.has_pay_date(), "benefit.pay_date", "the day of the settlement");
        }
        break;
      case v1::TEMPORARY:
      case v1::DISASTER:
        Require(benefit.has_pay_date(), "benefit.pay_date", "the day of the payment");
        break;
      default:
        break;
    }
  }

  void Fact(const v1::Fact& fact) {
    if (fact.type() == v1::FACT_TYPE_UNSPECIFIED) {
      Add("fact.type", v1::FieldError::REQUIRED, "what is reported");
    } else {
      Known("fact.type", v1::FactType_IsValid(fact.type()));
    }
    if (!fact.has_date()) {
      Add("fact.date", v1::FieldError::REQUIRED, "when it happened or was reported");
    } else {
      Day("fact.date", fact.date());
    }
    if (fact.has_end_date()) {
      Day("fact.end_date", fact.end_date());
      const auto begun = records::ToCivilDate(fact.date()), ended = records::ToCivilDate(fact.end_date());
      if (begun && ended && *ended < *begun)
        Add("fact.end_date", v1::FieldError::CONTRADICTION, "before the day of the fact");
    }
    Text("fact.value", fact.value(), kMaxText);
    Text("fact.event_id", fact.event_id(), kMaxText);
    Text("fact.institution", fact.institution(), kMaxText);
    Amount("fact.amount_fen", fact.amount_fen());
    FactValue(fact);
  }

  // The values that rules name. A value that is not one of them would never be seen by any rule.
  void FactValue(const v1::Fact& fact) {
    const std::string& value = fact.value();
    const auto one_of = [&](std::initializer_list<const char*> values, const char* what) {
      if (!value.empty() && std::find(values.begin(), values.end(), value) == values.end())
        Add("fact.value", v1::FieldError::INVALID, what);
    };
    switch (fact.type()) {
      case v1::DISABILITY:
        return one_of({"1", "2", "3", "4"}, "a grade from 1 to 4");
      case v1::DANGEROUS_HOUSE:
        return one_of({"A", "B", "C", "D"}, "a grade from A to D");
      case v1::HOUSE_DAMAGE:
        return one_of({"COLLAPSED", "SEVERE", "MODERATE"}, "COLLAPSED, SEVERE or MODERATE");
      case v1::CUSTODY:
        return one_of({"PRISON", "DRUG_REHABILITATION"}, "PRISON or DRUG_REHABILITATION");
      case v1::UNATTENDED_CHILD_ALLOWANCE:
        return one_of({"FULL", "DIFFERENTIAL"}, "FULL or DIFFERENTIAL");
      case v1::INSURED: {
        const bool digits =
            std::all_of(value.begin(), value.end(), [](char c) { return c >= '0' && c <= '9'; });
        if (value.size() != 4 || !digits)
          Add("fact.value", v1::FieldError::INVALID, "the year of insurance, in 4 digits");
        return;
      }
      case v1::REFUSED:
      case v1::APPLICATION:
      case v1::INELIGIBLE: {
        v1::Programme programme;
        if (!v1::Programme_Parse(value, &programme) || programme == v1::PROGRAMME_UNSPECIFIED)
          Add("fact.value", v1::FieldError::INVALID, "the name of a programme, e.g. MEDICAL");
        return;
      }
      default:
        return;
    }
  }

  void Lead(const v1::Lead& lead) {
    OfNeed("lead.need", lead.need());
    DayOf("lead.found_date", lead.has_found_date(), lead.found_date(), "when the case was found");
    Known("lead.urgency", v1::Severity_IsValid(lead.urgency()));
    Text("lead.channel", lead.channel(), kMaxText);
    Text("lead.description_code", lead.description_code(), kMaxIdNumber);
    if (!lead.has_closed_date()) return;
    Day("lead.closed_date", lead.closed_date());
    const auto found = records::ToCivilDate(lead.found_date()),
               closed = records::ToCivilDate(lead.closed_date());
    if (found && closed && *closed < *found)
      Add("lead.closed_date", v1::FieldError::CONTRADICTION, "before the day it was found");
  }

  void Gift(const v1::Gift& gift) {
    OfNeed("gift.need", gift.need());
    DayOf("gift.give_date", gift.has_give_date(), gift.give_date(), "when it was given");
    Text("gift.project_id", gift.project_id(), kMaxIdNumber);
    Amount("gift.amount_fen", gift.amount_fen());
  }

  void OfNeed(const char* field, v1::Need need) {
    if (need == v1::NEED_UNSPECIFIED) {
      Add(field, v1::FieldError::REQUIRED, "what the person needs");
    } else {
      Known(field, v1::Need_IsValid(need));
    }
  }

  void DayOf(const char* field, bool present, const v1::Date& date, const char* what) {
    if (!present) return Add(field, v1::FieldError::REQUIRED, what);
    Day(field, date);
  }

  const v1::Source& source_;
  std::vector<v1::FieldError> errors_;
};

}  // namespace

std::vector<v1::FieldError> ValidateRecord(const v1::Source& source, const v1::Record& record) {
  Checker checker(source);
  checker.Record(record);
  return std::move(checker).Take();
}

}  // namespace relief::server::ingest
