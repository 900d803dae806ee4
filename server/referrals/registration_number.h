// The number on a charity's certificate: its unified social credit code (统一社会信用代码, GB 32100-2015).
// Pure; callable from any thread.
#pragma once

#include <string>

namespace relief::server::referrals {

// 18 characters with the right check character, of an organisation that a civil-affairs department registered
// (51 社会团体, 52 民办非企业单位, 53 基金会): no other may be a charity (慈善法 art. 8).
bool IsCharityRegistration(const std::string& code);

}  // namespace relief::server::referrals
