"""Where the code is broken on purpose, one break for each promise of trust: the case of the list (RUNBOOK.md), what is lost, the
file, the text that stands there and what takes its place, and the tests of which one must fail."""
from collections import namedtuple

Break = namedtuple("Break", "case what file old new target tests")

GUARD = "server/security/guard.cc"

BREAKS = [
    # Who may do what, and sees what
    Break("A4", "a caller without leave is let in", GUARD,
          "  if (!permit) {\n", "  if (!permit) permit = Permit{};\n  if (false) {\n", "security_test", "Matrix*:GuardTest.ARole*:Certificates.AName*"),
    Break("A4", "a foreign row is refused, not absent", GUARD,
          "    return absl::NotFoundError(kNotThere);", "    return absl::PermissionDeniedError(kNotThere);", "security_test", "Matrix*:GuardTest.APersonOf*"),
    Break("A4", "a foreign row in an answer is told apart from none", GUARD,
          "if (!call->method->server_streaming()) methods->ModifySendStatus(NotThere());", "(void)&NotThere;", "security_test", "Matrix*:GuardTest.APersonOf*"),
    Break("A4", "rows beyond the scope stay in answers", GUARD,
          "  if (cut) {\n", "  if (cut && false) {\n", "security_test", "Matrix*:GuardTest*"),
    Break("A4", "filters are not narrowed to the scope", GUARD,
          "  return NarrowFilters(call.permit, call.method->output_type(), request);", "  return absl::OkStatus();", "security_test", "GuardTest*"),
    Break("A4", "refusals are not written down", GUARD,
          '    AuditRefusal(call, "access.denied", "");\n', "", "security_test", "GuardTest.ARole*"),
    Break("A9", "numbers are shown whole", GUARD,
          "const auto shown = Mask(call.presented.get(), call.unmask);", "const std::set<v1::Sensitivity> shown;", "security_test", "GuardTest.NumbersCome*"),
    Break("A9", "the right to see numbers never ends", GUARD,
          "if (Today() <= last_day) ", "if (Today() <= last_day || true) ", "security_test", "GuardTest.NumbersCome*"),
    Break("A9", "any purpose will do", GUARD,
          "!call.permit.purposes.contains(purpose->kind())", "false", "security_test", "GuardTest.APurpose*"),
    Break("A9", "nobody counts the calls", GUARD,
          "rate && !limits_.Take(call.caller, call.permit.call_class, *rate, now)", "rate && false", "security_test", "GuardTest.CallsBeyond*"),
    Break("A8", "persons may be tried out", GUARD,
          "if (answer != LookUpWatch::Answer::kAllowed) {", "if (answer != LookUpWatch::Answer::kAllowed && false) {", "security_test", "GuardTest.TryingNumbers*"),
    Break("A15", "an open stream outlives its leave", GUARD,
          "    call->context->TryCancel();\n", "", "security_test", "GuardTest.AStreamIsCut*"),
    Break("A9", "a second account of the proposer approves", "server/review/proposals.cc",
          "        stale = absl::OkStatus();\n        if (stored.proposer_person() == officer.person)\n", "        if (stored.proposal().proposer() == officer.name)\n", "review_test", "FourEyes*"),
    Break("F17", "a decision on what has changed is taken", "server/review/deciding.cc",
          "  if (conflict.ok() && conflict->etag() == request.etag()) return absl::OkStatus();", "  if (conflict.ok()) return absl::OkStatus();", "review_test", "Review*"),
    # Certificates
    Break("A3", "a revoked certificate is good", "server/security/certificates.cc",
          "revoked_.contains(Hexadecimal(", "false && revoked_.contains(Hexadecimal(", "security_test", "Certificates*:CertificateJudge*"),
    Break("A3", "a weak key is good", "server/security/certificates.cc",
          "} else if (IsWeak(", "} else if (false && IsWeak(", "security_test", "Certificates*:CertificateJudge*"),
    Break("A3", "anybody's list revokes", "server/security/certificates.cc",
          "X509_CRL_verify(list.get(), X509_get0_pubkey(authority.get())) != 1", "false", "security_test", "CertificateJudge*"),
    # The audit chain
    Break("A10", "entries need not follow each other", "server/security/audit_verifier.cc",
          "if (entry.previous_hash() != last_.hash) {", "if (false) {", "audit_test", "Tampering*"),
    Break("A10", "an end that was cut off is no matter", "server/security/audit_verifier.cc",
          "(!kept_.empty() || report_.entries == 0)", "report_.entries == 0", "audit_test", "Tampering*"),
    Break("A10", "signatures are not looked at", "server/security/audit_verifier.cc",
          "      return Found(AuditProblem::Kind::kBadSignature, head.sequence(), head.sequence());", "      break;", "audit_test", "Tampering*"),
    Break("A10", "a fork is not seen", "server/security/audit_verifier.cc",
          "      return Found(AuditProblem::Kind::kForked, report_.signed_to + 1, last_.sequence);", "      continue;", "audit_test", "Tampering*"),
    # The store
    Break("F2", "a torn log is taken for a whole one", "storage/log_check.cc",
          'if (summary_.next_sequence != 0 && sequence != summary_.next_sequence)', "if (false)", "storage_test", "LogCheck*"),
    Break("F3", "damaged records of the log pass", "storage/log_check.cc",
          "!fragment.known_type() || !fragment.sound()", "!fragment.known_type()", "storage_test", "LogCheck*"),
    Break("F4", "ingest goes on below the watermark", "storage/rocksdb_store.cc",
          "    return free >= (few ?", "    return true || free >= (few ?", "storage_test", "*"),
    Break("F10", "what was read is not held against the commit", "storage/rocksdb_store.cc",
          "if (now != commit.guards[i].expected) conflicts.push_back(keys[i]);", "(void)now;", "storage_test", "*"),
    Break("at rest", "files are written in the clear", "storage/encryption/cipher.cc",
          "ok = EVP_EncryptUpdate(context.get(), bytes, &done, bytes, static_cast<int>(step)) == 1;", "", "storage_test", "Encryption*:Cipher*"),
    # Feeds and notices
    Break("A2", "texts may turn round", "server/ingest/validate.cc",
          "} else if (HidesSomething(text)) {", "} else if (false && HidesSomething(text)) {", "hub_test", "ValidateRecord*"),
    Break("F8", "what came twice is new twice", "server/ingest/batch.cc",
          "    if (same) return Outcome::kDuplicate;\n", "    if (same) return Outcome::kAccepted;\n", "hub_test", "Feed*:Hub.*"),
    Break("F12", "an acknowledgement goes back", "server/notice/outbox.cc",
          "    if (request.sequence() <= subscription->acknowledged_sequence()) return absl::OkStatus();\n", "", "service_test", "OutboxTest*"),
    Break("F12", "notices that are no longer kept are left out in silence", "server/notice/outbox.cc",
          "if (notices.empty() || notices[0].sequence() != std::max<int64_t>(sequence, 1))", "if (false)", "service_test", "OutboxTest*:Grpc*"),
    # The console
    Break("A12", "other sites may act", "server/gateway/gateway.cc",
          'if (request.get_header_value("X-Relief-Console") == "1") return true;', 'if (request.get_header_value("X-Relief-Console") != "0") return true;', "gateway_test", "Console*"),
    Break("A4", "roles of the console are not looked at", "server/gateway/gateway.cc",
          "if (!MayCall(session->role, call.method))", "if (false)", "gateway_test", "Console*"),
    Break("A13", "any depth of JSON is read", "server/gateway/json_check.cc",
          "    if (depth > kDeepest) return false;\n", "", "gateway_test", "Connect*:Json*"),
]
