// relief-audit-verify: checks an exported audit chain without the hub.
#include <CLI/CLI.hpp>
#include <cstdlib>
#include <fstream>
#include <initializer_list>
#include <iostream>
#include <string>
#include <vector>

#include "server/audit/audit_verifier.h"

namespace relief::server::audit {
namespace {

constexpr int kWhole = 0, kBroken = 1, kUsage = 2;

bool g_chinese = false;

std::string Say(const char* chinese, const char* english, std::initializer_list<int64_t> numbers = {}) {
  std::string text = g_chinese ? chinese : english;
  for (const int64_t number : numbers)
    if (const size_t at = text.find("{}"); at != std::string::npos)
      text.replace(at, 2, std::to_string(number));
  return text;
}

std::string Describe(const AuditProblem& problem) {
  const int64_t first = problem.first, last = problem.last, line = problem.line;
  switch (problem.kind) {
    case AuditProblem::Kind::kUnreadable:
      return Say("条目 {}: 第 {} 行无法识别", "entry {}: line {} cannot be read", {first, line});
    case AuditProblem::Kind::kAltered:
      return Say("条目 {}: 被改动 (发现于第 {} 行)", "entry {}: was altered (seen at line {})",
                 {first, line});
    case AuditProblem::Kind::kDeleted:
      return first == last ? Say("条目 {}: 被删除 (第 {} 行之前)", "entry {}: was deleted (before line {})",
                                 {first, line})
                           : Say("条目 {}: 自此至 {} 被删除 (第 {} 行之前)",
                                 "entry {}: deleted, up to {} (before line {})", {first, last, line});
    case AuditProblem::Kind::kReordered:
      return Say("条目 {}: 顺序被改动, 现在第 {} 行", "entry {}: was moved, it is at line {}", {first, line});
    case AuditProblem::Kind::kRepeated:
      return Say("条目 {}: 第 {} 行又出现一次", "entry {}: stands again at line {}", {first, line});
    case AuditProblem::Kind::kTruncated:
      return Say("条目 {}: 自此被截去; 签名证明至少有过条目 {}",
                 "entry {}: cut off from here; a signature proves that there was an entry {}", {first, last});
    case AuditProblem::Kind::kForked:
      return Say("条目 {}: 自此至 {} 之间起, 与签名的不是同一条链",
                 "entry {}: from here, or at the latest from {}, it is not the chain that was signed",
                 {first, last});
    case AuditProblem::Kind::kBadSignature:
      return Say("条目 {}: 第 {} 行的签名不成立", "entry {}: the signature at line {} is false",
                 {first, line});
    case AuditProblem::Kind::kRemovedEarly:
      return Say("条目 1 至 {}: 未满保存期限即被清除", "entries 1 to {}: removed before their time", {last});
  }
  return "";
}

void PrintReport(const AuditReport& report, bool any_key, bool any_kept) {
  std::cout << Say("条目 {} 条: {} 至 {}", "{} entries: {} to {}",
                   {report.entries, report.first_sequence, report.last_sequence})
            << '\n'
            << Say("签名: 文件中 {} 个相符, 另存的 {} 个相符",
                   "signatures: {} of the file agree, {} kept elsewhere agree",
                   {report.heads, report.kept_heads})
            << '\n';
  if (report.removed_to > 0)
    std::cout << Say("条目 {} 及以前: 已过保存期限而清除 (有签名)",
                     "entries up to {}: removed after their time (signed)", {report.removed_to})
              << '\n';
  // The limits of a good result.
  const auto not_checked = [](const std::string& what) {
    std::cout << Say("未能核验: ", "NOT checked: ") << what << '\n';
  };
  if (!any_key)
    not_checked(Say("所有签名 (未给出公钥): 整条链可能被重写过",
                    "all signatures, for no key was given: the whole chain may have been written anew"));
  if (report.unknown_key_heads > 0 && any_key)
    not_checked(Say("{} 个签名的公钥未给出", "{} signatures by keys that were not given",
                    {report.unknown_key_heads}));
  if (report.last_sequence > report.signed_to)
    not_checked(Say("条目 {} 至 {}: 在最后一个签名之后, 可能被截去或重写",
                    "entries {} to {}: after the last signature; some may have been cut off or written anew",
                    {std::max(report.signed_to + 1, report.first_sequence), report.last_sequence}));
  if (report.kept_before > 0)
    not_checked(Say("{} 个另存的签名所对应的条目已过期清除",
                    "{} kept signatures, whose entries were removed after their time", {report.kept_before}));
  if (!any_kept)
    not_checked(Say(
        "与另存签名的比对 (--heads): 持有签名私钥的人可能重写过",
        "against signatures kept elsewhere (--heads): whoever has the hub's key may have written it anew"));
}

int Main(int argc, char** argv) {
  const char* lang = std::getenv("LANG");
  g_chinese = lang != nullptr && std::string(lang).starts_with("zh");
  for (int i = 1; i + 1 < argc; ++i)
    if (std::string(argv[i]) == "--lang") g_chinese = std::string(argv[i + 1]) == "zh";
  CLI::App app{
      Say("离线核验导出的审计链, 指出第一条有问题的条目。\n\n例: relief-audit-verify audit.jsonl --key "
          "audit-pub.pem --heads kept.jsonl\n\n退出码: 0 完整; 1 有问题, 或给出公钥而无签名证明; 2 "
          "用法错误或文件无法读取。",
          "Checks an exported audit chain and names the first entry that is wrong.\n\nExample: "
          "relief-audit-verify audit.jsonl --key audit-pub.pem --heads kept.jsonl\n\nExit codes: 0 whole, 1 "
          "something is wrong, or a key was given and no signature proves it, 2 wrong usage or a file that "
          "cannot be read.")};
  std::string path, lang_option;
  std::vector<std::string> keys, kept;
  app.add_option("file", path, Say("relief audit export 写出的文件", "written by relief audit export"))
      ->required();
  app.add_option(
      "--key", keys,
      Say("签名公钥 (PEM); 更换过的一并给出", "public key of the signatures (PEM); former ones too"));
  app.add_option("--heads", kept,
                 Say("relief audit heads 另存的签名", "signatures kept elsewhere by relief audit heads"));
  app.add_option("--lang", lang_option, "zh, en")->check(CLI::IsMember({"zh", "en"}));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kWhole : kUsage;
  }
  const auto fail = [](const std::string& what) {
    std::cerr << "relief-audit-verify: " << what << '\n';
    return kUsage;
  };
  auto public_keys = AuditPublicKeys::Load(keys);
  if (!public_keys.ok()) return fail(std::string(public_keys.status().message()));
  AuditVerifier verifier(*std::move(public_keys));
  std::string line;
  for (const std::string& heads : kept) {
    std::ifstream file(heads);
    if (!file) return fail(heads);
    while (std::getline(file, line))
      if (const absl::Status status = verifier.Keep(line); !status.ok())
        return fail(heads + ": " + std::string(status.message()));
  }
  std::ifstream file(path);
  if (!file) return fail(path);
  while (std::getline(file, line)) verifier.Add(line);
  if (file.bad()) return fail(path);
  const AuditReport report = verifier.Finish();
  if (report.problem) {
    std::cout << Say("有问题。", "BROKEN. ") << Describe(*report.problem) << '\n';
    return kBroken;
  }
  PrintReport(report, !keys.empty(), !kept.empty());
  if (const Unvouched unvouched = UnvouchedOf(report); !keys.empty() && unvouched != Unvouched::kNothing) {
    std::cout
        << (unvouched == Unvouched::kAll
                ? Say("未获证明。没有任何条目有所给公钥的签名: 整条链可能被重写过, 或签名被删去。",
                      "NOT PROVEN. No entry has a signature of the given keys: the whole chain may have been "
                      "written anew, or its signatures taken out.")
                : Say("未获证明。条目 {} 以后超过一天没有签名: 可能被重写过, 或签名被删去。",
                      "NOT PROVEN. More than a day after entry {} is without a signature: it may have been "
                      "written anew, or its signatures taken out.",
                      {report.signed_to}))
        << '\n';
    return kBroken;
  }
  std::cout << Say("除上述未能核验者外, 审计链完整。", "Apart from what was not checked, the chain is whole.")
            << '\n';
  return kWhole;
}

}  // namespace
}  // namespace relief::server::audit

int main(int argc, char** argv) { return relief::server::audit::Main(argc, argv); }
