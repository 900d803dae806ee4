// What the readers of files and the hub say of an upload, in both languages.
//
// Pure functions; callable from any thread.
#pragma once

#include <string>

#include "adapters/mapping/cell_repairs.h"
#include "adapters/tabular/workbook.h"
#include "relief/v1/intake_service.pb.h"

namespace relief::server::intake {

// The readers speak English; a sentence that has no Chinese yet stands as it is.
v1::UploadSentence Sentence(const std::string& english);
v1::UploadSentence Sentence(const std::string& zh, const std::string& en);

// A use of a column, or a path in Record, as an official names it. `heading`: the first word of the vocabulary, where there is no
// other name.
v1::UploadSentence UseSentence(const std::string& use, const std::string& heading = "");

v1::UploadSentence FormatSentence(adapters::FileFormat format);

// What was done to a cell.
v1::UploadSentence RepairSentence(adapters::Repair repair);

}  // namespace relief::server::intake
