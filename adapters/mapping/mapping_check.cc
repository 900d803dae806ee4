// Reading and checking of mapping files.
#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/text_format.h>

#include <set>
#include <sstream>

#include "adapters/mapping/field_path.h"
#include "adapters/mapping/row_mapper.h"
#include "adapters/tabular/text_source.h"

namespace relief::adapters {
namespace {

using google::protobuf::TextFormat;

// Collects "FILE:LINE: reason" lines.
class Errors : public google::protobuf::io::ErrorCollector {
 public:
  explicit Errors(std::string file_name) : file_name_(std::move(file_name)) {}

  void AddError(int line, int /*column*/, const std::string& message) override { Add(line, message); }

  void Add(int line, const std::string& message) {
    if (!lines_.empty()) lines_ += '\n';
    // The parser counts from 0, and says -1 where it does not know.
    lines_ += file_name_ + ":" + std::to_string(line < 0 ? 1 : line + 1) + ": " + message;
  }

  absl::Status status() const {
    return lines_.empty() ? absl::OkStatus() : absl::InvalidArgumentError(lines_);
  }

 private:
  std::string file_name_, lines_;
};

// The field of Record that holds the content.
constexpr std::pair<v1::Source::Content, const char*> kContents[] = {{v1::Source::BENEFITS, "benefit"},
                                                                     {v1::Source::FACTS, "fact"},
                                                                     {v1::Source::LEADS, "lead"},
                                                                     {v1::Source::GIFTS, "gift"}};

bool ParserFits(Parser parser, const FieldPath& path) {
  switch (parser) {
    case TEXT:
    case ID:
    case TERM:
    case REGION:
      return path.TakesText();
    case SEX:
      return path.Enum() == v1::Sex_descriptor();
    case DATE:
    case DAY_OF_MONTH:
      return path.TakesDate();
    case MONTH:
    case TERM_START:
    case MONTH_OF_DAY:
    case MONTH_OF_TERM:
      return path.TakesMonth();
    case MONEY_YUAN:
    case INTEGER:
      return path.TakesInteger();
    case CODE:
      return path.TakesText() || path.Enum() != nullptr;
    default:
      return false;
  }
}

class Checker {
 public:
  Checker(const Mapping& mapping, const TextFormat::ParseInfoTree& places, Errors* errors)
      : mapping_(mapping), places_(places), errors_(errors) {}

  void Check() {
    if (mapping_.name().empty()) errors_->Add(0, "name is missing");
    // The text format takes numbers for names of values, also those that there are not.
    if (mapping_.content() == v1::Source::CONTENT_UNSPECIFIED ||
        !v1::Source::Content_IsValid(mapping_.content()))
      errors_->Add(0, "content must be BENEFITS, FACTS, LEADS or GIFTS");
    if ((mapping_.content() == v1::Source::BENEFITS) != (mapping_.programme() != v1::PROGRAMME_UNSPECIFIED)) {
      errors_->Add(0, "programme goes with BENEFITS, and only with it");
    }
    if (!v1::Programme_IsValid(mapping_.programme())) errors_->Add(0, "programme is not one that there is");
    if (mapping_.recognised_by().empty()) errors_->Add(0, "recognised_by names no column");
    bool has_record_id = mapping_.make_record_id();
    for (const std::string& target : mapping_.id_from())
      if (auto path = FieldPath::Of(target); !path.ok())
        errors_->Add(0, std::string(path.status().message()));
    for (int i = 0; i < mapping_.parts_size(); ++i) {
      const int line = places_.GetLocation(Mapping::descriptor()->FindFieldByName("parts"), i).line;
      if (mapping_.parts(i).name().empty()) errors_->Add(line, "a part has no name");
      for (const FieldMapping& field : mapping_.parts(i).fields()) CheckField(field, line);
    }
    for (int i = 0; i < mapping_.fields_size(); ++i) {
      const FieldMapping& field = mapping_.fields(i);
      const int line = places_.GetLocation(Mapping::descriptor()->FindFieldByName("fields"), i).line;
      CheckField(field, line);
      for (const auto& target : field.target()) has_record_id = has_record_id || target == "record_id";
    }
    if (!has_record_id) errors_->Add(0, "no column becomes record_id");
  }

 private:
  void CheckField(const FieldMapping& field, int line) {
    if (field.target().empty()) errors_->Add(line, "a field names no target");
    if (field.column().empty() == field.constant().empty()) {
      errors_->Add(line, "a field needs exactly one of column and constant");
      return;
    }
    if (!field.column().empty() && field.parser() == PARSER_UNSPECIFIED)
      errors_->Add(line, "parser is missing");
    if (!field.constant().empty() && field.parser() != PARSER_UNSPECIFIED)
      errors_->Add(line, "a constant takes no parser");
    if ((field.parser() == CODE) != !field.codes().empty())
      errors_->Add(line, "codes go with the parser CODE, and only with it");
    if (field.has_when() && (field.when().column().empty() || field.when().equals().empty())) {
      errors_->Add(line, "when needs a column and what it equals");
    }
    for (const std::string& target : field.target()) CheckTarget(field, target, line);
    std::set<std::string> cells;
    for (const Code& code : field.codes()) {
      if (!cells.insert(code.cell()).second)
        errors_->Add(line, "two codes for the cell \"" + code.cell() + "\"");
    }
  }

  void CheckTarget(const FieldMapping& field, const std::string& target, int line) {
    auto path = FieldPath::Of(target);
    if (!path.ok()) {
      errors_->Add(line, std::string(path.status().message()));
      return;
    }
    for (const auto& [content, field_of] : kContents)
      if (content != mapping_.content() && target.rfind(std::string(field_of) + ".", 0) == 0)
        errors_->Add(line, "\"" + target + "\" is not of this mapping's content");
    if (!field.constant().empty()) {
      CheckValue(*path, field.constant(), line);
      return;
    }
    if (field.parser() == PARSER_UNSPECIFIED) return;
    if (!ParserFits(field.parser(), *path)) {
      errors_->Add(line, "parser " + Parser_Name(field.parser()) + " does not fit \"" + target + "\"");
      return;
    }
    if (field.keep_other() && !path->TakesText()) errors_->Add(line, "keep_other is for text fields");
    for (const Code& code : field.codes()) CheckValue(*path, code.value(), line);
  }

  void CheckValue(const FieldPath& path, const std::string& value, int line) {
    if (path.Enum() != nullptr) {
      if (path.Enum()->FindValueByName(value) == nullptr) {
        errors_->Add(line, path.Enum()->full_name() + " has no value \"" + value + "\"");
      }
    } else if (!path.TakesText()) {
      errors_->Add(line, "\"" + path.path() + "\" cannot be a constant: only texts and enums can");
    }
  }

  const Mapping& mapping_;
  const TextFormat::ParseInfoTree& places_;
  Errors* errors_;
};

}  // namespace

absl::StatusOr<Mapping> ParseMapping(const MappingFile& file) {
  Errors errors(file.file_name);
  // protobuf's text format takes any bytes; the hub takes no record whose texts are not UTF-8.
  std::istringstream lines(file.text);
  int number = 0;
  for (std::string line; std::getline(lines, line); ++number)
    if (!IsUtf8(line)) errors.Add(number, "not UTF-8; save the file in UTF-8");
  if (auto status = errors.status(); !status.ok()) return status;
  TextFormat::ParseInfoTree places;
  TextFormat::Parser parser;
  parser.RecordErrorsTo(&errors);
  parser.WriteLocationsTo(&places);
  Mapping mapping;
  google::protobuf::io::ArrayInputStream input(file.text.data(), static_cast<int>(file.text.size()));
  if (!parser.Parse(&input, &mapping)) return errors.status();
  if (!Mapping().ParseFromString(mapping.SerializeAsString()))  // which asks for UTF-8
    errors.Add(0, "an escape in a text makes bytes that are not UTF-8");
  Checker(mapping, places, &errors).Check();
  if (auto status = errors.status(); !status.ok()) return status;
  return mapping;
}

}  // namespace relief::adapters
