// The policy: which caller may call which method, and what of the answer it may see. One type for gRPC and
// for the console.
//
// Default deny: a method without a rule, a caller without a grant, a programme or region that no grant names:
// no. Policies are immutable; PolicyBook holds the one in force. Callable from any thread. Knows nothing of
// gRPC.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "server/access/policy.pb.h"
#include "server/base/token_bucket.h"

namespace relief::server::access {

// What a caller may see: programmes in regions.
struct Scope {
  bool all_programmes = false;
  std::set<v1::Programme> programmes;
  bool whole_country = false;
  std::vector<std::string> region_prefixes;

  bool HasProgramme(v1::Programme programme) const {
    return all_programmes || programmes.contains(programme);
  }
  // A region is in scope if it lies within a prefix. An empty one lies in the whole country only.
  bool HasRegion(std::string_view region) const;
  bool all() const { return all_programmes && whole_country; }
};

// One caller's leave to call one method.
struct Permit {
  CallClass call_class = CALL_CLASS_UNSPECIFIED;
  bool whole_hub = false;     // the answer is not cut
  std::set<Role> roles;       // of the grants that give this leave
  std::vector<Scope> scopes;  // theirs: what either shows is seen
  std::set<v1::Purpose::Kind> purposes;
  std::map<v1::Sensitivity, int32_t>
      unmask;  // and the last day of the right, year * 10000 + month * 100 + day

  // Anything of this programme in this region?
  bool Sees(v1::Programme programme, std::string_view region) const;
  bool SeesRegion(std::string_view region) const;
  bool SeesProgramme(v1::Programme programme) const;
  bool SeesAll() const;

  // For rows that name several programmes and regions (a finding, a subscription): one of each, in one scope.
  // A row that names no programme concerns all of them, one that names no region the whole country.
  template <typename Programmes, typename Regions>
  bool SeesAny(const Programmes& programmes, const Regions& regions) const {
    if (whole_hub) return true;
    for (const Scope& scope : scopes) {
      bool programme_seen = programmes.empty() && scope.all_programmes;
      for (const auto programme : programmes)
        programme_seen = programme_seen || scope.HasProgramme(static_cast<v1::Programme>(programme));
      bool region_seen = regions.empty() && scope.whole_country;
      for (const auto& region : regions) region_seen = region_seen || scope.HasRegion(region);
      if (programme_seen && region_seen) return true;
    }
    return false;
  }
  bool operator==(const Permit&) const;
};

class Policy {
 public:
  // INVALID_ARGUMENT with file, line and column: not text format, a method that its service does not have,
  // two rules or two callers of one name, a rule without roles or class, a grant without role, a region that
  // is not 2, 4 or 6 digits, a limit below one.
  struct File {
    std::string name, text;
  };
  static absl::StatusOr<std::shared_ptr<const Policy>> Parse(const std::vector<File>& files);
  // Every *.textproto of the directory. NOT_FOUND: there is none.
  static absl::StatusOr<std::shared_ptr<const Policy>> LoadDirectory(const std::string& directory);

  // Everybody may do everything: development on the loopback interface, where the configuration names no
  // policy.
  static std::shared_ptr<const Policy> Open();

  // Nothing: the caller may not call the method ("relief.v1.Service/Method", a leading slash does no harm).
  std::optional<Permit> PermitFor(const std::string& caller, std::string_view method) const;
  bool Knows(const std::string& caller) const { return open_ || callers_.contains(caller); }
  // The agency that a caller speaks for; itself where the policy names none.
  std::string AgencyOf(const std::string& caller) const;
  // The roles of a caller, from all of its grants.
  std::set<Role> RolesOf(const std::string& caller) const;
  // What all of a caller's grants show together, whatever the method.
  std::vector<Scope> ScopesOf(const std::string& caller) const;

  // Nothing: no limit.
  std::optional<Rate> RateOf(const std::string& caller, CallClass call_class) const;
  const LookUpLimit& look_up_limit() const { return look_up_limit_; }

  bool open() const { return open_; }
  bool HasRule(std::string_view method) const { return open_ || methods_.contains(method); }
  // Methods of these services ("relief.v1.FeedService") without a rule. A hub does not start while there are
  // any.
  std::vector<std::string> MethodsWithoutRule(const std::vector<std::string>& services) const;

 private:
  bool open_ = false;
  std::map<std::string, MethodRule, std::less<>> methods_;
  std::map<std::string, Caller> callers_;
  std::map<CallClass, Rate> limits_;
  LookUpLimit look_up_limit_;
};

}  // namespace relief::server::access
