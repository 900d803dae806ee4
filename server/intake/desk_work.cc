// What the desk does by itself: one upload at a time is read, tried or loaded; what nobody went on with is removed.
#include <algorithm>
#include <chrono>
#include <exception>
#include <map>
#include <numeric>
#include <set>
#include <utility>

#include "adapters/cli/names.h"
#include "adapters/intake/folder_memory.h"
#include "adapters/intake/rejected_rows.h"
#include "adapters/load_unit.h"
#include "google/protobuf/util/time_util.h"
#include "server/base/log.h"
#include "server/intake/desk.h"
#include "server/intake/feeding.h"
#include "server/intake/sentences.h"
#include "server/intake/upload_rows.h"
#include "server/intake/workbook_bytes.h"

namespace relief::server::intake {
namespace {

using google::protobuf::util::TimeUtil;
using State = v1::Upload;

constexpr size_t kPage = 500;
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

void Remember(const v1::UploadTable& table, const adapters::IntakeSheet& sheet,
              stored::IntakeMemory* memory) {
  // What is taken back says nothing of the next list.
  if (table.reading() == v1::TABLE_WITHDRAWAL || table.outcome().content_known()) return;
  adapters::RememberedSource& last = *memory->mutable_last();
  last.set_source_id(table.source_id());
  last.set_mapping(sheet.mapping.name());
  adapters::Remember(sheet.table->header(), adapters::FormatMonth(table.period()), table.outcome().rows(),
                     static_cast<adapters::Reading>(table.reading()), &last);
  if (sheet.guessed) memory->set_mapping(adapters::MappingText(sheet.mapping));
}

// The tables of a file on their way, as one load.
class TablesOnTheirWay {
 public:
  TablesOnTheirWay(UnderstoodFile& file, adapters::LoadUnit& load, v1::Upload* shown)
      : file_(file), load_(load), shown_(shown) {
    order_.resize(file.sources.size());
    std::iota(order_.begin(), order_.end(), 0);
    // A source has one list open: the tables of one month after those of another.
    std::stable_sort(order_.begin(), order_.end(), [&](size_t l, size_t r) {
      return file.groups[l].front()->later < file.groups[r].front()->later;
    });
  }

  // `options`: what all tables have in common. `again`: although the content is known.
  absl::Status Feed(FeedingOptions options, bool again, const std::function<void(int)>& progress,
                    const std::function<int64_t()>& now, bool* refused) {
    int done = 0;
    for (const size_t i : order_) {
      v1::UploadTable& table = *shown_->mutable_tables(static_cast<int>(i));
      options.load = &load_;
      options.table.rows = file_.sources[i].get();
      options.table.source_id = table.source_id();
      options.table.region_prefix = shown_->answers().region_prefix();
      options.table.reading = static_cast<adapters::Reading>(table.reading());
      options.table.month = table.period();
      options.table.content_digest = file_.digests[i];
      options.table.again = again;
      options.progress = [&](int percent) {
        progress((done * 100 + percent) / static_cast<int>(order_.size()));
      };
      if (load_.MustWait(options.table)) {
        if (absl::Status status = EndLists(refused); !status.ok()) return status;
      }
      const auto begun = TimeUtil::MicrosecondsToTimestamp(now());
      auto outcome = FeedTable(options, refused);
      if (!outcome.ok()) return outcome.status();
      *outcome->mutable_begin_time() = begun;
      *outcome->mutable_end_time() = TimeUtil::MicrosecondsToTimestamp(now());
      *table.mutable_outcome() = *std::move(outcome);
      if (load_.IsList(options.table) && !table.outcome().content_known())
        list_of_[table.source_id()] = &table;
      ++done;
    }
    return EndLists(refused);
  }

 private:
  // The last table of each list tells what became of it.
  absl::Status EndLists(bool* refused) {
    auto ended = load_.EndLists(file_.file->complete());
    *refused = *refused || !ended.ok();
    if (!ended.ok()) return ended.status();
    for (adapters::EndedList& list : *ended)
      if (const auto table = list_of_.find(list.source_id); table != list_of_.end())
        *table->second->mutable_outcome()->mutable_snapshot() = std::move(list.result);
    list_of_.clear();
    return absl::OkStatus();
  }

  UnderstoodFile& file_;
  adapters::LoadUnit& load_;
  v1::Upload* shown_;
  std::vector<size_t> order_;
  std::map<std::string, v1::UploadTable*> list_of_;  // by source, until the list is ended
};

bool IsKnown(const v1::UploadTable& table) {
  return std::any_of(table.changes().begin(), table.changes().end(), [](const v1::UploadChange& change) {
    return change.kind() == v1::UploadChange::SAME_CONTENT;
  });
}

// Whether all is to be sent, known or not: because somebody insists; and where only some of the tables are known, because a list
// of which a part is left out would end whoever is on that part.
bool SendsKnown(const stored::Upload& upload, const v1::Upload& now) {
  const auto known = std::count_if(now.tables().begin(), now.tables().end(), IsKnown);
  return upload.load_again() || (known > 0 && known < now.tables_size());
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
  bool refused = false;
  // The readers' libraries throw where memory is short: the hub goes on.
  try {
    done = upload->upload().state() == State::READING
               ? ReadFile(*upload)
               : Feed(*upload, upload->upload().state() == State::TRYING, &refused);
  } catch (const std::exception&) {
    done = absl::ResourceExhaustedError("the file takes more memory than there is");
  }
  if (done.ok() || stopping_ || given_up_) return;
  Log(LogLevel::kWarn, "intake.failed",
      {{"upload", upload_id}, {"status", absl::StatusCodeToString(done.code())}});
  Fail(*upload, done, refused);
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

absl::Status Desk::Feed(const stored::Upload& upload, bool dry_run, bool* refused) {
  const std::string& id = upload.upload().upload_id();
  auto plain = files_.Read(id, FilePart::kContent, upload.file_key());
  if (!plain.ok()) return plain.status();
  v1::Upload shown = upload.upload();
  auto understood = Understand(InputOf(upload, plain->path()), &shown);
  if (!understood.ok()) return understood.status();
  UnderstoodFile& file = **understood;
  if (!SameUnderstanding(shown, upload.upload()))
    return absl::AbortedError("the file is understood otherwise meanwhile; look at it again");
  const auto stub = feed_({upload.owner(), upload.person()});
  adapters::LoadUnit::Options options;
  options.dry_run = dry_run;
  auto load = adapters::LoadUnit::Begin(*stub, std::move(options));
  *refused = !load.ok();
  if (!load.ok()) return load.status();
  adapters::RejectedRows rejected(static_cast<size_t>(kMostRejectedRows));
  FeedingOptions feeding;
  feeding.dry_run = dry_run;
  feeding.stopped = [this] { return stopping_.load() || given_up_.load(); };
  feeding.rejected = &rejected;
  TablesOnTheirWay tables(file, **load, &shown);
  absl::Status fed = tables.Feed(
      feeding, dry_run || SendsKnown(upload, shown), [this](int percent) { percent_ = percent; },
      [this] { return hub_.Now(); }, refused);
  if (!fed.ok()) {
    // What a stop interrupts begins anew afterwards, and takes the place of this load.
    if (!stopping_) (*load)->End(true).status().IgnoreError();
    return fed;
  }
  auto result = (*load)->End(false);
  *refused = !result.ok();
  if (!result.ok()) return result.status();
  *shown.mutable_result() = *std::move(result);
  std::string rejected_key;
  if (!rejected.empty()) {
    auto key = UploadFiles::NewKey();
    if (!key.ok()) return key.status();
    auto book = WorkbookBytes([&](lxw_workbook* workbook) { rejected.WriteTo(workbook, "拒绝原因"); });
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
  const auto changed =
      ChangeUpload(id, nullptr, dry_run ? "" : "intake.loaded",
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
                       if (table.reading() != v1::TABLE_WITHDRAWAL &&
                           adapters::HasFarFewerRows(memory.last(), table.outcome().rows())) {
                         v1::UploadChange& change = *table.add_changes();
                         change.set_kind(v1::UploadChange::FEWER_ROWS);
                         change.set_before(std::to_string(memory.last().rows()));
                         change.set_now(std::to_string(table.outcome().rows()));
                       }
                       if (dry_run) continue;
                       Remember(table, *file.groups[static_cast<size_t>(i)].front(), &memory);
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

// A file that cannot be read is of no use. What the hub refused can be tried or loaded once the reason is gone.
void Desk::Fail(const stored::Upload& upload, const absl::Status& why, bool refused) {
  const std::string& id = upload.upload().upload_id();
  const bool loading = upload.upload().state() == State::LOADING, kept = loading || refused;
  if (!kept) files_.Remove(id);
  const auto changed = ChangeUpload(id, nullptr, loading ? "intake.load.refused" : "",
                                    [&](stored::Upload& row, core::WriteContext&) -> absl::Status {
                                      v1::Upload& shown = *row.mutable_upload();
                                      if (shown.state() != upload.upload().state())
                                        return absl::CancelledError("given up meanwhile");
                                      if (kept) {
                                        shown.set_state(loading ? State::TRIED : State::ASKING);
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
