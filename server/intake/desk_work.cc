// What the desk does by itself: one upload at a time is read, tried or loaded; what nobody went on with is removed.
#include <algorithm>
#include <chrono>
#include <exception>
#include <set>
#include <utility>

#include "adapters/intake/folder_memory.h"
#include "google/protobuf/util/time_util.h"
#include "server/base/log.h"
#include "server/intake/desk.h"
#include "server/intake/feeding.h"
#include "server/intake/rejected_rows.h"
#include "server/intake/sentences.h"
#include "server/intake/upload_rows.h"

namespace relief::server::intake {
namespace {

using google::protobuf::util::TimeUtil;
using State = v1::Upload;

constexpr size_t kPage = 500;
constexpr int kContentsKept = 100, kFewRows = 20;
constexpr auto kExpireEvery = std::chrono::minutes(10);

bool IsWork(v1::Upload::State state) {
  return state == State::READING || state == State::TRYING || state == State::LOADING;
}

// Why the hub refused a load, as the officer reads it.
v1::UploadSentence RefusalSentence(const absl::Status& why) {
  switch (why.code()) {
    case absl::StatusCode::kPermissionDenied:
      return Sentence("该来源属于其他单位，或者您没有报送权限，请联系枢纽管理员。",
                      "the source belongs to another agency, or you may not feed it");
    case absl::StatusCode::kNotFound:
      return Sentence("枢纽没有登记这个来源，请联系枢纽管理员登记。",
                      "the hub does not know the source; ask for its registration");
    case absl::StatusCode::kFailedPrecondition:
      return Sentence("该来源登记的是另一类数据或另一个救助项目，请核对来源。",
                      "the source is registered with another content or programme");
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kDeadlineExceeded:
      return Sentence("枢纽暂时不能接收，已接收的部分不会重复，请稍后再次导入。",
                      "the hub cannot take it now; load it again later, nothing counts twice");
    case absl::StatusCode::kAborted:
      return Sentence("该来源刚刚导入了另一个文件，本文件的识别结果随之变化，请重新确认列对应。",
                      std::string(why.message()));
    default:
      return Sentence(std::string(why.message()));
  }
}

// What is loaded is what was confirmed: another file of the source may have taught the hub something in between.
bool SameUnderstanding(const v1::Upload& now, const v1::Upload& confirmed) {
  if (now.tables_size() != confirmed.tables_size()) return false;
  for (int i = 0; i < now.tables_size(); ++i) {
    const v1::UploadTable &a = now.tables(i), &b = confirmed.tables(i);
    if (a.source_id() != b.source_id() || a.reading() != b.reading() || a.programme() != b.programme() ||
        a.columns_size() != b.columns_size())
      return false;
    for (int c = 0; c < a.columns_size(); ++c)
      if (a.columns(c).use() != b.columns(c).use()) return false;
  }
  return true;
}

void Remember(const stored::Upload& upload, const v1::UploadTable& table, const adapters::IntakeSheet& sheet,
              stored::IntakeMemory* memory) {
  adapters::RememberedSource& last = *memory->mutable_last();
  last.set_source_id(table.source_id());
  memory->add_contents(ContentMark(upload, table.reading()));
  if (memory->contents_size() > kContentsKept)
    memory->mutable_contents()->DeleteSubrange(0, memory->contents_size() - kContentsKept);
  // What is taken back says nothing of the next list.
  if (table.reading() == v1::TABLE_WITHDRAWAL) return;
  last.set_mapping(sheet.mapping.name());
  last.set_rows(table.outcome().rows());
  const v1::Month& period = upload.upload().answers().period();
  if (period.year() > 0)
    last.set_period(std::to_string(period.year()) + (period.month() < 10 ? "-0" : "-") +
                    std::to_string(period.month()));
  last.clear_headings();
  for (const std::string& heading : sheet.table->header()) last.add_headings(heading);
  if (sheet.guessed) memory->set_mapping(adapters::MappingText(sheet.mapping));
}

}  // namespace

absl::Status Desk::Recover() {
  std::set<std::string> kept;
  std::string from;
  while (true) {
    auto rows = hub_.store().Scan(kUploadPrefix, from, kPage);
    if (!rows.ok()) return rows.status();
    for (const storage::KeyRow& row : *rows) {
      stored::Upload upload;
      if (!upload.ParseFromString(row.row.value))
        return absl::DataLossError("the row of an upload is damaged");
      if (!upload.file_key().empty() || !upload.rejected_key().empty())
        kept.insert(upload.upload().upload_id());
      if (IsWork(upload.upload().state())) queue_.push_back(upload.upload().upload_id());
    }
    if (rows->size() < kPage) break;
    from = rows->back().key + std::string(1, '\0');
  }
  files_.Sweep([&kept](const std::string& id) { return kept.count(id) > 0; });
  return absl::OkStatus();
}

void Desk::Start(FeedAs feed) {
  feed_ = std::move(feed);
  thread_ = std::thread([this] { Work(); });
}

void Desk::Stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Desk::Enqueue(const std::string& upload_id) {
  {
    std::lock_guard lock(mutex_);
    queue_.push_back(upload_id);
  }
  changed_.notify_all();
}

void Desk::Work() {
  auto expire_at = std::chrono::steady_clock::now();
  while (true) {
    std::string upload_id;
    {
      std::unique_lock lock(mutex_);
      changed_.wait_until(lock, expire_at, [this] { return stopping_ || !queue_.empty(); });
      if (stopping_) return;
      if (!queue_.empty()) {
        upload_id = std::move(queue_.front());
        queue_.pop_front();
        working_on_ = upload_id;
        percent_ = 0;
        given_up_ = false;
      }
    }
    if (std::chrono::steady_clock::now() >= expire_at) {
      RemoveExpired();
      expire_at = std::chrono::steady_clock::now() + kExpireEvery;
    }
    if (upload_id.empty()) continue;
    WorkOn(upload_id);
    std::lock_guard lock(mutex_);
    working_on_.clear();
  }
}

void Desk::WorkOn(const std::string& upload_id) {
  auto upload = ReadUpload(hub_.store(), upload_id);
  if (!upload.ok() || !IsWork(upload->upload().state())) return;
  absl::Status done;
  // The readers' libraries throw where memory is short: the hub goes on.
  try {
    done = upload->upload().state() == State::READING
               ? ReadFile(*upload)
               : Feed(*upload, upload->upload().state() == State::TRYING);
  } catch (const std::exception&) {
    done = absl::ResourceExhaustedError("the file takes more memory than there is");
  }
  if (done.ok() || stopping_ || given_up_) return;
  Log(LogLevel::kWarn, "intake.failed",
      {{"upload", upload_id}, {"status", absl::StatusCodeToString(done.code())}});
  Fail(*upload, done);
}

UnderstandingInput Desk::InputOf(const stored::Upload& upload, const std::string& path) const {
  return {knowledge_, path, &upload, &hub_.store(), [this, owner = upload.owner()](const v1::Source& source) {
            return options_.may_feed(owner, source);
          }};
}

absl::Status Desk::ReadFile(const stored::Upload& stored) {
  const std::string& id = stored.upload().upload_id();
  auto plain = files_.Read(id, FilePart::kContent, stored.file_key());
  if (!plain.ok()) return plain.status();
  stored::Upload upload = stored;
  if (upload.content_hash().empty()) {
    auto hash = adapters::ContentHash(plain->path());
    if (!hash.ok()) return hash.status();
    upload.set_content_hash(*hash);
  }
  v1::Upload shown = upload.upload();
  auto understood = Understand(InputOf(upload, plain->path()), &shown);
  if (!understood.ok()) return understood.status();
  shown.set_state(State::ASKING);
  return ChangeUpload(id, nullptr, "",
                      [&](stored::Upload& row, core::WriteContext&) -> absl::Status {
                        if (row.upload().state() != State::READING)
                          return absl::CancelledError("given up meanwhile");
                        *row.mutable_upload() = shown;
                        row.set_content_hash(upload.content_hash());
                        return absl::OkStatus();
                      })
      .status();
}

absl::Status Desk::Feed(const stored::Upload& upload, bool dry_run) {
  const std::string& id = upload.upload().upload_id();
  auto plain = files_.Read(id, FilePart::kContent, upload.file_key());
  if (!plain.ok()) return plain.status();
  v1::Upload shown = upload.upload();
  auto understood = Understand(InputOf(upload, plain->path()), &shown);
  if (!understood.ok()) return understood.status();
  UnderstoodFile& file = **understood;
  if (!SameUnderstanding(shown, upload.upload()))
    return absl::AbortedError("the file is understood otherwise meanwhile; look at it again");
  std::unique_ptr<v1::FeedService::StubInterface> stub;
  if (!dry_run) stub = feed_({upload.owner(), upload.person()});
  RejectedRows rejected;
  const auto sources = file.file->Groups();
  for (size_t i = 0; i < sources.size(); ++i) {
    v1::UploadTable& table = *shown.mutable_tables(static_cast<int>(i));
    file.first_months.clear();
    if (file.options.period.year() > 0)
      if (absl::Status status = ReadFirstMonths(hub_.store(), table.source_id(), &file.first_months);
          !status.ok())
        return status;
    FeedingOptions options;
    options.stub = stub.get();
    options.source_id = table.source_id();
    options.region_prefix = shown.answers().region_prefix();
    options.reading = table.reading();
    options.version = file.options.version;
    options.stopped = [this] { return stopping_.load() || given_up_.load(); };
    options.progress = [&, i](int percent) {
      percent_ = static_cast<int>((i * 100 + static_cast<size_t>(percent)) / sources.size());
    };
    options.rejected = &rejected;
    const auto begun = TimeUtil::MicrosecondsToTimestamp(hub_.Now());
    auto outcome = FeedTable(*sources[i], options);
    if (!outcome.ok()) return outcome.status();
    *outcome->mutable_begin_time() = begun;
    *outcome->mutable_end_time() = TimeUtil::MicrosecondsToTimestamp(hub_.Now());
    *table.mutable_outcome() = *std::move(outcome);
  }
  std::string rejected_key;
  if (!rejected.empty()) {
    auto key = UploadFiles::NewKey();
    if (!key.ok()) return key.status();
    auto book = rejected.Workbook();
    if (!book.ok()) return book.status();
    files_.RemovePart(id, FilePart::kRejectedRows);
    if (absl::Status status = files_.Write(id, FilePart::kRejectedRows, *key, 0, *book); !status.ok())
      return status;
    rejected_key = *std::move(key);
  }
  return KeepOutcome(upload, shown, file, dry_run, rejected_key);
}

absl::Status Desk::KeepOutcome(const stored::Upload& upload, const v1::Upload& shown,
                               const UnderstoodFile& file, bool dry_run, const std::string& rejected_key) {
  const std::string& id = upload.upload().upload_id();
  const auto changed = ChangeUpload(
      id, nullptr, dry_run ? "" : "intake.loaded",
      [&](stored::Upload& row, core::WriteContext& context) -> absl::Status {
        if (row.upload().state() != upload.upload().state())
          return absl::CancelledError("given up meanwhile");
        *row.mutable_upload() = shown;
        v1::Upload& now = *row.mutable_upload();
        now.set_state(dry_run ? State::TRIED : State::LOADED);
        row.set_rejected_key(rejected_key);
        for (int i = 0; i < now.tables_size(); ++i) {
          v1::UploadTable& table = *now.mutable_tables(i);
          stored::IntakeMemory memory;
          auto known = context.txn.Get(MemoryRow(table.source_id()));
          if (!known.ok()) return known.status();
          if (known->has_value() && !memory.ParseFromString(**known))
            return absl::DataLossError("what is remembered of a source's files is damaged");
          if (memory.last().rows() > kFewRows && table.outcome().rows() * 2 < memory.last().rows()) {
            v1::UploadChange& change = *table.add_changes();
            change.set_kind(v1::UploadChange::FEWER_ROWS);
            change.set_before(std::to_string(memory.last().rows()));
            change.set_now(std::to_string(table.outcome().rows()));
          }
          if (dry_run) continue;
          Remember(row, table, *file.groups[static_cast<size_t>(i)].front(), &memory);
          context.txn.Put(MemoryRow(table.source_id()), memory.SerializeAsString());
          for (v1::UploadColumn& column : *table.mutable_columns()) column.clear_samples();
        }
        if (!dry_run) {
          row.clear_file_key();
          if (rejected_key.empty()) now.clear_expire_time();
        }
        return absl::OkStatus();
      });
  if (!changed.ok()) return changed.status();
  if (!dry_run) files_.RemovePart(id, FilePart::kContent);
  if (rejected_key.empty()) files_.RemovePart(id, FilePart::kRejectedRows);
  return absl::OkStatus();
}

// A file that cannot be read is of no use. What the hub refused can be loaded once the reason is gone.
void Desk::Fail(const stored::Upload& upload, const absl::Status& why) {
  const std::string& id = upload.upload().upload_id();
  const bool loading = upload.upload().state() == State::LOADING;
  if (!loading) files_.Remove(id);
  const auto changed = ChangeUpload(id, nullptr, loading ? "intake.load.refused" : "",
                                    [&](stored::Upload& row, core::WriteContext&) -> absl::Status {
                                      v1::Upload& shown = *row.mutable_upload();
                                      if (shown.state() != upload.upload().state())
                                        return absl::CancelledError("given up meanwhile");
                                      if (loading) {
                                        shown.set_state(State::TRIED);
                                        *shown.mutable_failure() = RefusalSentence(why);
                                        return absl::OkStatus();
                                      }
                                      shown.set_state(State::FAILED);
                                      *shown.mutable_failure() = Sentence(std::string(why.message()));
                                      shown.clear_expire_time();
                                      row.clear_file_key();
                                      row.clear_rejected_key();
                                      return absl::OkStatus();
                                    });
  if (!changed.ok())
    Log(LogLevel::kWarn, "intake.unwritten",
        {{"upload", id}, {"status", absl::StatusCodeToString(changed.status().code())}});
}

void Desk::RemoveExpired() {
  std::string from;
  while (!stopping_) {
    auto rows = hub_.store().Scan(kUploadPrefix, from, kPage);
    if (!rows.ok()) return;
    for (const storage::KeyRow& row : *rows) {
      stored::Upload upload;
      if (!upload.ParseFromString(row.row.value) || !upload.upload().has_expire_time()) continue;
      const std::string id = upload.upload().upload_id();
      const int64_t due = TimeUtil::TimestampToMicroseconds(upload.upload().expire_time());
      if (due > hub_.Now() || IsWork(upload.upload().state())) continue;
      const auto changed = ChangeUpload(id, nullptr, "intake.expired",
                                        [](stored::Upload& expired, core::WriteContext&) -> absl::Status {
                                          v1::Upload& shown = *expired.mutable_upload();
                                          if (IsWork(shown.state()))
                                            return absl::CancelledError("it is worked on");
                                          if (shown.state() != State::LOADED) shown.set_state(State::EXPIRED);
                                          shown.clear_expire_time();
                                          expired.clear_file_key();
                                          expired.clear_rejected_key();
                                          return absl::OkStatus();
                                        });
      if (!changed.ok()) continue;
      files_.Remove(id);
      std::lock_guard lock(mutex_);
      receiving_.erase(id);
    }
    if (rows->size() < kPage) return;
    from = rows->back().key + std::string(1, '\0');
  }
}

}  // namespace relief::server::intake
