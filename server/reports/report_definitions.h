// The definitions of the figures in reports, in both languages.
//
// Pure; callable from any thread.
#pragma once

#include "relief/v1/report_service.pb.h"

namespace relief::server::reports {

v1::ReportDefinitions ReportDefinitionList();

}  // namespace relief::server::reports
