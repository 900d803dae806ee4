// Reads a whole file as `relief load --dry-run` does, for tests.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "adapters/file_feeder.h"
#include "adapters/intake/intake_file.h"

namespace relief::adapters {

struct ReadRecords {
  absl::Status status;
  bool blocked = false;
  std::vector<v1::Record> records;
  std::vector<std::string> rejections;  // "line: field: message"
  std::vector<Mapping> mappings;
  RowCounts rows;
  std::map<std::pair<std::string, Repair>, int> notes;
  std::vector<PassedOver> passed_over;
  std::vector<std::string> unread;

  const v1::Record* Named(const std::string& name) const {
    for (const v1::Record& record : records)
      if (record.person().name() == name) return &record;
    return nullptr;
  }
  int Count(const std::string& name) const {
    int count = 0;
    for (const v1::Record& record : records) count += record.person().name() == name ? 1 : 0;
    return count;
  }
  int Notes(Repair repair) const {
    int count = 0;
    for (const auto& [what, times] : notes) count += what.second == repair ? times : 0;
    return count;
  }
};

inline ReadRecords ReadAll(const std::string& path, const std::map<std::string, std::string>& told = {},
                           v1::Month period = {}, const std::string& mappings = "") {
  ReadRecords read;
  static const auto& built_in = *new MappingSet(MappingSet::BuiltIn().value());
  static const auto& words = *new WordsOfColumns(WordsOfColumns::BuiltIn().value());
  MappingSet own;
  IntakeOptions options;
  options.known = &built_in;
  if (!mappings.empty()) {
    own = MappingSet::FromDirectory(mappings).value();
    options.known = &own;
  }
  options.words = &words;
  options.told = told;
  options.period = period;
  options.version = 1;
  auto file = IntakeFile::Open(path, options);
  if (!file.ok()) {
    read.status = file.status();
    return read;
  }
  read.passed_over = (*file)->passed_over();
  for (const IntakeSheet& sheet : (*file)->sheets()) {
    read.mappings.push_back(sheet.mapping);
    read.blocked = read.blocked || (sheet.guessed && sheet.proposal.blocked());
    read.unread.insert(read.unread.end(), sheet.unread.begin(), sheet.unread.end());
  }
  if (read.blocked) return read;
  for (const auto& source : (*file)->Groups()) {
    std::vector<MappedRow> rows;
    int64_t line = 0;
    while (true) {
      auto more = source->Next(&rows, &line);
      if (!more.ok()) read.status = more.status();
      if (!more.ok() || !*more) break;
      for (const MappedRow& row : rows) {
        for (const RowNote& note : row.notes) ++read.notes[{note.column, note.repair}];
        if (row.errors.empty()) read.records.push_back(row.record);
        for (const v1::FieldError& error : row.errors)
          read.rejections.push_back(std::to_string(line) + ": " + error.field() + ": " + error.message());
      }
    }
    const RowCounts& counts = source->counts();
    read.rows.records += counts.records;
    read.rows.repeats += counts.repeats;
    read.rows.totals += counts.totals;
    read.rows.notes += counts.notes;
    read.rows.headers += counts.headers;
    read.rows.blanks += counts.blanks;
    read.rows.unnamed_people += counts.unnamed_people;
    read.rows.not_computed += counts.not_computed;
  }
  return read;
}

inline std::string Show(const ReadRecords& read) {
  std::string text = read.status.ToString() + (read.blocked ? " BLOCKED" : "") + "\n";
  for (const Mapping& mapping : read.mappings) text += mapping.ShortDebugString() + "\n";
  for (const v1::Record& record : read.records) text += "  " + record.ShortDebugString() + "\n";
  for (const std::string& rejection : read.rejections) text += "  rejected " + rejection + "\n";
  return text;
}

}  // namespace relief::adapters
