#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "adapters/mapping/built_in_mappings.h"
#include "adapters/mapping/heading.h"
#include "adapters/mapping/row_mapper.h"

namespace relief::adapters {

absl::StatusOr<MappingSet> MappingSet::From(const std::vector<MappingFile>& files) {
  MappingSet set;
  std::string problems;
  std::map<std::string, std::string> by_name;                   // name -> file
  std::map<std::set<std::string>, std::string> by_recognition;  // columns -> file
  for (const MappingFile& file : files) {
    auto mapping = ParseMapping(file);
    std::string problem;
    if (!mapping.ok()) {
      problem = std::string(mapping.status().message());
    } else {
      const auto [same_name, new_name] = by_name.emplace(mapping->name(), file.file_name);
      const std::set<std::string> columns(mapping->recognised_by().begin(), mapping->recognised_by().end());
      const auto [same_columns, new_columns] = by_recognition.emplace(columns, file.file_name);
      if (!new_name) {
        problem = file.file_name + ":1: " + same_name->second + " has this name already";
      } else if (!new_columns) {
        problem = file.file_name + ":1: " + same_columns->second + " is recognised by the same columns";
      } else {
        set.mappings_.push_back(*std::move(mapping));
      }
    }
    if (!problem.empty()) problems += (problems.empty() ? "" : "\n") + problem;
  }
  if (!problems.empty()) return absl::InvalidArgumentError(problems);
  return set;
}

absl::StatusOr<MappingSet> MappingSet::BuiltIn() { return From(BuiltInMappings()); }

absl::StatusOr<MappingSet> MappingSet::FromDirectory(const std::string& directory) {
  std::vector<MappingFile> files;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
    if (entry.path().extension() != ".textproto") continue;
    std::ifstream in(entry.path(), std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    if (!in) return absl::UnavailableError("cannot read " + entry.path().string());
    files.push_back({entry.path().filename().string(), text.str()});
  }
  if (error) return absl::NotFoundError("cannot read the directory " + directory);
  if (files.empty()) return absl::NotFoundError("no *.textproto in " + directory);
  std::sort(files.begin(), files.end(),
            [](const auto& a, const auto& b) { return a.file_name < b.file_name; });
  return From(files);
}

namespace {

// Whether a mapping of columns of months has all that the header has: a month that came since must not be passed over.
bool HasItsMonths(const Mapping& mapping, const std::vector<std::string>& header) {
  const auto months = std::count_if(mapping.parts().begin(), mapping.parts().end(),
                                    [](const Part& part) { return part.has_month(); });
  return months == 0 || months == std::count_if(header.begin(), header.end(), [](const std::string& heading) {
                          return MonthOfHeading(heading).has_value();
                        });
}

}  // namespace

const Mapping* MappingSet::ForHeader(const std::vector<std::string>& header) const {
  const Mapping* best = nullptr;
  for (const Mapping& mapping : mappings_) {
    const bool fits =
        std::all_of(mapping.recognised_by().begin(), mapping.recognised_by().end(),
                    [&](const std::string& column) { return FindColumn(header, column) != -1; });
    if (fits && HasItsMonths(mapping, header) &&
        (best == nullptr || mapping.recognised_by_size() > best->recognised_by_size()))
      best = &mapping;
  }
  return best;
}

std::string UseOf(const Mapping& mapping, const std::string& heading) {
  const std::string key = HeadingKey(heading);
  const auto reads = [&](const FieldMapping& field) {
    return !field.column().empty() && field.target_size() > 0 && HeadingKey(field.column()) == key;
  };
  for (const FieldMapping& field : mapping.fields())
    if (reads(field)) return field.target(0);
  for (const Part& part : mapping.parts())
    for (const FieldMapping& field : part.fields())
      if (reads(field)) return field.target(0);
  if (HeadingKey(mapping.covered_column()) == key) return "covered";
  if (HeadingKey(mapping.head_number_column()) == key) return "head.id_number";
  for (const ColumnUse& column : mapping.columns())
    if (HeadingKey(column.heading()) == key && column.use().rfind("unused", 0) != 0) return column.use();
  return "";
}

}  // namespace relief::adapters
