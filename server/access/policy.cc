#include "server/access/policy.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "server/access/policy_file.h"
#include "storage/status_macros.h"

namespace relief::server::access {
namespace {

// A rule for a service that this program does not hold does no harm; a slip in a service's name leaves its
// methods without rules, and that is found.
bool MayBeMethod(const std::string& name) {
  const size_t slash = name.find('/');
  if (slash == std::string::npos) return false;
  const auto* service =
      google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(name.substr(0, slash));
  return service == nullptr || service->FindMethodByName(name.substr(slash + 1)) != nullptr;
}

Rate RateFrom(const RateLimit& limit) {
  return {limit.calls_per_minute(), limit.burst() == 0 ? limit.calls_per_minute() : limit.burst()};
}

Scope ScopeFrom(const Grant& grant) {
  Scope scope;
  scope.all_programmes = grant.all_programmes();
  for (const int programme : grant.programmes())
    scope.programmes.insert(static_cast<v1::Programme>(programme));
  scope.whole_country = grant.whole_country();
  scope.region_prefixes.assign(grant.region_prefixes().begin(), grant.region_prefixes().end());
  return scope;
}

}  // namespace

bool Scope::HasRegion(std::string_view region) const {
  if (whole_country) return true;
  return std::any_of(region_prefixes.begin(), region_prefixes.end(),
                     [&](const std::string& prefix) { return region.starts_with(prefix); });
}

bool Permit::Sees(v1::Programme programme, std::string_view region) const {
  return whole_hub || std::any_of(scopes.begin(), scopes.end(), [&](const Scope& scope) {
           return scope.HasProgramme(programme) && scope.HasRegion(region);
         });
}
bool Permit::SeesRegion(std::string_view region) const {
  return whole_hub || std::any_of(scopes.begin(), scopes.end(),
                                  [&](const Scope& scope) { return scope.HasRegion(region); });
}
bool Permit::SeesProgramme(v1::Programme programme) const {
  return whole_hub || std::any_of(scopes.begin(), scopes.end(),
                                  [&](const Scope& scope) { return scope.HasProgramme(programme); });
}
bool Permit::SeesAll() const {
  return whole_hub ||
         std::any_of(scopes.begin(), scopes.end(), [](const Scope& scope) { return scope.all(); });
}
bool Permit::operator==(const Permit& other) const {
  const auto same = [](const Scope& a, const Scope& b) {
    return a.all_programmes == b.all_programmes && a.programmes == b.programmes &&
           a.whole_country == b.whole_country && a.region_prefixes == b.region_prefixes;
  };
  return call_class == other.call_class && whole_hub == other.whole_hub && roles == other.roles &&
         purposes == other.purposes && unmask == other.unmask &&
         std::equal(scopes.begin(), scopes.end(), other.scopes.begin(), other.scopes.end(), same);
}

absl::StatusOr<std::shared_ptr<const Policy>> Policy::Parse(const std::vector<File>& files) {
  auto policy = std::make_shared<Policy>();
  for (const File& one : files) {
    RELIEF_ASSIGN_OR_RETURN(auto placed, ParsePolicyFile(one.name, one.text));
    for (int i = 0; i < placed.file.methods_size(); ++i) {
      const MethodRule& rule = placed.file.methods(i);
      const std::string where = placed.method_places[static_cast<size_t>(i)] + ": " + rule.method();
      if (!MayBeMethod(rule.method()))
        return absl::InvalidArgumentError(where + " is no method of the contract");
      if (!policy->methods_.emplace(rule.method(), rule).second)
        return absl::InvalidArgumentError(where + " has a rule already");
    }
    for (int i = 0; i < placed.file.callers_size(); ++i) {
      const Caller& caller = placed.file.callers(i);
      if (!policy->callers_.emplace(caller.id(), caller).second)
        return absl::InvalidArgumentError(placed.caller_places[static_cast<size_t>(i)] + ": " + caller.id() +
                                          " is there already");
    }
    for (const RateLimit& limit : placed.file.limits())
      if (!policy->limits_.emplace(limit.class_(), RateFrom(limit)).second)
        return absl::InvalidArgumentError(one.name + ": limits: " + CallClass_Name(limit.class_()) +
                                          " is there twice");
    if (placed.file.has_look_up_limit()) {
      if (policy->look_up_limit_.distinct_persons() > 0)
        return absl::InvalidArgumentError(one.name + ": look_up_limit: another file has one");
      policy->look_up_limit_ = placed.file.look_up_limit();
    }
  }
  return std::shared_ptr<const Policy>(std::move(policy));
}

absl::StatusOr<std::shared_ptr<const Policy>> Policy::LoadDirectory(const std::string& directory) {
  std::vector<std::filesystem::path> paths;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(directory, error))
    if (entry.path().extension() == ".textproto") paths.push_back(entry.path());
  if (error || paths.empty()) return absl::NotFoundError("no policy files in " + directory);
  std::sort(paths.begin(), paths.end());
  std::vector<File> files;
  for (const auto& path : paths) {
    std::ifstream stream(path, std::ios::binary);
    if (!stream) return absl::NotFoundError("cannot read the policy file " + path.string());
    std::stringstream text;
    text << stream.rdbuf();
    files.push_back({path.string(), text.str()});
  }
  return Parse(files);
}

std::shared_ptr<const Policy> Policy::Open() {
  auto policy = std::make_shared<Policy>();
  policy->open_ = true;
  return policy;
}

std::optional<Permit> Policy::PermitFor(const std::string& caller, std::string_view method) const {
  if (method.starts_with('/')) method.remove_prefix(1);
  Permit permit;
  if (open_) {
    permit.whole_hub = true;
    for (int role = Role_MIN + 1; role <= Role_MAX; ++role) permit.roles.insert(static_cast<Role>(role));
    for (int kind = v1::Purpose::Kind_MIN + 1; kind <= v1::Purpose::Kind_MAX; ++kind)
      permit.purposes.insert(static_cast<v1::Purpose::Kind>(kind));
    return permit;
  }
  const auto rule = methods_.find(method);
  const auto found = callers_.find(caller);
  if (rule == methods_.end() || found == callers_.end()) return std::nullopt;
  permit.call_class = rule->second.class_();
  permit.whole_hub = rule->second.whole_hub();
  for (const Grant& grant : found->second.grants()) {
    const auto allowed = [&](int role) {
      return std::find(rule->second.roles().begin(), rule->second.roles().end(), role) !=
             rule->second.roles().end();
    };
    if (std::none_of(grant.roles().begin(), grant.roles().end(), allowed)) continue;
    for (const int role : grant.roles())
      if (allowed(role)) permit.roles.insert(static_cast<Role>(role));
    permit.scopes.push_back(ScopeFrom(grant));
    for (const int purpose : grant.purposes())
      permit.purposes.insert(static_cast<v1::Purpose::Kind>(purpose));
    const v1::Date& to = grant.unmask_to();
    for (const int kind : grant.unmask()) {
      int32_t& last = permit.unmask[static_cast<v1::Sensitivity>(kind)];
      last = std::max(last, to.year() * 10'000 + to.month() * 100 + to.day());
    }
  }
  if (permit.roles.empty()) return std::nullopt;
  return permit;
}

std::string Policy::AgencyOf(const std::string& caller) const {
  const auto found = callers_.find(caller);
  return found == callers_.end() || found->second.agency().empty() ? caller : found->second.agency();
}

std::set<Role> Policy::RolesOf(const std::string& caller) const {
  std::set<Role> roles;
  if (const auto found = callers_.find(caller); found != callers_.end())
    for (const Grant& grant : found->second.grants())
      for (const int role : grant.roles()) roles.insert(static_cast<Role>(role));
  return roles;
}

std::vector<Scope> Policy::ScopesOf(const std::string& caller) const {
  std::vector<Scope> scopes;
  if (const auto found = callers_.find(caller); found != callers_.end())
    for (const Grant& grant : found->second.grants()) scopes.push_back(ScopeFrom(grant));
  return scopes;
}

std::optional<Rate> Policy::RateOf(const std::string& caller, CallClass call_class) const {
  if (const auto found = callers_.find(caller); found != callers_.end())
    for (const RateLimit& limit : found->second.limits())
      if (limit.class_() == call_class) return RateFrom(limit);
  const auto limit = limits_.find(call_class);
  return limit == limits_.end() ? std::nullopt : std::optional(limit->second);
}

std::vector<std::string> Policy::MethodsWithoutRule(const std::vector<std::string>& services) const {
  std::vector<std::string> missing;
  if (open_) return missing;
  for (const std::string& name : services) {
    const auto* service = google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(name);
    if (service == nullptr) {
      missing.push_back(name);
      continue;
    }
    for (int i = 0; i < service->method_count(); ++i)
      if (std::string method = name + "/" + service->method(i)->name(); !methods_.contains(method))
        missing.push_back(std::move(method));
  }
  return missing;
}

}  // namespace relief::server::access
