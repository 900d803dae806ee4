// What officers ask of the desk; desk_work.cc is what it does by itself.
#include "server/intake/desk.h"

#include <algorithm>
#include <set>
#include <utility>

#include "google/protobuf/util/time_util.h"
#include "server/ingest/feed.h"
#include "server/intake/sentences.h"
#include "server/intake/template_book.h"
#include "server/intake/upload_rows.h"
#include "storage/encryption/cipher.h"

namespace relief::server::intake {
namespace {

using google::protobuf::util::TimeUtil;
using State = v1::Upload;

constexpr int64_t kDayUs = 86'400'000'000;
constexpr size_t kLongestName = 255, kMostAnswers = 1000;
constexpr int kDefaultPage = 20, kMaxPage = 100, kLookedAt = 500;
constexpr char kXlsx[] = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

bool Unfinished(v1::Upload::State state) {
  switch (state) {
    case State::RECEIVING:
    case State::READING:
    case State::ASKING:
    case State::TRYING:
    case State::TRIED:
    case State::LOADING:
      return true;
    default:
      return false;
  }
}

absl::StatusOr<std::string> NewId() {
  uint8_t bytes[16];
  if (!storage::FillRandom(bytes, sizeof bytes)) return absl::InternalError("there are no random numbers");
  std::string id = "U-";
  for (const uint8_t byte : bytes) id += "0123456789ABCDEFGHJKMNPQRSTVWXYZ"[byte & 31];
  return id;
}

// The name alone, as the browser's machine had it.
std::string NameOf(const std::string& path) {
  std::string name = path.substr(path.find_last_of("/\\") + 1);
  name.erase(std::remove_if(name.begin(), name.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }),
             name.end());
  return name;
}

std::string SourcesOf(const v1::Upload& upload) {
  std::set<std::string> sources;
  for (const v1::UploadTable& table : upload.tables())
    if (!table.source_id().empty()) sources.insert(table.source_id());
  std::string all = upload.upload_id();
  for (const std::string& source : sources) all += " " + source;
  return all;
}

absl::Status WrongState() {
  return absl::FailedPreconditionError("the upload is at another step meanwhile; look at it again");
}

}  // namespace

absl::StatusOr<std::unique_ptr<Desk>> Desk::Open(core::Hub& hub, Options options) {
  auto files = UploadFiles::Open(options.folder);
  if (!files.ok()) return files.status();
  auto knowledge = Knowledge::BuiltIn();
  if (!knowledge.ok()) return knowledge.status();
  auto desk =
      std::unique_ptr<Desk>(new Desk(hub, std::move(options), *std::move(files), *std::move(knowledge)));
  if (absl::Status status = desk->Recover(); !status.ok()) return status;
  return desk;
}

Desk::~Desk() { Stop(); }

absl::StatusOr<stored::Upload> Desk::ReadOwn(const Officer& officer, const std::string& upload_id) const {
  auto upload = ReadUpload(hub_.store(), upload_id);
  // Somebody else's is not there.
  if (upload.ok() && upload->owner() != officer.caller) return absl::NotFoundError("no such upload");
  return upload;
}

absl::StatusOr<v1::Upload> Desk::ChangeUpload(const std::string& upload_id, const Officer* officer,
                                              const std::string& action, const Change& change) {
  stored::Upload changed;
  const auto written = hub_.Write([&](core::WriteContext& context) -> absl::Status {
    auto row = context.txn.Get(UploadRow(upload_id));
    if (!row.ok()) return row.status();
    stored::Upload upload;
    if (!row->has_value()) return absl::NotFoundError("no such upload");
    if (!upload.ParseFromString(**row)) return absl::DataLossError("the row of an upload is damaged");
    if (officer != nullptr && upload.owner() != officer->caller) return absl::NotFoundError("no such upload");
    if (absl::Status status = change(upload, context); !status.ok()) return status;
    *upload.mutable_upload()->mutable_change_time() = TimeUtil::MicrosecondsToTimestamp(context.now_us);
    if (!action.empty()) context.Audit({upload.owner(), action, SourcesOf(upload.upload()), "", "", ""});
    context.txn.Put(UploadRow(upload_id), upload.SerializeAsString());
    changed = std::move(upload);
    return absl::OkStatus();
  });
  if (!written.ok()) return written.status();
  return Shown(changed, true);
}

absl::StatusOr<int> Desk::CountWaiting(const std::string& owner) const {
  auto rows = hub_.store().Scan(OwnerPrefix(owner), "", kLookedAt);
  if (!rows.ok()) return rows.status();
  int waiting = 0;
  for (const storage::KeyRow& row : *rows) {
    auto upload = ReadUpload(hub_.store(), UploadOf(row.key));
    if (!upload.ok()) return upload.status();
    waiting += Unfinished(upload->upload().state()) ? 1 : 0;
  }
  return waiting;
}

absl::StatusOr<v1::Upload> Desk::Begin(const Officer& officer, const v1::BeginUploadRequest& request) {
  const std::string name = NameOf(request.file_name());
  if (name.empty() || name.size() > kLongestName)
    return absl::InvalidArgumentError("file_name: 1 to 255 bytes");
  if (request.size_bytes() <= 0) return absl::InvalidArgumentError("size_bytes: the file is empty");
  if (request.size_bytes() > options_.most_bytes)
    return absl::ResourceExhaustedError("size_bytes: at most " + std::to_string(options_.most_bytes));
  auto waiting = CountWaiting(officer.caller);
  if (!waiting.ok()) return waiting.status();
  if (*waiting >= kMostWaiting)
    return absl::ResourceExhaustedError("too many uploads wait; load them or give them up first");
  if (!files_.HasRoomFor(request.size_bytes(), kMostWaitingOfAll))
    return absl::ResourceExhaustedError("the hub has no room for the file");
  auto id = NewId();
  if (!id.ok()) return id.status();
  auto key = UploadFiles::NewKey();
  if (!key.ok()) return key.status();
  stored::Upload upload;
  upload.set_owner(officer.caller);
  upload.set_person(officer.person);
  upload.set_file_key(*key);
  v1::Upload& shown = *upload.mutable_upload();
  shown.set_upload_id(*id);
  shown.set_state(State::RECEIVING);
  shown.set_file_name(name);
  shown.set_size_bytes(request.size_bytes());
  const auto written = hub_.Write([&](core::WriteContext& context) -> absl::Status {
    *shown.mutable_create_time() = TimeUtil::MicrosecondsToTimestamp(context.now_us);
    *shown.mutable_change_time() = shown.create_time();
    *shown.mutable_expire_time() = TimeUtil::MicrosecondsToTimestamp(context.now_us + options_.days * kDayUs);
    context.txn.Put(UploadRow(*id), upload.SerializeAsString());
    context.txn.Put(OwnerRow(officer.caller, context.now_us, *id), "");
    return absl::OkStatus();
  });
  if (!written.ok()) return written.status();
  return Shown(upload, true);
}

absl::StatusOr<std::shared_ptr<Desk::Receiving>> Desk::FindReceiving(const Officer& officer,
                                                                     const std::string& upload_id) {
  std::lock_guard lock(mutex_);
  if (const auto found = receiving_.find(upload_id); found != receiving_.end()) {
    if (found->second->owner != officer.caller) return absl::NotFoundError("no such upload");
    return found->second;
  }
  auto upload = ReadOwn(officer, upload_id);
  if (!upload.ok()) return upload.status();
  if (upload->upload().state() != State::RECEIVING) return WrongState();
  auto receiving = std::make_shared<Receiving>();
  receiving->owner = upload->owner();
  receiving->key = upload->file_key();
  receiving->size = upload->upload().size_bytes();
  receiving->received = std::min(receiving->size, files_.Size(upload_id, FilePart::kContent));
  receiving_[upload_id] = receiving;
  return receiving;
}

absl::StatusOr<v1::UploadProgress> Desk::Append(const Officer& officer,
                                                const v1::AppendUploadRequest& request) {
  if (request.data().size() > kMostBytesOfPart)
    return absl::InvalidArgumentError("data: at most " + std::to_string(kMostBytesOfPart) + " bytes");
  if (request.offset() < 0) return absl::InvalidArgumentError("offset: not negative");
  auto receiving = FindReceiving(officer, request.upload_id());
  if (!receiving.ok()) return receiving.status();
  Receiving& file = **receiving;
  std::lock_guard lock(file.mutex);
  if (file.ended) return WrongState();
  if (request.offset() > file.received)
    return absl::OutOfRangeError("offset: the hub has " + std::to_string(file.received) + " bytes");
  std::string_view data = request.data();
  data.remove_prefix(std::min(data.size(), static_cast<size_t>(file.received - request.offset())));
  if (static_cast<int64_t>(data.size()) > file.size - file.received)
    return absl::InvalidArgumentError("data: more than size_bytes");
  if (!data.empty()) {
    absl::Status status =
        files_.Write(request.upload_id(), FilePart::kContent, file.key, file.received, data);
    if (!status.ok()) return status;
    file.received += static_cast<int64_t>(data.size());
  }
  v1::UploadProgress progress;
  progress.set_upload_id(request.upload_id());
  progress.set_received_bytes(file.received);
  if (file.received == file.size) {
    if (absl::Status status = Complete(request.upload_id()); !status.ok()) return status;
    file.ended = true;
    std::lock_guard all(mutex_);
    receiving_.erase(request.upload_id());
    progress.set_complete(true);
  }
  return progress;
}

absl::Status Desk::Complete(const std::string& upload_id) {
  const auto changed = ChangeUpload(upload_id, nullptr, "intake.upload",
                                    [](stored::Upload& upload, core::WriteContext&) -> absl::Status {
                                      if (upload.upload().state() != State::RECEIVING) return WrongState();
                                      upload.mutable_upload()->set_state(State::READING);
                                      return absl::OkStatus();
                                    });
  if (!changed.ok()) return changed.status();
  Enqueue(upload_id);
  return absl::OkStatus();
}

v1::Upload Desk::Shown(const stored::Upload& upload, bool whole) const {
  v1::Upload shown = upload.upload();
  if (shown.state() == State::RECEIVING) {
    shown.set_received_bytes(
        std::min(shown.size_bytes(), files_.Size(shown.upload_id(), FilePart::kContent)));
    shown.set_percent(static_cast<int32_t>(shown.received_bytes() * 100 / shown.size_bytes()));
  } else {
    shown.set_received_bytes(shown.size_bytes());
    std::lock_guard lock(mutex_);
    shown.set_percent(working_on_ == shown.upload_id() ? percent_.load() : 0);
  }
  shown.set_rejected_rows(!upload.rejected_key().empty());
  if (whole) {
    for (const v1::UploadUse& use : knowledge_->uses()) *shown.add_uses() = use;
  } else {
    for (v1::UploadTable& table : *shown.mutable_tables()) {
      table.clear_columns();
      table.clear_questions();
      table.clear_changes();
      table.clear_source_ids();
      table.mutable_outcome()->clear_cell_notes();
      table.mutable_outcome()->clear_rejections();
    }
    shown.clear_answers();
  }
  return shown;
}

absl::StatusOr<v1::Upload> Desk::Get(const Officer& officer, const std::string& upload_id) const {
  auto upload = ReadOwn(officer, upload_id);
  if (!upload.ok()) return upload.status();
  return Shown(*upload, true);
}

absl::StatusOr<v1::ListUploadsResponse> Desk::List(const Officer& officer,
                                                   const v1::ListUploadsRequest& request) const {
  if (request.page_size() < 0) return absl::InvalidArgumentError("page_size: not negative");
  const int size = request.page_size() == 0 ? kDefaultPage : std::min(request.page_size(), kMaxPage);
  const std::string prefix = OwnerPrefix(officer.caller);
  std::string from;
  if (!request.page_token().empty()) {
    auto last = ReadOwn(officer, request.page_token());
    if (!last.ok()) return absl::InvalidArgumentError("page_token: not one of this list");
    from = OwnerRow(officer.caller, TimeUtil::TimestampToMicroseconds(last->upload().create_time()),
                    request.page_token()) +
           std::string(1, '\0');
  }
  auto rows = hub_.store().Scan(prefix, from, static_cast<size_t>(size) + 1);
  if (!rows.ok()) return rows.status();
  v1::ListUploadsResponse response;
  for (const storage::KeyRow& row : *rows) {
    if (response.uploads_size() == size) {
      response.set_next_page_token(response.uploads(size - 1).upload_id());
      break;
    }
    auto upload = ReadUpload(hub_.store(), UploadOf(row.key));
    if (!upload.ok()) return upload.status();
    *response.add_uploads() = Shown(*upload, false);
  }
  return response;
}

absl::StatusOr<v1::Upload> Desk::Answer(const Officer& officer, const v1::AnswerUploadRequest& request) {
  const v1::UploadAnswers& answers = request.answers();
  if (static_cast<size_t>(answers.columns_size()) > kMostAnswers ||
      static_cast<size_t>(answers.targets_size()) > kMostAnswers)
    return absl::InvalidArgumentError("answers: too many");
  std::set<std::string> uses;
  for (const v1::UploadUse& use : knowledge_->uses()) uses.insert(use.use());
  for (const v1::UploadAnswers::Column& column : answers.columns())
    if (uses.count(column.use()) == 0)
      return absl::InvalidArgumentError("answers.columns.use: one of Upload.uses");
  const auto changed = ChangeUpload(request.upload_id(), &officer, "",
                                    [&](stored::Upload& upload, core::WriteContext&) -> absl::Status {
                                      v1::Upload& shown = *upload.mutable_upload();
                                      if (shown.state() != State::ASKING && shown.state() != State::TRIED)
                                        return WrongState();
                                      *shown.mutable_answers() = answers;
                                      shown.set_state(State::READING);
                                      shown.clear_failure();
                                      return absl::OkStatus();
                                    });
  if (changed.ok()) Enqueue(request.upload_id());
  return changed;
}

absl::Status Desk::CheckTables(const Officer& officer, const v1::Upload& upload, bool again) const {
  for (const v1::UploadTable& table : upload.tables()) {
    for (const v1::UploadQuestion& question : table.questions())
      if (question.must_answer()) return absl::FailedPreconditionError("a question must be answered first");
    for (const v1::UploadChange& change : table.changes())
      if (change.kind() == v1::UploadChange::SAME_CONTENT && !again)
        return absl::FailedPreconditionError("the same content was loaded before");
    v1::Source source;
    source.set_source_id(table.source_id());
    source.set_content(table.content());
    source.set_programme(table.programme());
    source.set_region_prefix(upload.answers().region_prefix());
    auto known = ingest::GetSource(hub_.store(), table.source_id());
    if (!known.ok() && !absl::IsNotFound(known.status())) return known.status();
    if (known.ok()) source = *known;
    if (!options_.may_feed(officer.caller, source))
      return absl::PermissionDeniedError("the source is not among those that you may feed");
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::Upload> Desk::Try(const Officer& officer, const std::string& upload_id) {
  const auto changed =
      ChangeUpload(upload_id, &officer, "intake.confirmed",
                   [&](stored::Upload& upload, core::WriteContext&) -> absl::Status {
                     v1::Upload& shown = *upload.mutable_upload();
                     if (shown.state() != State::ASKING && shown.state() != State::TRIED) return WrongState();
                     if (absl::Status status = CheckTables(officer, shown, true); !status.ok()) return status;
                     shown.set_state(State::TRYING);
                     shown.clear_failure();
                     // What was confirmed stays: what other files do to the sources meanwhile does not matter.
                     shown.mutable_answers()->clear_targets();
                     for (const v1::UploadTable& table : shown.tables()) {
                       v1::UploadTarget& target = *shown.mutable_answers()->add_targets();
                       target.set_source_id(table.source_id());
                       target.set_reading(table.reading());
                     }
                     return absl::OkStatus();
                   });
  if (changed.ok()) Enqueue(upload_id);
  return changed;
}

absl::StatusOr<v1::Upload> Desk::Load(const Officer& officer, const v1::LoadUploadRequest& request) {
  const auto changed =
      ChangeUpload(request.upload_id(), &officer, "intake.load",
                   [&](stored::Upload& upload, core::WriteContext&) -> absl::Status {
                     v1::Upload& shown = *upload.mutable_upload();
                     if (shown.state() != State::TRIED) return WrongState();
                     if (absl::Status status = CheckTables(officer, shown, request.again()); !status.ok())
                       return status;
                     shown.set_state(State::LOADING);
                     shown.clear_failure();
                     upload.set_load_again(request.again());
                     return absl::OkStatus();
                   });
  if (changed.ok()) Enqueue(request.upload_id());
  return changed;
}

absl::StatusOr<v1::Upload> Desk::Discard(const Officer& officer, const std::string& upload_id) {
  const auto changed = ChangeUpload(upload_id, &officer, "intake.discard",
                                    [](stored::Upload& upload, core::WriteContext&) -> absl::Status {
                                      v1::Upload& shown = *upload.mutable_upload();
                                      if (!Unfinished(shown.state()) || shown.state() == State::LOADING)
                                        return WrongState();
                                      shown.set_state(State::DISCARDED);
                                      shown.clear_expire_time();
                                      upload.clear_file_key();
                                      upload.clear_rejected_key();
                                      return absl::OkStatus();
                                    });
  if (!changed.ok()) return changed;
  std::shared_ptr<Receiving> receiving;
  {
    std::lock_guard lock(mutex_);
    if (working_on_ == upload_id) given_up_ = true;
    if (const auto found = receiving_.find(upload_id); found != receiving_.end()) {
      receiving = found->second;
      receiving_.erase(found);
    }
  }
  if (receiving != nullptr) {
    std::lock_guard lock(receiving->mutex);
    receiving->ended = true;
  }
  files_.Remove(upload_id);
  return changed;
}

absl::StatusOr<v1::ExportedFile> Desk::RejectedWorkbook(const Officer& officer,
                                                        const std::string& upload_id) {
  auto upload = ReadOwn(officer, upload_id);
  if (!upload.ok()) return upload.status();
  if (upload->rejected_key().empty()) return absl::NotFoundError("no rejected rows are kept");
  auto file = files_.Read(upload_id, FilePart::kRejectedRows, upload->rejected_key());
  if (!file.ok()) return file.status();
  auto bytes = file->ReadAll();
  if (!bytes.ok()) return bytes.status();
  v1::ExportedFile exported;
  const std::string& name = upload->upload().file_name();
  exported.set_file_name(name.substr(0, name.rfind('.')) + "-未接收的行.xlsx");
  exported.set_content_type(kXlsx);
  exported.set_content(*std::move(bytes));
  int64_t rejected = 0;
  for (const v1::UploadTable& table : upload->upload().tables()) rejected += table.outcome().rejected();
  exported.set_rows(std::min(rejected, kMostRejectedRows));
  exported.set_rows_left_out(std::max<int64_t>(0, rejected - kMostRejectedRows));
  const auto written = hub_.Write([&](core::WriteContext& context) {
    context.Audit({officer.caller, "intake.rejected-rows", SourcesOf(upload->upload()), "", "",
                   "rows=" + std::to_string(exported.rows())});
    return absl::OkStatus();
  });
  if (!written.ok()) return written.status();
  return exported;
}

absl::StatusOr<v1::ExportedFile> Desk::Template(const Officer& officer,
                                                const v1::DownloadTemplateRequest& request) {
  auto bytes = TemplateWorkbook(request.programme(), request.facts());
  if (!bytes.ok()) return bytes.status();
  v1::ExportedFile exported;
  exported.set_file_name(TemplateTitle(request.programme(), request.facts()) + "导入模板.xlsx");
  exported.set_content_type(kXlsx);
  exported.set_content(*std::move(bytes));
  const auto written = hub_.Write([&](core::WriteContext& context) {
    context.Audit({officer.caller, "intake.template", "", "", "",
                   request.facts() ? "FACTS" : v1::Programme_Name(request.programme())});
    return absl::OkStatus();
  });
  if (!written.ok()) return written.status();
  return exported;
}

}  // namespace relief::server::intake
